"""Organizations, as AWS refuses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]
MANAGEMENT, ALLY = "100000000001", "200000000001"
SCP = "SERVICE_CONTROL_POLICY"


def guardrail(length: int = 0) -> str:
    """Write a policy of at least a length."""
    statement = {"Sid": "", "Effect": "Deny", "Action": "ec2:CreateVpcPeeringConnection", "Resource": "*"}
    short = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return short.replace('"Sid": ""', f'"Sid": "{"a" * max(0, length - len(short))}"')


@pytest.fixture
def organisation(clients: Callable[..., Any]) -> Any:
    """Organizations of the management account, where service control policies are enabled."""
    client = clients("organizations", MANAGEMENT)
    client.enable_policy_type(RootId=root(client), PolicyType=SCP)
    return client


def root(client: Any) -> str:
    """Give the id of the root."""
    return str(client.list_roots()["Roots"][0]["Id"])


def policy(client: Any, name: str = "guardrail") -> str:
    """Make a service control policy; give its id."""
    made = client.create_policy(Name=name, Description=name, Content=guardrail(), Type=SCP)
    return str(made["Policy"]["PolicySummary"]["Id"])


@pytest.mark.truth("organisation-second", "organisation-with-members")
def test_an_account_has_one_organisation_which_stays_while_it_has_members(organisation: Any, refused: Refused) -> None:
    with refused("AlreadyInOrganizationException"):
        organisation.create_organization(FeatureSet="ALL")
    with refused("OrganizationNotEmptyException"):
        organisation.delete_organization()


@pytest.mark.truth("scp-type-off")
def test_a_policy_type_is_enabled_before_its_policies_are_attached(
    clients: Callable[..., Any], refused: Refused
) -> None:
    client = clients("organizations", MANAGEMENT)
    made = policy(client)
    with refused("PolicyTypeNotEnabledException"):
        client.attach_policy(PolicyId=made, TargetId=ALLY)


@pytest.mark.truth("scp-attached-twice", "scp-not-attached", "scp-in-use")
def test_a_policy_is_attached_once_and_stays_while_it_is(organisation: Any, refused: Refused) -> None:
    made = policy(organisation)
    with refused("PolicyNotAttachedException"):
        organisation.detach_policy(PolicyId=made, TargetId=ALLY)
    organisation.attach_policy(PolicyId=made, TargetId=ALLY)
    with refused("DuplicatePolicyAttachmentException"):
        organisation.attach_policy(PolicyId=made, TargetId=ALLY)
    with refused("PolicyInUseException"):
        organisation.delete_policy(PolicyId=made)

    organisation.detach_policy(PolicyId=made, TargetId=ALLY)
    organisation.delete_policy(PolicyId=made)


@pytest.mark.truth("scps-over-quota")
def test_five_policies_fit_an_account_and_no_more(organisation: Any, refused: Refused) -> None:
    attached = organisation.list_policies_for_target(TargetId=ALLY, Filter=SCP)["Policies"]
    made = [policy(organisation, f"guardrail-{number}") for number in range(6 - len(attached))]
    for one in made[:-1]:
        organisation.attach_policy(PolicyId=one, TargetId=ALLY)
    with refused("ConstraintViolationException"):
        organisation.attach_policy(PolicyId=made[-1], TargetId=ALLY)


@pytest.mark.truth("scp-last")
def test_a_target_keeps_its_last_policy(organisation: Any, refused: Refused) -> None:
    (last,) = organisation.list_policies_for_target(TargetId=ALLY, Filter=SCP)["Policies"]
    with refused("ConstraintViolationException"):
        organisation.detach_policy(PolicyId=last["Id"], TargetId=ALLY)

    organisation.attach_policy(PolicyId=policy(organisation), TargetId=ALLY)
    organisation.detach_policy(PolicyId=last["Id"], TargetId=ALLY)


@pytest.mark.truth("scp-name-taken", "scp-too-long")
def test_a_policy_has_a_name_of_its_own_and_5120_characters(organisation: Any, refused: Refused) -> None:
    policy(organisation)
    with refused("DuplicatePolicyException"):
        policy(organisation)
    with refused("ConstraintViolationException"):
        organisation.create_policy(Name="long", Description="long", Content=guardrail(5121), Type=SCP)

    organisation.create_policy(Name="long", Description="long", Content=guardrail(5120), Type=SCP)


@pytest.mark.truth("unit-occupied", "unit-twice", "account-moved-from-elsewhere")
def test_a_unit_has_a_name_of_its_own_and_stays_while_an_account_is_in_it(organisation: Any, refused: Refused) -> None:
    top = root(organisation)
    unit = organisation.create_organizational_unit(ParentId=top, Name="allies")["OrganizationalUnit"]["Id"]
    with refused("DuplicateOrganizationalUnitException"):
        organisation.create_organizational_unit(ParentId=top, Name="allies")
    organisation.move_account(AccountId=ALLY, SourceParentId=top, DestinationParentId=unit)
    with refused("SourceParentNotFoundException"):
        organisation.move_account(AccountId=ALLY, SourceParentId=top, DestinationParentId=unit)
    with refused("OrganizationalUnitNotEmptyException"):
        organisation.delete_organizational_unit(OrganizationalUnitId=unit)

    organisation.move_account(AccountId=ALLY, SourceParentId=unit, DestinationParentId=top)
    organisation.delete_organizational_unit(OrganizationalUnitId=unit)


@pytest.mark.truth("management-account-closed", "account-closed-twice")
def test_a_member_is_closed_once_and_the_manager_never(organisation: Any, refused: Refused) -> None:
    with refused("ConstraintViolationException"):
        organisation.close_account(AccountId=MANAGEMENT)
    organisation.close_account(AccountId=ALLY)
    with refused("AccountAlreadyClosedException"):
        organisation.close_account(AccountId=ALLY)


@pytest.mark.truth("administrator-registered-twice", "administrator-is-the-management-account")
def test_an_administrator_is_a_member_and_registered_once(organisation: Any, refused: Refused) -> None:
    service = "guardduty.amazonaws.com"
    organisation.enable_aws_service_access(ServicePrincipal=service)
    organisation.register_delegated_administrator(AccountId=ALLY, ServicePrincipal=service)
    with refused("AccountAlreadyRegisteredException"):
        organisation.register_delegated_administrator(AccountId=ALLY, ServicePrincipal=service)
    with refused("ConstraintViolationException"):
        organisation.register_delegated_administrator(AccountId=MANAGEMENT, ServicePrincipal=service)


@pytest.mark.truth("organisation-of-nobody")
def test_who_is_in_no_organisation_asks_in_vain(refused: Refused) -> None:
    from moto.iam.models import iam_backends

    from range.rehearsal.door import Cloud
    from range.rehearsal.transport import session

    cloud = Cloud()
    loner = iam_backends["400000000001"]["aws"]
    user = loner.create_user("aws", "loner")
    user.policies["all"] = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    key = loner.create_access_key("loner")
    client = session(cloud, key.access_key_id, key.secret_access_key).client("organizations", region_name="us-east-1")
    with refused("AWSOrganizationsNotInUseException"):
        client.list_accounts()
