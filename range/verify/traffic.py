"""What a packet is, as one whole number: its protocol, and its destination port or ICMP type and code.

A rule that admits some traffic is then a set of numbers, and rules that a packet meets one after another admit the
intersection. Protocols without ports take up their whole block: a rule admits all of it or nothing.
"""

from __future__ import annotations

from range.verify.intervals import NOTHING, Span, Spans, intersection, spans_of

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
_BLOCK = 1 << 16
ALL: Spans = ((0, 256 * _BLOCK - 1),)
WITH_PORTS = {TCP: "tcp", UDP: "udp"}
WITH_TYPES = {ICMP: "icmp", ICMPV6: "icmpv6"}
NUMBERS = {"icmp": ICMP, "tcp": TCP, "udp": UDP, "icmpv6": ICMPV6}

EPHEMERAL = (1024, 65535)
"""Ports that a client may open a connection from; AWS's own gateways use all of them.

Source: Amazon VPC User Guide, "Ephemeral ports" under "Custom network ACLs" (read 2026-11-22).
"""
_ECHO_REPLY = {ICMP: 0, ICMPV6: 129 * 256}


def packet(protocol: int, port: int) -> int:
    """Give one packet's number; `port` is type × 256 + code for ICMP, and 0 where there are no ports."""
    return protocol * _BLOCK + port


def block(protocol: int) -> Span:
    """Give all the packets of a protocol."""
    return (protocol * _BLOCK, protocol * _BLOCK + _BLOCK - 1)


def ports(protocol: int, first: int, last: int) -> Spans:
    """Give the packets of a protocol to a span of ports."""
    return ((packet(protocol, first), packet(protocol, last)),)


def icmp_types(protocol: int, kind: int, code: int) -> Spans:
    """Give the ICMP packets of a type and code, -1 standing for all of them as it does in AWS's rules."""
    if kind == -1:
        return (block(protocol),)
    first, last = (0, 255) if code == -1 else (code, code)
    return ((packet(protocol, kind * 256 + first), packet(protocol, kind * 256 + last)),)


def answers(protocol: int) -> Spans:
    """Give the packets that must find their way back for a connection to work."""
    if protocol in WITH_PORTS:
        return ports(protocol, *EPHEMERAL)
    if protocol in WITH_TYPES:
        return ((packet(protocol, _ECHO_REPLY[protocol]),) * 2,)
    return (block(protocol),)


def requests(protocol: int) -> Spans:
    """Give the packets that ask for an answer: everything, but of ICMP only the echo request."""
    if protocol in WITH_TYPES:
        kind = 8 if protocol == ICMP else 128
        return icmp_types(protocol, kind, 0)
    return (block(protocol),)


def protocols(spans: Spans) -> tuple[int, ...]:
    """List the protocols that occur in a set."""
    found: list[int] = []
    for low, high in spans:
        found += [number for number in range(low // _BLOCK, high // _BLOCK + 1) if number not in found]
    return tuple(found)


def of_protocols(spans: Spans, numbers: tuple[int, ...]) -> Spans:
    """Keep the packets of some protocols."""
    return intersection(spans, spans_of(block(number) for number in numbers)) if numbers else NOTHING


def protocol_name(number: int) -> str:
    """Name a protocol as AWS does."""
    return WITH_PORTS.get(number) or WITH_TYPES.get(number) or f"protocol {number}"


def words(spans: Spans) -> str:
    """Write a set for people: `tcp 22, 80-81; icmp`."""
    if spans == ALL:
        return "everything"
    said: list[str] = []
    if _whole_protocols(spans) and len(protocols(spans)) > 8:
        return f"all of {len(protocols(spans))} protocols"
    for number in protocols(spans):
        parts = of_protocols(spans, (number,))
        name = protocol_name(number)
        if parts == (block(number),):
            said.append(name)
        elif number in WITH_TYPES:
            said.append(f"{name} type {', '.join(_type_words(part) for part in parts)}")
        else:
            said.append(f"{name} {', '.join(_port_words(part) for part in parts)}")
    if len(said) > 8:
        said = [*said[:8], f"and {len(said) - 8} more protocols"]
    return "; ".join(said) or "nothing"


def _whole_protocols(spans: Spans) -> bool:
    """Say whether the set consists of protocols as a whole."""
    return all(low % _BLOCK == 0 and high % _BLOCK == _BLOCK - 1 for low, high in spans)


def _port_words(part: Span) -> str:
    """Write a span of ports."""
    first, last = part[0] % _BLOCK, part[1] % _BLOCK
    return str(first) if first == last else f"{first}-{last}"


def _type_words(part: Span) -> str:
    """Write a span of ICMP types and codes."""
    first, last = part[0] % _BLOCK, part[1] % _BLOCK
    if first == last:
        return f"{first // 256} code {first % 256}"
    return f"{first // 256}" if first // 256 == last // 256 else f"{first // 256}-{last // 256}"
