"""The flow table, walked by packets: what is declared passes as whoever sent it, all else is dropped; and again after changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from tests.rehearsal.network.bare import needs_namespaces
from tests.rehearsal.network.live import Live, live
from tests.rehearsal.network.probing import Probe
from tests.verify.exercises import steadfast

pytestmark = needs_namespaces

Act = Callable[[Live], Any]
Claim = Callable[[Live, Probe], bool]


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Steadfast, live."""
    yield from live(steadfast(), tmp_path_factory.mktemp("steady"))


class Change(NamedTuple):
    """Something that is done by boto3, and which of the declared flows are cut by it, or which others come through."""

    name: str
    do: Act
    undo: Act
    cuts: Claim | None = None
    opens: Claim | None = None


def between(source: str, target: str, protocol: str = "", port: int = -1) -> Claim:
    """Tell probes between zones; an end is a zone, or what its name begins with."""

    def holds(steady: Live, probe: Probe) -> bool:
        ends = steady.zones[probe.source].startswith(source) and steady.zones[probe.target].startswith(target)
        return ends and probe.protocol.startswith(protocol) and port in (-1, probe.port)

    return holds


def either(*claims: Claim) -> Claim:
    """Tell what any of several tells."""
    return lambda steady, probe: any(claim(steady, probe) for claim in claims)


def rule(zone: str, direction: str, verb: str, cidr: str, protocol: str, port: int, last: int | None = None) -> Act:
    """Add or remove a rule of a zone's group."""

    def act(steady: Live) -> Any:
        about = {"IpProtocol": protocol, "FromPort": port, "ToPort": port if last is None else last}
        return steady.call(
            zone.partition(".")[0],
            f"ec2.{verb}_security_group_{direction}",
            GroupId=steady.ids[f"{zone}.group"],
            IpPermissions=[{**about, "IpRanges": [{"CidrIp": cidr.format(**places(steady))}]}],
        )

    return act


def places(steady: Live) -> dict[str, str]:
    """Give the ranges of the exercise by name: {pol_targets}, {pol}, {all}."""
    found = {"all": str(steady.plan.supernet)}
    for enclave in (steady.plan.hub, *steady.plan.enclaves):
        found[enclave.name] = str(enclave.cidr)
        found |= {f"{enclave.name}_{zone.name}": str(zone.cidr) for zone in enclave.zones}
    return found


def entry(zone: str, egress: bool, number: int, action: str, cidr: str = "0.0.0.0/0", protocol: str = "-1") -> Act:
    """Write an entry into a zone's ACL."""

    def act(steady: Live) -> Any:
        ports = {"PortRange": {"From": 0, "To": 65535}} if protocol in ("6", "17") else {}
        return steady.call(
            zone.partition(".")[0],
            "ec2.create_network_acl_entry",
            NetworkAclId=steady.ids[f"{zone}.acl"],
            Egress=egress,
            RuleNumber=number,
            RuleAction=action,
            Protocol=protocol,
            CidrBlock=cidr.format(**places(steady)),
            **ports,
        )

    return act


def no_entry(zone: str, egress: bool, number: int) -> Act:
    """Remove an entry from a zone's ACL."""
    return lambda steady: steady.call(
        zone.partition(".")[0],
        "ec2.delete_network_acl_entry",
        NetworkAclId=steady.ids[f"{zone}.acl"],
        Egress=egress,
        RuleNumber=number,
    )


def way(zone: str, cidr: str, verb: str, **target: str) -> Act:
    """Add or remove a route of a zone's table; a target is named as the range names its parts."""
    return lambda steady: steady.call(
        zone.partition(".")[0],
        f"ec2.{verb}_route",
        RouteTableId=steady.ids[f"{zone}.table"],
        DestinationCidrBlock=cidr.format(**places(steady)),
        **{key: steady.ids[value] for key, value in target.items()},
    )


