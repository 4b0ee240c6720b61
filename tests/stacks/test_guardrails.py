"""Service control policies: what they deny, whom they spare, and that AWS takes them."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

import botocore.session
import pytest

from stacks.documents.guardrails import GUARDRAIL_NAMES, MOST_CHARACTERS, MOST_PER_ACCOUNT, Scope, guardrails
from stacks.documents.language import Place

CONTROLLER = "arn:aws:iam::*:role/range-controller"
LONGEST = Scope(Place("ap-southeast-2", "100000000002"), "a-rather-long-exercise-x", "r" * 64, "b" * 64)
POLICIES = guardrails(Scope(Place("eu-west-2", "100000000002"), "steadfast", "range-controller", "steadfast-boundary"))
STATEMENTS = [found for text in POLICIES.values() for found in json.loads(text)["Statement"]]

UNDOES_THE_ISOLATION = """
    ec2:CreateTransitGatewayVpcAttachment ec2:DeleteTransitGatewayVpcAttachment ec2:ModifyTransitGatewayVpcAttachment
    ec2:CreateVpcPeeringConnection ec2:AcceptVpcPeeringConnection ec2:CreateInternetGateway ec2:AttachInternetGateway
    ec2:CreateEgressOnlyInternetGateway ec2:CreateNatGateway ec2:AllocateAddress ec2:CreateVpnGateway
    ec2:CreateVpnConnection ec2:CreateClientVpnEndpoint ec2:CreateVpcEndpoint ec2:DeleteVpcEndpoints
    ec2:CreateVpcEndpointServiceConfiguration ec2:AcceptVpcEndpointConnections ec2:AssociateSecurityGroupVpc
    ec2:CreateInstanceConnectEndpoint vpc-lattice:CreateServiceNetwork directconnect:CreateConnection
    ram:CreateResourceShare ram:AssociateResourceShare ram:AcceptResourceShareInvitation ec2:ModifySnapshotAttribute
    ec2:ModifyImageAttribute kms:PutKeyPolicy route53:AssociateVPCWithHostedZone
    route53resolver:DisassociateFirewallRuleGroup route53resolver:UpdateFirewallConfig
    route53resolver:CreateResolverEndpoint ec2:DeleteFlowLogs cloudtrail:StopLogging cloudtrail:DeleteTrail
    s3:PutAccountPublicAccessBlock ec2:DisableEbsEncryptionByDefault ec2:ModifyEbsDefaultKmsKeyId
    ec2:ModifyInstanceMetadataDefaults organizations:LeaveOrganization account:CloseAccount account:EnableRegion
    iam:CreateAccessKey iam:DeleteRolePermissionsBoundary
"""
CAN_NOT_BE_DELETED = """
    s3:PutBucketObjectLockConfiguration s3:PutObjectRetention s3:PutObjectLegalHold ec2:LockSnapshot
    glacier:InitiateVaultLock glacier:CompleteVaultLock backup:PutBackupVaultLockConfiguration
    ec2:PurchaseReservedInstancesOffering ec2:PurchaseHostReservation ec2:PurchaseCapacityBlock
    savingsplans:CreateSavingsPlan rds:PurchaseReservedDBInstancesOffering route53domains:RegisterDomain
    aws-marketplace:Subscribe shield:CreateSubscription kms:CreateKey acm-pca:CreateCertificateAuthority
