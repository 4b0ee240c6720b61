"""What a VPC's resolver answers: zones by who asks, the firewall first, and nothing of the world outside."""

from __future__ import annotations

from ipaddress import ip_address

import dns.flags
import dns.message
import dns.rcode
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from range.rehearsal.network.names import Names, Record, Reply, Rule, Zone, reply
from range.rehearsal.network.resolver import answer

HERE, THERE, NOBODY = ip_address("10.1.0.4"), ip_address("10.2.0.4"), ip_address("10.3.0.4")
INTEL = Record("intel.range.test.", "A", 60, ("10.9.0.5",))
ZONE = Zone(
    "range.test.",
    (
        INTEL,
        Record("www.range.test.", "CNAME", 60, ("intel.range.test.",)),
        Record("out.range.test.", "CNAME", 60, ("evil.example.",)),
        Record("*.wild.range.test.", "A", 60, ("10.9.0.6",)),
        Record("alias.range.test.", "A", 60, (), "intel.range.test."),
        Record("a.b.range.test.", "TXT", 60, ('"x"',)),
    ),
    frozenset({"vpc-here"}),
)
NAMES = Names(
    zones=(
        ZONE,
        Zone("deep.range.test.", (Record("x.deep.range.test.", "A", 60, ("10.9.0.7",)),), frozenset({"vpc-there"})),
        Zone("public.test.", (Record("public.test.", "A", 60, ("192.0.2.1",)),), None),
    ),
    vpc_of={HERE: "vpc-here", THERE: "vpc-there"},
    hosts={"vpc-here": (Record("ip-10-1-0-4.eu-west-2.compute.internal.", "A", 60, ("10.1.0.4",)),)},
)
ALLOW_OWN = Rule(("*.range.test.",), "ALLOW")
BLOCK_REST = Rule(("*.",), "BLOCK", response="NODATA")


def behind(*rules: Rule) -> Names:
    """Give the names with a firewall in front of the VPC that asks."""
    return Names(NAMES.zones, {"vpc-here": rules}, NAMES.vpc_of, NAMES.hosts)


def values(said: Reply) -> list[str]:
    """Give all values of an answer."""
    return [value for record in said.records for value in record.values]


def test_a_zone_is_answered_to_the_vpcs_that_see_it_only() -> None:
    assert values(reply(NAMES, HERE, "intel.range.test.", "A")) == ["10.9.0.5"]
    assert reply(NAMES, THERE, "intel.range.test.", "A").code == "NXDOMAIN"
    assert reply(NAMES, NOBODY, "intel.range.test.", "A").code == "REFUSED"


def test_the_nearest_zone_answers_even_that_there_is_no_such_name() -> None:
    both = Names((ZONE, *NAMES.zones[1:]), vpc_of={THERE: "vpc-there", HERE: "vpc-here"})
    seen = Names((Zone(ZONE.name, ZONE.records, frozenset({"vpc-there"})), *both.zones[1:]), vpc_of=both.vpc_of)

    assert values(reply(seen, THERE, "x.deep.range.test.", "A")) == ["10.9.0.7"]
    assert reply(seen, THERE, "intel.deep.range.test.", "A") == Reply("NXDOMAIN", (), "deep.range.test.")


@pytest.mark.parametrize(
    ("name", "kind", "found"),
    [
        ("www.range.test.", "A", ["intel.range.test.", "10.9.0.5"]),
        ("www.range.test.", "CNAME", ["intel.range.test."]),
        ("alias.range.test.", "A", ["10.9.0.5"]),
        ("any.thing.wild.range.test.", "A", ["10.9.0.6"]),
        ("public.test.", "A", ["192.0.2.1"]),
        ("ip-10-1-0-4.eu-west-2.compute.internal.", "A", ["10.1.0.4"]),
    ],
)
def test_aliases_wildcards_and_own_names_are_followed(name: str, kind: str, found: list[str]) -> None:
    assert values(reply(NAMES, HERE, name, kind)) == found


def test_a_name_without_such_a_type_is_there_and_one_that_is_not_there_is_not() -> None:
    assert reply(NAMES, HERE, "intel.range.test.", "AAAA") == Reply("NOERROR", (), "range.test.")
    assert reply(NAMES, HERE, "b.range.test.", "A") == Reply("NOERROR", (), "range.test.")
    assert reply(NAMES, HERE, "none.range.test.", "A") == Reply("NXDOMAIN", (), "range.test.")
    assert reply(NAMES, HERE, "www.example.com.", "A") == Reply("NXDOMAIN")


def test_an_alias_to_a_name_that_nobody_knows_says_where_it_led() -> None:
    said = reply(NAMES, HERE, "out.range.test.", "A")

    assert (said.code, values(said)) == ("NXDOMAIN", ["evil.example."])


