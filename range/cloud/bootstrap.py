"""What must be there before the first `up`, once per organisation: made here, and checked by `doctor`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from range.cloud import membership, organisation
from range.cloud.sessions import Account, Entry, Sessions
from range.errors import CloudError
from range.records.checks import Check, Mended
from range.records.plan import Plan

ADMINISTRATOR_ROLE = "OrganizationAccountAccessRole"
"""The role that AWS Organizations makes in every account that it creates, for the management account."""
_WORKERS = 6


@dataclass(frozen=True)
class Requirement:
    """A row: one thing that must be there, how it is checked, and how it is made."""

    name: str
    missing: Callable[[Account, Plan], str]
    """Says what is missing; empty when nothing is."""
    make: Callable[[Account, Plan], str]
    """Makes it; gives what was changed, empty when nothing was."""


ORGANISATION = (
    Requirement("policy type", organisation.policy_type_missing, organisation.enable_policy_type),
    Requirement("sharing", organisation.sharing_missing, organisation.enable_sharing),
    Requirement("delegation", organisation.delegation_missing, organisation.delegate),
)
"""Once, in the management account."""

CONTROLLER_ROLE = Requirement("controller role", membership.role_missing, membership.make_role)
MEMBER = (
    CONTROLLER_ROLE,
    Requirement("default networks", membership.defaults_left, membership.remove_defaults),
)
"""In the hub's account and every enclave's."""


def bootstrap(
    plan: Plan, role: str = ADMINISTRATOR_ROLE, on_done: Callable[[Mended], None] | None = None
) -> tuple[Mended, ...]:
    """Make what must be there, with the caller's rights in the management account and `role` in every other.

    A second run changes nothing.

    Raises:
        CloudError: a call was refused; what was done before it stays done.
    """
    entries = {account: Entry(role=role, session_name=f"bootstrap-{plan.exercise}") for account in _members(plan)}
    sessions = Sessions({**entries, plan.management_account: Entry()}, plan.region)
    _as_management(sessions, plan)
    controllers = Sessions.of_plan(plan)

    def see_to(work: tuple[str, tuple[Requirement, ...]]) -> list[Mended]:
        account, requirements = work
        entered, done = sessions.account(account), list[Mended]()
        for requirement in requirements:
            did = requirement.make(entered, plan)
            done.append(Mended(name=requirement.name, where=account, did=did))
            if on_done:
                on_done(done[-1])
            if requirement is CONTROLLER_ROLE and not did:
                # once an exercise has been up, its guardrails let nobody else into Regions that it doesn't use
                entered = controllers.account(account)
        return done

    organisations = see_to((plan.management_account, ORGANISATION))
    with ThreadPoolExecutor(_WORKERS) as pool:
        members = pool.map(see_to, ((account, MEMBER) for account in _members(plan)))
        return (*organisations, *(each for done in members for each in done))


def doctor(plan: Plan, sessions: Sessions) -> Iterator[Check]:
    """Check what must be there, as the controller would find it."""
    try:
        _as_management(sessions, plan)
    except CloudError as refused:
        yield Check(
            name="credentials", where=plan.management_account, ok=False, why=refused.message, mend=refused.hint or ""
        )
        return
    yield Check(name="credentials", where=plan.management_account, ok=True)
    work = [(plan.management_account, requirement) for requirement in ORGANISATION]
    work += [(account, requirement) for account in _members(plan) for requirement in MEMBER]
    with ThreadPoolExecutor(_WORKERS) as pool:
        yield from pool.map(lambda each: _checked(sessions, plan, *each), work)


def _checked(sessions: Sessions, plan: Plan, account: str, requirement: Requirement) -> Check:
    try:
        why = requirement.missing(sessions.account(account), plan)
    except CloudError as refused:
        why = f"could not be told: {refused.message}"
    return Check(name=requirement.name, where=account, ok=not why, why=why, mend="range bootstrap SPEC" if why else "")


def _as_management(sessions: Sessions, plan: Plan) -> None:
    """See that the caller's credentials are those of the management account, before anything is done with them."""
    caller = sessions.caller()
    if caller != plan.management_account:
        raise CloudError(
            f"your credentials belong to account {caller}, not to the management account {plan.management_account}",
            hint="log in to the management account, or mend `accounts.management` in the exercise file",
        )


def _members(plan: Plan) -> tuple[str, ...]:
    """List the accounts of the hub and the enclaves, each once."""
    return tuple(dict.fromkeys(enclave.account for enclave in (plan.hub, *plan.enclaves)))
