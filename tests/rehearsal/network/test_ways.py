"""Ways that the range doesn't use but players may make: peerings, public addresses, hosts that route, IPv6, forged senders."""

from __future__ import annotations

import dataclasses
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import pytest

from range.errors import RangeError
from range.rehearsal.network.commands import nft
from range.rehearsal.network.namespaces import settings
from range.rehearsal.network.network import Network
from range.rehearsal.network.wires import Interface
from range.rehearsal.network.world import (
    Acl,
    AclEntry,
    Attachment,
    GatewayRoute,
    Group,
    GroupRule,
    Match,
    Route,
    Subnet,
    Vpc,
    World,
)
from range.rehearsal.network.world import Interface as Nic
from tests.rehearsal.network.bare import Bare, inside, needs_namespaces

pytestmark = needs_namespaces

V4, V6 = ip_network("0.0.0.0/0"), ip_network("::/0")
OPEN = tuple(AclEntry(number, True, network, Match()) for number, network in enumerate((V4, V6), 1))
EVERYBODY = GroupRule(Match(), (V4, V6))
PATIENCE_S, SHORT_S = 20.0, 0.5
PUBLIC_A, PUBLIC_B, BEYOND = "54.214.0.1", "54.214.0.2", "203.0.113.9"


def vpc(name: str, number: int) -> Vpc:
    """Give a VPC with a range of each version."""
    return Vpc(f"vpc-{name}", (ip_network(f"10.{number}.0.0/16"), ip_network(f"fd00:{number}::/56")))


def nic(name: str, number: int, host: int, *groups: str) -> Nic:
    """Give an interface with an address of each version."""
    addresses = (ip_address(f"10.{number}.0.{host}"), ip_address(f"fd00:{number}::{host}"))
    return Nic(f"eni-{name}", f"subnet-{name[0]}", addresses, groups or ("sg-open",))


def routes(number: int, *more: Route) -> tuple[Route, ...]:
    """Give a table with the local routes and others."""
    return (Route(ip_network(f"10.{number}.0.0/16"), "local"), Route(ip_network(f"fd00:{number}::/56"), "local"), *more)


BASE = World(
    vpcs={each.id: each for each in (vpc("a", 1), vpc("b", 2))},
    subnets={
        "subnet-a": Subnet("subnet-a", "vpc-a", "az1", "rtb-a", "acl-open"),
        "subnet-b": Subnet("subnet-b", "vpc-b", "az1", "rtb-b", "acl-open"),
    },
    tables={"rtb-a": routes(1), "rtb-b": routes(2)},
    acls={"acl-open": Acl("acl-open", OPEN, OPEN)},
    groups={
        "sg-open": Group("sg-open", (EVERYBODY,), (EVERYBODY,)),
        "sg-of-open": Group("sg-of-open", (GroupRule(Match(), (), "sg-open"),), (EVERYBODY,)),
    },
    interfaces={each.id: each for each in (nic("a1", 1, 4), nic("a2", 1, 5), nic("b1", 2, 4))},
)


