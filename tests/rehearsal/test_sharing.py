"""Resource shares: within an organisation at once, to others by invitation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from range.rehearsal.accounts import Member
from tests.rehearsal.conftest import EST, HUB, MANAGEMENT, POL, Exercise

Client = Callable[..., Any]
Refused = Callable[[str], Any]
STRANGER = "300000000001"


@pytest.fixture
def ram(client: Client) -> Any:
    """RAM of the hub's account."""
    return client("ram", HUB)


@pytest.fixture
def within(client: Client) -> None:
    """Sharing within the organisation is on."""
    client("ram", MANAGEMENT).enable_sharing_with_aws_organization()


@pytest.fixture
def arn(client: Client) -> str:
    """The ARN of a gateway of the hub."""
    return str(client("ec2", HUB).create_transit_gateway()["TransitGateway"]["TransitGatewayArn"])


def share(ram: Any, **fields: Any) -> str:
    return str(ram.create_resource_share(name="gateway", **fields)["resourceShare"]["resourceShareArn"])


def entities(ram: Any, kind: str) -> list[tuple[str, str]]:
    found = ram.get_resource_share_associations(associationType=kind)["resourceShareAssociations"]
    return [(each["associatedEntity"], each["status"]) for each in found]


def gateways(client: Client, account: str) -> int:
    return len(client("ec2", account).describe_transit_gateways()["TransitGateways"])


def test_only_the_management_account_switches_sharing_on(client: Client, ram: Any, refused: Refused) -> None:
    with refused("OperationNotPermittedException"):
        ram.enable_sharing_with_aws_organization()

    assert client("ram", MANAGEMENT).enable_sharing_with_aws_organization()["returnValue"]


@pytest.mark.truth("share-with-an-outsider")
def test_without_it_members_are_outsiders(ram: Any, refused: Refused) -> None:
    with refused("OperationNotPermittedException"):
        share(ram, allowExternalPrincipals=False, principals=[EST])


@pytest.mark.usefixtures("within")
def test_the_whole_organisation_may_use_what_it_is_shared_with(client: Client, ram: Any, arn: str) -> None:
    organisation = client("organizations", MANAGEMENT).describe_organization()["Organization"]["Arn"]

    share(ram, allowExternalPrincipals=False, principals=[organisation], resourceArns=[arn])

    assert [gateways(client, account) for account in (EST, POL)] == [1, 1]


@pytest.mark.usefixtures("within")
def test_a_unit_is_a_principal_for_its_accounts(client: Client, ram: Any, arn: str) -> None:
    organizations = client("organizations", MANAGEMENT)
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="allies")["OrganizationalUnit"]
    organizations.move_account(AccountId=EST, SourceParentId=root, DestinationParentId=unit["Id"])

    share(ram, allowExternalPrincipals=False, principals=[unit["Arn"]], resourceArns=[arn])

    assert [gateways(client, account) for account in (EST, POL)] == [1, 0]


@pytest.mark.usefixtures("within")
def test_who_is_taken_out_of_a_share_sees_it_no_longer(client: Client, ram: Any, arn: str, refused: Refused) -> None:
    made = share(ram, allowExternalPrincipals=False, principals=[EST, POL], resourceArns=[arn])

    ram.disassociate_resource_share(resourceShareArn=made, principals=[EST])

    assert [gateways(client, account) for account in (EST, POL)] == [0, 1]
    assert entities(ram, "PRINCIPAL") == [(EST, "DISASSOCIATED"), (POL, "ASSOCIATED")]
    with refused("UnknownResourceException"):
        ram.disassociate_resource_share(resourceShareArn=made, principals=[EST])


@pytest.mark.usefixtures("within")
def test_a_deleted_share_shares_nothing(client: Client, ram: Any, arn: str, refused: Refused) -> None:
    made = share(ram, allowExternalPrincipals=False, principals=[EST], resourceArns=[arn])

    ram.delete_resource_share(resourceShareArn=made)

    assert gateways(client, EST) == 0
    assert ram.get_resource_shares(resourceOwner="SELF")["resourceShares"][0]["status"] == "DELETED"
    with refused("UnknownResourceException"):
        ram.delete_resource_share(resourceShareArn=made)


