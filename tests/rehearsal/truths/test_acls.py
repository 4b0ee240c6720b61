"""Network ACLs, as AWS refuses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]
ENTRY = {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "10.0.0.0/8", "Egress": False}


@pytest.fixture
def acl(ec2: Any, vpc: str) -> str:
    """An ACL of a VPC that no subnet uses."""
    return str(ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"])


@pytest.mark.truth("acl-default")
def test_a_default_acl_stays(ec2: Any, vpc: str, refused: Refused) -> None:
    acls = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"]
    with refused("InvalidParameterValue"):
        ec2.delete_network_acl(NetworkAclId=acls[0]["NetworkAclId"])


@pytest.mark.truth("acl-in-use")
def test_an_acl_stays_while_a_subnet_uses_it(ec2: Any, subnet: str, acl: str, refused: Refused) -> None:
    used = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])["NetworkAcls"][0]
    first = next(kept for kept in used["Associations"] if kept["SubnetId"] == subnet)["NetworkAclAssociationId"]
    moved = ec2.replace_network_acl_association(AssociationId=first, NetworkAclId=acl)["NewAssociationId"]
    with refused("DependencyViolation"):
        ec2.delete_network_acl(NetworkAclId=acl)

    ec2.replace_network_acl_association(AssociationId=moved, NetworkAclId=used["NetworkAclId"])
    ec2.delete_network_acl(NetworkAclId=acl)


@pytest.mark.truth("acl-entry-twice")
def test_an_entry_number_is_taken_once_per_direction(ec2: Any, acl: str, refused: Refused) -> None:
    ec2.create_network_acl_entry(NetworkAclId=acl, **ENTRY)
    with refused("NetworkAclEntryAlreadyExists"):
        ec2.create_network_acl_entry(NetworkAclId=acl, **ENTRY)

    ec2.create_network_acl_entry(NetworkAclId=acl, **ENTRY | {"Egress": True})


@pytest.mark.truth("acl-entry-absent")
def test_an_entry_that_is_not_there_cannot_be_deleted(ec2: Any, acl: str, refused: Refused) -> None:
    ec2.create_network_acl_entry(NetworkAclId=acl, **ENTRY)
    with refused("InvalidNetworkAclEntry.NotFound"):
        ec2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=True)

    ec2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=False)
