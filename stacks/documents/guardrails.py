"""Service control policies: what nobody in an account may do but the controller, whatever else allows it.

They bind every principal of the accounts that they are attached to, the account's root included, and neither AWS's
own services nor service-linked roles. Each stays within the smaller of the limits that AWS has had.

Source: AWS Organizations User Guide, "Service control policies", "SCP syntax", "Quotas" (read 2026-11-22).
"""

from __future__ import annotations

from dataclasses import dataclass

from stacks.documents.language import EVERYTHING, Condition, Place, Statement, rendered, statement

MOST_CHARACTERS = 5_120
"""The size that every organisation takes (10,240 since 2025)."""

MOST_PER_ACCOUNT = 5
"""How many may be attached to one account, `FullAWSAccess` included (10 since 2025)."""

GUARDRAIL_NAMES = ("isolation", "records", "irreversible", "regions")


@dataclass(frozen=True)
class Scope:
    """Whose accounts the policies are for, and who is exempt."""

    place: Place
    exercise: str
    controller: str
    """The name of the controller's role, the same in every account."""
    boundary: str
    """The name of the boundary that whoever is made inside an account must carry."""


def guardrails(scope: Scope) -> dict[str, str]:
    """All policies by name; each is one document, and all of them together go to every account."""
    statements = (_isolation(scope), _records(scope), _irreversible(scope), (_regions(scope), _services(scope)))
    return {name: rendered(*written) for name, written in zip(GUARDRAIL_NAMES, statements, strict=True)}


def _unless_controller(scope: Scope, condition: Condition | None = None) -> Condition:
    role = f"arn:{scope.place.partition}:iam::*:role/{scope.controller}"
    return {**(condition or {}), "ArnNotLike": {"aws:PrincipalArn": role}}


def _deny(
    scope: Scope,
    sid: str,
    actions: tuple[str, ...],
    resources: tuple[str, ...] = EVERYTHING,
    condition: Condition | None = None,
) -> Statement:
    return statement(sid, "Deny", actions, resources, condition=_unless_controller(scope, condition))


def _isolation(scope: Scope) -> tuple[Statement, ...]:
    """Refuse every way out of an enclave but its attachment, and every change to what fences it in."""
    ours: Condition = {"Null": {"aws:ResourceTag/range:state": "false"}}
    forged: Condition = {"ForAnyValue:StringLike": {"aws:TagKeys": "range:*"}}
    replicated: Condition = {"Null": {"secretsmanager:AddReplicaRegions": "false"}}
    return (
        _deny(scope, "OtherWaysOut", _WAYS_OUT),
        _deny(scope, "OtherWaysToShare", _WAYS_TO_SHARE),
        _deny(scope, "Replicas", ("secretsmanager:CreateSecret",), condition=replicated),
        _deny(scope, "OtherNames", _NAMES),
        _deny(scope, "DeclaredFences", _FENCES, condition=ours),
        _deny(scope, "ForgedTags", EVERYTHING, condition=forged),
    )


_WAYS_OUT = (
    "ec2:Accept*",
    "ec2:AllocateAddress",
    "ec2:AssociateAddress",
    "ec2:AssociateClientVpnTargetNetwork",
    "ec2:AssociateSecurityGroupVpc",
    "ec2:AssociateTransitGateway*",
    "ec2:AttachInternetGateway",
    "ec2:AttachVpnGateway",
    "ec2:CreateCarrierGateway",
    "ec2:CreateClientVpn*",
    "ec2:CreateCustomerGateway",
    "ec2:CreateDefault*",
    "ec2:CreateEgressOnlyInternetGateway",
    "ec2:CreateInstanceConnectEndpoint",
    "ec2:CreateInternetGateway",
    "ec2:CreateNatGateway",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:CreateTransitGateway*",
    "ec2:CreateVerifiedAccess*",
    "ec2:CreateVpcEndpoint*",
    "ec2:CreateVpcPeeringConnection",
    "ec2:CreateVpn*",
    "ec2:DeleteTransitGateway*",
    "ec2:DeleteVpcEndpoint*",
    "ec2:DisassociateTransitGateway*",
    "ec2:EnableTransitGateway*",
    "ec2:ModifyNetworkInterfaceAttribute",
    "ec2:ModifyTransitGateway*",
    "ec2:ModifyVpcEndpoint*",
    "ec2:ReplaceTransitGateway*",
    "directconnect:*",
    "globalaccelerator:*",
    "lightsail:*",
    "networkmanager:*",
    "vpc-lattice:*",
)

