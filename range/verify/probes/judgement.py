"""What probes say beside the proof: a packet that does what the proof says it can't is a failure of its own kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from range.records.plan import Plan
from range.records.proof import Finding, Probes, Proof
from range.verify.probes.choice import EVERYBODY, Probe, Scope, chosen, stations
from range.verify.probes.round import Command, Outcome, Round, sent

_TOLD = 5
"""How many packets of a pair of zones are told one by one."""


def probed(plan: Plan, proof: Proof, command: Command, scope: Scope = EVERYBODY, before: Round | None = None) -> Proof:
    """Give the proof with what probes say; where they contradict it, it is VIOLATED, whatever it was.

    What was sent `before`, while the proof was made, isn't sent again. Hosts that can't be come by make no verdict: they are
    named, and nothing is sent from or to them.
    """
    probes = chosen(plan, proof, scope)
    if not probes:
        return unprobed(proof, "the proof says nothing of any packet between two hosts that could be sent")
    outcomes, silent = _completed(probes, before or Round({}, {}), command)
    left_out = tuple(f"{station.zone.enclave}/{station.host.name}" for station in silent)
    if not outcomes:
        return unprobed(proof, _listed(list(silent.values())), left_out)
    contradictions = tuple(_contradictions(outcomes))
    told = Probes(
        tried=len(outcomes),
        passed=sum(outcome.arrived for outcome in outcomes.values()),
        dropped=sum(not outcome.arrived for outcome in outcomes.values()),
        hosts=len(stations(plan, scope.allies)) - len(silent),
        left_out=left_out,
        disagreements=len(contradictions),
        why=_listed(list(silent.values())),
    )
    changes: dict[str, object] = {"probes": told}
    if contradictions:
        changes |= {"verdict": "VIOLATED", "network": "VIOLATED", "findings": (*contradictions, *proof.findings)}
    return proof.model_copy(update=changes)


def _completed(probes: Sequence[Probe], before: Round, command: Command) -> Round:
    """Give what becomes of probes: of those that were sent before, and of the others, which are sent now.

    What got lost although the proof says that it gets through is sent once more: networks lose a packet now and then, and
    may be changed while one is on its way. A packet that arrives where none can is believed at once.
    """
    left = [
        probe
        for probe in probes
        if probe not in before.outcomes and before.silent.keys().isdisjoint((probe.source, probe.target))
    ]
    first = _with(before, left, command)
    lost = [probe for probe in probes if probe in first.outcomes and _is_lost(probe, first.outcomes[probe])]
    last = _with(first, lost, command)
    return Round({probe: last.outcomes[probe] for probe in probes if probe in last.outcomes}, last.silent)


def _with(before: Round, probes: Sequence[Probe], command: Command) -> Round:
    """Send probes as well; of those whose hosts fall silent nothing is said, whatever was before."""
    if not probes:
        return before
    now, anew = sent(probes, command), frozenset(probes)
    kept = {probe: outcome for probe, outcome in before.outcomes.items() if probe not in anew}
    return Round({**kept, **now.outcomes}, {**before.silent, **now.silent})


def _is_lost(probe: Probe, outcome: Outcome) -> bool:
    """Say whether a packet, or the answer to it, didn't get through although the proof says that it does."""
    return probe.fate not in ("nothing", "not answered") and _contradiction(probe, outcome) is not None


def unprobed(proof: Proof, why: str, left_out: tuple[str, ...] = ()) -> Proof:
    """Give the proof with the reason why nothing was probed; its verdict stays."""
    return proof.model_copy(update={"probes": Probes(why=why, left_out=left_out)})


def _contradictions(outcomes: Mapping[Probe, Outcome]) -> Iterator[Finding]:
    """Give a finding for each pair of zones where packets did otherwise than the proof says."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for probe, outcome in outcomes.items():
        said = _contradiction(probe, outcome)
        if said:
            pairs.setdefault((str(probe.source.zone), str(probe.target.zone)), []).append(said)
    for (source, target), told in pairs.items():
        yield Finding(
            source=source,
            to=target,
            verdict="VIOLATED",
            kind="contradicted",
            traffic=told[0].partition(" from ")[0],
            resource="probe",
            resources=("probe",),
            why=f"packets contradict the proof: {_listed(told)}",
        )


def _listed(told: list[str]) -> str:
    """Join the first few, and count the others."""
    more = len(told) - _TOLD
    return "; ".join(told[:_TOLD]) + (f"; and {more} more" if more > 0 else "")


def _contradiction(probe: Probe, outcome: Outcome) -> str | None:
    """Say how a probe contradicts the proof, if it does. Datagrams have no answer of their own: nothing is said of that."""
    through = outcome.arrived and outcome.answered
    if probe.fate == "nothing":
        return f"{probe} arrived, and the proof says that it can't" if outcome.arrived else None
    if probe.fate == "not answered":
        return f"{probe} arrived and was answered, and the proof says that it is cut" if through else None
    if not outcome.arrived:
        return f"{probe} didn't arrive, and the proof says that it does"
    if probe.fate == "answered" and probe.protocol != "udp" and not outcome.answered:
        return f"{probe} arrived and wasn't answered, and the proof says that answers get back"
    return None
