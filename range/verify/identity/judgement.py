"""The whole of the identity proof: everything that anybody may do across an enclave's border and that isn't declared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from range.records.plan import Plan
from range.records.proof import Finding
from range.records.snapshot import Answer
from range.verify.identity.answers import Said
from range.verify.identity.asking import Memo
from range.verify.identity.calls import KNOWN
from range.verify.identity.estate import Estate
from range.verify.identity.leak import EVERYBODY, Leak
from range.verify.identity.reading import estate_of
from range.verify.identity.realm import Realm
from range.verify.identity.rulers import Rulers
from range.verify.identity.shared import entered, let_out, shared
from range.verify.identity.strangers import Strangers

UNSEEN = "not all of what the organisation forbids was seen"


def realm_of(plan: Plan, answers: Iterable[Answer]) -> Realm:
    """Read every account."""
    return Identities(plan).realm(answers)


@dataclass
class Identities:
    """Proves who can do what, snapshot by snapshot; what was read, asked or judged once isn't again while it is the same."""

    plan: Plan
    _memo: Memo = field(default_factory=Memo)
    _read: dict[str, tuple[list[Answer], Estate]] = field(default_factory=dict)
    """By account: what it said last, and what that means."""
    _judged: tuple[dict[str, Estate], list[Finding]] | None = None
    """The estates that were judged last, and what was found."""

    def realm(self, answers: Iterable[Answer]) -> Realm:
        """Read the accounts that say something new; the others are known."""
        accounts = tuple(enclave.account for enclave in (self.plan.hub, *self.plan.enclaves))
        by_account: dict[str, list[Answer]] = defaultdict(list)
        for answer in answers:
            by_account[answer.account].append(answer)
        for account in accounts:
            said, known = by_account[account], self._read.get(account)
            if known is None or not _are(known[0], said):
                self._read[account] = said, estate_of(Said(account, said, accounts), self.plan.region)
        return Realm(self.plan, {account: self._read[account][1] for account in accounts}, self._memo)

    def findings(self, answers: Iterable[Answer]) -> list[Finding]:
        """Give every finding: what is violated, then what is unknown."""
        realm = self.realm(answers)
        if self._judged is None or self._judged[0] != realm.estates:
            leaks = list(dict.fromkeys(_leaks(realm)))
            found = [_finding(each) for each in leaks]
            found += [_doubted(name, resource, why) for name, resource, why in realm.doubts()]
            found.sort(key=lambda each: (each.verdict != "VIOLATED", each.source, each.to, each.resource))
            self._judged = realm.estates, found
        return list(self._judged[1])


def _are(some: list[Answer], others: list[Answer]) -> bool:
    """Say whether two lists are of the very same answers, without looking into them."""
    return len(some) == len(others) and all(one is other for one, other in zip(some, others, strict=True))


def is_about_identities(answer: Answer) -> bool:
    """Say whether an answer is the identity proof's alone."""
    return (answer.service, answer.operation) in KNOWN


def _leaks(realm: Realm) -> Iterator[Leak]:
    seen = realm.guardrails_are_seen
    yield from (each if seen else each.in_doubt(UNSEEN) for each in _unless_forbidden(realm))
    yield from shared(realm)
    yield from entered(realm)
    yield from let_out(realm)


def _unless_forbidden(realm: Realm) -> Iterator[Leak]:
    """Give what somebody may do as far as the organisation's policies don't forbid it."""
    strangers, rulers = Strangers(realm), Rulers(realm)
    for account, estate in sorted(realm.estates.items()):
        for thing in estate.things:
            yield from strangers.of(thing)
        yield from rulers.of(account)


def _finding(one: Leak) -> Finding:
    """Put one into words."""
    told = f"{one.means} that nobody declared: {one.resource}: {one.why}"
    return Finding(
        part="identity",
        source=one.source,
        to=one.to,
        verdict="VIOLATED" if one.sure else "UNKNOWN",
        kind="undeclared" if one.sure else "unknown",
        traffic=one.means,
        resource=one.resource,
        resources=(one.resource, *one.resources),
        why=told if one.sure else f"can't be told: {one.resource}: {one.why}",
        chain=one.chain,
    )


def _doubted(name: str, resource: str, why: str) -> Finding:
    return Finding(
        part="identity",
        source=name or EVERYBODY,
        to=EVERYBODY,
        verdict="UNKNOWN",
        kind="unknown",
        traffic="",
        resource=resource,
        resources=(resource,),
        why=f"can't be told: {resource}: {why}",
    )
