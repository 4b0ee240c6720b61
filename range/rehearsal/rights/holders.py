"""Whoever calls, with every policy that bears on it: its own, its boundary, its session's, its organisation's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

from moto.iam.models import IAMBackend
from moto.organizations.models import OrganizationsBackend

from range.policy.conditions import check
from range.policy.kinds import Kind
from range.policy.layers import Layers, exempt
from range.policy.match import NO
from range.policy.reading import found
from range.policy.request import Principal, asked, role_session, root_user, user
from range.policy.rules import Rule, Rules
from range.rehearsal.areas.organisation_records import organisation_of, path_of
from range.rehearsal.callers import PARTITION, Caller
from range.rehearsal.keeping.reach import changes
from range.rehearsal.rights.records import iam_of
from range.rehearsal.sessions import session_of

Documents: TypeAlias = tuple[tuple[str, str], ...]
"""Policies as they are written, each with its name."""

_OF_THE_PRINCIPAL = frozenset({"aws:principalarn", "aws:principalaccount", "aws:principaltype"})
"""Keys that don't change from one request of somebody to the next."""


@dataclass
class Holder:
    """Somebody who calls, ready to be asked about."""

    principal: Principal
    layers: Layers
    _sure: dict[str, bool] = field(default_factory=dict)

    def may_anyway(self, action: str) -> bool:
        """Say whether an action, in lower case, is allowed whatever else the request says, as far as the caller's side goes."""
        known = self._sure.get(action)
        if known is None:
            known = self._sure[action] = self._is_sure(action)
        return known

    def _is_sure(self, action: str) -> bool:
        bearing = self.layers.about(action)
        spared = exempt(self.principal)
        if any(layer not in spared and not self._is_about_others(rule) for layer, rule in bearing.denies):
            return False
        levels = [level for layer, found in bearing.around if layer not in spared for level in found]
        if self.principal.has_identity_policies:
            levels += [level for _, found in bearing.own for level in found]
        return all(any(_allows_all(rule) for rule in level) for level in levels)

    def _is_about_others(self, rule: Rule) -> bool:
        """Say whether a statement can't be about this principal, whatever it asks for."""
        request = asked(self.principal, "*")
        variables = rule.policy.has_variables
        return any(
            check(clause, variables=variables)(request, []) == NO
            for clause in rule.statement.clauses
            if clause.key.lower() in _OF_THE_PRINCIPAL
        )


def _allows_all(rule: Rule) -> bool:
    statement = rule.statement
    everything = statement.resources is None or ("*" in statement.resources.values and not statement.resources.negated)
    whoever = statement.principals is None or (statement.principals.everyone and not statement.principals.negated)
    return everything and whoever and not statement.clauses and not statement.doubts


def holder_of(caller: Caller) -> Holder:
    """Find everything that bears on a caller, as it is now."""
    records = iam_of(caller.account)
    as_of = (changes(IAMBackend, PARTITION), changes(OrganizationsBackend, PARTITION))
    known = _known.get(caller.access_key)
    if known is not None and records is not None and known[:2] == (records, as_of):
        return known[2]
    if len(_known) >= MOST:
        _known.clear()
    found = _found(caller)
    _known[caller.access_key] = (records, as_of, found)
    return found


_known: dict[str, tuple[Any, tuple[int, int], Holder]] = {}
"""By access key, what was found last: in which records, and how often anybody's rights had been changed until then."""
MOST = 1_024


def _found(caller: Caller) -> Holder:
    """Look everything up that bears on a caller."""
    entity = _entity(caller)
    session = session_of(caller.access_key)
    return _holder(
        (caller.arn, caller.principal_arn, caller.account),
        tuple(_attached(caller.account, entity)),
        _boundary(caller.account, entity),
        None if session is None or session.policies is None else session.policies,
        organisation_levels(caller.account, "SERVICE_CONTROL_POLICY"),
    )


def _entity(caller: Caller) -> Any:
    """Find the role or user behind a caller; None where it is gone, and holds nothing any more."""
    backend = iam_of(caller.account)
    if backend is None:
        return None
    kind, _, rest = caller.principal_arn.split(":", 5)[5].partition("/")
    name = rest.rpartition("/")[2]
    if kind == "user":
        return backend.users.get(name)
    return next((role for role in backend.roles.values() if role.name == name), None) if kind == "role" else None


def _attached(account: str, entity: Any) -> Iterator[tuple[str, str]]:
    """Give every policy of a role or a user, with those of its groups."""
    if entity is None:
        return
    backend = iam_of(account)
    groups = (
        [group for group in backend.groups.values() if entity in group.users] if hasattr(entity, "access_keys") else []
    )
    for holder in (entity, *groups):
        for name, document in holder.policies.items():
            yield f"{name} of {holder.name}", document
        for arn, policy in holder.managed_policies.items():
            yield arn, _standing(policy)


def _standing(policy: Any) -> str:
    """Give a managed policy's document as it is in force."""
    versions = [version for version in policy.versions if version.version_id == policy.default_version_id]
    return str((versions or policy.versions)[0].document)


def _boundary(account: str, entity: Any) -> tuple[str, str] | None:
    arn = getattr(entity, "permissions_boundary_arn", None) or getattr(entity, "permissions_boundary", None)
    if not isinstance(arn, str) or not arn:
        return None
    policy = iam_of(account).managed_policies.get(arn)
    return (arn, _standing(policy) if policy is not None else "")


def organisation_levels(account: str, kind: str) -> tuple[Documents, ...]:
    """Give an organisation's policies of one kind, from its root down to an account; the managing account obeys none."""
    records = organisation_of(account)
    if records is None or records.org.master_account_id == account:
        return ()
    if not any(each["Type"] == kind for unit in records.ou for each in getattr(unit, "policy_types", ())):
        return ()
    places = {each.id: each for each in (*records.ou, *records.accounts)}
    return tuple(
        tuple((policy.name, policy.content) for policy in places[step].attached_policies if policy.type == kind)
        for step in path_of(account)
        if step in places
    )


@lru_cache(maxsize=2_048)
def _holder(
    who: tuple[str, str, str],
    own: Documents,
    boundary: tuple[str, str] | None,
    session: Documents | None,
    control: tuple[Documents, ...],
) -> Holder:
    """Make a caller ready; the same policies make the same holder, which remembers what it was asked."""
    arn, principal_arn, account = who
    layers = Layers(
        identity=tuple(ready(*each, Kind.MANAGED) for each in own),
        boundary=None if boundary is None else ready(*boundary, Kind.MANAGED),
        session=None if session is None else tuple(ready(*each, Kind.SESSION) for each in session),
        service_control=tuple(tuple(ready(*each, Kind.SERVICE_CONTROL) for each in level) for level in control),
    )
    return Holder(_principal(arn, principal_arn, account), layers)


def _principal(arn: str, principal_arn: str, account: str) -> Principal:
    if ":assumed-role/" in arn:
        return role_session(arn, principal_arn)
    return root_user(account) if arn.endswith(":root") else user(arn)


@lru_cache(maxsize=4_096)
def ready(name: str, document: str, kind: Kind) -> Rules:
    """Read a policy that is in force, once."""
    return Rules(found(document, kind, name))
