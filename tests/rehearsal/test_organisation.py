"""The organisation: what its members may ask, and what the management account delegates."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from range.errors import InputError
from range.rehearsal.accounts import Member, from_json
from range.rehearsal.door import Cloud
from tests.rehearsal.conftest import EST, HUB, MANAGEMENT, MEMBERS, Exercise

Client = Callable[..., Any]
Refused = Callable[[str], Any]
SCP = "SERVICE_CONTROL_POLICY"
DENY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
POLICY = {"Name": "guard", "Description": "", "Type": SCP, "Content": DENY}
ACTIONS = ["CreatePolicy", "DeletePolicy", "AttachPolicy", "DetachPolicy", "Describe*", "List*", "TagResource"]


@pytest.fixture
def manager(client: Client) -> Any:
    """Organizations of the management account."""
    return client("organizations", MANAGEMENT)


@pytest.fixture
def hub(client: Client) -> Any:
    """Organizations of the hub's account."""
    return client("organizations", HUB)


@pytest.fixture
def delegated(manager: Any) -> None:
    """The hub manages service control policies."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": HUB},
        "Action": [f"organizations:{action}" for action in ACTIONS],
        "Resource": "*",
        "Condition": {"StringLikeIfExists": {"organizations:PolicyType": SCP}},
    }
    manager.enable_policy_type(RootId=manager.list_roots()["Roots"][0]["Id"], PolicyType=SCP)
    manager.put_resource_policy(Content=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def test_the_members_are_the_accounts_of_the_file(manager: Any) -> None:
    accounts = {each["Id"]: each["Name"] for each in manager.list_accounts()["Accounts"]}

    assert accounts == {MANAGEMENT: "management", **{member.id: member.name for member in MEMBERS}}


def test_every_member_has_the_role_that_organizations_makes(client: Client) -> None:
    roles = client("iam", EST).list_roles()["Roles"]

    assert [role["RoleName"] for role in roles] == ["OrganizationAccountAccessRole"]


def test_seeding_again_changes_nothing(exercise: Exercise, manager: Any) -> None:
    again = exercise.cloud.seed(Member(MANAGEMENT, "management"), MEMBERS)

    assert again == exercise.operator
    assert len(manager.list_accounts()["Accounts"]) == 1 + len(MEMBERS)


def test_a_second_exercise_has_an_organisation_of_its_own(exercise: Exercise) -> None:
    other = exercise.cloud.seed(Member("500000000001", "management"), [Member("500000000002", "hub")])

    assert other.organisation != exercise.operator.organisation
    assert exercise.cloud.operator("500000000002") == other
    assert exercise.cloud.operator(EST) == exercise.operator


@pytest.mark.parametrize(
    ("management", "member", "said"),
    [
        ("500000000001", EST, f"belongs to the organisation of {MANAGEMENT}"),
        (EST, "500000000002", f"is a member of the organisation of {MANAGEMENT}"),
        ("5000", "500000000002", "12 digits"),
        ("500000000001", "500000000001", "belongs to the organisation of 500000000001"),
    ],
)
def test_an_account_belongs_to_one_organisation(exercise: Exercise, management: str, member: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        exercise.cloud.seed(Member(management, "management"), [Member(member, "hub")])


@pytest.mark.parametrize(
    "document", [{}, {"management": "1"}, {"management": {"id": 1, "name": "x"}}, {"management": {"id": "1"}}]
)
def test_accounts_are_read_or_refused(document: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="given as"):
        from_json(document)


def test_a_member_sees_its_organisation_and_nothing_more(client: Client, refused: Refused) -> None:
    member = client("organizations", EST)

    assert member.describe_organization()["Organization"]["MasterAccountId"] == MANAGEMENT
    for ask in (member.list_accounts, member.list_roots, member.describe_resource_policy):
        with refused("AccessDeniedException"):
            ask()


def test_without_a_delegation_the_hub_manages_no_policy(hub: Any, refused: Refused) -> None:
    with refused("AccessDeniedException"):
        hub.create_policy(**POLICY)


@pytest.mark.usefixtures("delegated")
def test_the_hub_manages_policies_as_delegated(hub: Any, manager: Any, refused: Refused) -> None:
    policy = hub.create_policy(**POLICY)["Policy"]["PolicySummary"]["Id"]
    hub.attach_policy(PolicyId=policy, TargetId=EST)

    targets = manager.list_targets_for_policy(PolicyId=policy)["Targets"]

    assert [target["TargetId"] for target in targets] == [EST]
    with refused("PolicyInUseException"):
        hub.delete_policy(PolicyId=policy)
    hub.detach_policy(PolicyId=policy, TargetId=EST)
    hub.delete_policy(PolicyId=policy)


@pytest.mark.usefixtures("delegated")
def test_a_delegation_ends_where_its_words_end(client: Client, hub: Any, manager: Any, refused: Refused) -> None:
    with refused("AccessDeniedException"):
        hub.create_policy(**{**POLICY, "Type": "TAG_POLICY"})
    with refused("AccessDeniedException"):
        hub.create_organizational_unit(ParentId="r-0000", Name="x")
    with refused("AccessDeniedException"):
        client("organizations", EST).list_policies(Filter=SCP)

    manager.delete_resource_policy()

    with refused("AccessDeniedException"):
        hub.list_policies(Filter=SCP)
    with refused("ResourcePolicyNotFoundException"):
        manager.describe_resource_policy()


def test_without_an_organisation_there_is_none_to_ask() -> None:
    cloud = Cloud()

    with pytest.raises(InputError, match="0 organisations were seeded"):
        cloud.operator()
