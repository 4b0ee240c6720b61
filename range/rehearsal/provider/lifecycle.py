"""Create, read, update and delete: the same for every row of the table."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from range.errors import CloudError
from range.rehearsal.provider.diff import differences
from range.rehearsal.provider.paths import pick, plant
from range.rehearsal.provider.rows import Act, Call
from range.rehearsal.provider.state import observe, state
from range.rehearsal.provider.work import Cancelled, Work

_log = logging.getLogger(__name__)
_FOUND_WITHIN_S = 20.0
_FREED_WITHIN_S = 10.0


@dataclass
class Unfinished(Exception):
    """The resource is there, but not as wanted: its id and state must not be lost."""

    id: str
    state: dict[str, Any]
    reason: str


def create(work: Work) -> tuple[str, dict[str, Any]]:
    """Make the resource, then set what its create call couldn't say; give its id and state.

    Raises:
        CloudError: there is no resource.
        Unfinished: there is one, and what came after failed.
    """
    answer = _made(work)
    work.id = _id(work, answer)
    try:
        there = _there(work)
        for act in work.row.after:
            work.act(act)
        if work.row.after:
            there = _there(work)
        rest = differences(work.row, _wanted(work), there).changed
        rest = frozenset(name for name in rest if not work.field(name).sent and work.field(name).change)
        if rest - {"tags"}:
            there = _apply(work.with_(old=there, changed=rest))
    except (CloudError, Cancelled) as error:
        raise Unfinished(work.id, _salvaged(work, _told(work)), str(error) or "cancelled") from error
    return work.id, there


def read(work: Work) -> dict[str, Any] | None:
    """Give the state of the resource, or None where it is gone."""
    return state(work) if observe(work) else None


def find(work: Work) -> dict[str, Any] | None:
    """Give the state of what an id to import names; the work's id becomes the resource's own.

    Raises:
        CloudError: the id isn't of the form that the type's ids to import have.
    """
    named = work.row.named_by(work.id)
    work.id, work.old = named.pop("id", work.id), named
    there = read(work)
    if there is not None and work.row.imports:
        work.old = there
        work.id = _id(work, work.seen)
    return there


def update(work: Work) -> dict[str, Any]:
    """Change what differs, with as few calls as that takes; give the new state.

    Raises:
        Unfinished: a call failed; the state is what there is now.
    """
    changed = differences(work.row, _wanted(work), work.old).changed
    work = work.with_(changed=changed)
    try:
        return _apply(work)
    except (CloudError, Cancelled) as error:
        raise Unfinished(work.id, _salvaged(work, work.old), str(error) or "cancelled") from error


def delete(work: Work) -> None:
    """Delete the resource; what is already gone is fine.

    Raises:
        CloudError: AWS refused, also after what was being deleted elsewhere had time to go.
    """
    there = [_delete(work, act) for act in work.row.delete]
    if work.row.status and any(there):
        work.until(lambda: not observe(work), work.row.status.patience_s, f"{work.row.title} {work.id} to go")


def _made(work: Work) -> Any:
    """Make the create call: the row's own parameters, and every property that is sent with it."""
    row = work.row
    if not isinstance(row.create, Call):
        return row.create(work)
    params: dict[str, Any] = {}
    for item in row.fields:
        if item.input and item.sent and work.given(item.name) is not None:
            plant(params, item.aws, work.sent(item.name))
    for template in (row.tags.create if row.tags else {}, row.create.params):
        params |= work.resolved(template) or {}
    return pick(work.ask(row.create.operation, row.create.service, **params), row.create.result)


def _id(work: Work, answer: Any) -> str:
    made = work.row.id
    if callable(made):
        return made(work, answer)
    if "{" in made:
        return made.format(**{**work.old, **_wanted(work), **work.names})
    return str(pick(answer, made))


def _there(work: Work) -> dict[str, Any]:
    """Wait until AWS shows the resource, fit for use, and give its state."""
    row, status = work.row, work.row.status

    def fit() -> bool:
        if not observe(work):
            if status is None or work.seen is None:
                return False
        elif status is None:
            return True
        now = pick(work.seen, status.read)
        if now in status.failed or now in status.gone:
            raise CloudError(f"{row.title} {work.id} became {now}", code=str(now))
        return now in status.ready

    ready = f"to become {' or '.join(sorted(status.ready))}" if status else "to appear"
    work.until(fit, status.patience_s if status else _FOUND_WITHIN_S, f"{row.title} {work.id} {ready}")
    return state(work)


def _salvaged(work: Work, otherwise: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is known of a resource that came out half done: as AWS shows it, where it can be looked at."""
    try:
        if observe(work):
            return state(work)
    except CloudError as error:
        _log.warning("%s %s can't be looked at: %s", work.row.title, work.id, error.message)
    return dict(otherwise)


def _told(work: Work) -> dict[str, Any]:
    """Give what the create call said of the resource."""
    return {name: value for name, value in _wanted(work).items() if name in work.row.by_name and work.field(name).sent}


def _apply(work: Work) -> dict[str, Any]:
    """Make each change that something asks for once, in the order of the fields."""
    acts: list[Act] = []
    for item in work.row.by_name.values():
        if item.name in work.changed and item.change and item.change not in acts:
            acts.append(item.change)
    there = None
    for act in acts:
        work.act(act)
        there = _there(work) if work.row.status else None
    return there or _there(work)


def _delete(work: Work, act: Act) -> bool:
    """Do one act of a deletion; say whether there was anything to do it to."""
    pauses = work.pauses(_FREED_WITHIN_S)
    while True:
        try:
            work.act(act)
            return True
        except CloudError as error:
            if error.code in work.row.absent:
                return False
            if error.code not in work.row.busy or not next(pauses, False):
                raise


def _wanted(work: Work) -> Mapping[str, Any]:
    return work.new or {}
