"""Policy documents, as AWS refuses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]
Clients = Callable[..., Any]
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
TRUST = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}


def document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


ODD = [document(**{**EVERYTHING, "Principal": "*"}), document(Effect="Allow", Action="Get", Resource="*"), "{"]


@pytest.mark.truth("trust-policy-of-no-trust")
@pytest.mark.parametrize(
    "trust",
    [document(**EVERYTHING), document(**TRUST, Resource="*"), document(**{**TRUST, "Action": "s3:GetObject"})],
)
def test_a_role_says_who_may_take_it_and_nothing_else(trust: str, clients: Clients, refused: Refused) -> None:
    iam = clients("iam")
    with refused("MalformedPolicyDocument"):
        iam.create_role(RoleName="odd", AssumeRolePolicyDocument=trust)

    iam.create_role(RoleName="even", AssumeRolePolicyDocument=document(**TRUST))
    with refused("MalformedPolicyDocument"):
        iam.update_assume_role_policy(RoleName="even", PolicyDocument=trust)


@pytest.mark.truth("inline-policy-malformed")
@pytest.mark.parametrize("odd", ODD)
def test_an_inline_policy_is_well_formed(odd: str, clients: Clients, refused: Refused) -> None:
    iam = clients("iam")
    iam.create_role(RoleName="even", AssumeRolePolicyDocument=document(**TRUST))

    with refused("MalformedPolicyDocument"):
        iam.put_role_policy(RoleName="even", PolicyName="odd", PolicyDocument=odd)

    iam.put_role_policy(RoleName="even", PolicyName="all", PolicyDocument=document(**EVERYTHING))


@pytest.mark.truth("guardrail-malformed")
@pytest.mark.parametrize("odd", ODD)
def test_a_guardrail_is_well_formed(odd: str, clients: Clients, refused: Refused) -> None:
    organizations = clients("organizations", "100000000001")

    with refused("MalformedPolicyDocumentException"):
        organizations.create_policy(Name="odd", Description="", Type="SERVICE_CONTROL_POLICY", Content=odd)


@pytest.mark.truth("key-policy-malformed")
def test_a_keys_policy_names_principals(clients: Clients, refused: Refused) -> None:
    with refused("MalformedPolicyDocumentException"):
        clients("kms").create_key(Policy=document(**EVERYTHING))


@pytest.mark.truth("secret-policy-malformed")
def test_a_secrets_policy_names_principals(clients: Clients, refused: Refused) -> None:
    secrets = clients("secretsmanager")
    arn = secrets.create_secret(Name="password", SecretString="x")["ARN"]

    with refused("MalformedPolicyDocumentException"):
        secrets.put_resource_policy(SecretId=arn, ResourcePolicy=document(**EVERYTHING))

    secrets.put_resource_policy(SecretId=arn, ResourcePolicy=document(**{**EVERYTHING, "Principal": "*"}))
