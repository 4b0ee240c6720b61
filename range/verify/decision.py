"""The decision for every ordered pair of zones: PROVEN, VIOLATED or UNKNOWN."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from range.heap import uncollected
from range.records.plan import INTERNET, Plan
from range.records.proof import SNAPSHOT, Cell, Finding, Proof, Verdict
from range.records.snapshot import Answer, Snapshot, account_digest, digest
from range.verify.addresses import point
from range.verify.expectation import Expectation, expectation
from range.verify.findings import EVERYWHERE, Findings, concerns
from range.verify.gathering import gather
from range.verify.identity.judgement import Identities
from range.verify.model import Unknown
from range.verify.network import Network, Part, part_of
from range.verify.survey import Hosts, Survey
from range.verify.traffic import words


@dataclass(frozen=True)
class _Account:
    """One account as it was read last."""

    answers: list[Answer]
    digest: str
    part: Part


@dataclass
class Prover:
    """Proves snapshots of one exercise; an account that says what it said before isn't read again."""

    plan: Plan
    _read: dict[str, _Account] = field(default_factory=dict)

    @cached_property
    def _identities(self) -> Identities:
        """The other part of the proof."""
        return Identities(self.plan)

    def prove(self, snapshot: Snapshot, allies: tuple[str, ...] = ()) -> Proof:
        """Decide about every pair of zones, or about those that some enclaves take part in."""
        with uncollected():  # a proof leaves next to none, and half its time would go into looking for it
            return self._proof(snapshot, allies)

    def _proof(self, snapshot: Snapshot, allies: tuple[str, ...]) -> Proof:
        """Read what changed, look, and put together what was found."""
        self._read_changed(snapshot)
        names = snapshot.accounts
        accounts = [self._read[name] for name in names]
        network = Network(tuple(account.part for account in accounts), _doubts(self.plan, snapshot))
        survey = Survey(self.plan, network, self._hosts)
        findings = [*Findings(survey).all(), *self._identities.findings(snapshot.answers)]
        if allies:
            findings = [finding for finding in findings if concerns(finding, allies)]
        parts = {
            part: _worst(each.verdict for each in findings if each.part == part) for part in ("network", "identity")
        }
        if _doubts(self.plan, snapshot):
            parts["identity"] = _worst(("UNKNOWN", parts["identity"]))
        return Proof(
            exercise=self.plan.exercise,
            verdict=_worst(parts.values()),
            network=parts["network"],
            identity=parts["identity"],
            pairs=_pair_count(survey.expected, allies),
            findings=tuple(findings),
            matrix=tuple(_matrix(self.plan, survey.expected, findings, allies)),
            snapshot_sha256=digest(snapshot, {name: self._read[name].digest for name in names}),
            taken=snapshot.taken,
            accounts=names,
            region=snapshot.region,
            interfaces=len(network.interfaces),
            classes=len(survey.kinds) + len(survey.world),
        )

    @cached_property
    def _hosts(self) -> Hosts:
        """List the plan's hosts with their addresses, read once for all snapshots."""
        enclaves = (self.plan.hub, *self.plan.enclaves)
        return tuple((enclave, host, point(str(host.address))) for enclave in enclaves for host in enclave.hosts)

    def _read_changed(self, snapshot: Snapshot) -> None:
        """Read the accounts that say something new."""
        answers: dict[str, list[Answer]] = defaultdict(list)
        for answer in snapshot.answers:
            answers[answer.account].append(answer)
        for account, said in answers.items():
            held = self._read.get(account)
            if held is None or not _say_the_same(held.answers, said):
                part = part_of(gather(account, said, self.plan.region), self.plan.region)
                self._read[account] = _Account(said, account_digest(said), part)


