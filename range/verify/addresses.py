"""IPv4 and IPv6 on one line of whole numbers, so that everything that follows treats both alike."""

from __future__ import annotations

from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from range.verify.intervals import Span, Spans, difference, spans_of

_V6 = 1 << 128
"""Where IPv6 begins on the line; IPv4 begins at 0."""


@cache
def point(address: str) -> int:
    """Give an address's place on the line."""
    parsed = ip_address(str(address))  # a number would be taken for an address
    return int(parsed) if parsed.version == 4 else _V6 + int(parsed)


@cache
def span(cidr: str) -> Span:
    """Give a CIDR block's place on the line; host bits are ignored, as AWS ignores them."""
    network = ip_network(str(cidr), strict=False)
    base = 0 if network.version == 4 else _V6
    return (base + int(network.network_address), base + int(network.broadcast_address))


def text(place: int) -> str:
    """Write an address as people do."""
    return str(IPv4Address(place) if place < _V6 else IPv6Address(place - _V6))


def is_v6(place: int) -> bool:
    """Say whether a place on the line is an IPv6 address."""
    return place >= _V6


def prefix_length(block: Span) -> int:
    """Give a block's prefix length, counted from 0 in both families, so that longer is more specific."""
    size = block[1] - block[0] + 1
    return (128 if is_v6(block[0]) else 32) - (size.bit_length() - 1)


def cidr_text(block: Span) -> str:
    """Write a block as people do."""
    return f"{text(block[0])}/{prefix_length(block)}"


_NOT_PUBLIC_V4 = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
)

PUBLIC: Spans = difference(
    spans_of((span("0.0.0.0/0"), span("2000::/3"))), spans_of(span(cidr) for cidr in _NOT_PUBLIC_V4)
)
"""Addresses that somebody on the internet can have.

Source: IANA, "IPv4 Special-Purpose Address Space" and "IPv6 Global Unicast Address Assignments" (read 2026-11-22).
"""
