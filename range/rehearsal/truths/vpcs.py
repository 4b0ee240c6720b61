"""VPCs and their address blocks: what keeps one from being deleted, and which blocks AWS doesn't give."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network, ip_network
from typing import Any

from range.rehearsal.areas.gateways.sight import attachments_seen
from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Check, Confidence, Truth
from range.rehearsal.truths.stores import store, stores

_DELETE = "botocore 1.44.5, EC2 2016-11-15, DeleteVpc (read 2026-11-22)"
_NUKE = "https://github.com/gruntwork-io/cloud-nuke/issues/345"
_MEMORY = "none opened (general knowledge)"


def _holds(things: Callable[[Any, str], bool]) -> Check:
    """Make the check that refuses to delete a VPC while a store has such things of it."""

    def check(call: Call) -> str | None:
        vpc_id = call.params.get("VpcId", "")
        if vpc_id not in store(call).vpcs or not things(store(call), vpc_id):
            return None
        return f"The vpc '{vpc_id}' has dependencies and cannot be deleted."

    return check


def _internet_gateway(ec2: Any, vpc_id: str) -> bool:
    return any(gateway.vpc and gateway.vpc.id == vpc_id for gateway in ec2.internet_gateways.values())


def _egress_only_gateway(ec2: Any, vpc_id: str) -> bool:
    return any(gateway.vpc_id == vpc_id for gateway in ec2.egress_only_internet_gateways.values())


def _group(ec2: Any, vpc_id: str) -> bool:
    return any(not group.is_default for group in ec2.groups[vpc_id].values())


def _acl(ec2: Any, vpc_id: str) -> bool:
    return any(acl.vpc_id == vpc_id and not _is_default(acl) for acl in ec2.network_acls.values())


def _is_default(acl: Any) -> bool:
    return str(acl.default).lower() == "true"


def _endpoint(ec2: Any, vpc_id: str) -> bool:
    return any(endpoint.vpc_id == vpc_id and endpoint.state != "deleted" for endpoint in ec2.vpc_end_points.values())


def _attached(call: Call) -> str | None:
    vpc_id = call.params.get("VpcId")
    if not any(attachment.vpc_id == vpc_id and attachment.is_there for attachment in attachments_seen(call)):
        return None
    return f"The vpc '{vpc_id}' has dependencies and cannot be deleted."


def _asked_to_peer(call: Call) -> str | None:
    vpc_id = call.params.get("VpcId")
    peerings = (peering for ec2 in stores(call) for peering in ec2.vpc_pcxs.values())
    asked = (peering for peering in peerings if peering.peer_vpc.id == vpc_id and peering.vpc.owner_id != call.account)
    if not any(peering._status.code == "pending-acceptance" for peering in asked):
        return None
    return f"The vpc '{vpc_id}' has dependencies and cannot be deleted."


def _block_over_another(call: Call) -> str | None:
    vpc, asked = store(call).vpcs.get(call.params.get("VpcId")), call.params.get("CidrBlock")
    if vpc is None or not asked:
        return None
    blocks = [ip_network(block["cidr_block"]) for block in vpc.get_cidr_block_association_set()]
    if not any(ip_network(asked, strict=False).overlaps(block) for block in blocks):
        return None
    return f"The CIDR '{asked}' conflicts with another block of the VPC."


def _block_in_use(call: Call) -> str | None:
    association = call.params.get("AssociationId")
    for vpc in store(call).vpcs.values():
        block = vpc._cidr_block_association_set.get(association)
        if block is None or "." not in block["cidr_block"]:
            continue
        subnets = (
            subnet for zone in store(call).subnets.values() for subnet in zone.values() if subnet.vpc_id == vpc.id
        )
        if any(IPv4Network(subnet.cidr_block).subnet_of(IPv4Network(block["cidr_block"])) for subnet in subnets):
            return f"The vpc CIDR block with association ID {association} may not be disassociated: a subnet uses it."
    return None


def _keeps_a_vpc(
    name: str, when: str, source: str, check: Check | None, confidence: Confidence = "seen_in_issue"
) -> Truth:
    """Make the row of one kind of thing that keeps a VPC from being deleted."""
    return Truth(name, ("ec2.DeleteVpc",), when, "DependencyViolation", source, confidence, check)


TRUTHS = (
    _keeps_a_vpc("vpc-with-subnets", "subnets remain", f"{_DELETE}; {_NUKE}", None),
    _keeps_a_vpc(
        "vpc-with-internet-gateway", "an internet gateway is attached", f"{_DELETE}; {_NUKE}", _holds(_internet_gateway)
    ),
    _keeps_a_vpc(
        "vpc-with-egress-only-gateway", "an egress-only internet gateway remains", _NUKE, _holds(_egress_only_gateway)
    ),
    _keeps_a_vpc("vpc-with-route-tables", "a route table remains besides the main one", _DELETE, None),
    _keeps_a_vpc("vpc-with-groups", "a security group remains besides the default one", _DELETE, _holds(_group)),
    _keeps_a_vpc(
        "vpc-with-acls",
        "a network ACL remains besides the default one",
        "https://github.com/stackshy/cloudemu/pull/488",
        _holds(_acl),
    ),
    _keeps_a_vpc(
        "vpc-with-endpoints",
        "a gateway or interface endpoint remains",
        "https://github.com/gruntwork-io/cloud-nuke/issues/285",
        _holds(_endpoint),
    ),
    _keeps_a_vpc(
        "vpc-with-attachment",
        "a transit gateway attachment isn't deleted yet",
        "floci-io/floci, Ec2Service.java: checked on a live account (read 2026-11-22)",
        _attached,
    ),
    _keeps_a_vpc("vpc-with-vpn-gateway", "a virtual private gateway is attached", _DELETE, None, "general_knowledge"),
    _keeps_a_vpc(
        "vpc-asked-to-peer",
        "another account's peering request is still pending acceptance",
        "https://docs.aws.amazon.com/vpc/latest/peering/delete-vpc-peering-connection.html",
        _asked_to_peer,
        "general_knowledge",
    ),
    Truth(
        name="dhcp-options-in-use",
        calls=("ec2.DeleteDhcpOptions",),
        when="a VPC uses them",
        code="DependencyViolation",
        source=_MEMORY,
        confidence="general_knowledge",
    ),
    Truth(
        name="vpc-of-a-wrong-size",
        calls=("ec2.CreateVpc",),
        when="the block isn't between /16 and /28",
        code="InvalidVpc.Range",
        source=_MEMORY,
        confidence="general_knowledge",
    ),
    Truth(
        name="vpcs-over-quota",
        calls=("ec2.CreateVpc",),
        when="the Region has as many as the quota allows (5 by default)",
        code="VpcLimitExceeded",
        source=_MEMORY,
        confidence="general_knowledge",
    ),
    Truth(
        name="vpc-block-over-another",
        calls=("ec2.AssociateVpcCidrBlock",),
        when="the block overlaps one that the VPC has",
        code="InvalidVpc.Range",
        source="botocore 1.44.5, EC2 2016-11-15, AssociateVpcCidrBlock (read 2026-11-22); the code is from memory",
        confidence="general_knowledge",
        check=_block_over_another,
    ),
    Truth(
        name="vpc-block-primary",
        calls=("ec2.DisassociateVpcCidrBlock",),
        when="it is the VPC's first block",
        code="OperationNotPermitted",
        source="botocore 1.44.5, EC2 2016-11-15, DisassociateVpcCidrBlock (read 2026-11-22); the code is from memory",
        confidence="general_knowledge",
    ),
    Truth(
        name="vpc-block-in-use",
        calls=("ec2.DisassociateVpcCidrBlock",),
        when="a subnet uses the block",
        code="InvalidCidrBlock.InUse",
        source="botocore 1.44.5, EC2 2016-11-15, DisassociateVpcCidrBlock (read 2026-11-22); the code is from memory",
        confidence="general_knowledge",
        check=_block_in_use,
    ),
    Truth(
        name="default-vpc-twice",
        calls=("ec2.CreateDefaultVpc",),
        when="the Region has one",
        code="DefaultVpcAlreadyExists",
        source="botocore 1.44.5, EC2 2016-11-15, CreateDefaultVpc (read 2026-11-22); the code is from memory",
        confidence="general_knowledge",
    ),
)
