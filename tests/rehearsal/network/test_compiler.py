"""The compiler by itself: longest prefixes, rules as nftables spells them, and scripts that make one ruleset of another."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, ip_network
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from range.rehearsal.network.compiler.matches import carried, matched
from range.rehearsal.network.compiler.numbers import numbers
from range.rehearsal.network.compiler.program import compiled
from range.rehearsal.network.ranges import by_longest_prefix
from range.rehearsal.network.ruleset import Chain, Elements, Ruleset, change, whole
from range.rehearsal.network.world import Match, World
from tests.rehearsal.network.test_ways import BASE

networks = st.builds(
    lambda address, prefix: IPv4Network((address, prefix), strict=False),
    st.integers(0, 255).map(lambda last: (10 << 24) + last),
    st.integers(24, 32),
)
routes = st.lists(st.tuples(networks, st.none() | st.sampled_from("abc")), max_size=12)


@settings(deadline=None)
@given(routes)
def test_each_address_goes_where_its_longest_prefix_says(listed: list[tuple[IPv4Network, str | None]]) -> None:
    stretches = by_longest_prefix(listed)

    for number in map(int, IPv4Network("10.0.0.0/24")):
        holding = [(network, value) for network, value in listed if IPv4Address(number) in network]
        longest = max((network.prefixlen for network, _ in holding), default=-1)
        expected = next((value for network, value in holding if network.prefixlen == longest), None)
        found = [each.value for each in stretches if each.first <= number <= each.last]
        assert found == ([] if expected is None else [expected])


@settings(deadline=None)
@given(routes)
def test_stretches_are_in_order_and_as_few_as_can_be(listed: list[tuple[IPv4Network, str | None]]) -> None:
    stretches = by_longest_prefix(listed)

    for one, other in pairwise(stretches):
        assert one.last < other.first
        assert one.last + 1 < other.first or one.value != other.value


@settings(deadline=None)
@given(st.sets(st.text(min_size=1), max_size=50))
def test_numbers_differ_and_do_not_depend_on_the_order(ids: set[str]) -> None:
    found = numbers(ids)

    assert len(set(found.values())) == len(ids)
    assert found == numbers(sorted(ids, reverse=True))
    assert all(1 << 12 <= number < 1 << 32 for number in found.values())


@pytest.mark.parametrize(
    ("match", "text"),
    [
        (Match(), ""),
        (Match(6), "meta l4proto tcp"),
        (Match(6, (80, 80)), "tcp dport 80"),
        (Match(17, (53, 60), (1024, 65535)), "udp sport 1024-65535 udp dport 53-60"),
        (Match(1, (8, -1)), "meta l4proto icmp icmp type 8"),
        (Match(1, (3, 4)), "meta l4proto icmp icmp type 3 icmp code 4"),
        (Match(58, (-1, -1)), "meta l4proto ipv6-icmp"),
        (Match(50), "meta l4proto 50"),
    ],
)
def test_rules_are_spelled_as_nftables_has_them(match: Match, text: str) -> None:
    assert carried(match) == text
    assert matched(ip_network("10.0.0.0/8"), "saddr", match) == f"ip saddr 10.0.0.0/8 {text}".rstrip()
    assert matched(ip_network("::/0"), "daddr", match) == f"meta nfproto ipv6 {text}".rstrip()


def test_the_same_world_gives_the_same_program() -> None:
    assert compiled(BASE) == compiled(replace(BASE))


def test_a_world_that_says_nothing_lets_nothing_pass() -> None:
    program = compiled(World())

    assert "policy drop" in program.rules.chains["forward"].hook
    assert program.rules.sets["leaving"].items == {}


def test_what_does_not_change_needs_no_script() -> None:
    rules = compiled(BASE).rules

    assert change(rules, rules).strip() == ""


def test_one_rule_more_is_a_short_script() -> None:
    group = replace(BASE.groups["sg-open"], egress=())
    after = compiled(replace(BASE, groups={**BASE.groups, group.id: group}))

    script = change(compiled(BASE).rules, after.rules)

    assert 0 < len(script.strip().splitlines()) < 10


names = st.sampled_from([f"c{letter}" for letter in "abcd"])
verdicts = st.dictionaries(st.sampled_from([str(number) for number in (1, 2, 3)]), names, max_size=3)


@st.composite
def rulesets(draw: st.DrawFn) -> Ruleset:
    """Give rulesets whose chains lead only to those that come later: the kernel refuses circles."""
    chains, sets = {}, {}
    listed = sorted(draw(st.sets(names, min_size=1)))
    for index, name in enumerate(listed):
        later = listed[index + 1 :]
        led = {key: to for key, to in draw(verdicts).items() if to in later}
        elements = Elements("mark : verdict", {key: f"goto {to}" for key, to in led.items()})
        sets[f"s{name}"] = elements
        chains[name] = Chain(
            (f"meta mark vmap @s{name}", *draw(st.lists(st.sampled_from(("accept", "drop")), max_size=2)))
        )
    return Ruleset(chains, sets)


def listed(*scripts: str) -> str:
    """Load scripts in turn into a namespace of their own, and list what is there then, in order."""
    loads = "".join(f"nft -f - <<'END'\n{script}\nEND\n" for script in scripts)
    command = ["unshare", "--net", "sh", "-c", f"set -e\n{loads}nft list ruleset\n"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line.strip() for line in done.stdout.splitlines()]
    return "\n".join(sorted(lines))


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("nft") is None, reason="needs root and nft")
@settings(max_examples=15, deadline=None)
@given(rulesets(), rulesets())
def test_a_change_leaves_what_the_new_ruleset_loaded_by_itself_would(one: Ruleset, other: Ruleset) -> None:
    assert listed(whole(one), change(one, other)) == listed(whole(other))
