"""What the witness leaves out of what it compares, by rule, each with its reason: what changes though nobody changes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Omission:
    """A row: properties of some types, and why they say nothing of what somebody did."""

    types: str
    """A pattern: `ec2:.*`."""
    keys: tuple[str, ...]
    reason: str


OMISSIONS: tuple[Omission, ...] = (
    Omission(".*", ("ResponseMetadata", "NextToken", "IsTruncated", "Marker"), "parts of an answer, not of a thing"),
    Omission(
        "ec2:(route-table|network-acl)",
        ("Routes", "Entries"),
        "each is a thing of its own in this table",
    ),
    Omission(
        "ec2:security-group", ("IpPermissions", "IpPermissionsEgress"), "each rule is a thing of its own in this table"
    ),
    Omission(
        ".*",
        (
            "AssociationId", "AttachmentId", "RouteTableAssociationId", "NetworkAclAssociationId", "RequestId",
            "RequestorId", "RequesterId", "OwnershipVerificationId",
        ),
        "AWS draws another one whenever the same two things are joined again; both ends are compared",
    ),
    Omission(
        "iam:.*",
        ("RoleId", "UserId", "GroupId", "PolicyId", "InstanceProfileId", "RoleLastUsed", "PasswordLastUsed"),
        "drawn anew with each making; when it was last used is no property of it",
    ),
    Omission("iam:role", ("InstanceProfileList",), "listed again as instance profiles"),
    Omission("iam:instance-profile", ("AssumeRolePolicyDocument",), "the role's, compared there"),
    Omission("iam:policy", ("AttachmentCount", "PermissionsBoundaryUsageCount"), "counts what roles and users say"),
    Omission("iam:policy", ("VersionId", "DefaultVersionId", "UpdateDate"), "numbered anew; the documents are compared"),
    Omission("ec2:subnet", ("AvailableIpAddressCount",), "counts what is in it"),
    Omission(
        "ec2:instance",
        (
            "BlockDeviceMappings", "NetworkInterfaces", "SecurityGroups", "IamInstanceProfile", "ReservationId",
            "StateTransitionReason", "StateReason", "UsageOperation", "ClientToken", "AmiLaunchIndex",
            "PublicDnsName", "PrivateDnsName", "Status", "ElasticGpuAssociations", "KernelId", "RamdiskId",
            "CapacityReservationId", "CurrentInstanceBootMode",
        ),
        "interfaces, volumes and profiles are compared as themselves; the rest is how it came to be",
    ),
    Omission(
        "ec2:network-interface",
        ("MacAddress", "RequesterId", "PrivateDnsName", "AttachTime", "Status", "PublicDnsName"),
        "drawn with each making",
    ),
    Omission(
        "ec2:volume",
        ("SnapshotId", "VolumeInitializationRate", "State"),
        "a reset makes a root volume anew, from the host's golden snapshot, and attaching takes its time",
    ),
    Omission("ec2:snapshot", ("Progress", "VolumeId", "StateMessage", "State"),
             "how far it is, and of a volume that may be gone"),
    Omission("ec2:(nat-gateway|vpc-endpoint|flow-log|image)", ("DeliverLogsStatus", "State", "DeliverLogsErrorMessage"),
             "passes by itself"),
    Omission("ec2:security-group-rule", ("SecurityGroupRuleArn", "Called"), "its id, or said already by its name"),
    Omission("ec2:(route|network-acl-entry)", ("To", "Number", "Way", "Acl", "Table"), "said already by its name"),
    Omission("ec2:route", ("State",), "follows from where it leads, which is compared as itself"),
    Omission("ec2:transit-gateway-attachment", ("State", "Association"), "passes by itself; compared as the table's"),
    Omission("ec2:profile-association", ("State", "Id"), "passes by itself; the profile's name is compared"),
    Omission("ec2:account-attributes", ("used",), "counts"),
    Omission("ec2:traffic-mirror-filter", ("TrafficMirrorFilterRuleId",), "drawn with each making"),
    Omission("budgets:budget", ("CalculatedSpend", "LastUpdatedTime", "TimePeriod", "HealthStatus"),
             "what was spent, by AWS's count"),
    Omission("logs:log-group", ("storedBytes", "metricFilterCount", "creationTime"), "grows, or is counted elsewhere"),
    Omission("sqs:queue", ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed",
                           "ApproximateNumberOfMessagesNotVisible", "CreatedTimestamp", "LastModifiedTimestamp"),
             "messages come and go"),
    Omission("dynamodb:table", ("ItemCount", "TableSizeBytes", "TableId", "TableStatus", "LatestStreamArn",
                                "LatestStreamLabel"), "counted, or drawn"),
    Omission("secretsmanager:secret", ("SecretVersionsToStages",),
             "a reset rotates what players could have seen"),
    Omission("events:archive", ("EventCount", "SizeBytes"), "counts what happened"),
    Omission("ssm:parameter", ("LastModifiedUser",), "who, not what"),
    Omission("cloudwatch:alarm", ("StateValue", "StateReason", "StateReasonData"), "passes by itself"),
    Omission("route53:zone", ("ResourceRecordSetCount", "CallerReference", "LinkedService"), "counted, or drawn"),
    Omission("route53:health-check", ("CallerReference", "HealthCheckVersion"), "drawn"),
    Omission("route53resolver:.*", ("CreatorRequestId", "CreationTime", "ModificationTime", "Status", "StatusMessage",
                                    "RuleCount", "DomainCount", "IpAddressCount", "AssociationCount"),
             "drawn, counted, or passes by itself"),
    Omission("s3:bucket", ("BucketRegion", "BucketArn"), "said already"),
    Omission("ram:share", ("status",), "passes by itself"),
    Omission("cloudfront:distribution", ("Status", "LastModifiedTime"), "passes by itself"),
)  # fmt: skip
"""Every rule. Times are left out everywhere: when something happened says nothing of what there is."""

DELIVERED = re.compile(r"^(AWSLogs|range-evidence)/$")
"""Folders of a bucket that services and the range itself write into while everything is as it should be."""


def omitted(type_: str) -> frozenset[str]:
    """Give the properties of a type that are left out."""
    return frozenset(key for rule in OMISSIONS if re.fullmatch(rule.types, type_) for key in rule.keys)


REVOCATION = "range-revoked-sessions"
"""The policy by which the range takes participants' sessions back; it can only refuse."""
PARTICIPANT = "-as-participant"
"""How the name of a role ends whose sessions the range takes back."""