@pytest.mark.usefixtures("within")
def test_a_member_lists_what_others_share_with_it(client: Client, ram: Any, arn: str) -> None:
    made = share(ram, allowExternalPrincipals=False, principals=[EST], resourceArns=[arn])

    member = client("ram", EST)

    shares = member.get_resource_shares(resourceOwner="OTHER-ACCOUNTS")["resourceShares"]
    assert [each["resourceShareArn"] for each in shares] == [made]
    assert [each["arn"] for each in member.list_resources(resourceOwner="OTHER-ACCOUNTS")["resources"]] == [arn]
    assert [each["id"] for each in member.list_principals(resourceOwner="OTHER-ACCOUNTS")["principals"]] == [HUB]
    permissions = ram.list_resource_share_permissions(resourceShareArn=made)["permissions"]
    assert [each["name"] for each in permissions] == ["AWSRAMDefaultPermissionTransitGateway"]


@pytest.mark.truth("share-invitation-accepted-twice")
def test_an_outsider_is_invited_and_sees_nothing_before_it_accepts(
    exercise: Exercise, client: Client, ram: Any, arn: str, refused: Refused
) -> None:
    outsider = exercise.cloud.seed(Member(STRANGER, "stranger"), [])
    exercise._credentials[STRANGER] = exercise.credentials(MANAGEMENT).__class__(outsider.access_key, outsider.secret)
    share(ram, principals=[STRANGER], resourceArns=[arn])
    invitation = client("ram", STRANGER).get_resource_share_invitations()["resourceShareInvitations"][0]
    before = gateways(client, STRANGER)

    accept = {"resourceShareInvitationArn": invitation["resourceShareInvitationArn"]}
    client("ram", STRANGER).accept_resource_share_invitation(**accept)

    assert (before, gateways(client, STRANGER)) == (0, 1)
    with refused("ResourceShareInvitationAlreadyAcceptedException"):
        client("ram", STRANGER).accept_resource_share_invitation(**accept)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"resourceArns": ["nonsense"]}, "MalformedArnException"),
        ({"resourceArns": ["arn:aws:ec2:eu-west-2:100000000002:transit-gateway/tgw-0"]}, "UnknownResourceException"),
        ({"principals": ["somebody"]}, "InvalidParameterException"),
        ({"principals": ["arn:aws:organizations::1:organization/o-other"]}, "InvalidParameterException"),
        ({"principals": ["arn:aws:organizations::100000000001:organization/o-other"]}, "UnknownResourceException"),
    ],
)
def test_what_is_no_resource_or_principal_makes_no_share(
    ram: Any, fields: dict[str, Any], code: str, refused: Refused
) -> None:
    with refused(code):
        share(ram, **fields)

    assert ram.get_resource_shares(resourceOwner="SELF")["resourceShares"] == []


def test_a_share_is_renamed_and_tagged(ram: Any) -> None:
    made = share(ram, tags=[{"key": "range:exercise", "value": "steadfast"}])

    ram.update_resource_share(resourceShareArn=made, name="other", allowExternalPrincipals=False)
    ram.tag_resource(resourceShareArn=made, tags=[{"key": "a", "value": "b"}])
    ram.untag_resource(resourceShareArn=made, tagKeys=["range:exercise"])

    seen = ram.get_resource_shares(resourceOwner="SELF", resourceShareArns=[made])["resourceShares"][0]
    assert (seen["name"], seen["allowExternalPrincipals"], seen["tags"]) == (
        "other",
        False,
        [{"key": "a", "value": "b"}],
    )


def test_switching_sharing_on_makes_the_role_that_the_service_works_with(client: Callable[..., Any]) -> None:
    client("ram", MANAGEMENT).enable_sharing_with_aws_organization()

    role = client("iam", MANAGEMENT).get_role(RoleName="AWSServiceRoleForResourceAccessManager")["Role"]
    assert role["Path"] == "/aws-service-role/ram.amazonaws.com/"
