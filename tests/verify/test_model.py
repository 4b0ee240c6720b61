"""What decides where a packet goes, one thing at a time, each both ways; the proof and the oracle say the same."""

from __future__ import annotations

import pytest

from tests.verify.oracle.filters import Load
from tests.verify.two import EVERY, WEB, A, B, Two

WORLD, WORLD_6 = "8.8.8.8", "2600::1"


@pytest.fixture
def two() -> Two:
    two = Two()
    assert two.works()
    assert two.works(B, A)
    return two


def test_the_longest_prefix_wins_in_a_vpc(two: Two) -> None:
    two.route(A, "10.2.0.0/16", NetworkInterfaceId=two.host[A])
    assert not two.may()

    two.route(A, "10.2.0.10/32", TransitGatewayId=two.gateway)
    assert two.works()


def test_the_longest_prefix_wins_in_a_transit_gateway(two: Two) -> None:
    two.gateway_route("10.2.0.0/24")
    assert not two.may()

    two.gateway_route("10.2.0.10/32", to=B)
    assert two.works()


def test_what_was_written_wins_over_what_was_learned(two: Two) -> None:
    two.gateway_route("10.2.0.0/16")

    assert not two.may()


def test_a_blackhole_in_a_vpc_swallows_what_nothing_more_specific_carries(two: Two) -> None:
    two.route(A, "10.2.0.0/16", VpcPeeringConnectionId="pcx-gone")
    route = two.cloud.find("RouteTables", "RouteTableId", two.table[A])["Routes"][-1]
    route["State"] = "blackhole"
    assert not two.may()

    two.route(A, "10.2.0.0/24", TransitGatewayId=two.gateway)
    assert two.works()


def test_an_unassociated_attachment_is_routed_nowhere(two: Two) -> None:
    pair = {"TransitGatewayRouteTableId": two.routes, "TransitGatewayAttachmentId": two.attachment[A]}
    two.call(A, "disassociate_transit_gateway_route_table", **pair)

    assert not two.may(A, B)
    assert two.may(B, A)
    assert not two.works(B, A)


def test_the_transit_gateway_is_entered_in_its_own_availability_zone(two: Two) -> None:
    far = two.subnet_of(A, "10.1.9.0/24", zone="euw2-az2")
    machine = two.machine(A, far, "10.1.9.10")

    assert not two.asked(machine, "10.1.9.10", two.host[B], two.address[B]).may
    assert two.asked(two.host[B], two.address[B], machine, "10.1.9.10").may


def test_every_block_of_a_vpc_is_local_and_learned_though_no_table_lists_it(two: Two) -> None:
    two.call(B, "associate_vpc_cidr_block", VpcId=two.vpc[B], CidrBlock="10.9.0.0/24")
    second = two.subnet_of(B, "10.9.0.0/26")
    machine = two.machine(B, second, "10.9.0.10")

    assert all(not route["DestinationCidrBlock"].startswith("10.9") for route in _routes(two, B))
    assert two.asked(two.host[A], two.address[A], machine, "10.9.0.10").works
    assert two.asked(two.host[B], two.address[B], machine, "10.9.0.10").works


def _routes(two: Two, account: str) -> list[dict[str, str]]:
    return list(two.cloud.find("RouteTables", "RouteTableId", two.table[account])["Routes"])