def without_revocation(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Leave the range's own revocation out of a participants' role's policies, if it is no more than that."""
    if not str(properties.get("RoleName", "")).endswith(PARTICIPANT):
        return dict(properties)
    policies: Iterable[Mapping[str, Any]] = properties.get("RolePolicyList") or ()
    return {**properties, "RolePolicyList": [each for each in policies if not _only_revokes(each)]}


def _only_revokes(policy: Mapping[str, Any]) -> bool:
    document = policy.get("PolicyDocument") or {}
    parsed = json.loads(document) if isinstance(document, str) else document
    statements = parsed.get("Statement") or []
    return policy.get("PolicyName") == REVOCATION and [each.get("Effect") for each in statements] == ["Deny"]


def without_own_servers(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the NS and SOA records of a zone's own name: AWS draws servers with each making. Delegations stay."""
    records: Iterable[Mapping[str, Any]] = properties.get("Records") or ()
    own = properties.get("Name")
    kept = [each for each in records if each.get("Type") not in ("NS", "SOA") or each.get("Name") != own]
    return {**properties, "Records": kept}


def without_deliveries(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Leave a bucket's folders out that fill by themselves."""
    folders: Iterable[str] = properties.get("Folders") or ()
    return {**properties, "Folders": [each for each in folders if not DELIVERED.match(each)]}
