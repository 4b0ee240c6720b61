"""What no program declares, put back by hand from what the witness saw at the baseline: protections, policies, defaults."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from range.cloud.sessions import Account
from range.errors import CloudError
from range.records.observation import Difference, Observation, Thing

Mender = Callable[[Account, Difference, Thing | None], object]
"""Puts one property back, given what differs and the thing as it was."""


def mend(account: Account, found: Iterable[Difference], then: Observation, now: Observation) -> tuple[str, ...]:
    """Put back what can be put back by hand; gives what was. What AWS refuses stays for the verdict to name."""
    was = {thing.place: thing for thing in then.things}
    is_ = {thing.place: thing for thing in now.things}
    mended = []
    for each in found:
        mender = MENDERS.get((each.type, each.property))
        place = (each.region, each.type, each.name)
        if mender is None or place not in is_:
            continue
        try:
            mender(account, each, was.get(place))
        except CloudError:
            continue
        mended.append(f"{each.type} {each.name}: {each.property}")
    return tuple(mended)


def _instance(attribute: str, key: str) -> Mender:
    def mended(account: Account, each: Difference, was: Thing | None) -> object:
        value = {"Value": bool(each.was) if isinstance(each.was, bool | None) else each.was}
        parameters: dict[str, Any] = {key: value}
        return account.call("ec2", "modify_instance_attribute", InstanceId=each.id, region=each.region, **parameters)

    return mended


def _state(account: Account, each: Difference, was: Thing | None) -> object:
    """Start a host that was stopped."""
    return account.call("ec2", "start_instances", InstanceIds=[each.id], region=each.region)


def _named(policies: Any) -> dict[str, Any]:
    return {str(policy["PolicyName"]): policy for policy in policies or ()}


def _inline(account: Account, each: Difference, was: Thing | None) -> None:
    """Give a role the inline policies that it had, and no others."""
    before, after = _named(each.was), _named(each.now)
    for name in after.keys() - before.keys():
        account.call("iam", "delete_role_policy", RoleName=each.id, PolicyName=name)
    for name, policy in before.items():
        if after.get(name) != policy:
            document = json.dumps(policy["PolicyDocument"])
            account.call("iam", "put_role_policy", RoleName=each.id, PolicyName=name, PolicyDocument=document)


def _attached(account: Account, each: Difference, was: Thing | None) -> None:
    """Detach the managed policies of a role that it hadn't."""
    attached = account.pages("iam", "list_attached_role_policies", RoleName=each.id)
    kept = {policy["PolicyName"] for policy in each.was or ()}
    for policy in (policy for page in attached for policy in page["AttachedPolicies"]):
        if policy["PolicyName"] not in kept:
            account.call("iam", "detach_role_policy", RoleName=each.id, PolicyArn=policy["PolicyArn"])


def _tags_of_role(account: Account, each: Difference, was: Thing | None) -> None:
    before: Mapping[str, str] = each.was or {}
    after: Mapping[str, str] = each.now or {}
    if extra := sorted(after.keys() - before.keys()):
        account.call("iam", "untag_role", RoleName=each.id, TagKeys=extra)
    if before:
        account.call("iam", "tag_role", RoleName=each.id, Tags=_pairs(before))


def _tags(account: Account, each: Difference, was: Thing | None) -> None:
    """Give something of EC2 the tags that it had, and no others."""
    before: Mapping[str, str] = each.was or {}
    after: Mapping[str, str] = each.now or {}
    extra = [{"Key": key} for key in sorted(after.keys() - before.keys())]
    if extra:
        account.call("ec2", "delete_tags", Resources=[each.id], Tags=extra, region=each.region)
    if before:
        account.call("ec2", "create_tags", Resources=[each.id], Tags=_pairs(before), region=each.region)


