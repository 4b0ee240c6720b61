"""The accounts that an exercise names, as an AWS customer would have them: one organisation, its members, an operator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from range.errors import InputError
from range.rehearsal.callers import PARTITION

OPERATOR = "range-operator"
ADMINISTRATOR_ROLE = "OrganizationAccountAccessRole"
"""The role that AWS Organizations makes in each account that it creates."""
_ACCOUNT_ID = re.compile(r"\d{12}")
_REGION = "us-east-1"


@dataclass(frozen=True)
class Member:
    """An account of an organisation."""

    id: str
    name: str


@dataclass(frozen=True)
class Operator:
    """The user of the management account that a person works as, and the organisation that it administers."""

    account: str
    organisation: str
    access_key: str
    secret: str


def seed(management: Member, members: Sequence[Member]) -> Operator:
    """Make the organisation, its members and the operator; what is there already stays as it is.

    Raises:
        InputError: an id isn't one, or an account belongs to another organisation.
    """
    for account in (management, *members):
        if not _ACCOUNT_ID.fullmatch(account.id):
            raise InputError(
                f"{account.id!r} is no account id: 12 digits are", hint="quote the id in the exercise file"
            )
    organisation = _organisation(management)
    for member in members:
        _join(management, member)
    return _operator(management.id, organisation)


def operator_of(account: str | None = None) -> Operator:
    """Find the operator of the organisation that an account belongs to; without an account, of the only one there is.

    Raises:
        InputError: no such account was seeded, or there are several organisations to choose from.
    """
    from moto.organizations.models import organizations_backends

    if account is not None:
        managing = organizations_backends.master_accounts.get(account, (account, PARTITION))[0]
        managers = [managing] if _is_managing(managing) else []
    else:
        managers = [known for known in list(organizations_backends) if _is_managing(known)]
    if len(managers) != 1:
        what = (
            f"account {account} was never seeded" if account else f"{len(managers)} organisations were seeded, not one"
        )
        raise InputError(
            f"the rehearsal cloud can't tell whose operator to act as: {what}", hint="run `range rehearsal env`"
        )
    organisation = organizations_backends[managers[0]][PARTITION].org
    assert organisation is not None
    return _operator(managers[0], organisation.id)


def _is_managing(account: str) -> bool:
    """Tell whether an account manages an organisation, without making backends for those that have none."""
    from moto.organizations.models import organizations_backends

    regional = dict.get(organizations_backends, account)
    backend = dict.get(regional, PARTITION) if regional is not None else None
    return backend is not None and backend.org is not None


def _organisation(management: Member) -> str:
    """Find or make the organisation of a management account."""
    from moto.organizations.models import organizations_backends

    if management.id in organizations_backends.master_accounts:
        other = organizations_backends.master_accounts[management.id][0]
        raise InputError(
            f"account {management.id} is a member of the organisation of {other}, so it can't manage one",
            hint="name the organisation's management account in the exercise file",
        )
    backend = organizations_backends[management.id][PARTITION]
    if backend.org is None:
        with _ids_from(iter([management.id])):
            backend.create_organization(region=_REGION, FeatureSet="ALL")
        backend.accounts[0].name = management.name
    assert backend.org is not None
    return backend.org.id


def _join(management: Member, member: Member) -> None:
    """Make a member account under the id that the file gives; moto would make one up and refuse policies on it."""
    from moto.organizations.models import organizations_backends

    belongs_to = organizations_backends.master_accounts.get(member.id)
    if belongs_to is not None and belongs_to[0] == management.id:
        empower(member.id)
        return
    if belongs_to is not None or member.id == management.id:
        owner = belongs_to[0] if belongs_to else management.id
        raise InputError(
            f"account {member.id} ({member.name}) belongs to the organisation of {owner} already",
            hint="give each account of the exercise an id of its own",
        )
    backend = organizations_backends[management.id][PARTITION]
    with _ids_from(iter([member.id])):
        backend.create_account(AccountName=member.name, Email=f"{member.name}@{member.id}.example")
    empower(member.id)


def empower(account: str) -> None:
    """Give the role that Organizations makes in an account the rights that it comes with, which moto leaves out."""
    from moto.iam.models import iam_backends

    for role in iam_backends[account][PARTITION].roles.values():
        if role.name == ADMINISTRATOR_ROLE and not role.managed_policies:
            role.policies.setdefault("AdministratorAccess", _ADMINISTRATOR)


@contextmanager
def _ids_from(ids: Iterator[str]) -> Iterator[None]:
    """Let moto take the next account ids from here instead of making them up."""
    from moto.organizations import utils

    made_up = utils.make_random_account_id
    utils.make_random_account_id = lambda: next(ids)
    try:
        yield
    finally:
        utils.make_random_account_id = made_up


def _operator(account: str, organisation: str) -> Operator:
    """Find or make the operator of a management account, with one access key."""
    from moto.iam.models import iam_backends

    backend = iam_backends[account][PARTITION]
    user = backend.users.get(OPERATOR) or backend.create_user(PARTITION, OPERATOR)
    keys = backend.list_access_keys(OPERATOR)
    key = keys[0] if keys else backend.create_access_key(OPERATOR)
    user.policies.setdefault("administrator", _ADMINISTRATOR)
    return Operator(account, organisation, key.access_key_id, key.secret_access_key)


_ADMINISTRATOR = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'


def from_json(document: Mapping[str, object]) -> tuple[Member, list[Member]]:
    """Read the accounts of a request: {"management": {"id", "name"}, "members": [{"id", "name"}]}.

    Raises:
        InputError: the document has another form.
    """
    management, members = document.get("management"), document.get("members", [])
    if not isinstance(management, Mapping) or not isinstance(members, Sequence):
        raise InputError('accounts are given as {"management": {"id", "name"}, "members": [{"id", "name"}]}')
    return _member(management), [_member(member) for member in members]


def _member(fields: object) -> Member:
    """Read one account."""
    if (
        not isinstance(fields, Mapping)
        or not isinstance(fields.get("id"), str)
        or not isinstance(fields.get("name"), str)
    ):
        raise InputError(f'an account is given as {{"id": "111122223333", "name": "hub"}}, not as {fields!r}')
    return Member(fields["id"], fields["name"])
