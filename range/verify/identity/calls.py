"""What a snapshot asks of every account about identities: read-only calls, each once or per thing that another one lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Item: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Asking:
    """Whom is asked, and what was answered so far."""

    account: str
    accounts: tuple[str, ...]
    """All of the exercise; the hub's first."""
    answers: Mapping[str, tuple[Item, ...]]
    """Items by `service:Operation`."""

    def of(self, call: str) -> tuple[Item, ...]:
        """Give the items of a call."""
        return self.answers.get(call, ())

    @property
    def is_hub(self) -> bool:
        """Whether it is the hub's account, which administers the organisation's policies."""
        return self.account == self.accounts[0]


Per: TypeAlias = Callable[[Asking], list[Item]]


def once(_: Asking) -> list[Item]:
    """Ask once, whatever was answered before."""
    return [{}]


@dataclass(frozen=True)
class Question:
    """One operation: what is asked, where its items are, and which refusals mean that there is none."""

    service: str
    operation: str
    items: str = ""
    """The key that the items are under; empty where the answer is one item itself."""
    per: Per = once
    absent: frozenset[str] = frozenset()
    token: str = "NextToken"
    of_no_region: bool = False

    @property
    def name(self) -> str:
        """Service and operation."""
        return f"{self.service}:{self.operation}"


def _each(call: str, key: str, parameter: str, **more: Any) -> Per:
    """Ask once per item of an earlier answer."""
    return lambda asking: [{parameter: item[key], **more} for item in asking.of(call) if item.get(key) is not None]


def _always(**parameters: Any) -> Per:
    return lambda _: [parameters]


def _own_account(asking: Asking) -> list[Item]:
    return [{"AccountId": asking.account}]


def _points(asking: Asking) -> list[Item]:
    return [{"AccountId": asking.account, "Name": item["Name"]} for item in asking.of("s3control:ListAccessPoints")]


def _in_hub(asking: Asking) -> list[Item]:
    return [{}] if asking.is_hub else []


def _children(asking: Asking) -> list[Item]:
    """Ask for the parents of every account of the exercise, and of every unit that was met on the way up."""
    if not asking.is_hub:
        return []
    met = [item["Id"] for item in asking.of("organizations:ListParents") if item.get("Type") == "ORGANIZATIONAL_UNIT"]
    return [{"ChildId": child} for child in dict.fromkeys((*sorted(set(asking.accounts)), *met))]


def _targets(kind: str) -> Per:
    def asked(asking: Asking) -> list[Item]:
        above = dict.fromkeys(item["Id"] for item in asking.of("organizations:ListParents"))
        places = (*sorted(set(asking.accounts)), *above) if asking.is_hub else ()
        return [{"TargetId": place, "Filter": kind} for place in places]

    return asked