def of_gateway(operation: str, table: str, attachment: str = "", cidr: str = "", **more: Any) -> Act:
    """Change a table of the transit gateway."""

    def act(steady: Live) -> Any:
        told: dict[str, Any] = {"TransitGatewayRouteTableId": steady.ids[f"table.{table}"], **more}
        if attachment:
            told["TransitGatewayAttachmentId"] = steady.ids[f"{attachment}.attachment"]
        if cidr:
            told["DestinationCidrBlock"] = cidr.format(**places(steady))
        return steady.call("hub", f"ec2.{operation}", **told)

    return act


def groups(host: str, *zones: str) -> Act:
    """Give a host's interface the groups of some zones."""
    return lambda steady: steady.call(
        host.partition("/")[0],
        "ec2.modify_network_interface_attribute",
        NetworkInterfaceId=steady.ids[host],
        Groups=[steady.ids[f"{zone}.group"] for zone in zones],
    )


def refer(zone: str, direction: str, verb: str, peer: str, port: int) -> Act:
    """Add or remove a rule that names a group of the same account."""
    return lambda steady: steady.call(
        zone.partition(".")[0],
        f"ec2.{verb}_security_group_{direction}",
        GroupId=steady.ids[f"{zone}.group"],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": port,
                "ToPort": port,
                "UserIdGroupPairs": [{"GroupId": steady.ids[f"{peer}.group"]}],
            }
        ],
    )


def prefixes(steady: Live, cidr: str = "{white_referees}") -> None:
    """Let a prefix list stand for white in the rule of Estonia's targets about HTTP."""
    made = steady.call(
        "est",
        "ec2.create_managed_prefix_list",
        PrefixListName="white",
        MaxEntries=5,
        AddressFamily="IPv4",
        Entries=[{"Cidr": cidr.format(**places(steady))}],
    )
    steady.ids["prefixes"] = made["PrefixList"]["PrefixListId"]
    rule("est.targets", "ingress", "revoke", "{white_referees}", "tcp", 80)(steady)
    steady.call(
        "est",
        "ec2.authorize_security_group_ingress",
        GroupId=steady.ids["est.targets.group"],
        IpPermissions=[{**HTTP, "PrefixListIds": [{"PrefixListId": steady.ids["prefixes"]}]}],
    )


