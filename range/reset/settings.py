"""What no program declares, put back by hand from what the witness saw at the baseline: protections, policies, defaults."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from range.cloud.sessions import Account
from range.errors import CloudError
from range.records.observation import Difference, text

Ids = Mapping[str, str]
"""The id of everything that is as it was, by the role that stands for it in what the witness saw: `ec2:vpc/est-vpc`."""
Mender = Callable[[Account, Difference, Ids], object]
"""Puts one property back, given what differs; it raises where that is for the engine to do."""
ITSELF = "{account}"
"""What the account's number stands as in what the witness saw."""


def mend(
    account: Account, found: Iterable[Difference], ids: Ids, menders: Mapping[tuple[str, str], Mender] | None = None
) -> tuple[Difference, ...]:
    """Put back what can be put back by hand; gives what was. What AWS refuses stays for the verdict to name."""
    mended = []
    for each in found:
        mender = (MENDERS if menders is None else menders).get((each.type, each.property))
        if mender is None or each.kind != "changed":
            continue
        try:
            mender(account, each, ids)
        except CloudError:
            continue
        mended.append(each)
    return tuple(mended)


def literal(value: Any, ids: Ids) -> Any:
    """Give a value from the baseline that can be written as it is: roles stand in for ids there.

    Raises:
        CloudError: it has a role in it; what AWS would be told to keep isn't what was there.
    """
    told = text(value)
    if ITSELF in told or any(role in told for role in ids):
        raise CloudError("it names others by what they stand for", code="HasRoles")
    return value


def _instance(attribute: str, key: str) -> Mender:
    def mended(account: Account, each: Difference, ids: Ids) -> object:
        value = {"Value": bool(each.was) if isinstance(each.was, bool | None) else each.was}
        parameters: dict[str, Any] = {key: value}
        return account.call("ec2", "modify_instance_attribute", InstanceId=each.id, region=each.region, **parameters)

    return mended


def _state(account: Account, each: Difference, ids: Ids) -> object:
    """Start a host that was stopped."""
    return account.call("ec2", "start_instances", InstanceIds=[each.id], region=each.region)


def _named(policies: Any) -> dict[str, Any]:
    return {str(policy["PolicyName"]): policy for policy in policies or ()}


def _inline(account: Account, each: Difference, ids: Ids) -> None:
    """Give a role the inline policies that it had, and no others."""
    before, after = _named(each.was), _named(each.now)
    for name in after.keys() - before.keys():
        account.call("iam", "delete_role_policy", RoleName=each.id, PolicyName=name)
    for name, policy in before.items():
        if after.get(name) != policy:
            document = json.dumps(literal(policy["PolicyDocument"], ids))
            account.call("iam", "put_role_policy", RoleName=each.id, PolicyName=name, PolicyDocument=document)


def _attached(account: Account, each: Difference, ids: Ids) -> None:
    """Detach the managed policies of a role that it hadn't; attaching what it had is the engine's."""
    attached = account.pages("iam", "list_attached_role_policies", RoleName=each.id)
    kept = {policy["PolicyName"] for policy in each.was or ()}
    there = [policy for page in attached for policy in page["AttachedPolicies"]]
    for policy in there:
        if policy["PolicyName"] not in kept:
            account.call("iam", "detach_role_policy", RoleName=each.id, PolicyArn=policy["PolicyArn"])
    if kept - {policy["PolicyName"] for policy in there}:
        raise _left_to_the_engine(each)


def _left_to_the_engine(each: Difference) -> CloudError:
    """Give what a mender raises where something declared is gone or changed: taking away what was added isn't all."""
    return CloudError(f"{each.property} of {each.name} had what is declared", code="Declared")


def _without_additions(each: Difference) -> None:
    """Check that all is there that was; what was added has just been taken away.

    Raises:
        CloudError: it isn't.
    """
    now = list(each.now or ())
    if any(entry not in now for entry in each.was or ()):
        raise _left_to_the_engine(each)


def _knows(was: Any, name: object) -> bool:
    """Say whether a list of the baseline has an entry that names something; the witness has put entries in order."""
    return any(name in (entry if isinstance(entry, list) else [entry]) for entry in was or ())


