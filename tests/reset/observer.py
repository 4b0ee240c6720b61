"""The tests' own eyes: what is in an account, raw, by boto3 and nothing of the product; ids and times left out by shape."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

DRAWN = re.compile(
    r"[a-z]{1,12}(?:-[a-z]{1,12})*-[0-9a-f]{8,26}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|A[A-Z]{3}[A-Z0-9]{12,17}"
)
IGNORED = {
    "ResponseMetadata", "State", "Status", "AttachTime", "SnapshotId", "BlockDeviceMappings",
    "StateTransitionReason", "StateReason", "Iops", "Progress", "StorageCapacity", "LaunchTime", "NextToken",
    "storedBytes", "PublicDnsName", "RoleLastUsed", "PrivateDnsName", "MacAddress", "SecretVersionsToStages",
    "Attachments", "VersionId", "RequesterId", "AvailableIpAddressCount",
    "creationTime",
}  # fmt: skip
GONE = ("terminated", "shutting-down", "deleted", "deleting")
QUESTIONS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("ec2", "describe_vpcs", "Vpcs", {}),
    ("ec2", "describe_subnets", "Subnets", {}),
    ("ec2", "describe_route_tables", "RouteTables", {}),
    ("ec2", "describe_network_acls", "NetworkAcls", {}),
    ("ec2", "describe_security_groups", "SecurityGroups", {}),
    ("ec2", "describe_instances", "Reservations", {}),
    ("ec2", "describe_volumes", "Volumes", {}),
    ("ec2", "describe_network_interfaces", "NetworkInterfaces", {}),
    ("ec2", "describe_key_pairs", "KeyPairs", {}),
    ("ec2", "describe_launch_templates", "LaunchTemplates", {}),
    ("ec2", "describe_placement_groups", "PlacementGroups", {}),
    ("ec2", "describe_customer_gateways", "CustomerGateways", {}),
    ("ec2", "describe_internet_gateways", "InternetGateways", {}),
    ("ec2", "describe_snapshots", "Snapshots", {"OwnerIds": ["self"]}),
    ("ec2", "get_ebs_encryption_by_default", "EbsEncryptionByDefault", {}),
    ("iam", "list_users", "Users", {}),
    ("iam", "list_groups", "Groups", {}),
    ("iam", "list_roles", "Roles", {}),
    ("iam", "list_policies", "Policies", {"Scope": "Local"}),
    ("iam", "list_instance_profiles", "InstanceProfiles", {}),
    ("s3", "list_buckets", "Buckets", {}),
    ("sqs", "list_queues", "QueueUrls", {}),
    ("sns", "list_topics", "Topics", {}),
    ("ssm", "describe_parameters", "Parameters", {}),
    ("ssm", "list_documents", "DocumentIdentifiers", {"Filters": [{"Key": "Owner", "Values": ["Self"]}]}),
    ("cloudwatch", "describe_alarms", "MetricAlarms", {}),
    ("cloudwatch", "list_dashboards", "DashboardEntries", {}),
    ("logs", "describe_log_groups", "logGroups", {}),
    ("logs", "describe_resource_policies", "resourcePolicies", {}),
    ("events", "list_rules", "Rules", {}),
    ("dynamodb", "list_tables", "TableNames", {}),
    ("secretsmanager", "list_secrets", "SecretList", {}),
    ("lambda", "list_functions", "Functions", {}),
    ("route53", "list_hosted_zones", "HostedZones", {}),
    ("ecr", "describe_repositories", "repositories", {}),
    ("efs", "describe_file_systems", "FileSystems", {}),
)
PER_BUCKET = ("get_bucket_policy", "get_bucket_versioning", "get_bucket_cors", "get_public_access_block")
PER_ROLE = ("list_role_policies", "list_attached_role_policies")


def photograph(client: Callable[..., Any]) -> set[str]:
    """Give a line for everything that is there and what it is like."""
    lines: set[str] = set()
    for service, operation, key, parameters in QUESTIONS:
        answer = getattr(client(service), operation)(**parameters).get(key, [])
        for each in answer if isinstance(answer, list) else [answer]:
            if not _gone(each):
                lines.add(_line(operation, each))
    for bucket in client("s3").list_buckets()["Buckets"]:
        for operation in PER_BUCKET:
            lines.add(_line(f"{bucket['Name']} {operation}", _asked(client("s3"), operation, Bucket=bucket["Name"])))
    for role in client("iam").list_roles()["Roles"]:
        for operation in PER_ROLE:
            said = _asked(client("iam"), operation, RoleName=role["RoleName"])
            said["PolicyNames"] = [each for each in said.get("PolicyNames", []) if each != "range-revoked-sessions"]
            lines.add(_line(f"{role['RoleName']} {operation}", said))
    for cluster in client("ecs").list_clusters()["clusterArns"]:
        if client("ecs").describe_clusters(clusters=[cluster])["clusters"][0]["status"] != "INACTIVE":
            lines.add(_line("list_clusters", cluster))
    for region in ("us-west-2",):
        lines.add(_line(region, client("sqs", region).list_queues().get("QueueUrls", [])))
        lines.add(_line(region, client("ec2", region).describe_vpcs()["Vpcs"]))
    return lines


def _gone(each: Any) -> bool:
    """Say whether something is gone that AWS goes on showing for a while."""
    if not isinstance(each, dict):
        return False
    states = [one.get("State", {}) for one in each.get("Instances", [each])]
    return all((state.get("Name") if isinstance(state, dict) else state) in GONE for state in states)


def _asked(client: Any, operation: str, **parameters: str) -> dict[str, Any]:
    try:
        return dict(getattr(client, operation)(**parameters))
    except client.exceptions.ClientError as error:
        return {"refused": error.response["Error"]["Code"]}


def _line(what: str, said: Any) -> str:
    return f"{what} {json.dumps(_plain(said), sort_keys=True)}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if key not in IGNORED}
    if isinstance(value, list):
        return sorted((_plain(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))
    if isinstance(value, datetime):
        return None
    return DRAWN.sub("#", value) if isinstance(value, str) else value if isinstance(value, bool) else str(value)
