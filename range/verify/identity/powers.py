"""What would undo the isolation, by kind: actions, and what they would be done to.

Source: Service Authorization Reference, the actions of each service that open a network, share, change who may do what,
or stop what records (read 2026-11-28).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Power:
    """One kind of thing that only the controller may do."""

    name: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    """`{account}`, `{controller}` and `{exercise}` stand for names of the exercise."""
    context: Mapping[str, Sequence[str] | None] = field(default_factory=dict)
    only_in_hub: bool = False


_DECLARED: Mapping[str, Sequence[str] | None] = {"aws:ResourceTag/range:state": ("ours",)}
"""On what the stacks made; the value stands for any."""

POWERS = (
    Power(
        "open a way out",
        (
            "ec2:CreateInternetGateway", "ec2:AttachInternetGateway", "ec2:CreateEgressOnlyInternetGateway",
            "ec2:CreateNatGateway", "ec2:CreateVpcPeeringConnection", "ec2:AcceptVpcPeeringConnection",
            "ec2:AttachVpnGateway", "ec2:CreateVpnConnection", "ec2:CreateClientVpnEndpoint", "ec2:CreateCarrierGateway",
            "ec2:CreateInstanceConnectEndpoint", "ec2:CreateVerifiedAccessEndpoint", "ec2:CreateVpcEndpoint",
            "ec2:ModifyVpcEndpoint", "ec2:CreateVpcEndpointServiceConfiguration", "ec2:AssociateSecurityGroupVpc",
            "ec2:CreateDefaultVpc", "ec2:CreateNetworkInterfacePermission", "directconnect:*", "globalaccelerator:*",
            "networkmanager:*", "vpc-lattice:*", "lightsail:*",
        ),
    ),
    Power(
        "change the transit gateway",
        (
            "ec2:CreateTransitGateway*", "ec2:DeleteTransitGateway*", "ec2:ModifyTransitGateway*",
            "ec2:AcceptTransitGateway*", "ec2:AssociateTransitGateway*", "ec2:DisassociateTransitGateway*",
            "ec2:EnableTransitGateway*", "ec2:ReplaceTransitGateway*",
        ),
    ),
    Power(
        "change declared fences",
        (
            "ec2:AuthorizeSecurityGroup*", "ec2:ModifySecurityGroupRules", "ec2:CreateNetworkAclEntry",
            "ec2:ReplaceNetworkAcl*", "ec2:DeleteNetworkAcl*", "ec2:CreateRoute", "ec2:ReplaceRoute*",
            "ec2:AssociateRouteTable", "ec2:DisassociateRouteTable",
        ),
        context=_DECLARED,
    ),
    Power(
        "share with others",
        (
            "ec2:ModifyImageAttribute", "ec2:ModifySnapshotAttribute", "ec2:ExportImage", "ec2:CreateInstanceExportTask",
            "ec2:CreateStoreImageTask", "ram:CreateResourceShare", "ram:AssociateResourceShare", "kms:PutKeyPolicy",
            "s3:PutBucketPolicy", "s3:PutBucketAcl", "s3:PutObjectAcl", "s3:PutAccessPointPolicy",
            "s3:PutReplicationConfiguration", "secretsmanager:PutResourcePolicy", "ssm:ModifyDocumentPermission",
            "logs:PutDestinationPolicy", "logs:PutSubscriptionFilter", "logs:CreateExportTask", "sns:AddPermission",
            "sns:SetTopicAttributes", "sns:CreateTopic", "sqs:AddPermission", "sqs:SetQueueAttributes", "sqs:CreateQueue",
            "lambda:AddPermission", "lambda:AddLayerVersionPermission", "ecr:SetRepositoryPolicy", "events:PutPermission",
            "events:PutTargets",
        ),
    ),
    Power(
        "answer for names elsewhere",
        (
            "route53:AssociateVPCWithHostedZone", "route53:CreateVPCAssociationAuthorization",
            "route53resolver:CreateResolverEndpoint", "route53resolver:AssociateResolverRule",
            "route53resolver:DisassociateFirewallRuleGroup", "route53resolver:DeleteFirewallRule",
            "route53resolver:UpdateFirewall*",
        ),
    ),
    Power(
        "become or change the controller",
        (
            "iam:UpdateAssumeRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:DeleteRole*",
            "iam:PutRolePermissionsBoundary",
        ),
        ("arn:aws:iam::{account}:role/{controller}",),
    ),
    Power("let others in by new identities", ("iam:CreateRole", "iam:UpdateAssumeRolePolicy", "iam:CreateSAMLProvider",
                                              "iam:CreateOpenIDConnectProvider", "iam:CreateAccessKey",
                                              "iam:CreateLoginProfile")),
    Power("pass the controller to a service", ("iam:PassRole", "iam:AddRoleToInstanceProfile"),
          ("arn:aws:iam::{account}:role/{controller}",)),
    Power(
        "change the guardrails",
        (
            "organizations:AttachPolicy", "organizations:DetachPolicy", "organizations:UpdatePolicy",
            "organizations:DeletePolicy", "organizations:CreatePolicy",
        ),
        only_in_hub=True,
    ),
    Power(
        "leave the exercise",
        ("organizations:LeaveOrganization", "account:CloseAccount", "account:EnableRegion", "s3:PutAccountPublicAccessBlock"),
    ),
    Power("stop what records", ("cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail",
                                "cloudtrail:PutEventSelectors", "ec2:DeleteFlowLogs")),
)  # fmt: skip