class Pair:
    """Three hosts, two of them in one VPC, and a world that a test changes."""

    def __init__(self, folder: Path, bare: Bare) -> None:
        self.world = BASE
        self.bare = bare
        self.network = Network(folder, lambda: self.world)
        for index, each in enumerate(BASE.interfaces.values()):
            first, second = each.addresses
            assert isinstance(first, IPv4Address)
            assert isinstance(second, IPv6Address)
            wire = Interface(each.id, 0, first, f"02:00:00:00:07:{index:02x}", (second,))
            self.network.attach(bare(each.id), each.id, wire)

    def become(self, **changes: object) -> None:
        """Change the world."""
        self.world = dataclasses.replace(self.world, **changes)  # type: ignore[arg-type]
        self.network.follow()

    def route(self, table: str, *more: Route) -> None:
        """Add routes to a table."""
        self.become(tables={**self.world.tables, table: (*more, *self.world.tables[table])})

    def with_nic(self, name: str, **changes: object) -> None:
        """Change an interface."""
        changed = dataclasses.replace(self.world.interfaces[name], **changes)  # type: ignore[arg-type]
        self.become(interfaces={**self.world.interfaces, name: changed})

    def seen(self, source: str, target: str, address: str, *, answered: bool = True, bind: str = "") -> str:
        """Send a datagram to a host at an address; give whom it saw once the sender has heard its answer, or nothing."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        server = inside(self.bare(target), lambda: socket.socket(family, socket.SOCK_DGRAM))
        client = inside(self.bare(source), lambda: socket.socket(family, socket.SOCK_DGRAM))
        with server, client, suppress(TimeoutError):
            for each in (server, client):
                each.settimeout(PATIENCE_S if answered else SHORT_S)
            server.bind(("", 99))
            if bind:
                client.setsockopt(socket.IPPROTO_IP, socket.IP_TRANSPARENT, 1)  # the address isn't the host's
                client.bind((bind, 0))
            client.sendto(b"x", (address, 99))
            _, sender = server.recvfrom(10)
            if not bind:
                server.sendto(b"y", sender)
                client.recvfrom(10)
            return str(sender[0])
        return ""


@pytest.fixture(scope="module")
def bares() -> Iterator[Bare]:
    """Namespaces of this file's hosts."""
    made = Bare(f"range-w{os.getpid()}")
    yield made
    made.close()