HTTP = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
WAYS = ("ingress", "egress")
WHITE, GBR = ("referees", "transit"), ("targets", "transit")
BRITISH = ("gbr.targets", "gbr.sensors")
CHANGES = (
    Change(
        "a group lets a flow in no longer",
        rule("est.targets", "ingress", "revoke", "{white_referees}", "icmp", -1),
        rule("est.targets", "ingress", "authorize", "{white_referees}", "icmp", -1),
        cuts=between("white", "est.targets", "icmp"),
    ),
    Change(
        "a group lets a flow out no longer",
        rule("est.targets", "egress", "revoke", "{pol_targets}", "tcp", 443),
        rule("est.targets", "egress", "authorize", "{pol_targets}", "tcp", 443),
        cuts=between("est.targets", "pol.targets", "tcp", 443),
    ),
    Change(
        "a group lets everything in: the other end's still doesn't let it out",
        rule("est.targets", "ingress", "authorize", "0.0.0.0/0", "-1", -1),
        rule("est.targets", "ingress", "revoke", "0.0.0.0/0", "-1", -1),
    ),
    Change(
        "an ACL denies what comes in, before it is allowed",
        entry("gbr.targets", False, 1, "deny"),
        no_entry("gbr.targets", False, 1),
        cuts=either(between("", "gbr.targets"), between("gbr.targets", "")),
    ),
    Change(
        "an ACL denies replies, and so every answer",
        entry("pol.sensors", True, 1, "deny", "{hub}"),
        no_entry("pol.sensors", True, 1),
        cuts=either(between("hub", "pol.sensors"), between("pol.sensors", "hub")),
    ),
    Change(
        "an ACL denies one protocol only",
        entry("red.attackers", True, 1, "deny", "{gbr}", "17"),
        no_entry("red.attackers", True, 1),
        cuts=between("red", "gbr", "udp"),
    ),
    Change(
        "the ACL of a transit subnet denies what leaves the gateway there",
        entry("gbr.transit", True, 1, "deny", "{gbr_sensors}"),
        no_entry("gbr.transit", True, 1),
        cuts=either(between("hub", "gbr.sensors"), between("gbr.sensors", "hub")),
    ),
    Change(
        "the ACL of a transit subnet denies what goes up to the gateway there",
        entry("white.transit", False, 1, "deny", "{white_referees}"),
        no_entry("white.transit", False, 1),
        cuts=either(between("white", ""), between("", "white")),
    ),
    Change(
        "a subnet has no route any more",
        way("est.targets", "{all}", "delete"),
        way("est.targets", "{all}", "create", TransitGatewayId="gateway"),
        cuts=lambda steady, probe: "est.targets" in (steady.zones[probe.source], steady.zones[probe.target]),
    ),
    Change(
        "a subnet's more specific route leads to a host that routes nothing",
        way("hub.services", "{gbr}", "create", NetworkInterfaceId="hub/intel-1"),
        way("hub.services", "{gbr}", "delete"),
        cuts=either(between("gbr", "hub.services"), between("hub.services", "gbr")),
    ),
    Change(
        "the gateway has a blackhole for one zone",
        of_gateway("create_transit_gateway_route", "red", cidr="{pol_targets}", Blackhole=True),
        of_gateway("delete_transit_gateway_route", "red", cidr="{pol_targets}"),
        cuts=between("red", "pol.targets"),
    ),
    Change(
        "the gateway's table forgets an enclave",
        of_gateway("disable_transit_gateway_route_table_propagation", "white", "est"),
        of_gateway("enable_transit_gateway_route_table_propagation", "white", "est"),
        cuts=between("white", "est"),
    ),
    Change(
        "an attachment uses no table",
        of_gateway("disassociate_transit_gateway_route_table", "white", "white"),
        of_gateway("associate_transit_gateway_route_table", "white", "white"),
        cuts=either(between("white", ""), between("", "white")),
    ),
    Change(
        "a static route lets an ally's table reach another: ACLs and groups still don't",
        of_gateway("create_transit_gateway_route", "enclaves", "est", cidr="{est}"),
        of_gateway("delete_transit_gateway_route", "enclaves", cidr="{est}"),
    ),
    Change(
        "a host gets the groups of another zone",
        groups("est/web-1", "est.sensors"),
        groups("est/web-1", "est.targets"),
        cuts=lambda steady, probe: "est/web-1" in probe[:2] and not any(each.startswith("hub/") for each in probe[:2]),
    ),
    Change(
        "a host gets one more group",
        groups("est/sensor-1", "est.sensors", "est.targets"),
        groups("est/sensor-1", "est.sensors"),
    ),
    Change(
        "a port that no flow declares is let through at every border on its way",
        lambda steady: [
            rule("white.referees", "egress", "authorize", "{gbr_targets}", "tcp", 8080)(steady),
            rule("gbr.targets", "ingress", "authorize", "{white}", "tcp", 8080)(steady),
            *(entry(f"white.{each}", out, 2, "allow", "{all}", "6")(steady) for each in WHITE for out in (True, False)),
            *(entry(f"gbr.{each}", out, 2, "allow", "{all}", "6")(steady) for each in GBR for out in (True, False)),
        ],
        lambda steady: [
            rule("white.referees", "egress", "revoke", "{gbr_targets}", "tcp", 8080)(steady),
            rule("gbr.targets", "ingress", "revoke", "{white}", "tcp", 8080)(steady),
            *(no_entry(f"white.{each}", out, 2)(steady) for each in WHITE for out in (True, False)),
            *(no_entry(f"gbr.{each}", out, 2)(steady) for each in GBR for out in (True, False)),
        ],
        opens=between("white", "gbr.targets", "tcp", 8080),
    ),
    Change(
        "members of a group may reach one another: no ACL is asked inside a subnet",
        lambda steady: [refer("est.targets", way, "authorize", "est.targets", 8080)(steady) for way in WAYS],
        lambda steady: [refer("est.targets", way, "revoke", "est.targets", 8080)(steady) for way in WAYS],
        opens=between("est.targets", "est.targets", "tcp", 8080),
    ),
    Change(
        "a rule names a group of the same VPC, and ACLs allow it",
        lambda steady: [
            refer("gbr.sensors", "egress", "authorize", "gbr.targets", 8080)(steady),
            refer("gbr.targets", "ingress", "authorize", "gbr.sensors", 8080)(steady),
            *(entry(zone, out, 2, "allow", "{gbr}", "6")(steady) for zone in BRITISH for out in (True, False)),
        ],
        lambda steady: [
            refer("gbr.sensors", "egress", "revoke", "gbr.targets", 8080)(steady),
            refer("gbr.targets", "ingress", "revoke", "gbr.sensors", 8080)(steady),
            *(no_entry(zone, out, 2)(steady) for zone in BRITISH for out in (True, False)),
        ],
        opens=between("gbr.sensors", "gbr.targets", "tcp", 8080),
    ),
    Change(
        "a rule names a prefix list",
        prefixes,
        lambda steady: (
            steady.call(
                "est",
                "ec2.revoke_security_group_ingress",
                GroupId=steady.ids["est.targets.group"],
                IpPermissions=[{**HTTP, "PrefixListIds": [{"PrefixListId": steady.ids["prefixes"]}]}],
            )
            and rule("est.targets", "ingress", "authorize", "{white_referees}", "tcp", 80)(steady)
        ),
    ),
    Change(
        "the same rule by a prefix list that has forgotten white",
        lambda steady: prefixes(steady, "192.0.2.0/24"),
        lambda steady: (
            steady.call(
                "est",
                "ec2.revoke_security_group_ingress",
                GroupId=steady.ids["est.targets.group"],
                IpPermissions=[{**HTTP, "PrefixListIds": [{"PrefixListId": steady.ids["prefixes"]}]}],
            )
            and rule("est.targets", "ingress", "authorize", "{white_referees}", "tcp", 80)(steady)
        ),
        cuts=between("white", "est.targets", "tcp", 80),
    ),
)


