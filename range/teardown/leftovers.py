"""Proving that nothing is left: an account as it is now, against the record of what it was before."""

from __future__ import annotations

from collections.abc import Mapping

from range.cloud.inventory import claimed, take
from range.cloud.resources.table import BY_TYPE
from range.cloud.sessions import Account
from range.cloud.sweep import OnRemoved, sweep
from range.errors import CloudError
from range.plan.names import TAG_PREFIX
from range.records.inventory import Inventory, Resource, Unlisted
from range.records.plan import Plan, Record

NO_RECORD = "there is no record of what was there before the first `up`"
NOT_WITNESSED = "there is no record of what the witness saw before the first `up`"


class Leftovers(Record):
    """What one account has now and hadn't before."""

    left: tuple[Resource, ...]
    residue: tuple[Resource, ...] = ()
    """What no call deletes, each with its reason."""
    unsure: tuple[Unlisted, ...] = ()
    """What could not be looked at, now or then: whether anything of it is left nobody knows."""
    swept: tuple[Resource, ...] = ()
    """What was still ours after the stack was gone, and was deleted."""

    @property
    def proven(self) -> bool:
        """Say whether nothing is left, and that is known."""
        return not (self.left or self.unsure)


def prove_nothing_left(
    account: Account,
    plan: Plan,
    enclave: str,
    before: Inventory | None,
    *,
    state_id: str,
    on_removed: OnRemoved | None = None,
) -> Leftovers:
    """Delete what is still ours though no state knows it, then compare the account with what it was before.

    Ours is what carries the stack's tags with this backend's id (in the hub's account, which is the last, those of any of
    the exercise's stacks), and what services made again under our names: a log group comes back when a flow log writes its
    last records. Anything else that is new is listed, not touched; so is what has such a name and another backend's tag.
    """
    stack, organisation = plan.stack(enclave), enclave == plan.hub.name
    found = _found(account, before, stack, organisation=organisation)
    names = f"/range/{plan.exercise}/{enclave}/"
    stacks = {stack, *(plan.stack(each.name) for each in (plan.enclaves if organisation else ()))}

    def is_ours(tags: Mapping[str, str]) -> bool:
        return tags.get(f"{TAG_PREFIX}stack") in stacks and tags.get(f"{TAG_PREFIX}state") == state_id

    def is_nobody_elses(tags: Mapping[str, str]) -> bool:
        return tags.get(f"{TAG_PREFIX}state", state_id) == state_id

    named = [each for each in found.left if each.id.startswith(names)]
    ours = [*claimed(account, found.left, is_ours), *claimed(account, named, is_nobody_elses)]
    if not ours:
        return found
    swept = sweep(account, ours, on_removed)
    again = _found(account, before, stack, organisation=organisation)
    return again.model_copy(update={"swept": swept.removed})


def _found(account: Account, before: Inventory | None, stack: str, *, organisation: bool) -> Leftovers:
    """Look at an account and compare; without a record, tags that listing doesn't give are asked for one by one."""
    now = take(account, organisation=organisation)
    found = leftovers(before, now, stack)
    if before is not None:
        return found
    untold = [each for each in now.resources if BY_TYPE[each.type].tagger is not None and not each.residue]
    try:
        ours = claimed(account, untold, lambda tags: tags.get(f"{TAG_PREFIX}stack") == stack)
    except CloudError as refused:
        unread = Unlisted(account=account.id, region="", type="tags", code=refused.code, why=refused.message)
        return found.model_copy(update={"unsure": (*found.unsure, unread)})
    return found.model_copy(update={"left": (*found.left, *ours)})


def leftovers(before: Inventory | None, now: Inventory, stack: str) -> Leftovers:
    """Compare an account with what it was before the exercise's first `up`.

    Without a record of that, only what carries the stack's tags is known to be ours, and the rest nobody can tell.
    """
    if before is None:
        lost = Unlisted(account=now.account, region="", type="*", code="", why=NO_RECORD)
        tagged = [each for each in now.resources if each.tags.get(f"{TAG_PREFIX}stack") == stack]
        return Leftovers(left=tuple(each for each in tagged if not each.residue), unsure=(lost, *now.unlisted))
    unsure = {(each.region, each.type): each for each in (*before.unlisted, *now.unlisted)}
    known = {resource.key for resource in before.resources if resource.residue}
    return Leftovers(
        left=tuple(each for each in now.since(before) if _can_tell(each, unsure, stack)),
        residue=tuple(each for each in now.resources if each.residue and each.key not in known),
        unsure=tuple(unsure.values()),
    )


def _can_tell(resource: Resource, unsure: Mapping[tuple[str, str], Unlisted], stack: str) -> bool:
    """Say whether a new thing is surely new: its type was listed before, or it carries our tags."""
    return (resource.region, resource.type) not in unsure or resource.tags.get(f"{TAG_PREFIX}stack") == stack