@pytest.fixture(scope="module")
def hosts(bares: Bare, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """The hosts, wired up."""
    pair = Pair(tmp_path_factory.mktemp("ways"), bares)
    yield pair
    pair.network.close()


@pytest.fixture
def pair(hosts: Pair) -> Pair:
    """The hosts in a world of two VPCs that know nothing of one another."""
    hosts.world = BASE
    hosts.network.follow()
    return hosts


def test_hosts_of_one_vpc_reach_each_other_and_of_two_do_not(pair: Pair) -> None:
    assert pair.seen("eni-a1", "eni-a2", "10.1.0.5") == "10.1.0.4"
    assert pair.seen("eni-a1", "eni-a2", "fd00:1::5") == "fd00:1::4"
    assert pair.seen("eni-a1", "eni-b1", "10.2.0.4", answered=False) == ""
    assert pair.seen("eni-a1", "eni-b1", "fd00:2::4", answered=False) == ""


def test_a_peering_is_passed_where_both_tables_lead_over_it(pair: Pair) -> None:
    pair.become(peerings={"pcx-1": ("vpc-a", "vpc-b")})
    pair.route("rtb-a", Route(ip_network("10.2.0.0/16"), "peering", "pcx-1"))
    assert pair.seen("eni-a1", "eni-b1", "10.2.0.4", answered=False) == ""

    pair.route("rtb-b", Route(ip_network("10.1.0.0/16"), "peering", "pcx-1"))
    assert pair.seen("eni-a1", "eni-b1", "10.2.0.4") == "10.1.0.4"


def test_a_rule_may_name_a_group_across_a_peering_and_not_across_a_transit_gateway(pair: Pair) -> None:
    pair.with_nic("eni-b1", groups=("sg-of-open",))
    pair.become(
        peerings={"pcx-1": ("vpc-a", "vpc-b")},
        attachments={
            f"tgw-attach-{each}": Attachment(f"tgw-attach-{each}", f"vpc-{each}", (f"subnet-{each}",), "tgw-rtb-1")
            for each in "ab"
        },
        gateway_tables={
            "tgw-rtb-1": tuple(
                GatewayRoute(ip_network(f"10.{number}.0.0/16"), f"tgw-attach-{each}")
                for number, each in ((1, "a"), (2, "b"))
            )
        },
    )
    pair.route("rtb-a", Route(ip_network("10.2.0.0/16"), "peering", "pcx-1"))
    pair.route("rtb-b", Route(ip_network("10.1.0.0/16"), "peering", "pcx-1"))
    assert pair.seen("eni-a1", "eni-b1", "10.2.0.4") == "10.1.0.4"

    pair.route("rtb-a", Route(ip_network("10.2.0.0/16"), "gateway", "tgw-attach-a"))
    pair.route("rtb-b", Route(ip_network("10.1.0.0/16"), "gateway", "tgw-attach-b"))
    assert pair.seen("eni-a1", "eni-b1", "10.2.0.4", answered=False) == ""

    pair.with_nic("eni-b1", groups=("sg-open",))
    assert pair.seen("eni-a1", "eni-b1", "10.2.0.4") == "10.1.0.4"

    pair.with_nic("eni-b1", groups=("sg-of-open",))
    shown = {name: dataclasses.replace(each, shows_groups=True) for name, each in pair.world.attachments.items()}
    pair.become(attachments=shown)
    assert pair.seen("eni-a1", "eni-b1", "10.2.0.4") == "10.1.0.4"


def with_internet(pair: Pair) -> None:
    """Attach an internet gateway to both VPCs, and give two hosts public addresses."""
    pair.become(vpcs={name: dataclasses.replace(each, has_internet=True) for name, each in pair.world.vpcs.items()})
    for each in "ab":
        pair.route(f"rtb-{each}", Route(V4, "internet", f"igw-{each}"))
    pair.with_nic("eni-a1", public=((IPv4Address("10.1.0.4"), IPv4Address(PUBLIC_A)),))
    pair.with_nic("eni-b1", public=((IPv4Address("10.2.0.4"), IPv4Address(PUBLIC_B)),))


def beyond(pair: Pair, source: str, *, answered: bool = True) -> str:
    """Ask somebody on the internet whom they see."""

    def ask() -> str:
        with socket.socket() as client:
            client.settimeout(PATIENCE_S if answered else SHORT_S)
            client.connect((BEYOND, 8080))
            return client.recv(100).decode().strip()

    with suppress(TimeoutError):
        return inside(pair.bare(source), ask)
    return ""


def test_a_host_with_a_public_address_is_seen_as_that_on_the_internet_and_one_without_is_not(pair: Pair) -> None:
    with_internet(pair)

    assert beyond(pair, "eni-a1") == PUBLIC_A
    assert beyond(pair, "eni-a2", answered=False) == ""


def test_a_name_server_on_the_internet_knows_no_name(pair: Pair) -> None:
    with_internet(pair)
    query = dns.message.make_query("www.example.com.", "A")

    said = inside(pair.bare("eni-a1"), lambda: dns.query.udp(query, BEYOND, timeout=PATIENCE_S))

    assert said.rcode() == dns.rcode.NXDOMAIN


def test_hosts_of_two_vpcs_reach_each_other_by_their_public_addresses(pair: Pair) -> None:
    with_internet(pair)

    assert pair.seen("eni-a1", "eni-b1", PUBLIC_B) == PUBLIC_A


def test_a_public_address_is_let_in_as_groups_and_acls_say(pair: Pair) -> None:
    with_internet(pair)
    pair.with_nic("eni-b1", groups=("sg-of-open",))
    assert pair.seen("eni-a1", "eni-b1", PUBLIC_B, answered=False) == ""

    pair.with_nic("eni-b1", groups=("sg-open",))
    closed = Acl("acl-open", (AclEntry(1, False, ip_network(f"{PUBLIC_A}/32"), Match()), *OPEN), OPEN)
    pair.become(acls={"acl-open": closed})
    assert pair.seen("eni-a1", "eni-b1", PUBLIC_B, answered=False) == ""


def test_without_its_gateway_nothing_gets_to_or_from_the_internet(pair: Pair) -> None:
    with_internet(pair)
    pair.become(vpcs=BASE.vpcs, tables=BASE.tables)

    assert beyond(pair, "eni-a1", answered=False) == ""
    assert pair.seen("eni-a1", "eni-b1", PUBLIC_B, answered=False) == ""


def test_ipv6_goes_out_by_an_egress_only_gateway_and_nothing_comes_in_by_it(pair: Pair) -> None:
    pair.route("rtb-a", Route(V6, "internet-out", "eigw-1"))

    def ask() -> str:
        with socket.socket(socket.AF_INET6) as client:
            client.settimeout(PATIENCE_S)
            client.connect(("2001:db8::9", 8080))
            return client.recv(100).decode().strip()

    assert inside(pair.bare("eni-a1"), ask) == "fd00:1::4"
    sender = inside(pair.network.internet.path, lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
    server = inside(pair.bare("eni-a1"), lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
    with sender, server:
        server.bind(("", 99))
        server.settimeout(SHORT_S)
        sender.sendto(b"x", ("fd00:1::4", 99))
        with pytest.raises(TimeoutError):
            server.recvfrom(10)


def test_a_route_may_lead_by_a_host_that_routes_if_it_is_not_checked(pair: Pair) -> None:
    by_a2 = Route(ip_network("10.2.0.0/16"), "interface", "eni-a2")
    pair.become(peerings={"pcx-1": ("vpc-a", "vpc-b")})
    over = Subnet("subnet-r", "vpc-a", "az1", "rtb-r", "acl-open")
    pair.become(subnets={**pair.world.subnets, "subnet-r": over})
    pair.become(tables={**pair.world.tables, "rtb-r": routes(1, Route(ip_network("10.2.0.0/16"), "peering", "pcx-1"))})
    pair.with_nic("eni-a2", subnet="subnet-r")
    pair.route("rtb-a", by_a2)
    pair.route("rtb-b", Route(ip_network("10.1.0.0/16"), "peering", "pcx-1"))
    inside(pair.bare("eni-a2"), lambda: settings({"net/ipv4/ip_forward": "1"}))

    assert pair.seen("eni-a1", "eni-b1", "10.2.0.4", answered=False) == ""
    pair.with_nic("eni-a2", checked=False)
    assert pair.seen("eni-a1", "eni-b1", "10.2.0.4") == "10.1.0.4"

    inside(pair.bare("eni-a2"), lambda: settings({"net/ipv4/ip_forward": "0"}))
    assert pair.seen("eni-a1", "eni-b1", "10.2.0.4", answered=False) == ""


def test_a_forged_sender_is_dropped_unless_the_interface_is_not_checked(pair: Pair) -> None:
    assert pair.seen("eni-a1", "eni-a2", "10.1.0.5", answered=False, bind="10.1.0.77") == ""

    pair.with_nic("eni-a1", checked=False)
    assert pair.seen("eni-a1", "eni-a2", "10.1.0.5", bind="10.1.0.77") == "10.1.0.77"


def test_rules_that_somebody_took_away_are_loaded_again_with_the_next_change(pair: Pair) -> None:
    inside(pair.network.namespace, lambda: nft("flush ruleset"))

    pair.become(groups={**BASE.groups, "sg-open": Group("sg-open", (EVERYBODY,), (EVERYBODY, EVERYBODY))})
    pair.become(groups={**BASE.groups, "sg-open": Group("sg-open", (GroupRule(Match(17), (V4,)),), (EVERYBODY,))})

    assert pair.seen("eni-a1", "eni-a2", "10.1.0.5") == "10.1.0.4"
    assert pair.seen("eni-a1", "eni-b1", "10.2.0.4", answered=False) == ""


def test_an_address_that_another_host_has_already_is_refused_with_both_named(pair: Pair) -> None:
    with pytest.raises(RangeError, match=r"eni-other can't be wired up: eni-a1 has its address 10\.1\.0\.4 already"):
        pair.network.attach(
            pair.bare("other"), "i-other", Interface("eni-other", 0, IPv4Address("10.1.0.4"), "02:00:00:00:07:09")
        )
