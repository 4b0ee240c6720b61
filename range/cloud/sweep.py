"""Deleting what is there, in the order that AWS wants, and saying what went and what would not."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from range.cloud.inventory import look
from range.cloud.resources.kinds import Found, Kind, Place
from range.cloud.resources.table import BY_TYPE, deletion_levels
from range.cloud.sessions import Account
from range.errors import CloudError
from range.records.inventory import Resource, Swept

GONE = re.compile(
    r"NotFound|NotAttached|NoSuch|DoesNotExist|NonExist|NotExist|InvalidKeyPair|KMSInvalidState|InvalidAssociationID"
)
"""Codes by which AWS says that a thing isn't there any more: done."""
IN_THE_WAY = re.compile(
    r"DependencyViolation|InUse|Conflict|IncorrectState|InvalidState|NotEmpty|HasAssociation|InvalidAssociation"
    r"|OperationAborted|TooManyRequests|Throttl|RequestLimitExceeded|Unavailable|InternalError|InternalFailure"
)
"""Codes by which AWS says: not yet."""

PATIENCE_S = 900.0
"""How long one level may take; the slowest, NAT gateways and transit gateway attachments, take AWS minutes."""
_WORKERS = 8
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 10.0

OnRemoved = Callable[[Resource], None]


@dataclass(eq=False)
class _Target:
    """One thing to delete, and how far that is."""

    place: Place
    kind: Kind
    found: Found
    asked: bool = False
    """AWS has taken the order to delete it; it needn't be told again."""
    why: str = ""
    """What AWS said the last time."""
    hopeless: bool = False
    """Waiting won't change AWS's mind."""


def sweep(
    account: Account, targets: Collection[Resource], on_removed: OnRemoved | None = None, patience_s: float = PATIENCE_S
) -> Swept:
    """Delete these things of one account, and nothing else; what is gone already counts as removed.

    Level by level: everything in a level goes at once, and the next begins when AWS shows none of it any more. What AWS
    refuses because something else is in the way is tried again, with growing pauses. What a service made goes with its
    owner, and is only looked for at the end.
    """
    wanted = {resource.key: resource for resource in targets if not resource.residue}
    present = _present(account, wanted)
    removed = [resource for key, resource in wanted.items() if key not in present]
    left: list[_Target] = []

    def clear(some: list[_Target]) -> None:
        gone, still = _clear(account, some, patience_s)
        left.extend(still)
        removed.extend(gone)
        if on_removed:
            for resource in gone:
                on_removed(resource)

    managed = [target for target in present.values() if target.found.managed]
    for level in deletion_levels():
        of_level = [target for target in present.values() if target.kind in level and not target.found.managed]
        if of_level:
            clear(of_level)
    stayed = _still(account, managed)
    removed += [target.found.resource for target in managed if target not in stayed]
    left += [target for target in stayed if target.found.managed]
    clear([target for target in stayed if not target.found.managed])  # their owners went without them
    return Swept(
        removed=tuple(removed),
        left=tuple(target.found.resource for target in left),
        reasons={str(target.found.resource): target.why or "AWS still shows it" for target in left},
    )


def _present(
    account: Account, wanted: dict[tuple[str, str, str, str], Resource]
) -> dict[tuple[str, str, str, str], _Target]:
    """Look which of the wanted things are there, with what AWS says of them now."""
    kinds = {BY_TYPE[resource.type] for resource in wanted.values()}
    regions = {resource.region for resource in wanted.values()}
    found, unlisted = _look(account, kinds, regions)
    if unlisted:
        raise unlisted[0]
    return {
        each.resource.key: _Target(
            Place(account, each.resource.region, account.region), BY_TYPE[each.resource.type], each
        )
        for each in found
        if each.resource.key in wanted and not each.resource.residue
    }


def _look(account: Account, kinds: Iterable[Kind], regions: Collection[str]) -> tuple[list[Found], list[CloudError]]:
    """List everything of some types, asked of AWS anew."""
    anywhere = [replace(kind, abroad=True, inside=()) for kind in kinds]
    with ThreadPoolExecutor(_WORKERS) as pool:
        found, unlisted = look(account, regions, pool.map, organisation=True, kinds=anywhere)
    return found, [CloudError(each.why, code=each.code) for each in unlisted]


def _clear(account: Account, targets: list[_Target], patience_s: float) -> tuple[list[Resource], list[_Target]]:
    """Delete one level; gives what went and what would not. What went with an earlier level needs no call."""
    waiting, wait_s = _still(account, targets), _FIRST_WAIT_S
    until = time.monotonic() + patience_s
    gone = [target.found.resource for target in targets if target not in waiting]
    _prepare(waiting)
    while waiting:
        with ThreadPoolExecutor(_WORKERS) as pool:
            list(pool.map(_ask, (target for target in waiting if not (target.asked or target.hopeless))))
        still = _still(account, waiting)
        gone += [target.found.resource for target in waiting if target not in still]
        waiting = still
        if not [target for target in waiting if not target.hopeless] or time.monotonic() > until:
            return gone, waiting
        time.sleep(wait_s)
        wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
    return gone, waiting


def _prepare(targets: Sequence[_Target]) -> None:
    """Undo what ties the things of one type to one another and to others."""
    for place, kind in {(target.place, target.kind): None for target in targets if target.kind.prepare}:
        assert kind.prepare is not None
        group = [target for target in targets if (target.place, target.kind) == (place, kind)]
        try:
            kind.prepare(place, [target.found for target in group])
        except CloudError as refused:
            for target in group:
                target.why = refused.message


def _ask(target: _Target) -> None:
    """Order one deletion, unless it is under way or comes by itself."""
    found = target.found
    if found.ending or target.kind.delete is None:
        target.asked = True
        return
    try:
        target.kind.delete(target.place, found)
        target.asked, target.why = True, ""
    except CloudError as refused:
        target.why = refused.message
        target.asked = bool(GONE.search(refused.code))
        target.hopeless = not target.asked and not IN_THE_WAY.search(refused.code)


def _still(account: Account, targets: list[_Target]) -> list[_Target]:
    """Look which of these are still there; one that can't be told is."""
    if not targets:
        return []
    kinds = {target.kind for target in targets}
    found, unlisted = _look(account, kinds, {target.place.region for target in targets})
    there = {each.resource.key: each for each in found if not each.resource.residue}
    if unlisted:
        return targets
    still = []
    for target in targets:
        now = there.get(target.found.resource.key)
        if now is not None:
            target.found = now
            target.asked = target.asked and now.ending  # taken, and yet it isn't going: asked again
            still.append(target)
    return still
