"""Rules as nftables spells them."""

from __future__ import annotations

from range.rehearsal.network.world import Match, Network, Span

_PORTS = {6: "tcp", 17: "udp"}
_ICMP = {1: "icmp", 58: "icmpv6"}
_V4 = 4
ANY = -1


def matched(network: Network, end: str, match: Match) -> str:
    """Spell which packets are meant: those whose `saddr` or `daddr` is in a network, and that match."""
    return f"{addressed(network, end)} {carried(match)}".rstrip()


def addressed(network: Network, end: str) -> str:
    """Spell that one end is in a network."""
    version = 4 if network.version == _V4 else 6
    if network.prefixlen == 0:
        return f"meta nfproto ipv{version}"
    return f"{'ip' if version == _V4 else 'ip6'} {end} {network}"


def carried(match: Match) -> str:
    """Spell protocol and ports; nothing where all are meant."""
    if match.protocol is None:
        return ""
    if match.protocol in _PORTS:
        name = _PORTS[match.protocol]
        parts = [
            f"{name} {end} {_span(span)}"
            for end, span in (("sport", match.source_ports), ("dport", match.ports))
            if span
        ]
        return " ".join(parts) or f"meta l4proto {name}"
    if match.protocol in _ICMP:
        return _icmp(_ICMP[match.protocol], match.ports)
    return f"meta l4proto {match.protocol}"


def _icmp(name: str, wanted: Span | None) -> str:
    """Spell ICMP, of one type or one code where they are given."""
    kind = "ipv6-icmp" if name == "icmpv6" else name
    parts = [f"meta l4proto {kind}"]
    if wanted is not None and wanted[0] != ANY:
        parts.append(f"{name} type {wanted[0]}")
        if wanted[1] != ANY:
            parts.append(f"{name} code {wanted[1]}")
    return " ".join(parts)


def _span(span: Span) -> str:
    """Spell ports."""
    first, last = max(span[0], 0), span[1]
    return str(first) if first == last else f"{first}-{last}"
