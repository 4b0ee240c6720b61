"""What a survey found, in words: one finding for every pair of zones that isn't as declared or can't be told."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from range.records.proof import Finding
from range.verify.blame import Blame, Judge, worst_first
from range.verify.channels import channels
from range.verify.example import Examples, samples
from range.verify.intervals import NOTHING, Spans, union
from range.verify.model import Unknown
from range.verify.reach import Connection
from range.verify.survey import Pair, Survey
from range.verify.traffic import words
from range.verify.zones import Place

EVERYWHERE = "*"
_CONNECTIONS, _PACKETS = 12, 6
"""What is looked at for its faults in one pair of zones; more would name the same resources again."""


class Findings:
    """Puts one survey into words."""

    def __init__(self, survey: Survey) -> None:
        """Prepare to judge and to show."""
        self._survey = survey
        self._judge = Judge(survey.expected, survey.zones, survey.filters, survey.reach)
        self._examples = Examples(survey.plan, survey.filters, survey.reach)

    def all(self) -> list[Finding]:
        """Give every finding: what is violated, then what is unknown."""
        seen = [self._if_sure(finding, self._lacking) for finding in self._undeclared()]
        unseen = [*self._cut(), *self._absent(), *self._channels()]
        found = [*seen, *(self._if_sure(finding, self._half_seen) for finding in unseen)]
        found.sort(key=lambda finding: finding.verdict != "VIOLATED")
        return [*found, *self._unclear(), *self._unknown()]

    @cached_property
    def _lacking(self) -> set[str]:
        """Name the enclaves of which the snapshot lacks something; all, where it is doubted as a whole."""
        accounts = {doubt.account for doubt in self._survey.network.unknown if doubt.lacking}
        if "" in accounts:
            return {place[0] for place in self._survey.expected.places}
        return {enclave.name for account in accounts if (enclave := self._survey.zones.enclave_of(account))}

    @cached_property
    def _half_seen(self) -> set[str]:
        """Name the enclaves whose declared flows may work all the same: through the hub go everybody's."""
        everybody = {place[0] for place in self._survey.expected.places}
        return everybody if self._survey.plan.hub.name in self._lacking else self._lacking

    @staticmethod
    def _if_sure(finding: Finding, unsure: set[str]) -> Finding:
        """Give a finding as it is, or as something that can't be told where its enclaves weren't seen whole."""
        if not {finding.source.split(".")[0], finding.to.split(".")[0]} & unsure:
            return finding
        why = f"{finding.why}; but the snapshot lacks some of what AWS says about it"
        return _unknown(finding.source, finding.to, finding.resource, why)

    def _undeclared(self) -> Iterator[Finding]:
        """Give the flows that nobody declared."""
        for pair, found in sorted(self._survey.undeclared.items()):
            blames = [
                blame
                for connection, surplus in found[:_CONNECTIONS]
                for number in samples(surplus, _PACKETS)
                for blame in self._judge.letting(connection, number)
            ]
            yield self._finding(pair, found, worst_first(blames), "undeclared")

    def _cut(self) -> Iterator[Finding]:
        """Give the declared flows that don't get through."""
        for pair, found in sorted(self._survey.cut.items()):
            if any(connection.unclear for connection, _ in found):
                continue
            blames = [
                blame
                for connection, missing in found[:_CONNECTIONS]
                for number in samples(missing, _PACKETS)
                for blame in self._judge.stopping(connection, ((number, number),))
            ]
            yield self._finding(pair, found, worst_first(blames), "cut")

    def _finding(self, pair: Pair, found: list[tuple[Connection, Spans]], blames: list[Blame], kind: str) -> Finding:
        """Put one pair of zones into words."""
        traffic: Spans = NOTHING
        for _, part in found:
            traffic = union(traffic, part)
        connection, first = found[0]
        shown = self._examples.of(connection, samples(first, 1)[0])
        said = words(traffic)
        what = (
            f"{said} gets through and nobody declared it" if kind == "undeclared" else f"{said} is declared and is cut"
        )
        named = [blame.resource for blame in blames]
        return Finding(
            source=".".join(pair[0]),
            to=".".join(pair[1]),
            verdict="VIOLATED",
            kind="undeclared" if kind == "undeclared" else "cut",
            traffic=said,
            resource=named[0] if named else "",
            resources=tuple(named),
            reasons=tuple(blame.why for blame in blames),
            why=f"{what}: {_reasons(blames)}",
            counterexample=shown,
        )

    def _absent(self) -> Iterator[Finding]:
        """Give the declared flows of machines that aren't there, one finding per zone that lacks one."""
        missing: dict[Place, list[str]] = {}
        for enclave, host in self._survey.absent:
            missing.setdefault((enclave.name, host.zone), []).append(f"{enclave.name}/{host.name} ({host.address})")
        for (source, target), traffic in sorted(self._survey.expected.declared.items()):
            hosts = [*missing.get(source, ()), *missing.get(target, ())]
            if hosts:
                lacking = source if source in missing else target
                vpc = self._survey.zones.vpcs.get(lacking[0]) or lacking[0]
                yield Finding(
                    source=".".join(source),
                    to=".".join(target),
                    verdict="VIOLATED",
                    kind="cut",
                    traffic=words(traffic),
                    resource=vpc,
                    resources=(vpc,),
                    why=f"{words(traffic)} is declared and is cut: no interface for {', '.join(hosts)}",
                )

    def _channels(self) -> Iterator[Finding]:
        """Give the ways that no packet filter sees."""
        survey = self._survey
        for one in sorted(
            channels(survey.plan, survey.network, survey.zones), key=lambda way: (way.source, way.target)
        ):
            yield Finding(
                source=one.source,
                to=one.target,
                verdict="VIOLATED",
                kind="undeclared",
                traffic=one.means,
                resource=one.resource,
                resources=(one.resource, *one.resources),
                why=f"{one.means} that nobody declared: {one.resource}: {one.why}",
            )

    def _unclear(self) -> Iterator[Finding]:
        """Give the pairs between which a packet goes where the model can't follow it."""
        for pair, connection in sorted(self._survey.unclear.items()):
            outcome = next(one for one in connection.requests if one.end == "unknown")
            yield _unknown(".".join(pair[0]), ".".join(pair[1]), outcome.resource, outcome.why)

    def _unknown(self) -> Iterator[Finding]:
        """Give what the model can't judge, for everybody whom it concerns."""
        survey = self._survey
        for doubt in sorted({*survey.network.unknown, *self._homeless()}, key=lambda one: (one.account, one.resource)):
            enclave = survey.zones.enclave_of(doubt.account)
            shared = enclave is None or enclave.name == survey.plan.hub.name
            source = EVERYWHERE if shared or enclave is None else enclave.name
            yield _unknown(source, EVERYWHERE, doubt.resource, doubt.why)

    def _homeless(self) -> Iterator[Unknown]:
        """Note interfaces of accounts that the exercise doesn't know."""
        enclave_of = self._survey.zones.enclave_of
        for interface in self._survey.network.interfaces.values():
            if enclave_of(interface.owner) is None and enclave_of(interface.machine_owner) is None:
                why = f"it belongs to account {interface.owner}, which the exercise doesn't list"
                yield Unknown("", interface.id, why)


def _unknown(source: str, target: str, resource: str, why: str) -> Finding:
    """Put something that can't be told into words."""
    return Finding(
        source=source,
        to=target,
        verdict="UNKNOWN",
        kind="unknown",
        traffic="",
        resource=resource,
        resources=(resource,),
        why=f"can't be told: {resource}: {why}",
    )


def _reasons(blames: list[Blame]) -> str:
    """Name the worst resources, each with its part."""
    return "; ".join(f"{blame.resource}: {blame.why}" for blame in blames[:4]) or "no single resource stands out"


def concerns(finding: Finding, enclaves: tuple[str, ...]) -> bool:
    """Say whether a finding is about one of some enclaves."""
    ends = {finding.source.split(".")[0], finding.to.split(".")[0]}
    return finding.source == EVERYWHERE or bool(ends & set(enclaves))
