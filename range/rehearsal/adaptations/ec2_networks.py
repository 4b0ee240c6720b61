"""EC2's VPCs and subnets: made with all that AWS makes with them, and gone with it."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

from moto.ec2.models.dhcp_options import DHCPOptionsSetBackend
from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.models.vpcs import VPCBackend
from moto.ec2.responses.dhcp_options import DHCPOptions
from moto.ec2.responses.network_acls import NetworkACLs

from range.rehearsal.keeping.reach import touch
from range.rehearsal.refusals import Refusal

_DEFAULT_SUBNET_PREFIX = 20
_ANYWHERE = "0.0.0.0/0"
_LIVING = ("initiating-request", "pending-acceptance", "provisioning", "active")
"""States of peerings that aren't over."""


def adapt() -> None:
    """Change moto's VPCs and subnets."""
    VPCBackend.create_vpc = _with_defaults(VPCBackend.create_vpc)
    VPCBackend.create_default_vpc = _with_a_way_out(VPCBackend.create_default_vpc)
    VPCBackend.delete_vpc = _with_what_came_with_it(VPCBackend.delete_vpc)
    SubnetBackend.create_subnet = _in_a_zone_of_the_region(SubnetBackend.create_subnet)
    SubnetBackend.create_default_subnet = _create_default_subnet
    SubnetBackend.delete_subnet = _with_associations(SubnetBackend.delete_subnet)
    NetworkACLs.create_network_acl_entry = _with_icmp(NetworkACLs.create_network_acl_entry)
    NetworkACLs.replace_network_acl_entry = _with_icmp(NetworkACLs.replace_network_acl_entry)
    DHCPOptions.create_dhcp_options = _with_tags(DHCPOptions.create_dhcp_options)
    DHCPOptionsSetBackend.associate_dhcp_options = _associate_options
    DHCPOptionsSetBackend.disassociate_dhcp_options = _disassociate_options
    DHCPOptionsSetBackend.delete_dhcp_options_set = _unless_used(DHCPOptionsSetBackend.delete_dhcp_options_set)


def _with_defaults(create: Callable[..., Any]) -> Callable[..., Any]:
    """Give a new VPC the Region's DHCP options, and its default group the rule that lets its members reach each other.

    Source: Amazon VPC User Guide, "Default security groups for your VPCs" and "DHCP option sets" (from memory, 2026-11-22).
    """

    def create_vpc(self: Any, cidr_block: str, *args: Any, **kwargs: Any) -> Any:
        vpc = create(self, _canonical(cidr_block), *args, **kwargs)
        vpc.dhcp_options = _options_of_region(self)
        group = self.get_security_group_from_name("default", vpc_id=vpc.id)
        itself = [{"GroupId": group.id, "UserId": self.account_id}]
        self.authorize_security_group_ingress(group.id, "-1", None, None, [], source_groups=itself, vpc_id=vpc.id)
        return vpc

    return create_vpc


def _canonical(block: str) -> str:
    """Give a block as AWS takes it: 10.1.1.5/16 is 10.1.0.0/16; what is no block is moto's to refuse.

    Source: botocore 1.44.5, EC2 2016-11-15, CreateVpc and CreateSubnet, CidrBlock (read 2026-11-22).
    """
    try:
        return str(ip_network(block, strict=False))
    except ValueError:
        return block


def _with_icmp(answer: Callable[..., Any]) -> Callable[..., Any]:
    """Let an ACL entry keep its ICMP type and code; moto looks for them under the name that they have on the wire."""

    def with_icmp(self: Any) -> Any:
        if "IcmpTypeCode" in self.params:
            self.params["Icmp"] = self.params["IcmpTypeCode"]
        return answer(self)

    return with_icmp


def _with_tags(create: Callable[..., Any]) -> Callable[..., Any]:
    """Give new DHCP options the tags that the call asks for, which moto leaves out."""

    def create_dhcp_options(self: Any) -> Any:
        answer = create(self)
        answer.result["DhcpOptions"].add_tags(self._parse_tag_specification().get("dhcp-options", {}))
        return answer

    return create_dhcp_options


def _options_of_region(ec2: Any) -> Any:
    """Find or make the DHCP options that every VPC of a Region begins with."""
    known = getattr(ec2, "default_options_id", None)
    if known not in ec2.dhcp_options_sets:
        name = "ec2.internal" if ec2.region_name == "us-east-1" else f"{ec2.region_name}.compute.internal"
        options = ec2.create_dhcp_options(domain_name_servers=["AmazonProvidedDNS"], domain_name=[name])
        ec2.default_options_id = known = options.id
    return ec2.dhcp_options_sets[known]


def _with_a_way_out(create: Callable[..., Any]) -> Callable[..., Any]:
    """Give a default VPC its internet gateway and the route to it.

    Source: Amazon VPC User Guide, "Default VPCs" (from memory, 2026-11-22).
    """

    def create_default_vpc(self: Any) -> Any:
        vpc = create(self)
        gateway = self.create_internet_gateway()
        self.attach_internet_gateway(gateway.id, vpc.id)
        main = next(table for table in self.route_tables.values() if table.vpc_id == vpc.id)
        self.create_route(main.id, _ANYWHERE, gateway_id=gateway.id)
        return vpc

    return create_default_vpc