"""


def _names(found: dict[str, Any]) -> list[str]:
    actions: str | list[str] = found["Action"] if "Action" in found else found["NotAction"]
    return [actions] if isinstance(actions, str) else list(actions)


@pytest.mark.parametrize("action", [*UNDOES_THE_ISOLATION.split(), *CAN_NOT_BE_DELETED.split()])
def test_nobody_but_the_controller_may(action: str) -> None:
    exempting_only_the_controller = {"ArnNotLike": {"aws:PrincipalArn": CONTROLLER}}

    assert any(
        fnmatchcase(action, pattern)
        for found in STATEMENTS
        if found["Resource"] == "*" and "Action" in found and found["Condition"] == exempting_only_the_controller
        for pattern in _names(found)
        if pattern != "*"
    )


@pytest.mark.parametrize("found", STATEMENTS, ids=lambda found: found["Sid"])
def test_every_statement_denies_and_spares_the_controller_alone(found: dict[str, Any]) -> None:
    assert found["Effect"] == "Deny"
    assert found["Condition"]["ArnNotLike"]["aws:PrincipalArn"] == CONTROLLER
    assert "Principal" not in found


def test_they_fit_the_limits_of_every_organisation_even_with_the_longest_names() -> None:
    assert tuple(POLICIES) == GUARDRAIL_NAMES
    assert len(POLICIES) + 1 <= MOST_PER_ACCOUNT
    assert max(len(text) for text in guardrails(LONGEST).values()) <= MOST_CHARACTERS


def test_other_regions_are_denied_but_for_services_without_a_region() -> None:
    found = next(found for found in STATEMENTS if found["Sid"] == "OtherRegions")

    assert found["Condition"]["StringNotEquals"] == {"aws:RequestedRegion": "eu-west-2"}
    assert {"iam:*", "organizations:*", "route53:*", "sts:*", "support:*"} <= set(found["NotAction"])
    assert not any(name.startswith(("ec2:*", "s3:*", "kms:", "lambda:")) for name in found["NotAction"])


def test_what_is_tagged_as_ours_is_neither_changed_nor_imitated() -> None:
    statements = {found["Sid"]: found for found in STATEMENTS}

    assert statements["DeclaredFences"]["Condition"]["Null"] == {"aws:ResourceTag/range:state": "false"}
    for action in ("ec2:AuthorizeSecurityGroupIngress", "ec2:ReplaceRoute", "ec2:DeleteNetworkAclEntry"):
        assert any(fnmatchcase(action, pattern) for pattern in _names(statements["DeclaredFences"]))
    assert statements["ForgedTags"]["Action"] == "*"
    assert statements["ForgedTags"]["Condition"]["ForAnyValue:StringLike"] == {"aws:TagKeys": "range:*"}


def test_new_identities_need_the_boundary() -> None:
    (found,) = (found for found in STATEMENTS if found["Sid"] == "Unbounded")

    assert {"iam:CreateRole", "iam:CreateUser"} <= set(_names(found))
    assert found["Condition"]["ArnNotLike"] == {
        "aws:PrincipalArn": CONTROLLER,
        "iam:PermissionsBoundary": "arn:aws:iam::*:policy/steadfast-boundary",
    }


SERVICES = {
    "account": "account",
    "acm-pca": "acm-pca",
    "backup": "backup",
    "bedrock": "bedrock",
    "cloudhsm": "cloudhsmv2",
    "cloudtrail": "cloudtrail",
    "ec2": "ec2",
    "elasticache": "elasticache",
    "es": "es",
    "glacier": "glacier",
    "iam": "iam",
    "kms": "kms",
    "logs": "logs",
    "memorydb": "memorydb",
    "organizations": "organizations",
    "outposts": "outposts",
    "ram": "ram",
    "rds": "rds",
    "redshift": "redshift",
    "route53": "route53",
    "route53domains": "route53domains",
    "route53resolver": "route53resolver",
    "savingsplans": "savingsplans",
    "secretsmanager": "secretsmanager",
    "shield": "shield",
    "snowball": "snowball",
}
"""IAM's prefixes and botocore's names, for services whose actions are called as their operations are."""

WITHOUT_OPERATION = {"iam:PassRole", "logs:Link"}
"""Actions that AWS has and no call is named after."""


def test_every_denied_action_is_one_that_aws_has() -> None:
    session = botocore.session.get_session()
    operations = {prefix: session.get_service_model(service).operation_names for prefix, service in SERVICES.items()}
    unknown = [
        pattern
        for found in STATEMENTS
        for pattern in _names(found)
        if (prefix := pattern.partition(":")[0]) in operations
        and pattern not in WITHOUT_OPERATION
        and not any(fnmatchcase(f"{prefix}:{operation}", pattern) for operation in operations[prefix])
    ]

    assert unknown == []
