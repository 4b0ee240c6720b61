"""Things with a policy of their own, one row per service."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from range.policy.kinds import Kind
from range.verify.identity.answers import Said, text_of
from range.verify.identity.calls import Item
from range.verify.identity.estate import Thing


@dataclass(frozen=True)
class Row:
    """How one service's things are read: each from an answer and what was asked."""

    what: str
    actions: str
    arn: Callable[[_Place, Item, Item], str]
    policy: str
    """The key of the answer that the policy is under; without a policy there is nothing to judge."""
    about: tuple[str, ...] = ("{arn}",)
    """Patterns of what its policy speaks of."""
    kind: Kind = Kind.RESOURCE


@dataclass(frozen=True)
class _Place:
    """An account in a Region."""

    account: str
    region: str

    def arn(self, service: str, rest: str) -> str:
        """Name something that is there."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"


Named: TypeAlias = Callable[[_Place, Item, Item], str]


def _asked(key: str) -> Named:
    return lambda _, asked, __: str(asked[key])


def _said(key: str) -> Named:
    return lambda _, __, item: str(item[key])


def _made(service: str, rest: str) -> Named:
    """Make the ARN of what was asked about: `{key}` stands for a parameter or a part of the answer."""
    return lambda place, asked, item: place.arn(service, rest.format(**{**item, **asked}))


def _bucket(_: _Place, asked: Item, __: Item) -> str:
    return f"arn:aws:s3:::{asked['Bucket']}"


ROWS: Mapping[str, Row] = {
    "s3:GetBucketPolicy": Row("bucket", "s3:*", _bucket, "Policy", ("{arn}", "{arn}/*"), Kind.BUCKET),
    "s3control:GetAccessPointPolicy": Row(
        "access point", "s3:*", _made("s3", "accesspoint/{Name}"), "Policy", ("{arn}", "{arn}/object/*")
    ),
    "kms:GetKeyPolicy": Row("key", "kms:*", _made("kms", "key/{KeyId}"), "Policy", kind=Kind.KEY),
    "secretsmanager:GetResourcePolicy": Row(
        "secret", "secretsmanager:*", _asked("SecretId"), "ResourcePolicy", kind=Kind.SECRET
    ),
    "sqs:GetQueueAttributes": Row("queue", "sqs:*", _said("QueueArn"), "Policy"),
    "sns:GetTopicAttributes": Row("topic", "sns:*", _asked("TopicArn"), "Policy"),
    "logs:DescribeDestinations": Row("log destination", "logs:*", _said("arn"), "accessPolicy"),
    "logs:DescribeResourcePolicies": Row(
        "log policy", "logs:*", _made("logs", "resource-policy:{policyName}"), "policyDocument", ("*", "{all}")
    ),
    "ecr:GetRepositoryPolicy": Row("repository", "ecr:*", _made("ecr", "repository/{repositoryName}"), "policyText"),
    "ecr:GetRegistryPolicy": Row("registry", "ecr:*", _made("ecr", "registry"), "policyText", ("*", "{all}")),
    "events:ListEventBuses": Row("event bus", "events:*", _said("Arn"), "Policy"),
    "lambda:GetPolicy": Row(
        "function", "lambda:*", _made("lambda", "function:{FunctionName}"), "Policy", ("{arn}", "{arn}:*")
    ),
    "lambda:GetLayerVersionPolicy": Row(
        "layer", "lambda:*", lambda _, asked, __: f"{asked['LayerName']}:{asked['VersionNumber']}", "Policy"
    ),
}


def things_of(said: Said, region: str, call: str) -> Iterator[Thing]:
    """Give one service's things that have a policy."""
    row, place = ROWS[call], _Place(said.account, region)
    for asked, item in said.of(call):
        policy: Any = item.get(row.policy)
        if policy:
            arn = row.arn(place, asked, item)
            every = ":".join((*arn.split(":")[:5], "*"))
            about = tuple(each.format(arn=arn, all=every) for each in row.about)
            yield Thing(said.account, row.what, arn, text_of(policy), row.kind, (row.actions,), about)


def endpoints(said: Said) -> Iterator[Thing]:
    """Give the account's VPC endpoints that a policy can be on."""
    for item in said.others("ec2:DescribeVpcEndpoints"):
        own = str(item.get("OwnerId", said.account)) == said.account
        gone = item.get("State") in ("deleted", "Deleted")
        if own and item.get("VpcEndpointType") in ("Gateway", "Interface") and not gone:
            service = str(item["ServiceName"]).rpartition(".")[2]
            policy = text_of(item["PolicyDocument"]) if item.get("PolicyDocument") else ""
            yield Thing(said.account, service, str(item["VpcEndpointId"]), policy, Kind.ENDPOINT, ("*",))
