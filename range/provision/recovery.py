"""Going on after a kill: what was being made, and isn't in the state, is found and taken out of the way.

What was being deleted, and is in the state, is asked for, and forgotten where it is gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from range.cloud.codes import tried
from range.cloud.resources.kinds import Place
from range.cloud.resources.table import BY_TYPE
from range.cloud.sessions import Account, Sessions
from range.cloud.sweep import sweep
from range.errors import ProvisionError
from range.files import write_whole
from range.plan.names import TAG_PREFIX
from range.provision.diagnosis import StackFailed
from range.provision.engine import Engine, Settlement
from range.provision.project import work_directory
from range.provision.remedies import ADOPTED, REPEATABLE, TAGGED, UNDONE, undo
from range.provision.state import Known, State
from range.records.inventory import GLOBAL, Resource, Swept
from range.records.plan import Plan


def recover(engine: Engine, sessions: Sessions, plan: Plan, enclave: str, state_id: str) -> Swept:
    """Clean up after an engine that was killed, or has made something by half; where none was, read one file and do nothing.

    What was under way is written down before the state forgets it, so that a second kill, here, loses nothing.

    Raises:
        Busy: the engine isn't dead.
        ProvisionError: something could not be taken out of the way.
    """
    stack = plan.stack(enclave)
    note = _note(engine, stack)
    lost = [known for known in _read(note) if known.type in ADOPTED]
    state = engine.state(stack)
    if state.pending_operations or lost or _half_made(state):

        def see(state: State) -> Settlement:
            made = _adopted(sessions, plan, enclave, [*lost, *_under_way(state, "creating"), *_half_made(state)])
            forgotten = to_forget(state, [known for known in _half_made(state) if known.urn not in made])
            gone = [known for known in state.real if known.urn in forgotten]
            _add(note, [*_under_way(state, "creating"), *gone])
            _add(_undeleted(engine, stack), _under_way(state, "deleting"))
            return Settlement(made, forgotten)

        engine.settle(stack, see, lost)
    forget_gone(engine, stack)
    pending = _read(note)
    if not pending:
        return Swept()
    work = _Work(sessions, plan, enclave, state_id, engine.state(stack))
    swept = work.sweep(work.types(pending), {known.id for known in pending})
    work.undo(pending)
    note.unlink()
    return swept


def doubt(engine: Engine, stack: str, failed: StackFailed) -> None:
    """Have the next `recover` look for what the engine was told has failed, creates and deletes, whatever AWS said of it.

    A client that got no answer tries again, and is told that the thing is there already: by its own first try. Or that it
    may not touch it: who may delete policies of one type alone may do nothing to one that is gone and has none.
    """
    _add(_note(engine, stack), failed.not_created)
    _add(_undeleted(engine, stack), failed.not_deleted)


def forget_gone(engine: Engine, stack: str) -> bool:
    """Have the state forget what is gone of the deletes in doubt, and keep what is there; say whether any was gone."""
    note = _undeleted(engine, stack)
    before = engine.state(stack).real
    doubted = {known.id for known in _read(note)} & {known.id for known in before}
    if doubted:
        engine.refresh(stack, only=doubted)
    note.unlink(missing_ok=True)
    return bool(doubted) and len(engine.state(stack).real) < len(before)


def sweep_doubles(
    engine: Engine, sessions: Sessions, plan: Plan, enclave: str, *, state_id: str, created: Iterable[Known]
) -> Swept:
    """Sweep what carries the stack's tags, is of a type that was made, and isn't what the state knows.

    A client whose connection was lost tries a create again, and AWS makes it twice where there is no client token.
    """
    work = _Work(sessions, plan, enclave, state_id, engine.state(plan.stack(enclave)))
    return work.sweep(work.types(list(created)))


def is_ours(tags: Mapping[str, str], stack: str, state_id: str) -> bool:
    """Say by its tags whether a thing was made for a stack, from this state backend."""
    return tags.get(f"{TAG_PREFIX}stack") == stack and tags.get(f"{TAG_PREFIX}state") == state_id


def _under_way(state: State, doing: Literal["creating", "deleting"]) -> list[Known]:
    """List what was being made, or deleted."""
    return [each.resource for each in state.pending_operations if each.type == doing and each.resource.real]


def _half_made(state: State) -> list[Known]:
    """List what was made by half, of the types for which an update isn't enough."""
    return [known for known in state.real if known.half_made and (known.type in TAGGED or known.type in ADOPTED)]