def _pairs(tags: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _vpc(attribute: str) -> Mender:
    def mended(account: Account, each: Difference, was: Thing | None) -> object:
        parameters: dict[str, Any] = {attribute: {"Value": bool(each.was)}}
        return account.call("ec2", "modify_vpc_attribute", VpcId=each.id, region=each.region, **parameters)

    return mended


def _encryption_default(account: Account, each: Difference, was: Thing | None) -> object:
    operation = "enable_ebs_encryption_by_default" if each.was else "disable_ebs_encryption_by_default"
    return account.call("ec2", operation, region=each.region)


def _alias(account: Account, each: Difference, was: Thing | None) -> None:
    for alias in set(each.now or ()) - set(each.was or ()):
        account.call("iam", "delete_account_alias", AccountAlias=alias)
    for alias in set(each.was or ()) - set(each.now or ()):
        account.call("iam", "create_account_alias", AccountAlias=alias)


def _s3(clear: str) -> Mender:
    """Take something off a bucket that it hadn't; what it had is declared, and the engine's to put back."""

    def mended(account: Account, each: Difference, was: Thing | None) -> object:
        return None if each.was else account.call("s3", clear, Bucket=each.id)

    return mended


def _notifications(account: Account, each: Difference, was: Thing | None) -> object:
    if each.was:
        return None
    return account.call("s3", "put_bucket_notification_configuration", Bucket=each.id, NotificationConfiguration={})


def _logging(account: Account, each: Difference, was: Thing | None) -> object:
    return None if each.was else account.call("s3", "put_bucket_logging", Bucket=each.id, BucketLoggingStatus={})


def _objects(account: Account, each: Difference, was: Thing | None) -> None:
    """Delete the objects at the top of a bucket that weren't there."""
    before = {entry[0] for entry in each.was or ()}
    for entry in each.now or ():
        key = next((part for part in entry if isinstance(part, str)), "")
        if key not in before:
            account.call("s3", "delete_object", Bucket=each.id, Key=key)


def _folders(account: Account, each: Difference, was: Thing | None) -> None:
    """Delete the folders of a bucket that weren't there, with every version of what is in them."""
    for folder in set(each.now or ()) - set(each.was or ()):
        for page in account.pages("s3", "list_object_versions", Bucket=each.id, Prefix=folder):
            for version in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                account.call("s3", "delete_object", Bucket=each.id, Key=version["Key"], VersionId=version["VersionId"])


def _grants(account: Account, each: Difference, was: Thing | None) -> None:
    """Revoke the grants of a key that it hadn't."""
    before = {grant[0] for grant in each.was or () if isinstance(grant, list)}
    for page in account.pages("kms", "list_grants", KeyId=each.id):
        for grant in page["Grants"]:
            if grant.get("Name") not in before:
                account.call("kms", "revoke_grant", KeyId=each.id, GrantId=grant["GrantId"])


def _subscriptions(account: Account, each: Difference, was: Thing | None) -> None:
    """Take the subscription filters off a log group that it hadn't."""
    before = {entry[0] for entry in each.was or ()}
    for entry in each.now or ():
        if entry[0] not in before:
            account.call("logs", "delete_subscription_filter", logGroupName=each.id, filterName=entry[0])


MENDERS: Mapping[tuple[str, str], Mender] = {
    ("ec2:instance", "DisableApiTermination"): _instance("disableApiTermination", "DisableApiTermination"),
    ("ec2:instance", "DisableApiStop"): _instance("disableApiStop", "DisableApiStop"),
    ("ec2:instance", "InstanceInitiatedShutdownBehavior"): _instance(
        "instanceInitiatedShutdownBehavior", "InstanceInitiatedShutdownBehavior"
    ),
    ("ec2:instance", "State"): _state,
    ("ec2:vpc", "EnableDnsSupport"): _vpc("EnableDnsSupport"),
    ("ec2:vpc", "EnableDnsHostnames"): _vpc("EnableDnsHostnames"),
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
    ("s3:bucket", "Notifications"): _notifications,
    ("s3:bucket", "Logging"): _logging,
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