_WAYS_TO_SHARE = (
    "ec2:CreateInstanceExportTask",
    "ec2:CreateStoreImageTask",
    "ec2:ExportImage",
    "ec2:ModifyFpgaImageAttribute",
    "ec2:ModifyImageAttribute",
    "ec2:ModifySnapshotAttribute",
    "iam:CreateRole",
    "iam:UpdateAssumeRolePolicy",
    "kms:PutKeyPolicy",
    "logs:CreateExportTask",
    "logs:Link",
    "logs:PutAccountPolicy",
    "logs:PutDelivery*",
    "logs:PutDestination*",
    "logs:PutResourcePolicy",
    "logs:PutSubscriptionFilter",
    "ram:AcceptResourceShareInvitation",
    "ram:AssociateResourceShare*",
    "ram:CreateResourceShare",
    "ram:PromoteResourceShareCreatedFromPolicy",
    "ram:UpdateResourceShare",
    "s3:*AccessGrant*",
    "s3:*AccessPointPolicy*",
    "s3:Put*Acl",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutReplicationConfiguration",
    "secretsmanager:PutResourcePolicy",
    "secretsmanager:ReplicateSecretToRegions",
    "ssm:CreateActivation",
    "ssm:CreateResourceDataSync",
    "ssm:ModifyDocumentPermission",
    "ssm:PutResourcePolicy",
)
"""Ways to let another account at something that one has made oneself; services that nobody needs are closed whole.

Source: Service Authorization Reference, "Permissions management" actions of the services left open; IAM User Guide,
"AWS services that work with IAM", resource-based policies (read 2026-11-28).
"""

_NAMES = (
    "route53:AssociateVPCWithHostedZone",
    "route53:CreateVPCAssociationAuthorization",
    "route53:DisassociateVPCFromHostedZone",
    "route53profiles:*",
    "route53resolver:Associate*",
    "route53resolver:CreateResolverEndpoint",
    "route53resolver:CreateResolverRule",
    "route53resolver:Delete*",
    "route53resolver:Disassociate*",
    "route53resolver:Update*",
)

_FENCES = (
    "ec2:Associate*",
    "ec2:Attach*",
    "ec2:AuthorizeSecurityGroup*",
    "ec2:CreateNetworkAcl*",
    "ec2:CreateRoute*",
    "ec2:CreateTrafficMirror*",
    "ec2:Delete*",
    "ec2:Detach*",
    "ec2:Disassociate*",
    "ec2:Modify*",
    "ec2:Replace*",
    "ec2:RevokeSecurityGroup*",
    "ec2:TerminateInstances",
    "ec2:UpdateSecurityGroup*",
)


def _records(scope: Scope) -> tuple[Statement, ...]:
    """Keep what records and what encrypts, who may enter, and the account itself as they are."""
    partition = scope.place.partition
    logs = f"arn:{partition}:logs:*:*:log-group:/range/{scope.exercise}/*"
    bucket = f"arn:{partition}:s3:::{scope.exercise}-*"
    ours: Condition = {"Null": {"aws:ResourceTag/range:state": "false"}}
    unbounded: Condition = {
        "ArnNotLike": {"iam:PermissionsBoundary": f"arn:{partition}:iam::*:policy/{scope.boundary}"},
    }
    roles = tuple(f"arn:{partition}:iam::*:{path}" for path in (f"role/{scope.controller}", f"role/{scope.exercise}-*"))
    policies = (f"arn:{partition}:iam::*:policy/{scope.exercise}-*",)
    return (
        _deny(scope, "Recording", _RECORDING),
        _deny(scope, "Logs", ("logs:Delete*", "logs:DisassociateKmsKey", "logs:Put*"), (logs,)),
        _deny(scope, "Evidence", ("s3:Delete*", "s3:Put*", "s3:Restore*"), (bucket, f"{bucket}/*")),
        _deny(scope, "Keys", _KEYS, condition=ours),
        _deny(scope, "AccountSettings", _ACCOUNT_SETTINGS),
        _deny(scope, "Roles", _ROLES, (*roles, *policies)),
        _bounded(scope, unbounded),
    )


def _bounded(scope: Scope, unbounded: Condition) -> Statement:
    """Refuse new identities without the boundary; both conditions use one operator, so they share its block."""
    exempt = _unless_controller(scope)["ArnNotLike"]
    actions = ("iam:CreateRole", "iam:CreateUser", "iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary")
    together: Condition = {"ArnNotLike": {**unbounded["ArnNotLike"], **exempt}}
    return statement("Unbounded", "Deny", actions, condition=together)


_RECORDING = (
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "ec2:DeleteFlowLogs",
)

_KEYS = (
    "kms:DeleteAlias",
    "kms:DisableKey*",
    "kms:ScheduleKeyDeletion",
    "kms:UpdateAlias",
    "secretsmanager:DeleteSecret",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecret*",
)

_ACCOUNT_SETTINGS = (
    "account:*",
    "budgets:ModifyBudget",
    "ec2:DisableEbsEncryptionByDefault",
    "ec2:DisableImageBlockPublicAccess",
    "ec2:DisableSnapshotBlockPublicAccess",
    "ec2:ModifyEbsDefaultKmsKeyId",
    "ec2:ModifyInstanceMetadata*",
    "ec2:ResetEbsDefaultKmsKeyId",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateOpenIDConnectProvider",
    "iam:CreateSAMLProvider",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
    "organizations:Attach*",
    "organizations:Create*",
    "organizations:Delete*",
    "organizations:Deregister*",
    "organizations:Detach*",
    "organizations:Disable*",
    "organizations:Leave*",
    "organizations:Put*",
    "organizations:Update*",
    "s3:PutAccountPublicAccessBlock",
)