def to_forget(state: State, halves: Iterable[Known]) -> frozenset[str]:
    """Name what is to be made anew for what was made by half: itself and, where it was to accept another thing, that.

    What something whole depends on was there before, and is being replaced: that is left to the engine.
    """
    forgotten: set[str] = set()
    for half in halves:
        accepted = {half.id} if half.type in ADOPTED else set()
        anew = [known for known in state.real if known.urn == half.urn or known.id in accepted]
        urns = {known.urn for known in anew}
        going = state.with_dependents(urns)
        whole = [known for known in state.real if known.urn in going - urns and not known.half_made]
        if not whole and len(anew) == len(urns):
            forgotten |= going
    return frozenset(forgotten)


def _account(sessions: Sessions, plan: Plan, enclave: str, known: Known) -> Account:
    """Find the account in which something was being made: its provider's."""
    owner = plan.hub if known.provider_name == plan.hub.name else plan.enclave(enclave)
    return sessions.account(owner.account)


def _adopted(sessions: Sessions, plan: Plan, enclave: str, pending: list[Known]) -> dict[str, str]:
    """Give the ids of what can only be taken over, by URN."""
    found = {}
    for known in pending:
        if known.type in ADOPTED:
            account = _account(sessions, plan, enclave, known)
            found[known.urn] = ADOPTED[known.type](Place(account, plan.region, plan.region), known.inputs)
    return {urn: identifier for urn, identifier in found.items() if identifier}


@dataclass(frozen=True)
class _Work:
    """One stack to clean up."""

    sessions: Sessions
    plan: Plan
    enclave: str
    state_id: str
    state: State
    """As it is after the pending operations were cleared."""

    @property
    def stack(self) -> str:
        return self.plan.stack(self.enclave)

    def sweep(self, types_by_account: Mapping[str, AbstractSet[str]], ids: AbstractSet[str] = frozenset()) -> Swept:
        """Delete what carries the stack's tags, or has one of these ids, is of one of these types, and isn't in the state."""
        removed: list[Resource] = []
        for account, types in types_by_account.items():
            entered = self.sessions.account(account)
            wanted = sorted({TAGGED[name] for name in types & TAGGED.keys()})
            orphans = [each for name in wanted for each in self._orphans(entered, name, ids)]
            swept = sweep(entered, orphans)
            if swept.failed:
                raise ProvisionError(
                    f"{self.stack}: left over from an interrupted run: {'; '.join(swept.reasons.values())}",
                    hint="delete it by hand, then run the same command again",
                )
            removed.extend(swept.removed)
        return Swept(removed=tuple(removed))

    def undo(self, pending: list[Known]) -> None:
        """Undo what carries no tags, or none yet, by what its inputs name."""
        made = {known.urn for known in self.state.resources}
        for known in pending:
            if known.urn not in made:
                account = _account(self.sessions, self.plan, self.enclave, known)
                undo(known.type, Place(account, self.plan.region, self.plan.region), known.inputs)

    def types(self, pending: list[Known]) -> dict[str, set[str]]:
        """Sort the types that were being made by account; each must have a remedy."""
        types: dict[str, set[str]] = {}
        for known in pending:
            if not any(known.type in remedies for remedies in (TAGGED, UNDONE, REPEATABLE, ADOPTED)):
                raise ProvisionError(
                    f"{self.stack}: the making of {known.name} ({known.type}) was interrupted, and no rule clears that",
                    hint="look for it in the account, delete it, and run the same command again",
                )
            types.setdefault(_account(self.sessions, self.plan, self.enclave, known).id, set()).add(known.type)
        return types

    def _orphans(self, account: Account, name: str, ids: AbstractSet[str]) -> list[Resource]:
        """List the things of one type that carry the stack's tags, or have these ids, and that its state doesn't know."""
        kind = BY_TYPE[name]
        place = Place(account, account.region if kind.scope == "region" else GLOBAL, account.region)
        known = self.state.known_of(type_ for type_, kind_name in TAGGED.items() if kind_name == name)
        return [
            found.resource
            for found in tried(lambda: list(kind.found(place)))
            if found.id not in known
            and not (found.resource.residue or found.managed)
            and (found.id in ids or is_ours(kind.tags_of(place, found), self.stack, self.state_id))
        ]


def _note(engine: Engine, stack: str) -> Path:
    """Name the file of what is to be cleared."""
    return work_directory(engine.home, stack) / "pending.json"


def _undeleted(engine: Engine, stack: str) -> Path:
    """Name the file of what the state knows and may be gone."""
    return work_directory(engine.home, stack) / "undeleted.json"


def _read(note: Path) -> list[Known]:
    """Read what an earlier run wrote down and didn't come to clear."""
    if not note.exists():
        return []
    return [Known.model_validate(each) for each in json.loads(note.read_bytes())]


def _add(note: Path, more: Iterable[Known]) -> None:
    """Write down more of what is to be cleared, all or nothing."""
    unique = {known.urn: known for known in (*_read(note), *more)}
    if unique:
        write_whole(note, json.dumps([known.model_dump() for known in unique.values()]))
