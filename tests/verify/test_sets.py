"""The sets that everything is decided with, held against Python's own; and longest prefix match against a search."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from range.verify.addresses import cidr_text, is_v6, point, span, text
from range.verify.intervals import covers, difference, holds, intersection, spans_of, union
from range.verify.lookup import Lookup
from range.verify.model import Route, Target
from range.verify.traffic import ALL, answers, block, icmp_types, packet, ports, protocols, requests, words

PART = st.tuples(st.integers(0, 40), st.integers(0, 6)).map(lambda one: (one[0], one[0] + one[1]))
PARTS = st.lists(PART, max_size=6)
BLOCK = st.tuples(st.integers(0, 15), st.integers(24, 32)).map(
    lambda one: span(str(IPv4Network((one[0] * 16, one[1]), strict=False)))
)


def numbers(parts: list[tuple[int, int]] | tuple[tuple[int, int], ...]) -> set[int]:
    return {number for low, high in parts for number in range(low, high + 1)}


@settings(deadline=None)
@given(PARTS, PARTS)
def test_spans_are_sets(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    a, b = spans_of(one), spans_of(other)

    assert numbers(a) == numbers(one)
    assert all(low > before + 1 for (_, before), (low, _) in pairwise(a))
    assert numbers(union(a, b)) == numbers(one) | numbers(other)
    assert numbers(intersection(a, b)) == numbers(one) & numbers(other)
    assert numbers(difference(a, b)) == numbers(one) - numbers(other)
    assert covers(a, b) == (numbers(other) <= numbers(one))
    assert {number for number in range(50) if holds(a, number)} == numbers(one)


@settings(deadline=None)
@given(PARTS, PARTS)
def test_equal_sets_are_equal_tuples(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    assert (spans_of(one) == spans_of(other)) == (numbers(one) == numbers(other))


@settings(deadline=None)
@given(st.lists(st.tuples(BLOCK, st.integers(0, 2), st.sampled_from("abc")), max_size=8), st.integers(0, 260))
def test_the_longest_prefix_wins_then_the_lowest_rank_and_equals_stay(
    lines: list[tuple[tuple[int, int], int, str]], address: int
) -> None:
    matching = [line for line in lines if line[0][0] <= address <= line[0][1]]
    shortest = min((block[1] - block[0] for block, _, _ in matching), default=0)
    longest = [line for line in matching if line[0][1] - line[0][0] == shortest]
    best = {to for _, rank, to in longest if rank == min(other for _, other, _ in longest)}

    found = Lookup(Route(block, Target("attachment", to), rank) for block, rank, to in lines).find(address)

    assert {one.target.id for one in found} == best
    assert len(found) == len(best)


def test_both_families_lie_on_one_line_and_never_touch() -> None:
    assert point("255.255.255.255") + 1 < point("::")
    assert is_v6(point("::1")) and not is_v6(point("10.0.0.1"))
    for written in ("10.64.0.0/16", "0.0.0.0/0", "2a05:d01c::/56", "::/0", "10.0.0.1/32"):
        assert cidr_text(span(written)) == written
    assert text(point("2600::1")) == "2600::1"


def test_a_packet_is_one_number_and_protocols_never_mix() -> None:
    assert protocols((*ports(6, 22, 80), block(47))) == (6, 47)
    assert not intersection(ports(6, 0, 65535), ports(17, 0, 65535))
    assert covers(ALL, (block(255),)) and covers(ALL, ports(6, 0, 65535))
    assert icmp_types(1, -1, -1) == (block(1),)
    assert icmp_types(1, 8, -1) == ((packet(1, 8 * 256), packet(1, 8 * 256 + 255)),)
    assert requests(1) == ((packet(1, 8 * 256),) * 2,)
    assert answers(1) == ((packet(1, 0),) * 2,)
    assert answers(6) == ports(6, 1024, 65535)


def test_a_set_is_written_as_people_say_it() -> None:
    assert words(ALL) == "everything"
    assert words(()) == "nothing"
    assert words(spans_of((*ports(6, 22, 22), *ports(6, 80, 81), block(17)))) == "tcp 22, 80-81; udp"
    assert words(icmp_types(1, 8, 0)) == "icmp type 8 code 0"
    assert words((block(47),)) == "protocol 47"
