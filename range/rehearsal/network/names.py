"""What the resolvers of VPCs answer: who sees which zones, and which names may be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

Address = IPv4Address | IPv6Address
Action = Literal["ALLOW", "ALERT", "BLOCK"]
MOST_ALIASES = 10
"""How many names that lead to another are followed."""


@dataclass(frozen=True)
class Record:
    """The values of a name, of one type; an alias has those of another name of the zone."""

    name: str
    """Lower case, with a dot at its end, as all names here."""
    type: str
    ttl: int
    values: tuple[str, ...]
    alias: str | None = None


@dataclass(frozen=True)
class Zone:
    """A hosted zone, and the VPCs that see it; everybody sees a public one."""

    name: str
    records: tuple[Record, ...]
    vpcs: frozenset[str] | None


@dataclass(frozen=True)
class Rule:
    """A rule of the resolver's firewall, about names and types of a query; no type is all."""

    domains: tuple[str, ...]
    action: Action
    type: str | None = None
    trusts_aliases: bool = False
    response: Literal["NODATA", "NXDOMAIN", "OVERRIDE"] = "NODATA"
    override: str = ""
    override_ttl: int = 0

    def is_about(self, name: str, kind: str) -> bool:
        """Say whether a query is meant: `*.x.` is everything below x., and not x. itself; `*.` is everything."""
        return (self.type is None or self.type == kind) and any(
            domain in ("*.", name) or (domain.startswith("*.") and name.endswith(domain[1:])) for domain in self.domains
        )


@dataclass(frozen=True)
class Names:
    """All names, and who asks from where."""

    zones: tuple[Zone, ...] = ()
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    """Of each VPC's firewall, in the order in which they count."""
    vpc_of: Mapping[Address, str] = field(default_factory=dict)
    hosts: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    """The names that AWS gives hosts and endpoints in each VPC."""
    for_anybody: bool = False
    """Whether askers of no VPC are answered, too, as they are on the internet."""

    @property
    def public(self) -> Names:
        """What the internet knows of it: zones for everybody."""
        return Names(tuple(zone for zone in self.zones if zone.vpcs is None), for_anybody=True)


@dataclass(frozen=True)
class Reply:
    """An answer: a code, and records."""

    code: Literal["NOERROR", "NXDOMAIN", "REFUSED"]
    records: tuple[Record, ...] = ()
    zone: str | None = None
    """The zone that knows that there is no such name, or nothing of that type."""


def reply(names: Names, asker: Address, name: str, kind: str) -> Reply:
    """Answer a query of a host for a name and a type.

    Source: Amazon Route 53 Developer Guide, "Considerations when working with a private hosted zone" and "Resolver DNS
    Firewall: rule actions"; from memory, 2026-11-28.
    """
    vpc = names.vpc_of.get(asker, "")
    if not vpc and not names.for_anybody:
        return Reply("REFUSED")
    found: list[Record] = []
    trusted, wanted = False, name
    for _ in (None,) * MOST_ALIASES:
        rule = None if trusted else _rule(names, vpc, wanted, kind)
        if rule is not None and rule.action == "BLOCK":
            return _blocked(rule, name)
        trusted = trusted or (rule is not None and rule.trusts_aliases)
        one = _looked_up(names, vpc, wanted, kind)
        found += one.records
        onward = (
            one.records[0].values[0] if one.records and one.records[0].type == "CNAME" and kind != "CNAME" else None
        )
        if onward is None:
            return Reply(one.code, tuple(found), one.zone)
        wanted = onward.lower()
    return Reply("NOERROR", tuple(found))


def _rule(names: Names, vpc: str, name: str, kind: str) -> Rule | None:
    """Find the first rule of a VPC's firewall that is about a query."""
    return next((rule for rule in names.rules.get(vpc, ()) if rule.is_about(name, kind)), None)


def _blocked(rule: Rule, name: str) -> Reply:
    """Answer what is blocked as its rule says."""
    if rule.response == "OVERRIDE":
        return Reply("NOERROR", (Record(name, "CNAME", rule.override_ttl, (rule.override,)),))
    return Reply("NXDOMAIN" if rule.response == "NXDOMAIN" else "NOERROR")


def _looked_up(names: Names, vpc: str, name: str, kind: str) -> Reply:
    """Look one name up: in the zone that is nearest, or among AWS's own names; nobody else knows any."""
    zone = _nearest(names, vpc, name)
    if zone is not None:
        return _in_zone(zone, name, kind)
    own = [each for each in names.hosts.get(vpc, ()) if each.name == name]
    if not own:
        return Reply("NXDOMAIN")
    return Reply("NOERROR", tuple(each for each in own if each.type == kind))


def _nearest(names: Names, vpc: str, name: str) -> Zone | None:
    """Find the zone with the longest name that a name is in; one that only some see goes before one for everybody."""
    seen = [
        zone
        for zone in names.zones
        if (zone.vpcs is None or vpc in zone.vpcs) and (name == zone.name or name.endswith(f".{zone.name}"))
    ]
    return max(seen, key=lambda zone: (zone.vpcs is not None, len(zone.name)), default=None)


def _in_zone(zone: Zone, name: str, kind: str) -> Reply:
    """Look a name up in a zone; a wildcard stands for names that aren't there."""
    there = _named(zone, name)
    if not there:
        known = any(record.name.endswith(f".{name}") for record in zone.records) or name == zone.name
        return Reply("NOERROR" if known else "NXDOMAIN", zone=zone.name)
    chosen = [record for record in there if record.type == kind] or [each for each in there if each.type == "CNAME"]
    records = tuple(_resolved(zone, record, name, kind) for record in chosen)
    return Reply("NOERROR", records, None if records else zone.name)


def _named(zone: Zone, name: str) -> list[Record]:
    """Give the records of a name, or else those of the nearest wildcard."""
    candidates = [name]
    above = name
    while above != zone.name:
        above = above.partition(".")[2]
        candidates.append(f"*.{above}")
    for candidate in candidates:
        found = [record for record in zone.records if record.name == candidate]
        if found:
            return found
    return []


def _resolved(zone: Zone, record: Record, name: str, kind: str) -> Record:
    """Give a record under the name that was asked for, an alias with the values of what it stands for."""
    values = record.values
    if record.alias is not None:
        values = tuple(
            value for each in zone.records if (each.name, each.type) == (record.alias, kind) for value in each.values
        )
    return Record(name, record.type, record.ttl, values)