def test_a_circle_of_aliases_ends() -> None:
    circle = (Record("a.c.", "CNAME", 1, ("b.c.",)), Record("b.c.", "CNAME", 1, ("a.c.",)))

    assert len(reply(Names((Zone("c.", circle, None),), vpc_of={HERE: "v"}), HERE, "a.c.", "A").records) == 10


@pytest.mark.parametrize(
    ("response", "code", "found"),
    [("NODATA", "NOERROR", []), ("NXDOMAIN", "NXDOMAIN", []), ("OVERRIDE", "NOERROR", ["sink.test."])],
)
def test_what_is_blocked_is_answered_as_the_rule_says(response: str, code: str, found: list[str]) -> None:
    rule = Rule(("bad.example.",), "BLOCK", response=response, override="sink.test.")  # type: ignore[arg-type]

    said = reply(behind(rule), HERE, "bad.example.", "A")

    assert (said.code, values(said)) == (code, found)


def test_the_first_rule_that_is_about_a_query_counts() -> None:
    assert values(reply(behind(ALLOW_OWN, BLOCK_REST), HERE, "intel.range.test.", "A")) == ["10.9.0.5"]
    assert reply(behind(BLOCK_REST, ALLOW_OWN), HERE, "intel.range.test.", "A").records == ()
    assert reply(behind(ALLOW_OWN, BLOCK_REST), HERE, "public.test.", "A") == Reply("NOERROR")


def test_a_rule_may_be_about_one_type_and_one_that_alerts_stops_nothing() -> None:
    assert reply(behind(Rule(("*.",), "BLOCK", "TXT")), HERE, "a.b.range.test.", "TXT").records == ()
    assert reply(behind(Rule(("*.",), "BLOCK", "TXT")), HERE, "intel.range.test.", "A").records != ()
    assert reply(behind(Rule(("*.",), "ALERT"), BLOCK_REST), HERE, "intel.range.test.", "A").records != ()


def test_an_alias_is_looked_at_by_the_firewall_unless_it_is_trusted() -> None:
    trusting = Rule(("*.range.test.",), "ALLOW", trusts_aliases=True)

    assert reply(behind(ALLOW_OWN, BLOCK_REST), HERE, "out.range.test.", "A") == Reply("NOERROR")
    assert values(reply(behind(trusting, BLOCK_REST), HERE, "out.range.test.", "A")) == ["evil.example."]


def test_other_vpcs_firewalls_do_not_count() -> None:
    rules = {"vpc-there": (BLOCK_REST,)}

    assert reply(Names(NAMES.zones, rules, NAMES.vpc_of), HERE, "intel.range.test.", "A").records != ()


def asked(name: str, kind: str = "A", *, edns: bool = False) -> bytes:
    """Write a query."""
    return bytes(dns.message.make_query(name, kind, use_edns=edns).to_wire())


def test_a_message_is_answered_with_a_message() -> None:
    wire = answer(NAMES, str(HERE), asked("INTEL.Range.test."), 4096)
    assert wire is not None
    said = dns.message.from_wire(wire)

    assert said.flags & dns.flags.QR
    assert [str(rrset).lower() for rrset in said.answer] == ["intel.range.test. 60 in a 10.9.0.5"]


def test_no_such_name_comes_with_the_zone_that_says_so() -> None:
    wire = answer(NAMES, str(HERE), asked("none.range.test."), 4096)
    assert wire is not None
    said = dns.message.from_wire(wire)

    assert said.rcode() == dns.rcode.NXDOMAIN
    assert said.authority[0].name.to_text() == "range.test."


def test_what_is_too_long_for_a_datagram_is_cut_short_and_whole_by_tcp() -> None:
    many = Record("many.", "A", 60, ("10.0.0.1",))
    long = Record("many.", "TXT", 60, tuple(f'"{"x" * 200}{number}"' for number in map(int, "0123456789")))
    names = Names((Zone("many.", (many, long), None),), vpc_of={HERE: "v"})

    by_udp = answer(names, str(HERE), asked("many.", "TXT"), 4096)
    by_tcp = answer(names, str(HERE), asked("many.", "TXT"), 65535)

    assert by_udp is not None
    assert by_tcp is not None
    assert dns.message.from_wire(by_udp).flags & dns.flags.TC
    assert len(by_udp) <= 512
    assert len(dns.message.from_wire(by_tcp).answer[0]) == 10


def test_a_value_that_is_none_is_left_out() -> None:
    names = Names((Zone("bad.", (Record("bad.", "A", 60, ("no address",)),), None),), vpc_of={HERE: "v"})

    wire = answer(names, str(HERE), asked("bad."), 4096)

    assert wire is not None
    assert dns.message.from_wire(wire).answer == []


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_nonsense_is_survived(wire: bytes) -> None:
    said = answer(NAMES, str(HERE), wire, 4096)

    assert said is None or len(said) >= 12