def test_a_nat_gateway_lets_out_what_began_inside_and_nothing_in(two: Two) -> None:
    public = two.subnet_of(A, "10.1.5.0/24")
    address = two.call(A, "allocate_address")["AllocationId"]
    gateway = two.way_out(A)
    table = two.call(A, "create_route_table", VpcId=two.vpc[A])["RouteTable"]["RouteTableId"]
    two.call(A, "associate_route_table", RouteTableId=table, SubnetId=public)
    two.call(A, "create_route", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    nat = two.call(A, "create_nat_gateway", SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
    assert not two.asked(two.host[A], two.address[A], None, WORLD).may

    two.route(A, "0.0.0.0/0", NatGatewayId=nat)
    assert two.asked(two.host[A], two.address[A], None, WORLD).works
    assert not two.asked(two.host[A], two.address[A], None, WORLD, Load(47)).may
    assert not two.asked(None, WORLD, two.host[A], two.address[A]).may


def test_a_public_address_lets_in_what_an_internet_gateway_and_the_fences_admit(two: Two) -> None:
    allocated = two.call(A, "allocate_address")
    public = allocated["PublicIp"]
    two.call(A, "associate_address", AllocationId=allocated["AllocationId"], NetworkInterfaceId=two.host[A])
    assert not two.asked(None, WORLD, two.host[A], public).may

    gateway = two.way_out(A)
    assert two.asked(None, WORLD, two.host[A], public).may
    assert not two.asked(None, WORLD, two.host[A], public).works

    two.route(A, "0.0.0.0/0", GatewayId=gateway)
    assert two.asked(None, WORLD, two.host[A], public).works

    two.only(A, "ingress", IpProtocol="tcp", FromPort=22, ToPort=22, IpRanges=[{"CidrIp": "1.1.1.1/32"}])
    assert not two.asked(None, WORLD, two.host[A], public).may
    assert two.asked(None, "1.1.1.1", two.host[A], public, Load(6, 22)).may


def test_an_egress_only_gateway_lets_ipv6_out_and_only_answers_in(two: Two) -> None:
    address = two.six(A)
    made = two.call(A, "create_egress_only_internet_gateway", VpcId=two.vpc[A])["EgressOnlyInternetGateway"]
    assert not two.asked(two.host[A], address, None, WORLD_6).may

    two.route(A, "::/0", EgressOnlyInternetGatewayId=made["EgressOnlyInternetGatewayId"])
    assert two.asked(two.host[A], address, None, WORLD_6).works
    assert not two.asked(None, WORLD_6, two.host[A], address).may


def test_an_internet_gateway_lets_ipv6_in_without_any_translation(two: Two) -> None:
    address = two.six(A)
    assert not two.asked(None, WORLD_6, two.host[A], address).may

    gateway = two.way_out(A)
    two.route(A, "::/0", GatewayId=gateway)
    assert two.asked(None, WORLD_6, two.host[A], address).works


def test_ipv6_goes_through_a_transit_gateway_where_both_attachments_carry_it(two: Two) -> None:
    ends = (two.host[A], two.six(A), two.host[B], two.six(B))
    assert two.asked(*ends).works

    for account in (B, A):
        asked = {"TransitGatewayAttachmentId": two.attachment[account], "Options": {"Ipv6Support": "disable"}}
        two.call(account, "modify_transit_gateway_vpc_attachment", **asked)
        assert not two.asked(*ends).may
    assert two.works()


def test_rules_for_ipv4_say_nothing_about_ipv6(two: Two) -> None:
    ends = (two.host[A], two.six(A), two.host[B], two.six(B))
    two.only(B, "ingress", IpProtocol="-1", IpRanges=[{"CidrIp": "0.0.0.0/0"}])
    assert not two.asked(*ends).may
    assert two.works()

    two.allow(B, "ingress", IpProtocol="tcp", FromPort=443, ToPort=443, Ipv6Ranges=[{"CidrIpv6": "2a05:d01c::/32"}])
    assert two.asked(*ends).works


def test_a_rule_means_the_entries_of_a_prefix_list(two: Two) -> None:
    entries = [{"Cidr": "10.7.0.0/16"}]
    made = two.call(B, "create_managed_prefix_list", PrefixListName="l", Entries=entries)["PrefixList"]["PrefixListId"]
    two.only(B, "ingress", IpProtocol="-1", PrefixListIds=[{"PrefixListId": made}])
    assert not two.may()

    two.call(B, "modify_managed_prefix_list", PrefixListId=made, AddEntries=[{"Cidr": "10.1.0.0/24"}])
    assert two.works()


def test_a_route_by_a_prefix_list_carries_its_entries_and_yields_to_a_written_one(two: Two) -> None:
    entries = [{"Cidr": "10.2.0.0/16"}]
    made = two.call(A, "create_managed_prefix_list", PrefixListName="l", Entries=entries)["PrefixList"]["PrefixListId"]
    two.call(A, "delete_route", RouteTableId=two.table[A], DestinationCidrBlock="10.0.0.0/8")
    assert not two.may()

    two.route(A, made, TransitGatewayId=two.gateway)
    assert two.works()

    two.route(A, "10.2.0.0/16", NetworkInterfaceId=two.host[A])
    assert not two.may()


def test_a_peering_carries_only_what_is_from_one_side_and_for_the_other(two: Two) -> None:
    peering = two.peer()
    for account, block in ((A, "10.2.0.0/16"), (B, "10.1.0.0/16")):
        two.route(account, block, VpcPeeringConnectionId=peering)
    assert two.works()

    gateway = two.way_out(B)
    two.route(A, "0.0.0.0/0", VpcPeeringConnectionId=peering)
    two.route(B, "0.0.0.0/0", GatewayId=gateway)
    assert not two.asked(two.host[A], two.address[A], None, WORLD).may


def test_a_peering_that_nobody_accepted_carries_nothing(two: Two) -> None:
    peering = two.peer()
    for account, block in ((A, "10.2.0.0/16"), (B, "10.1.0.0/16")):
        two.route(account, block, VpcPeeringConnectionId=peering)
    two.cloud.find("VpcPeeringConnections", "VpcPeeringConnectionId", peering)["Status"]["Code"] = "pending-acceptance"

    assert not two.may()


def _name_a(two: Two) -> None:
    two.only(B, "ingress", IpProtocol="-1", UserIdGroupPairs=[{"GroupId": two.group[A]}])


def test_a_rule_names_a_peers_group_in_both_directions(two: Two) -> None:
    _name_a(two)
    assert not two.may()

    two.peer()
    assert two.works()

    two.only(A, "egress", IpProtocol="-1", UserIdGroupPairs=[{"GroupId": two.group[B]}])
    assert two.works()


def test_a_rule_names_a_group_across_a_transit_gateway_only_inbound_and_where_all_agree(two: Two) -> None:
    _name_a(two)
    assert not two.may()

    options = {"SecurityGroupReferencingSupport": "enable"}
    two.call(A, "modify_transit_gateway", TransitGatewayId=two.gateway, Options=options)
    assert two.works()

    two.only(A, "egress", IpProtocol="-1", UserIdGroupPairs=[{"GroupId": two.group[B]}])
    assert not two.may()


def test_one_attachment_without_referencing_is_enough_to_name_nothing(two: Two) -> None:
    _name_a(two)
    two.call(
        A,
        "modify_transit_gateway",
        TransitGatewayId=two.gateway,
        Options={"SecurityGroupReferencingSupport": "enable"},
    )
    off = {"SecurityGroupReferencingSupport": "disable"}
    two.call(A, "modify_transit_gateway_vpc_attachment", TransitGatewayAttachmentId=two.attachment[A], Options=off)

    assert not two.may()


def test_groups_remember_a_connection_and_acls_do_not(two: Two) -> None:
    two.only(B, "egress", IpProtocol="tcp", FromPort=1, ToPort=1, **EVERY)
    assert two.works()

    deny = {"RuleNumber": 1, "Egress": True, "RuleAction": "deny", "Protocol": "6", "CidrBlock": "10.1.0.0/16"}
    asked = {"NetworkAclId": two.acl[B], "PortRange": {"From": 40000, "To": 40000}, **deny}
    two.call(B, "create_network_acl_entry", **asked)
    assert two.may()
    assert not two.works()


def test_the_first_matching_entry_of_an_acl_decides_and_none_refuses(two: Two) -> None:
    entry = {"NetworkAclId": two.acl[B], "Egress": False, "Protocol": "6", "CidrBlock": "10.1.0.0/16"}
    two.call(B, "create_network_acl_entry", RuleNumber=50, RuleAction="deny", **entry)
    assert not two.may()

    two.call(B, "create_network_acl_entry", RuleNumber=40, RuleAction="allow", **entry)
    assert two.works()

    for number in (40, 50, 100):
        two.call(B, "delete_network_acl_entry", NetworkAclId=two.acl[B], RuleNumber=number, Egress=False)
    assert not two.may()


def test_no_acl_stands_within_a_subnet(two: Two) -> None:
    neighbour = two.machine(B, two.subnet[B], "10.2.0.20")
    for egress in (False, True):
        two.call(B, "delete_network_acl_entry", NetworkAclId=two.acl[B], RuleNumber=100, Egress=egress)

    assert two.asked(two.host[B], two.address[B], neighbour, "10.2.0.20").works
    assert not two.may()


def test_an_acl_sees_what_leaves_by_an_attachment_in_its_subnet_and_not_what_comes_in(two: Two) -> None:
    attachment = two.cloud.find("TransitGatewayVpcAttachments", "TransitGatewayAttachmentId", two.attachment[B])
    attachment["SubnetIds"] = [two.subnet[B]]
    entry = {"NetworkAclId": two.acl[B], "RuleNumber": 1, "RuleAction": "deny", "Protocol": "-1"}
    two.call(B, "create_network_acl_entry", Egress=False, CidrBlock="10.1.0.0/16", **entry)
    assert two.works()

    two.call(B, "create_network_acl_entry", Egress=True, CidrBlock="10.1.0.0/16", **entry)
    assert two.may()
    assert not two.works()


def test_a_subnet_without_its_own_table_uses_the_main_one(two: Two) -> None:
    lonely = two.call(A, "create_route_table", VpcId=two.vpc[A])["RouteTable"]["RouteTableId"]
    made = two.call(A, "associate_route_table", RouteTableId=lonely, SubnetId=two.subnet[A])
    assert not two.may()

    two.call(A, "disassociate_route_table", AssociationId=made["AssociationId"])
    assert two.works()


def test_a_guest_in_a_shared_subnet_is_routed_and_filtered_as_its_owner(two: Two) -> None:
    two.call(B, "share_subnet", SubnetId=two.subnet[B], With=A)
    guest = two.machine(A, two.subnet[B], "10.2.0.30", two.group[B])
    assert two.asked(two.host[A], two.address[A], guest, "10.2.0.30").works

    two.call(B, "delete_route", RouteTableId=two.table[B], DestinationCidrBlock="10.0.0.0/8")
    assert not two.asked(two.host[A], two.address[A], guest, "10.2.0.30").works


def test_an_interface_takes_what_was_delegated_to_it_and_nothing_else(two: Two) -> None:
    assert not two.cloud.find("NetworkInterfaces", "NetworkInterfaceId", two.host[B]).get("Ipv4Prefixes")
    asked = {"NetworkInterfaceId": two.host[B], "Ipv4Prefixes": ["10.2.0.32/28"]}
    two.call(B, "assign_private_ip_addresses", **asked)
    two.route(B, "10.3.0.0/16", NetworkInterfaceId=two.host[B])
    two.gateway_route("10.3.0.0/16", to=B)

    assert two.asked(two.host[B], "10.2.0.32", two.host[A], two.address[A]).works
    assert two.may()


def test_two_machines_are_told_apart_where_a_route_leads_to_one_of_them(two: Two) -> None:
    neighbour = two.machine(B, two.subnet[B], "10.2.0.11")
    two.route(B, "10.2.0.0/16", NetworkInterfaceId=two.host[B])

    assert two.may()
    assert not two.asked(two.host[A], two.address[A], neighbour, "10.2.0.11").may


def test_a_gateway_that_is_not_in_the_snapshot_cannot_be_told(two: Two) -> None:
    two.route(A, "10.2.0.0/24", TransitGatewayId="tgw-elsewhere")

    verdict = two.asked(two.host[A], two.address[A], two.host[B], two.address[B])

    assert verdict.unclear
    assert not verdict.may


@pytest.mark.parametrize("load", [WEB, Load(17, 53), Load(1, kind=8), Load(47)])
def test_a_rule_admits_its_protocol_and_ports_only(two: Two, load: Load) -> None:
    said = {6: "tcp", 17: "udp", 1: "icmp", 47: "47"}[load.protocol]
    first = load.port if load.protocol in {6, 17} else load.kind if load.protocol == 1 else -1
    last = load.port if load.protocol in {6, 17} else -1
    two.only(B, "ingress", IpProtocol=said, FromPort=first, ToPort=last, IpRanges=[{"CidrIp": "10.1.0.10/32"}])

    assert two.works(load=load)
    for other in (WEB, Load(6, 444), Load(17, 53), Load(1, kind=8), Load(1, kind=13), Load(47), Load(50)):
        assert two.may(load=other) == (other == load)