def test_every_declared_flow_passes_as_its_sender_and_nothing_else_does(steady: Live) -> None:
    probes = steady.probes(tuple(steady.hosts))
    expected = steady.declared(probes)

    seen = steady.come_through(probes, expected)

    assert expected - seen.keys() == set()
    assert seen.keys() - expected == set()
    assert {probe: address for probe, address in seen.items() if address != steady.hosts[probe.source].address} == {}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_a_change_is_felt_where_it_bites_and_nowhere_else(steady: Live, change: Change) -> None:
    probes = steady.probes((*steady.one_per_zone, "est/files-1"))
    before = steady.declared(probes)
    expected = {probe for probe in before if not (change.cuts and change.cuts(steady, probe))}
    expected |= {probe for probe in probes if change.opens and change.opens(steady, probe)}
    change.do(steady)
    steady.network.follow()
    try:
        seen = steady.come_through(probes, expected)
    finally:
        change.undo(steady)
        steady.network.follow()

    assert (expected != before) == bool(change.cuts or change.opens)
    assert seen.keys() == expected


def test_what_was_undone_is_as_it_was(steady: Live) -> None:
    probes = steady.probes((*steady.one_per_zone, "est/files-1"))
    expected = steady.declared(probes)

    assert steady.come_through(probes, expected).keys() == expected