def _say_the_same(one: list[Answer], other: list[Answer]) -> bool:
    """Compare what an account said twice; field by field, since comparing records takes ten times as long."""
    if len(one) != len(other):
        return False
    return all(
        (a.region, a.service, a.operation, a.parameters, a.refusal)
        == (b.region, b.service, b.operation, b.parameters, b.refusal)
        and [(page.token, page.result) for page in a.pages] == [(page.token, page.result) for page in b.pages]
        for a, b in zip(one, other, strict=True)
    )


def prove(plan: Plan, snapshot: Snapshot, allies: tuple[str, ...] = ()) -> Proof:
    """Decide about one snapshot."""
    return Prover(plan).prove(snapshot, allies)


def unreadable(plan: Plan, why: str, allies: tuple[str, ...] = ()) -> Proof:
    """Give the proof of a snapshot that can't be read: nothing is known."""
    finding = Finding(
        source=EVERYWHERE,
        to=EVERYWHERE,
        verdict="UNKNOWN",
        kind="unknown",
        traffic="",
        resource=SNAPSHOT,
        resources=(SNAPSHOT,),
        why=why,
    )
    expected = expectation(plan)
    return Proof(
        exercise=plan.exercise,
        verdict="UNKNOWN",
        network="UNKNOWN",
        identity="UNKNOWN",
        pairs=_pair_count(expected, allies),
        findings=(finding,),
        matrix=tuple(_matrix(plan, expected, [finding], allies)),
        snapshot_sha256="",
        taken=None,
        accounts=(),
        region=plan.region,
        interfaces=0,
        classes=0,
    )


def _doubts(plan: Plan, snapshot: Snapshot) -> list[Unknown]:
    """Give what is wrong with a snapshot as a whole."""
    doubts = []
    if not snapshot.steady:
        what = "something changed while it was taken, and when it was taken again"
        doubts.append(Unknown("", SNAPSHOT, what, lacking=True))
    if (snapshot.region, snapshot.exercise) != (plan.region, plan.exercise):
        what = f"it is of {snapshot.exercise} in {snapshot.region}, not of {plan.exercise} in {plan.region}"
        doubts.append(Unknown("", SNAPSHOT, what, lacking=True))
    asked = set(snapshot.accounts)
    for enclave in (plan.hub, *plan.enclaves):
        if enclave.account not in asked:
            what = f"the snapshot has nothing of {enclave.name}"
            doubts.append(Unknown(enclave.account, enclave.account, what, lacking=True))
    return doubts


def _worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Give what several verdicts come to: violated outweighs unknown, unknown outweighs proven."""
    found = set(verdicts)
    if "VIOLATED" in found:
        return "VIOLATED"
    return "UNKNOWN" if "UNKNOWN" in found else "PROVEN"


def _pair_count(expected: Expectation, allies: tuple[str, ...]) -> int:
    """Count the ordered pairs of zones of different enclaves, or those that some enclaves take part in."""
    return sum(
        one[0] != other[0] and (not allies or one[0] in allies or other[0] in allies)
        for one in expected.places
        for other in expected.places
    )


def _matrix(plan: Plan, expected: Expectation, findings: list[Finding], allies: tuple[str, ...]) -> Iterable[Cell]:
    """Give a cell for every ordered pair of enclaves."""
    names = [plan.hub.name, *(enclave.name for enclave in plan.enclaves), INTERNET]
    flows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (source, target), traffic in sorted(expected.declared.items()):
        flows[(source[0], target[0])].append(f"{source[1]} → {target[1]} {words(traffic)}")
    verdicts: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for finding in findings:
        for one in names if finding.source == EVERYWHERE else [finding.source.split(".")[0]]:
            for other in names if finding.to == EVERYWHERE else [finding.to.split(".")[0]]:
                verdicts[(one, other)].append(finding.verdict)
                if EVERYWHERE in {finding.source, finding.to}:
                    verdicts[(other, one)].append(finding.verdict)
    for one in names:
        for other in names:
            if one != other and (not allies or {one, other} & set(allies)):
                yield Cell(source=one, to=other, verdict=_worst(verdicts[one, other]), flows=tuple(flows[one, other]))