_ROLES = (
    "iam:AddRoleToInstanceProfile",
    "iam:Attach*",
    "iam:CreatePolicyVersion",
    "iam:Delete*",
    "iam:Detach*",
    "iam:PassRole",
    "iam:Put*",
    "iam:RemoveRoleFromInstanceProfile",
    "iam:SetDefaultPolicyVersion",
    "iam:Tag*",
    "iam:Untag*",
    "iam:Update*",
)


def _irreversible(scope: Scope) -> tuple[Statement, ...]:
    """Refuse what a reset couldn't delete the same day, and what nobody could give back."""
    return (_deny(scope, "Locks", _LOCKS), _deny(scope, "Purchases", _PURCHASES), _deny(scope, "Remnants", _REMNANTS))


_LOCKS = (
    "backup:CreateLogicallyAirGappedBackupVault",
    "backup:PutBackupVaultLockConfiguration",
    "ec2:LockSnapshot",
    "glacier:CompleteVaultLock",
    "glacier:InitiateVaultLock",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutObjectLegalHold",
    "s3:PutObjectRetention",
)

_PURCHASES = (
    "aws-marketplace:AcceptAgreementRequest",
    "aws-marketplace:CreateAgreementRequest",
    "aws-marketplace:Subscribe",
    "bedrock:CreateProvisionedModelThroughput",
    "dynamodb:PurchaseReservedCapacityOfferings",
    "ec2:AcceptReservedInstancesExchangeQuote",
    "ec2:AllocateHosts",
    "ec2:CreateCapacityReservation*",
    "ec2:CreateReservedInstancesListing",
    "ec2:Purchase*",
    "elasticache:PurchaseReservedCacheNodesOffering",
    "es:PurchaseReserved*",
    "memorydb:PurchaseReservedNodesOffering",
    "outposts:CreateOrder",
    "rds:PurchaseReservedDBInstancesOffering",
    "redshift:AcceptReservedNodeExchange",
    "redshift:PurchaseReservedNodeOffering",
    "route53domains:RegisterDomain",
    "route53domains:RenewDomain",
    "route53domains:TransferDomain*",
    "savingsplans:CreateSavingsPlan",
    "shield:CreateSubscription",
    "snowball:CreateJob",
)

_REMNANTS = (
    "acm-pca:CreateCertificateAuthority",
    "cloudhsm:CreateCluster",
    "cloudtrail:CreateEventDataStore",
    "kms:CreateKey",
    "kms:ReplicateKey",
)


def _regions(scope: Scope) -> Statement:
    """Refuse every Region but the exercise's, apart from services that have only one endpoint for the world.

    Source: AWS Organizations User Guide, "Deny access to AWS based on the requested AWS Region" (read 2026-11-22);
    its exemptions for KMS and ACM are left out, they are for CloudFront.
    """
    elsewhere: Condition = {"StringNotEquals": {"aws:RequestedRegion": scope.place.region}}
    return {
        "Sid": "OtherRegions",
        "Effect": "Deny",
        "NotAction": list(_GLOBAL),
        "Resource": "*",
        "Condition": _unless_controller(scope, elsewhere),
    }


def _services(scope: Scope) -> Statement:
    """Refuse every service that no enclave needs: each has its own ways to share, and AWS adds services by the month."""
    return {
        "Sid": "OtherServices",
        "Effect": "Deny",
        "NotAction": [f"{service}:*" for service in OPEN_SERVICES],
        "Resource": "*",
        "Condition": _unless_controller(scope),
    }


OPEN_SERVICES = (
    "account", "budgets", "ce", "cloudtrail", "cloudwatch", "ec2", "ec2messages", "health", "iam", "kms",
    "logs", "organizations", "ram", "route53", "route53resolver", "s3", "secretsmanager", "servicequotas",
    "ssm", "ssmmessages", "sts", "support", "tag",
)  # fmt: skip
"""What anybody but the controller may be allowed at all; the proof looks at every way to share that these have."""

_GLOBAL = (
    "aws-portal:*",
    "billing:*",
    "budgets:*",
    "ce:*",
    "cloudfront:*",
    "cur:*",
    "ec2:DescribeRegions",
    "ec2:DescribeTransitGateways",
    "ec2:DescribeVpnGateways",
    "globalaccelerator:*",
    "health:*",
    "iam:*",
    "importexport:*",
    "networkmanager:*",
    "organizations:*",
    "pricing:*",
    "route53:*",
    "route53domains:*",
    "s3:GetAccountPublic*",
    "s3:ListAllMyBuckets",
    "s3:PutAccountPublic*",
    "shield:*",
    "sts:*",
    "support:*",
    "trustedadvisor:*",
    "waf:*",
    "wellarchitected:*",
)
