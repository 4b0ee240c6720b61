"""What is written down about an account: its API calls, and the traffic of its network."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudtrail, cloudwatch, ec2, iam

from stacks.components.buckets import Bucket
from stacks.documents.language import Place
from stacks.documents.roles import trusted_flow_logs, writes_flow_logs

KEPT_DAYS = 90
"""How long CloudWatch keeps flow logs; what must stay longer is in the evidence bucket."""

SHORTEST_INTERVAL_S = 60
"""How often flow records are written out.

Source: Amazon EC2 API Reference, CreateFlowLogs, MaxAggregationInterval (read 2026-11-22).
"""


@dataclass(frozen=True)
class TrailArgs:
    """What a trail is called, and where it writes."""

    trail: str
    evidence: Bucket
    evidence_bucket: str
    key_arn: pulumi.Output[str]


class Trail(pulumi.ComponentResource):
    """Every API call in every Region of the account, in files whose digests show later changes."""

    def __init__(self, name: str, args: TrailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the trail once its bucket lets it write: CloudTrail tries that when it is made."""
        super().__init__("range:records:Trail", name, None, opts)
        cloudtrail.Trail(
            name,
            name=args.trail,
            s3_bucket_name=args.evidence_bucket,
            kms_key_id=args.key_arn,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            enable_logging=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.evidence.ready]),
        )
        self.register_outputs({})


@dataclass(frozen=True)
class FlowLogsArgs:
    """What is watched, and where it's written."""

    place: Place
    watched: FlowLogSource
    log_group: str
    role: str
    evidence: Bucket
    key_arn: pulumi.Output[str]


@dataclass(frozen=True)
class FlowLogSource:
    """One VPC or one transit gateway."""

    vpc_id: pulumi.Output[str] | None = None
    transit_gateway_id: pulumi.Output[str] | None = None

    @property
    def traffic_type(self) -> str | None:
        """VPC flow logs choose what traffic they take, a gateway's take all."""
        return "ALL" if self.vpc_id is not None else None


class FlowLogs(pulumi.ComponentResource):
    """All traffic of a VPC or gateway, twice: in CloudWatch to look at now, in the evidence bucket to keep."""

    ready: tuple[pulumi.Resource, ...]
    """Both flow logs; what depends on them carries no packet that isn't written down."""

    def __init__(self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the log group, the role that writes to it, and the flow logs.

        Torn down in reverse: the group goes last, after whatever could still write to it.
        """
        super().__init__("range:records:FlowLogs", name, None, opts)
        group = cloudwatch.LogGroup(
            name,
            name=args.log_group,
            kms_key_id=args.key_arn,
            retention_in_days=KEPT_DAYS,
            opts=pulumi.ResourceOptions(parent=self),
        )
        role, policy = self._writer(name, args, group)
        self.ready = (
            self._flow_log(f"{name}-logs", args.watched, group.arn, role=role, after=policy),
            self._flow_log(f"{name}-evidence", args.watched, args.evidence.arn, role=None, after=args.evidence.ready),
        )
        self.register_outputs({})

    def _writer(self, name: str, args: FlowLogsArgs, group: cloudwatch.LogGroup) -> tuple[iam.Role, iam.RolePolicy]:
        role = iam.Role(
            name,
            name=args.role,
            description="Flow logs write to their log group",
            assume_role_policy=trusted_flow_logs(args.place),
            force_detach_policies=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        policy = iam.RolePolicy(
            name,
            name="write-flow-logs",
            role=role.name,
            policy=writes_flow_logs(args.place, args.log_group),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[group]),
        )
        return role, policy

    def _flow_log(
        self,
        name: str,
        watched: FlowLogSource,
        destination: pulumi.Output[str],
        *,
        role: iam.Role | None,
        after: pulumi.Resource,
    ) -> pulumi.Resource:
        return ec2.FlowLog(
            name,
            vpc_id=watched.vpc_id,
            transit_gateway_id=watched.transit_gateway_id,
            traffic_type=watched.traffic_type,
            log_destination_type="s3" if role is None else "cloud-watch-logs",
            log_destination=destination,
            iam_role_arn=None if role is None else role.arn,
            max_aggregation_interval=SHORTEST_INTERVAL_S,
            tags={"Name": name},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[after], delete_before_replace=True),
        )
