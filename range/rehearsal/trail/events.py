"""An entry of the book as CloudTrail tells it: who, when, which resources, where, and whether it worked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.callers import Caller
from range.rehearsal.refusals import Refusal
from range.rehearsal.trail.book import Entry

_HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
_SECRET = re.compile(
    r"(password|secretstring|secretbinary|secretaccesskey|sessiontoken|userdata|privatekey|keymaterial)$", re.IGNORECASE
)
_EC2_ID = re.compile(r"([a-z]+(?:-[a-z]+)*)-[0-9a-f]{8,17}")
_SOURCES = {"s3control": "s3"}
_TYPES = {
    "acl": "AWS::EC2::NetworkAcl",
    "ami": "AWS::EC2::Ami",
    "dopt": "AWS::EC2::DHCPOptions",
    "eipalloc": "AWS::EC2::EIP",
    "eni": "AWS::EC2::NetworkInterface",
    "fl": "AWS::EC2::FlowLog",
    "i": "AWS::EC2::Instance",
    "igw": "AWS::EC2::InternetGateway",
    "lt": "AWS::EC2::LaunchTemplate",
    "nat": "AWS::EC2::NatGateway",
    "pcx": "AWS::EC2::VPCPeeringConnection",
    "rtb": "AWS::EC2::RouteTable",
    "sg": "AWS::EC2::SecurityGroup",
    "sgr": "AWS::EC2::SecurityGroupRule",
    "snap": "AWS::EC2::Snapshot",
    "subnet": "AWS::EC2::Subnet",
    "tgw": "AWS::EC2::TransitGateway",
    "tgw-attach": "AWS::EC2::TransitGatewayAttachment",
    "tgw-rtb": "AWS::EC2::TransitGatewayRouteTable",
    "vol": "AWS::EC2::Volume",
    "vpc": "AWS::EC2::VPC",
    "vpce": "AWS::EC2::VPCEndpoint",
}
_NAMED = {
    "Bucket": "AWS::S3::Bucket",
    "FileSystemId": "AWS::EFS::FileSystem",
    "GroupName": "AWS::IAM::Group",
    "HostedZoneId": "AWS::Route53::HostedZone",
    "InstanceProfileName": "AWS::IAM::InstanceProfile",
    "KeyId": "AWS::KMS::Key",
    "KeyName": "AWS::EC2::KeyPair",
    "PolicyArn": "AWS::IAM::Policy",
    "PolicyId": "AWS::Organizations::Policy",
    "RoleArn": "AWS::IAM::Role",
    "RoleName": "AWS::IAM::Role",
    "SecretId": "AWS::SecretsManager::Secret",
    "TrailName": "AWS::CloudTrail::Trail",
    "UserName": "AWS::IAM::User",
    "logGroupName": "AWS::Logs::LogGroup",
    "resourceShareArn": "AWS::RAM::ResourceShare",
}
_NAMES = {"cloudtrail": "AWS::CloudTrail::Trail", "secretsmanager": "AWS::SecretsManager::Secret"}


def source_of(entry: Entry) -> str:
    """Name the service that was called, as in `ec2.amazonaws.com`."""
    prefix = str(entry.service.model.metadata["endpointPrefix"]).removeprefix("api.")  # of ECR and its like
    return f"{_SOURCES.get(entry.service.name, prefix)}.amazonaws.com"


def name_of(caller: Caller) -> str:
    """Give the name that a trail shows for a caller: a user's, or a role session's."""
    return caller.arn.rpartition("/")[2] or "root"


def record(entry: Entry) -> dict[str, Any]:
    """Give the whole record of a call, as a trail delivers it and EventBridge carries it."""
    asked, answered, refused = _contents(entry)
    told = {
        "eventVersion": "1.11",
        "userIdentity": _identity(entry.caller),
        "eventTime": datetime.fromtimestamp(entry.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": source_of(entry),
        "eventName": entry.operation,
        "awsRegion": entry.region,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": entry.request.lowered.get("user-agent", ""),
        "requestParameters": _lowered(asked),
        "responseElements": _lowered(answered) if answered else None,
        "requestID": entry.id,
        "eventID": entry.id,
        "readOnly": entry.reads_only,
        "resources": [{"accountId": entry.account, "type": kind, "ARN": name} for kind, name in _resources(entry)],
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": entry.account,
        "eventCategory": "Management",
    }
    return told | ({"errorCode": refused.code, "errorMessage": refused.message} if refused else {})


def event(entry: Entry) -> dict[str, Any]:
    """Give a call as LookupEvents lists it."""
    return {
        "EventId": entry.id,
        "EventName": entry.operation,
        "ReadOnly": str(entry.reads_only).lower(),
        "AccessKeyId": entry.caller.access_key,
        "EventTime": datetime.fromtimestamp(entry.at, UTC).replace(tzinfo=None),
        "EventSource": source_of(entry),
        "Username": name_of(entry.caller),
        "Resources": [{"ResourceType": kind, "ResourceName": name} for kind, name in _resources(entry)],
        "CloudTrailEvent": json.dumps(record(entry), default=str),
    }


def _contents(entry: Entry) -> tuple[dict[str, Any], dict[str, Any], Refusal | None]:
    """Read what was asked and what was answered, or how it was refused."""
    call = Call(entry.request, entry.service, entry.operation, entry.region, entry.caller)
    try:
        asked = call.params if entry.operation in entry.service.model.operation_names else {}
        return asked, entry.service.result(entry.operation, entry.answer), None
    except Refusal as refused:
        return asked, {}, refused


def _identity(caller: Caller) -> dict[str, Any]:
    """Describe a caller."""
    identity = {
        "type": "AssumedRole" if caller.is_session_of_a_role else "IAMUser",
        "principalId": caller.user_id,
        "arn": caller.arn,
        "accountId": caller.account,
        "accessKeyId": caller.access_key,
    }
    if not caller.is_session_of_a_role:
        return identity | {"userName": name_of(caller)}
    role = caller.principal_arn
    issuer = {
        "type": "Role",
        "principalId": caller.user_id.partition(":")[0],
        "arn": role,
        "accountId": caller.account,
        "userName": role.rpartition("/")[2],
    }
    return identity | {"sessionContext": {"sessionIssuer": issuer}}


def _lowered(value: Any) -> Any:
    """Write parameters as a trail has them: names begin small, and nobody reads a secret."""
    if isinstance(value, Mapping):
        return {
            name[:1].lower() + name[1:]: _HIDDEN if _SECRET.search(name) else _lowered(each)
            for name, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [_lowered(each) for each in value]
    return "<binary>" if isinstance(value, bytes) or hasattr(value, "read") else value


def _resources(entry: Entry) -> list[tuple[str, str]]:
    """List the resources that a call was about, by type and name, each once."""
    asked, answered, _ = _contents(entry)
    found = [*_found(entry, asked), *_found(entry, answered)]
    return list(dict.fromkeys(found))


def _found(entry: Entry, value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Find resources in what was asked or answered."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _found(entry, each, key)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _found(entry, each, name)
    elif isinstance(value, str):
        identifier = _EC2_ID.fullmatch(value)
        if identifier and identifier[1] in _TYPES:
            yield _TYPES[identifier[1]], value
        elif name in _NAMED and not (name == "GroupName" and entry.service.name != "iam"):
            yield _NAMED[name], value
        elif name == "Name" and entry.service.name in _NAMES:
            yield _NAMES[entry.service.name], value
