"""Bringing one thing of an account from one state to another by boto3's calls, kind by kind: to make a fault, and to undo it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.verify.identity.accounts import written
from tests.verify.rehearsed import Entered

Value: TypeAlias = Any
"""What an account's state says of a thing; None where it has none."""


@dataclass
class Place:
    """An account, entered, and what AWS called the things that the state calls by names of its own."""

    entered: Entered
    region: str
    ids: dict[str, str] = field(default_factory=dict)
    """AWS's names by the state's, each after its kind: `keys/own`."""

    def call(self, service: str, operation: str, /, **asked: Any) -> dict[str, Any]:
        """Make a call."""
        return self.entered.patiently(service, operation, **asked)

    def arn(self, service: str, rest: str) -> str:
        """Name something of the account."""
        return f"arn:aws:{service}:{self.region}:{self.entered.id}:{rest}"


Apply: TypeAlias = Callable[[Place, str, Value, Value], None]
"""Takes the name of a thing, what it is and what it shall be."""


def _policy_of(value: Value) -> str:
    return written(value)


def role(place: Place, name: str, before: Value, after: Value) -> None:
    """Make a role, change it, or take it away."""
    if after is None:
        for policy in before.get("policies", {}):
            place.call("iam", "delete_role_policy", RoleName=name, PolicyName=policy)
        place.call("iam", "delete_role", RoleName=name)
        return
    trust = _policy_of(after["trust"])
    if before is None:
        limit = {"PermissionsBoundary": after["boundary"]} if after.get("boundary") else {}
        place.call("iam", "create_role", RoleName=name, AssumeRolePolicyDocument=trust, **limit)
    elif after["trust"] != before["trust"]:
        place.call("iam", "update_assume_role_policy", RoleName=name, PolicyDocument=trust)
    for policy, document in after.get("policies", {}).items():
        if document != (before or {}).get("policies", {}).get(policy):
            text = _policy_of(document)
            place.call("iam", "put_role_policy", RoleName=name, PolicyName=policy, PolicyDocument=text)
    _profiles(place, name, set((before or {}).get("profiles", ())), set(after.get("profiles", ())))


def _profiles(place: Place, role_name: str, before: set[str], after: set[str]) -> None:
    for profile in sorted(after - before):
        place.call("iam", "create_instance_profile", InstanceProfileName=profile)
        place.call("iam", "add_role_to_instance_profile", InstanceProfileName=profile, RoleName=role_name)
    for profile in sorted(before - after):
        place.call("iam", "remove_role_from_instance_profile", InstanceProfileName=profile, RoleName=role_name)
        place.call("iam", "delete_instance_profile", InstanceProfileName=profile)


def managed(place: Place, arn: str, before: Value, after: Value) -> None:
    """Make a managed policy."""
    assert before is None
    name = arn.rpartition("/")[2]
    place.call("iam", "create_policy", PolicyName=name, PolicyDocument=_policy_of(after))


def user(place: Place, name: str, before: Value, after: Value) -> None:
    """Make a user."""
    assert (before, after) == (None, {})
    place.call("iam", "create_user", UserName=name)


def bucket(place: Place, name: str, before: Value, after: Value) -> None:
    """Make a bucket, change what is on it, or take it away."""
    if after is None:
        place.call("s3", "delete_bucket", Bucket=name)
        return
    if before is None:
        here = {"LocationConstraint": place.region}
        place.call("s3", "create_bucket", Bucket=name, CreateBucketConfiguration=here)
        rules = [{"ObjectOwnership": after.get("ownership", "BucketOwnerPreferred")}]
        place.call("s3", "put_bucket_ownership_controls", Bucket=name, OwnershipControls={"Rules": rules})
    old = before or {}
    if after.get("policy") != old.get("policy"):
        place.call("s3", "put_bucket_policy", Bucket=name, Policy=_policy_of(after["policy"]))
    if after.get("grants") != old.get("grants"):
        owner = place.call("s3", "get_bucket_acl", Bucket=name)["Owner"]
        lists = {"Owner": owner, "Grants": after["grants"]}
        place.call("s3", "put_bucket_acl", Bucket=name, AccessControlPolicy=lists)
    if after.get("replication") != old.get("replication"):
        _replicate(place, name, after.get("replication"))