def _both_kinds(asking: Asking) -> list[Item]:
    return [asked for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY") for asked in _targets(kind)(asking)]


def _policies(asking: Asking) -> list[Item]:
    known = dict.fromkeys(item["Id"] for item in asking.of("organizations:ListPoliciesForTarget"))
    return [{"PolicyId": policy} for policy in known]


def _permission_sets(asking: Asking) -> list[Item]:
    return [{"InstanceArn": item["InstanceArn"]} for item in asking.of("sso-admin:ListInstances")]


def _assignments(asking: Asking) -> list[Item]:
    sets = [str(item.get("Item")) for item in asking.of("sso-admin:ListPermissionSets")]
    return [
        {"InstanceArn": item["InstanceArn"], "AccountId": account, "PermissionSetArn": each}
        for item in asking.of("sso-admin:ListInstances")
        for each in sets
        for account in sorted(set(asking.accounts))
    ]


def _layers(asking: Asking) -> list[Item]:
    latest = (item.get("LatestMatchingVersion") or {} for item in asking.of("lambda:ListLayers"))
    arns = (str(version["LayerVersionArn"]) for version in latest if version.get("LayerVersionArn"))
    return [{"LayerName": arn.rpartition(":")[0], "VersionNumber": int(arn.rpartition(":")[2])} for arn in arns]


def _rules(asking: Asking) -> list[Item]:
    rules = asking.of("events:ListRules")
    return [{"Rule": item["Name"], "EventBusName": item.get("EventBusName", "default")} for item in rules]


def _absent(*codes: str) -> frozenset[str]:
    return frozenset(codes)


_BUCKETS = "s3:ListBuckets"
_NOT_FOUND = _absent("ResourceNotFoundException")

QUESTIONS: tuple[Question, ...] = (
    Question("iam", "GetAccountAuthorizationDetails", token="Marker", of_no_region=True),
    Question("s3", "GetBucketPolicy", "", _each(_BUCKETS, "Name", "Bucket"), _absent("NoSuchBucketPolicy"), of_no_region=True),
    Question("s3", "GetBucketAcl", "", _each(_BUCKETS, "Name", "Bucket"), of_no_region=True),
    Question(
        "s3", "GetBucketOwnershipControls", "", _each(_BUCKETS, "Name", "Bucket"),
        _absent("OwnershipControlsNotFoundError"), of_no_region=True,
    ),
    Question(
        "s3", "GetBucketReplication", "", _each(_BUCKETS, "Name", "Bucket"),
        _absent("ReplicationConfigurationNotFoundError"), of_no_region=True,
    ),
    Question("s3control", "ListAccessPoints", "AccessPointList", _own_account),
    Question("s3control", "GetAccessPointPolicy", "", _points, _absent("NoSuchAccessPointPolicy")),
    Question("kms", "ListKeys", "Keys", token="Marker"),
    Question("kms", "GetKeyPolicy", "", _each("kms:ListKeys", "KeyId", "KeyId", PolicyName="default")),
    Question("kms", "ListGrants", "Grants", _each("kms:ListKeys", "KeyId", "KeyId"), token="Marker"),
    Question("secretsmanager", "ListSecrets", "SecretList"),
    Question("secretsmanager", "GetResourcePolicy", "", _each("secretsmanager:ListSecrets", "ARN", "SecretId")),
    Question("sqs", "ListQueues", "QueueUrls"),
    Question(
        "sqs", "GetQueueAttributes", "Attributes", _each("sqs:ListQueues", "Item", "QueueUrl", AttributeNames=["All"]),
    ),
    Question("sns", "ListTopics", "Topics"),
    Question("sns", "GetTopicAttributes", "Attributes", _each("sns:ListTopics", "TopicArn", "TopicArn")),
    Question("logs", "DescribeDestinations", "destinations", token="nextToken"),
    Question("logs", "DescribeResourcePolicies", "resourcePolicies", token="nextToken"),
    Question("ecr", "DescribeRepositories", "repositories", token="nextToken"),
    Question(
        "ecr", "GetRepositoryPolicy", "", _each("ecr:DescribeRepositories", "repositoryName", "repositoryName"),
        _absent("RepositoryPolicyNotFoundException"),
    ),
    Question("ecr", "GetRegistryPolicy", absent=_absent("RegistryPolicyNotFoundException")),
    Question("events", "ListEventBuses", "EventBuses"),
    Question("events", "ListRules", "Rules", _each("events:ListEventBuses", "Name", "EventBusName")),
    Question("events", "ListTargetsByRule", "Targets", _rules),
    Question("lambda", "ListFunctions", "Functions", token="Marker"),
    Question("lambda", "GetPolicy", "", _each("lambda:ListFunctions", "FunctionName", "FunctionName"), _NOT_FOUND),
    Question("lambda", "ListLayers", "Layers", token="Marker"),
    Question("lambda", "GetLayerVersionPolicy", "", _layers, _NOT_FOUND),
    Question("ec2", "DescribeImages", "Images", _always(Owners=["self"])),
    Question(
        "ec2", "DescribeImageAttribute", "LaunchPermissions",
        _each("ec2:DescribeImages", "ImageId", "ImageId", Attribute="launchPermission"),
    ),
    Question("ec2", "DescribeSnapshots", "Snapshots", _always(OwnerIds=["self"])),
    Question(
        "ec2", "DescribeSnapshotAttribute", "CreateVolumePermissions",
        _each("ec2:DescribeSnapshots", "SnapshotId", "SnapshotId", Attribute="createVolumePermission"),
    ),
    Question("ssm", "ListDocuments", "DocumentIdentifiers", _always(Filters=[{"Key": "Owner", "Values": ["Self"]}])),
    Question(
        "ssm", "DescribeDocumentPermission", "",
        _each("ssm:ListDocuments", "Name", "Name", PermissionType="Share"),
    ),
    Question(
        "ram", "GetResourceShareAssociations", "resourceShareAssociations", _always(associationType="PRINCIPAL"),
        token="nextToken",
    ),
    Question("ram", "ListResources", "resources", _always(resourceOwner="SELF"), token="nextToken"),
    Question("organizations", "ListParents", "Parents", _children, of_no_region=True),
    Question("organizations", "ListRoots", "Roots", _in_hub, of_no_region=True),
    Question("organizations", "ListPoliciesForTarget", "Policies", _both_kinds, of_no_region=True),
    Question("organizations", "DescribePolicy", "Policy", _policies, of_no_region=True),
    Question("sso-admin", "ListInstances", "Instances"),
    Question("sso-admin", "ListPermissionSets", "PermissionSets", _permission_sets),
    Question("sso-admin", "ListAccountAssignments", "AccountAssignments", _assignments),
)  # fmt: skip
"""In an order in which each needs only answers of those before it, or of itself."""

KNOWN: Mapping[tuple[str, str], Question] = {(each.service, each.operation): each for each in QUESTIONS}


def items_of(question: Question, result: Item) -> list[Item]:
    """Give the items of one page; a listed word, such as a queue's address, becomes an item of its own."""
    found: Any = result if not question.items else result.get(question.items)
    if isinstance(found, list):
        return [item if isinstance(item, dict) else {"Item": item} for item in found]
    return [found] if isinstance(found, dict) and found else []
