"""What was handed out without a policy: grants on keys, shares of images, snapshots and documents, RAM, lists on buckets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from range.verify.identity.answers import Said
from range.verify.identity.calls import Item
from range.verify.identity.estate import Share

_ALL_USERS = "/AllUsers"
_ANY_ACCOUNT = "/AuthenticatedUsers"
_GATEWAYS = "ec2:TransitGateway"
_GOLDEN_TAG = "range:image"
GOLDEN = "launch permission of a golden image"


def shares(said: Said) -> Iterator[Share]:
    """Give everything that somebody else was let at in these ways."""
    yield from _grants(said)
    golden = _golden(said)
    for share in _launches(said, "ec2:DescribeImageAttribute", "ImageId", "launch permission of an image"):
        yield replace(share, means=GOLDEN) if share.thing in golden else share
    yield from _launches(said, "ec2:DescribeSnapshotAttribute", "SnapshotId", "volume permission of a snapshot")
    for asked, item in said.of("ssm:DescribeDocumentPermission"):
        for account in item.get("AccountIds") or ():
            yield _share(said, asked["Name"], "permission of a document", str(account), f"shared with {account}")
    yield from _by_ram(said)
    yield from _lists(said)
    yield from _copies(said)
    yield from _targets(said)


def _golden(said: Said) -> set[str]:
    """Give the images that say of themselves that they are golden: `range image build` made them."""
    return {
        str(item["ImageId"])
        for _, item in said.of("ec2:DescribeImages")
        if any(tag.get("Key") == _GOLDEN_TAG for tag in item.get("Tags") or ())
    }


def _share(said: Said, thing: object, means: str, to: str, why: str) -> Share:
    return Share(said.account, str(thing), means, to, why)


def _grants(said: Said) -> Iterator[Share]:
    for asked, grant in said.of("kms:ListGrants"):
        listed = grant.get("Operations") or ()
        operations = ", ".join(listed)
        for role in ("GranteePrincipal", "RetiringPrincipal"):
            to = str(grant.get(role) or "")
            if to and not to.endswith(".amazonaws.com"):
                why = f"grant {grant.get('GrantId')} lets {to} {operations if role == 'GranteePrincipal' else 'retire it'}"
                allowed = tuple(f"kms:{each}" for each in (listed if role == "GranteePrincipal" else ("RetireGrant",)))
                yield replace(_share(said, asked["KeyId"], "grant on a key", to, why), actions=allowed)


def _launches(said: Said, call: str, key: str, means: str) -> Iterator[Share]:
    for asked, item in said.of(call):
        for kind in ("Group", "UserId", "OrganizationArn", "OrganizationalUnitArn"):
            if item.get(kind):
                yield _share(said, asked[key], means, str(item[kind]), f"its permissions have {kind} {item[kind]}")


def _by_ram(said: Said) -> Iterator[Share]:
    kinds: dict[str, set[str]] = {}
    things: dict[str, list[str]] = {}
    for _, item in said.of("ram:ListResources"):
        share = str(item["resourceShareArn"])
        kinds.setdefault(share, set()).add(str(item.get("type")))
        things.setdefault(share, []).append(str(item["arn"]))
    for _, item in said.of("ram:GetResourceShareAssociations"):
        share = str(item["resourceShareArn"])
        if item.get("status") in ("DISASSOCIATED", "FAILED", "DISASSOCIATING"):
            continue
        means = "gateway shared by RAM" if kinds.get(share, set()) == {_GATEWAYS} else "share by RAM"
        shared = ", ".join(things.get(share, ())) or "nothing yet"
        yield _share(
            said, share, means, str(item["associatedEntity"]), f"it shares {shared} with {item['associatedEntity']}"
        )


def _lists(said: Said) -> Iterator[Share]:
    """Give what buckets' access control lists give away, where they count."""
    enforced = {
        asked["Bucket"]
        for asked, item in said.of("s3:GetBucketOwnershipControls")
        if _ownership(item) == "BucketOwnerEnforced"
    }
    for asked, item in said.of("s3:GetBucketAcl"):
        bucket, owner = str(asked["Bucket"]), (item.get("Owner") or {}).get("ID")
        if bucket in enforced:
            continue
        said.doubt(bucket, "its objects may have access control lists of their own, and those are not looked at")
        for grant in item.get("Grants") or ():
            grantee = grant.get("Grantee") or {}
            group, who = str(grantee.get("URI", "")), grantee.get("ID")
            to = "all" if group.endswith((_ALL_USERS, _ANY_ACCOUNT)) else f"canonical id {who}"
            if group.endswith((_ALL_USERS, _ANY_ACCOUNT)) or (who and who != owner):
                why = f"its access control list gives {grant.get('Permission')} to {group or who}"
                yield _share(said, bucket, "access control list of a bucket", to, why)


def _ownership(item: Item) -> str:
    rules = (item.get("OwnershipControls") or {}).get("Rules") or [{}]
    return str(rules[0].get("ObjectOwnership", ""))


def _copies(said: Said) -> Iterator[Share]:
    """Give the buckets that others' are copied into: `to` is the other bucket."""
    for asked, item in said.of("s3:GetBucketReplication"):
        for rule in (item.get("ReplicationConfiguration") or {}).get("Rules") or ():
            target = rule.get("Destination") or {}
            if rule.get("Status") == "Enabled":
                name = str(target["Bucket"]).rpartition(":")[2]
                to = str(target.get("Account") or f"bucket {name}")
                yield _share(
                    said, asked["Bucket"], "replication of a bucket", to, f"rule {rule.get('ID')} copies it into {name}"
                )


def _targets(said: Said) -> Iterator[Share]:
    """Give the accounts that rules of event buses send what happens to."""
    for asked, target in said.of("events:ListTargetsByRule"):
        arn = str(target["Arn"])
        account = arn.split(":")[4] if arn.count(":") > 4 else ""
        if account not in ("", said.account):
            rule = f"{asked.get('EventBusName', 'default')}/{asked['Rule']}"
            yield _share(said, rule, "target of a rule of events", account, f"the rule sends events to {arn}")