def _replicate(place: Place, name: str, rules: Value) -> None:
    if not rules:
        place.call("s3", "delete_bucket_replication", Bucket=name)
        return
    place.call("s3", "put_bucket_versioning", Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    more = {"Priority": 1, "Filter": {"Prefix": ""}, "DeleteMarkerReplication": {"Status": "Disabled"}}
    copies = {
        "Role": f"arn:aws:iam::{place.entered.id}:role/range-controller",
        "Rules": [{**more, **rule} for rule in rules],
    }
    place.call("s3", "put_bucket_replication", Bucket=name, ReplicationConfiguration=copies)


def key(place: Place, name: str, before: Value, after: Value) -> None:
    """Make a key, change its policy or grants, or have it deleted."""
    if after is None:
        gone = place.ids.pop(f"keys/{name}")
        for grant in place.call("kms", "list_grants", KeyId=gone)["Grants"]:
            place.call("kms", "revoke_grant", KeyId=gone, GrantId=grant["GrantId"])
        place.call("kms", "schedule_key_deletion", KeyId=gone, PendingWindowInDays=7)
        return
    old = before or {"policy": after["policy"]}
    if before is None:
        made = place.call("kms", "create_key", Policy=_policy_of(after["policy"]))["KeyMetadata"]["KeyId"]
        place.ids[f"keys/{name}"] = made
    known = place.ids[f"keys/{name}"]
    if after["policy"] != old["policy"]:
        place.call("kms", "put_key_policy", KeyId=known, PolicyName="default", Policy=_policy_of(after["policy"]))
    if after.get("grants", []) != old.get("grants", []):
        for grant in place.call("kms", "list_grants", KeyId=known)["Grants"]:
            place.call("kms", "revoke_grant", KeyId=known, GrantId=grant["GrantId"])
        for grant in after.get("grants", []):
            asked = {part: value for part, value in grant.items() if part != "GrantId"}
            place.call("kms", "create_grant", KeyId=known, **asked)


def secret(place: Place, name: str, before: Value, after: Value) -> None:
    """Make a secret, or put a policy on it and take it off."""
    if f"secrets/{name}" not in place.ids:
        made = place.call("secretsmanager", "create_secret", Name=name, SecretString="{}")["ARN"]
        place.ids[f"secrets/{name}"] = made.rpartition(":")[2]
    if after is not None:
        place.call("secretsmanager", "put_resource_policy", SecretId=name, ResourcePolicy=_policy_of(after))
    elif before is not None:
        place.call("secretsmanager", "delete_resource_policy", SecretId=name)


def queue(place: Place, name: str, before: Value, after: Value) -> None:
    """Make a queue or take it away."""
    if before is None:
        place.call("sqs", "create_queue", QueueName=name, Attributes={"Policy": _policy_of(after)})
    else:
        url = place.call("sqs", "get_queue_url", QueueName=name)["QueueUrl"]
        place.call("sqs", "delete_queue", QueueUrl=url)


def topic(place: Place, name: str, before: Value, after: Value) -> None:
    """Make a topic or take it away."""
    if before is None:
        place.call("sns", "create_topic", Name=name, Attributes={"Policy": _policy_of(after)})
    else:
        place.call("sns", "delete_topic", TopicArn=place.arn("sns", name))


def destination(place: Place, name: str, before: Value, after: Value) -> None:
    """Make a destination of logs or take it away."""
    if before is None:
        stream, writer = place.arn("kinesis", "stream/x"), f"arn:aws:iam::{place.entered.id}:role/range-controller"
        place.call("logs", "put_destination", destinationName=name, targetArn=stream, roleArn=writer)
        place.call("logs", "put_destination_policy", destinationName=name, accessPolicy=_policy_of(after))
    else:
        place.call("logs", "delete_destination", destinationName=name)


def log_policy(place: Place, name: str, before: Value, after: Value) -> None:
    """Make a policy of the logs or take it away."""
    if before is None:
        place.call("logs", "put_resource_policy", policyName=name, policyDocument=_policy_of(after))
    else:
        place.call("logs", "delete_resource_policy", policyName=name)


def repository(place: Place, name: str, before: Value, after: Value) -> None:
    """Make a repository or take it away."""
    if before is None:
        place.call("ecr", "create_repository", repositoryName=name)
        place.call("ecr", "set_repository_policy", repositoryName=name, policyText=_policy_of(after))
    else:
        place.call("ecr", "delete_repository", repositoryName=name)


def registry(place: Place, _: str, before: Value, after: Value) -> None:
    """Put a policy on the registry or take it off."""
    if before is None:
        place.call("ecr", "put_registry_policy", policyText=_policy_of(after))
    else:
        place.call("ecr", "delete_registry_policy")


def bus(place: Place, name: str, before: Value, after: Value) -> None:
    """Make an event bus or take it away."""
    if before is None:
        place.call("events", "create_event_bus", Name=name)
        place.call("events", "put_permission", EventBusName=name, Policy=_policy_of(after))
    else:
        place.call("events", "delete_event_bus", Name=name)


def rule(place: Place, name: str, before: Value, after: Value) -> None:
    """Make a rule that sends events somewhere, or take it away."""
    if before is None:
        place.call("events", "put_rule", Name=name, EventPattern='{"source": ["aws.ec2"]}')
        targets = [{"Id": str(number), "Arn": arn} for number, arn in enumerate(after)]
        place.call("events", "put_targets", Rule=name, Targets=targets)
    else:
        place.call("events", "remove_targets", Rule=name, Ids=[str(number) for number, _ in enumerate(before)])
        place.call("events", "delete_rule", Name=name)


def function(place: Place, name: str, before: Value, after: Value) -> None:
    """Make a function that somebody may invoke, or take it away."""
    if before is not None:
        place.call("lambda", "delete_function", FunctionName=name)
        return
    with_code = {"Runtime": "python3.12", "Handler": "main.run", "Code": {"ZipFile": _archive()}}
    runs = f"arn:aws:iam::{place.entered.id}:role/range-controller"
    place.call("lambda", "create_function", FunctionName=name, Role=runs, **with_code)
    for statement in after["Statement"]:
        permitted = _permitted(statement)
        if "FunctionUrlAuthType" in permitted:
            auth = permitted["FunctionUrlAuthType"]
            place.call("lambda", "create_function_url_config", FunctionName=name, AuthType=auth)
        place.call("lambda", "add_permission", FunctionName=name, **permitted)


def layer(place: Place, name: str, before: Value, after: Value) -> None:
    """Publish a layer that somebody may use, or take it away."""
    if before is not None:
        place.call("lambda", "delete_layer_version", LayerName=name, VersionNumber=1)
        return
    place.call("lambda", "publish_layer_version", LayerName=name, Content={"ZipFile": _archive()})
    for statement in after["Statement"]:
        permitted = _permitted(statement)
        place.call("lambda", "add_layer_version_permission", LayerName=name, VersionNumber=1, **permitted)


def _permitted(statement: dict[str, Any]) -> dict[str, Any]:
    """Say a statement as Lambda's calls take it: one principal, one action."""
    named = statement["Principal"]
    who = named if isinstance(named, str) else next(iter(named.values()))
    auth = statement.get("Condition", {}).get("StringEquals", {}).get("lambda:FunctionUrlAuthType")
    url = {"FunctionUrlAuthType": auth} if auth else {}
    return {"StatementId": statement["Sid"], "Action": statement["Action"], "Principal": who, **url}


def _archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("main.py", "def run(event, context): ...\n")
    return made.getvalue()


def point(place: Place, name: str, before: Value, after: Value) -> None:
    """Make an access point to a bucket of the account, or take it away."""
    own = {"AccountId": place.entered.id, "Name": name}
    if before is not None:
        place.call("s3control", "delete_access_point", **own)
        return
    behind = place.call("s3", "list_buckets")["Buckets"][0]["Name"]
    place.call("s3control", "create_access_point", **own, Bucket=behind)
    place.call("s3control", "put_access_point_policy", **own, Policy=_policy_of(after))


def snapshot(place: Place, name: str, before: Value, after: Value) -> None:
    """Make a snapshot that others may make volumes of, or take it away."""
    if before is not None:
        place.call("ec2", "delete_snapshot", SnapshotId=place.ids.pop(f"snapshots/{name}"))
        return
    made = place.ids[f"snapshots/{name}"] = _snapshot(place)
    allowed = {"Attribute": "createVolumePermission", "CreateVolumePermission": {"Add": after}}
    place.call("ec2", "modify_snapshot_attribute", SnapshotId=made, **allowed)


def _snapshot(place: Place) -> str:
    volume = place.call("ec2", "create_volume", AvailabilityZone=f"{place.region}a", Size=1)["VolumeId"]
    return str(place.call("ec2", "create_snapshot", VolumeId=volume)["SnapshotId"])


def image(place: Place, name: str, before: Value, after: Value) -> None:
    """Make an image that others may launch, or take it away."""
    if before is not None:
        place.call("ec2", "deregister_image", ImageId=place.ids.pop(f"images/{name}"))
        return
    disk = [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": _snapshot(place)}}]
    registered = {"Name": "own", "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": disk}
    made = place.ids[f"images/{name}"] = place.call("ec2", "register_image", **registered)["ImageId"]
    place.call("ec2", "modify_image_attribute", ImageId=made, LaunchPermission={"Add": after})


def document(place: Place, name: str, before: Value, after: Value) -> None:
    """Make a document that is shared, or take it away."""
    if before is not None:
        shared = {"PermissionType": "Share", "AccountIdsToRemove": before}
        place.call("ssm", "modify_document_permission", Name=name, **shared)
        place.call("ssm", "delete_document", Name=name)
        return
    content = json.dumps({"schemaVersion": "2.2", "description": "x", "mainSteps": []})
    place.call("ssm", "create_document", Name=name, Content=content, DocumentType="Command")
    place.call("ssm", "modify_document_permission", Name=name, PermissionType="Share", AccountIdsToAdd=after)


def share(place: Place, name: str, before: Value, after: Value) -> None:
    """Share things of the account by RAM, or end that."""
    if before is not None:
        place.call("ram", "delete_resource_share", resourceShareArn=place.ids.pop(f"shares/{name}"))
        return
    shared = {
        "principals": after["principals"],
        "resourceArns": [_shareable(place, *each) for each in after["resources"]],
    }
    made = place.call("ram", "create_resource_share", name=name.rpartition("/")[2], **shared)
    place.ids[f"shares/{name}"] = made["resourceShare"]["resourceShareArn"]


def _shareable(place: Place, arn: str, kind: str) -> str:
    """Make what is shared, where the state only names it."""
    if kind == "ec2:TransitGateway":
        made = place.call("ec2", "create_transit_gateway")["TransitGateway"]["TransitGatewayId"]
        return place.arn("ec2", f"transit-gateway/{made}")
    if kind == "ec2:Subnet":
        network = place.call("ec2", "create_vpc", CidrBlock="10.250.0.0/16")["Vpc"]["VpcId"]
        made = place.call("ec2", "create_subnet", VpcId=network, CidrBlock="10.250.0.0/24")["Subnet"]["SubnetId"]
        return place.arn("ec2", f"subnet/{made}")
    return arn


def endpoint(place: Place, name: str, before: Value, after: Value) -> None:
    """Make a gateway endpoint of S3 with a policy, or take it away."""
    if before is not None:
        place.call("ec2", "delete_vpc_endpoints", VpcEndpointIds=[place.ids.pop(f"endpoints/{name}")])
        return
    network = place.ids.get("network") or place.call("ec2", "create_vpc", CidrBlock="10.251.0.0/16")["Vpc"]["VpcId"]
    place.ids["network"] = network
    of = {"VpcId": network, "ServiceName": f"com.amazonaws.{place.region}.s3", "PolicyDocument": _policy_of(after)}
    place.ids[f"endpoints/{name}"] = place.call("ec2", "create_vpc_endpoint", **of)["VpcEndpoint"]["VpcEndpointId"]


KINDS: Mapping[str, Apply] = {
    "policies": managed,
    "roles": role,
    "users": user,
    "buckets": bucket,
    "keys": key,
    "secrets": secret,
    "queues": queue,
    "topics": topic,
    "destinations": destination,
    "log_policies": log_policy,
    "repositories": repository,
    "registry": registry,
    "buses": bus,
    "rules": rule,
    "functions": function,
    "layers": layer,
    "points": point,
    "snapshots": snapshot,
    "images": image,
    "documents": document,
    "shares": share,
    "endpoints": endpoint,
}
"""By the kind's name in an account's state, in an order in which each needs only those before it."""