def _with_what_came_with_it(delete: Callable[..., Any]) -> Callable[..., Any]:
    """Let a VPC's default ACL, groups and peerings go with it, and its DHCP options stay; in moto it is the other way round."""

    def delete_vpc(self: Any, vpc_id: str) -> Any:
        if vpc_id in self.vpcs:
            self.vpcs[vpc_id].dhcp_options = None
        vpc = delete(self, vpc_id)
        for acl in [acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id]:
            del self.network_acls[acl.id]
        self.groups.pop(vpc_id, None)
        _end_peerings(self, vpc_id)
        return vpc

    return delete_vpc


def _end_peerings(ec2: Any, vpc_id: str) -> None:
    """Delete the peerings of a VPC that is gone; both sides see them as deleted.

    Source: Amazon VPC Peering Guide, "Delete a VPC peering connection" (read 2026-11-22).
    """
    for peering in ec2.vpc_pcxs.values():
        sides = (peering.vpc, peering.peer_vpc)
        if vpc_id in {side.id for side in sides} and peering._status.code in _LIVING:
            peering._status.deleted(deleter_id=ec2.account_id)
            for side in sides:
                touch(side.ec2_backend)


def _in_a_zone_of_the_region(create: Callable[..., Any]) -> Callable[..., Any]:
    """Put a subnet into a zone of this Region; it is no default one, and gives no public addresses, unless that is asked for."""

    def create_subnet(self: Any, vpc_id: str, cidr_block: str, *args: Any, **kwargs: Any) -> Any:
        named = dict(zip(("ipv6_cidr_block", "availability_zone", "availability_zone_id"), args, strict=False)) | kwargs
        zone = _zone(self, named.pop("availability_zone", None), named.pop("availability_zone_id", None))
        subnet = create(self, vpc_id, _canonical(cidr_block), availability_zone=zone, **named)
        subnet.default_for_az = subnet.map_public_ip_on_launch = False
        return subnet

    return create_subnet


def _zone(ec2: Any, name: str | None, zone_id: str | None) -> str:
    """Name the zone that is meant; without one, the Region's first.

    Raises:
        Refusal: the Region has no such zone.
    """
    zones = ec2.describe_availability_zones()
    names = {zone.zone_id: zone.name for zone in zones}
    if zone_id is not None and zone_id not in names:
        raise Refusal("InvalidParameterValue", f"Value ({zone_id}) for parameter availabilityZoneId is invalid.")
    wanted = names[zone_id] if zone_id is not None else name or zones[0].name
    if wanted not in names.values():
        known = ", ".join(sorted(names.values()))
        raise Refusal(
            "InvalidParameterValue",
            f"Value ({wanted}) for parameter availabilityZone is invalid. Subnets can currently only be created in the "
            f"following availability zones: {known}.",
        )
    return wanted


def _create_default_subnet(self: Any, availability_zone: str) -> Any:
    """Make the default subnet of a zone, in the first part of the default VPC that is free."""
    if availability_zone in self.get_default_subnets():
        known = self.get_default_subnets()[availability_zone].id
        message = f"'{known}' is already the default subnet in {availability_zone}."
        raise Refusal("DefaultSubnetAlreadyExistsInAvailabilityZone", message)
    vpc = self.get_default_vpc()
    if vpc is None:
        raise Refusal("DefaultVpcDoesNotExist", "No default VPC exists for this account in this region.")
    used = [subnet.cidr for subnet in self.describe_subnets(filters={"vpc-id": vpc.id})]
    parts = ip_network(vpc.cidr_block).subnets(new_prefix=_DEFAULT_SUBNET_PREFIX)
    free = next(part for part in parts if not any(part.overlaps(each) for each in used))
    subnet = self.create_subnet(vpc_id=vpc.id, cidr_block=str(free), availability_zone=availability_zone)
    subnet.default_for_az = subnet.map_public_ip_on_launch = True
    return subnet


def _with_associations(delete: Callable[..., Any]) -> Callable[..., Any]:
    """Let a subnet's associations with an ACL and a route table go with it."""

    def delete_subnet(self: Any, subnet_id: str) -> Any:
        subnet = delete(self, subnet_id)
        for acl in self.network_acls.values():
            for association in [key for key, each in acl._associations.items() if each.subnet_id == subnet_id]:
                del acl._associations[association]
        for table in self.route_tables.values():
            for association in [key for key, target in table._associations.items() if target == subnet_id]:
                del table._associations[association]
        return subnet

    return delete_subnet


def _associate_options(self: Any, dhcp_options: Any, vpc: Any) -> None:
    """Give a VPC a set of options; several VPCs may share one."""
    vpc.dhcp_options = dhcp_options


def _disassociate_options(self: Any, vpc: Any) -> None:
    """Leave a VPC without options."""
    vpc.dhcp_options = None


def _unless_used(delete: Callable[..., Any]) -> Callable[..., Any]:
    """Keep a set of options while a VPC uses it."""

    def delete_dhcp_options_set(self: Any, options_id: str | None) -> None:
        users = [vpc.id for vpc in self.vpcs.values() if vpc.dhcp_options and vpc.dhcp_options.id == options_id]
        if users:
            message = f"The dhcpOptions '{options_id}' has dependencies and cannot be deleted."
            raise Refusal("DependencyViolation", message)
        delete(self, options_id)

    return delete_dhcp_options_set