def _tags_of_role(account: Account, each: Difference, ids: Ids) -> None:
    before: Mapping[str, str] = each.was or {}
    after: Mapping[str, str] = each.now or {}
    if extra := sorted(after.keys() - before.keys()):
        account.call("iam", "untag_role", RoleName=each.id, TagKeys=extra)
    if before:
        account.call("iam", "tag_role", RoleName=each.id, Tags=_pairs(literal(before, ids)))


def _tags(account: Account, each: Difference, ids: Ids) -> None:
    """Give something of EC2 the tags that it had, and no others."""
    before: Mapping[str, str] = each.was or {}
    after: Mapping[str, str] = each.now or {}
    extra = [{"Key": key} for key in sorted(after.keys() - before.keys())]
    if extra:
        account.call("ec2", "delete_tags", Resources=[each.id], Tags=extra, region=each.region)
    if before:
        account.call("ec2", "create_tags", Resources=[each.id], Tags=_pairs(literal(before, ids)), region=each.region)


def _pairs(tags: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _vpc(attribute: str) -> Mender:
    def mended(account: Account, each: Difference, ids: Ids) -> object:
        parameters: dict[str, Any] = {attribute: {"Value": bool(each.was)}}
        return account.call("ec2", "modify_vpc_attribute", VpcId=each.id, region=each.region, **parameters)

    return mended


def _encryption_default(account: Account, each: Difference, ids: Ids) -> object:
    operation = "enable_ebs_encryption_by_default" if each.was else "disable_ebs_encryption_by_default"
    return account.call("ec2", operation, region=each.region)


def _alias(account: Account, each: Difference, ids: Ids) -> None:
    for alias in set(each.now or ()) - set(each.was or ()):
        account.call("iam", "delete_account_alias", AccountAlias=alias)
    for alias in set(each.was or ()) - set(each.now or ()):
        account.call("iam", "create_account_alias", AccountAlias=alias)


def _s3(clear: str, **parameters: Any) -> Mender:
    """Take something off a bucket that it hadn't; what it had is declared, and the engine's to put back."""

    def mended(account: Account, each: Difference, ids: Ids) -> object:
        if each.was:
            raise _left_to_the_engine(each)
        return account.call("s3", clear, Bucket=each.id, **parameters)

    return mended


def _objects(account: Account, each: Difference, ids: Ids) -> None:
    """Delete the objects at the top of a bucket that weren't there."""
    for page in account.pages("s3", "list_objects_v2", Bucket=each.id, Delimiter="/"):
        for found in page.get("Contents", ()):
            if not _knows(each.was, found["Key"]):
                account.call("s3", "delete_object", Bucket=each.id, Key=found["Key"])
    _without_additions(each)


def _folders(account: Account, each: Difference, ids: Ids) -> None:
    """Delete the folders of a bucket that weren't there, with every version of what is in them."""
    for folder in set(each.now or ()) - set(each.was or ()):
        for page in account.pages("s3", "list_object_versions", Bucket=each.id, Prefix=folder):
            for version in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                account.call("s3", "delete_object", Bucket=each.id, Key=version["Key"], VersionId=version["VersionId"])
    _without_additions(each)


def _grants(account: Account, each: Difference, ids: Ids) -> None:
    """Revoke the grants of a key that it hadn't. Those without a name stay: the disks of hosts have such, too."""
    revoked = 0
    for page in account.pages("kms", "list_grants", KeyId=each.id):
        for grant in page["Grants"]:
            if grant.get("Name") and not _knows(each.was, grant["Name"]):
                account.call("kms", "revoke_grant", KeyId=each.id, GrantId=grant["GrantId"])
                revoked += 1
    _without_additions(each)
    if len([grant for grant in each.now or () if grant not in (each.was or ())]) > revoked:
        raise _left_to_the_engine(each)


def _options(account: Account, each: Difference, ids: Ids) -> object:
    """Give a network the names that it was told; AWS's own set is in nobody's list."""
    options = ids.get(str(each.was), "default" if "set aside" in str(each.was) or not each.was else "")
    if not options:
        raise _left_to_the_engine(each)
    return account.call("ec2", "associate_dhcp_options", DhcpOptionsId=options, VpcId=each.id, region=each.region)


def _groups(account: Account, each: Difference, ids: Ids) -> object:
    """Put an interface into the groups that it was in, if they are all there."""
    groups = [ids.get(group["GroupId"], "") for group in each.was or ()]
    if not groups or not all(groups):
        raise _left_to_the_engine(each)
    return account.call(
        "ec2", "modify_network_interface_attribute", NetworkInterfaceId=each.id, Groups=groups, region=each.region
    )


def _records(account: Account, each: Difference, ids: Ids) -> None:
    """Give a zone the records that it had, and no others."""
    before, after = list(each.was or ()), list(each.now or ())
    changes = [{"Action": "DELETE", "ResourceRecordSet": record} for record in after if record not in before]
    changes += [{"Action": "CREATE", "ResourceRecordSet": record} for record in before if record not in after]
    changed = literal(changes, ids)
    account.call("route53", "change_resource_record_sets", HostedZoneId=each.id, ChangeBatch={"Changes": changed})


def _public_access(account: Account, each: Difference, ids: Ids) -> object:
    return account.call(
        "s3control", "put_public_access_block", AccountId=account.id, PublicAccessBlockConfiguration=each.was
    )


def _subscriptions(account: Account, each: Difference, ids: Ids) -> None:
    """Take the subscription filters off a log group that it hadn't."""
    for page in account.pages("logs", "describe_subscription_filters", logGroupName=each.id):
        for found in page["subscriptionFilters"]:
            if not _knows(each.was, found["filterName"]):
                name = found["filterName"]
                account.call("logs", "delete_subscription_filter", logGroupName=each.id, filterName=name)
    _without_additions(each)


HOLDING: Mapping[tuple[str, str], Mender] = {
    ("ec2:vpc", "DhcpOptionsId"): _options,
    ("ec2:network-interface", "Groups"): _groups,
}
"""What of ours would hold on to what isn't declared, by type and property: AWS deletes nothing that is in use."""

MENDERS: Mapping[tuple[str, str], Mender] = {
    **HOLDING,
    ("route53:zone", "Records"): _records,
    ("s3:account-public-access", "PublicAccessBlockConfiguration"): _public_access,
    ("ec2:instance", "DisableApiTermination"): _instance("disableApiTermination", "DisableApiTermination"),
    ("ec2:instance", "DisableApiStop"): _instance("disableApiStop", "DisableApiStop"),
    ("ec2:instance", "InstanceInitiatedShutdownBehavior"): _instance(
        "instanceInitiatedShutdownBehavior", "InstanceInitiatedShutdownBehavior"
    ),
    ("ec2:instance", "State"): _state,
    ("ec2:vpc", "EnableDnsSupport"): _vpc("EnableDnsSupport"),
    ("ec2:vpc", "EnableDnsHostnames"): _vpc("EnableDnsHostnames"),
    ("ec2:vpc", "EnableNetworkAddressUsageMetrics"): _vpc("EnableNetworkAddressUsageMetrics"),
    ("ec2:ebs-encryption-default", "EbsEncryptionByDefault"): _encryption_default,
    ("iam:role", "RolePolicyList"): _inline,
    ("iam:role", "AttachedManagedPolicies"): _attached,
    ("iam:role", "Tags"): _tags_of_role,
    ("iam:account-alias", "AccountAliases"): _alias,
    ("s3:bucket", "Cors"): _s3("delete_bucket_cors"),
    ("s3:bucket", "Website"): _s3("delete_bucket_website"),
    ("s3:bucket", "Replication"): _s3("delete_bucket_replication"),
    ("s3:bucket", "Lifecycle"): _s3("delete_bucket_lifecycle"),
    ("s3:bucket", "Policy"): _s3("delete_bucket_policy"),
    ("s3:bucket", "Notifications"): _s3("put_bucket_notification_configuration", NotificationConfiguration={}),
    ("s3:bucket", "Logging"): _s3("put_bucket_logging", BucketLoggingStatus={}),
    ("s3:bucket", "Objects"): _objects,
    ("s3:bucket", "Folders"): _folders,
    ("kms:key", "Grants"): _grants,
    ("logs:log-group", "Subscriptions"): _subscriptions,
    **{
        (f"ec2:{name}", key): _tags
        for name in (
            "vpc", "subnet", "route-table", "network-acl", "security-group", "security-group-rule", "instance", "volume",
            "flow-log", "vpc-endpoint", "transit-gateway-attachment", "traffic-mirror-session", "traffic-mirror-target",
            "traffic-mirror-filter", "dhcp-options", "key-pair", "internet-gateway", "nat-gateway",
        )
        for key in ("Tags",)
    },
    ("ec2:network-interface", "TagSet"): _tags,
}  # fmt: skip
"""By type and property."""
