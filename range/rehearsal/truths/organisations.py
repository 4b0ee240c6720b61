"""Organizations: policies on accounts and units, and what an organisation doesn't let go of."""

from __future__ import annotations

from typing import Any

from range.rehearsal.areas.organisation_records import organisation_of
from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Truth

_MODEL = "botocore 1.44.5, Organizations 2016-11-28, {} (read 2026-11-22)"
_SIZES = "https://repost.aws/knowledge-center/organization-scp-size (read 2026-11-22)"
POLICIES_PER_TARGET = 5
"""Service control policies attached to one account, unit or root, FullAWSAccess included."""
POLICY_CHARACTERS = 5120


def _target(call: Call) -> Any:
    """Find the account, unit or root that a call names; None where there is none."""
    records = organisation_of(call.account)
    known = [] if records is None else [*records.accounts, *records.ou]
    return next((each for each in known if each.id == call.params.get("TargetId")), None)


def _type_off(call: Call) -> str | None:
    records = organisation_of(call.account)
    policy = None if records is None else next((p for p in records.policies if p.id == call.params["PolicyId"]), None)
    if policy is None or any(kind["Type"] == policy.type for kind in records.ou[0].policy_types):
        return None
    return "This operation can be performed only for enabled policy types."


def _full(call: Call) -> str | None:
    target = _target(call)
    if target is None or _attached(call) or len(_control_policies(target)) < POLICIES_PER_TARGET:
        return None
    return "You have attached the maximum number of policies to the specified target."


def _control_policies(target: Any) -> list[Any]:
    """Give the service control policies attached to a target; other types are counted apart."""
    return [policy for policy in target.attached_policies if policy.type == "SERVICE_CONTROL_POLICY"]


def _attached(call: Call) -> bool:
    """Say whether the policy that a call names is attached to the target that it names."""
    target = _target(call)
    return target is not None and any(policy.id == call.params["PolicyId"] for policy in target.attached_policies)


def _attached_twice(call: Call) -> str | None:
    return "A policy with the specified PolicyId is already attached." if _attached(call) else None


def _not_attached(call: Call) -> str | None:
    return None if _target(call) is None or _attached(call) else "The policy isn't attached to the specified target."


def _too_long(call: Call) -> str | None:
    if call.params.get("Type") != "SERVICE_CONTROL_POLICY" or len(call.params.get("Content", "")) <= POLICY_CHARACTERS:
        return None
    return "You have exceeded the maximum policy size."


def _last(call: Call) -> str | None:
    target = _target(call)
    if target is None or not _attached(call) or len(_control_policies(target)) > 1:
        return None
    return "You cannot remove the last policy attached to the specified target."


def _occupied(call: Call) -> str | None:
    records, named = organisation_of(call.account), call.params.get("OrganizationalUnitId")
    inside = [] if records is None else [*records.accounts, *records.ou]
    if not any(getattr(each, "parent_id", None) == named for each in inside):
        return None
    return "The specified OU is not empty. Move all accounts to another root or to other OUs, or remove them."


def _unit_twice(call: Call) -> str | None:
    records = organisation_of(call.account)
    siblings = [] if records is None else [unit for unit in records.ou if unit.parent_id == call.params.get("ParentId")]
    if not any(unit.name == call.params.get("Name") for unit in siblings):
        return None
    return "An OU with the same name already exists."


def _management_account(call: Call) -> str | None:
    records = organisation_of(call.account)
    if records is None or call.params.get("AccountId") != records.org.master_account_id:
        return None
    return "You can't close the management account of an organization with this operation."


def _moved_from_elsewhere(call: Call) -> str | None:
    records = organisation_of(call.account)
    accounts = [] if records is None else records.accounts
    account = next((each for each in accounts if each.id == call.params.get("AccountId")), None)
    if account is None or account.parent_id == call.params.get("SourceParentId"):
        return None
    return "You can't find the account under the specified source parent."


TRUTHS = (
    Truth(
        name="organisation-second",
        calls=("organizations.CreateOrganization",),
        when="the account is in one",
        code="AlreadyInOrganizationException",
        source=_MODEL.format("CreateOrganization"),
        confidence="documented",
    ),
    Truth(
        name="scp-type-off",
        calls=("organizations.AttachPolicy",),
        when="the policy type isn't enabled on the root",
        code="PolicyTypeNotEnabledException",
        source=_MODEL.format("AttachPolicy"),
        confidence="documented",
        check=_type_off,
    ),
    Truth(
        name="scp-attached-twice",
        calls=("organizations.AttachPolicy",),
        when="it is attached to that target",
        code="DuplicatePolicyAttachmentException",
        source=_MODEL.format("AttachPolicy"),
        confidence="documented",
        check=_attached_twice,
    ),
    Truth(
        name="scps-over-quota",
        calls=("organizations.AttachPolicy",),
        when=f"the target has {POLICIES_PER_TARGET}, FullAWSAccess included",
        code="ConstraintViolationException",
        source=f"{_SIZES}; {_MODEL.format('ConstraintViolationException')}",
        confidence="documented",
        check=_full,
    ),
    Truth(
        name="scp-name-taken",
        calls=("organizations.CreatePolicy",),
        when="the organisation has a policy of that name and type",
        code="DuplicatePolicyException",
        source=_MODEL.format("CreatePolicy"),
        confidence="documented",
    ),
    Truth(
        name="scp-too-long",
        calls=("organizations.CreatePolicy",),
        when=f"it has more than {POLICY_CHARACTERS:,} characters",
        code="ConstraintViolationException",
        source=f"{_SIZES}; {_MODEL.format('ConstraintViolationException')}",
        confidence="documented",
        check=_too_long,
    ),
    Truth(
        name="scp-in-use",
        calls=("organizations.DeletePolicy",),
        when="it is attached",
        code="PolicyInUseException",
        source=_MODEL.format("DeletePolicy"),
        confidence="documented",
    ),
    Truth(
        name="scp-not-attached",
        calls=("organizations.DetachPolicy",),
        when="it isn't attached to that target",
        code="PolicyNotAttachedException",
        source=_MODEL.format("DetachPolicy"),
        confidence="documented",
        check=_not_attached,
    ),
    Truth(
        name="scp-last",
        calls=("organizations.DetachPolicy",),
        when="it is the target's last",
        code="ConstraintViolationException",
        source=_MODEL.format("ConstraintViolationException"),
        confidence="documented",
        check=_last,
    ),
    Truth(
        name="unit-occupied",
        calls=("organizations.DeleteOrganizationalUnit",),
        when="accounts or units are in it",
        code="OrganizationalUnitNotEmptyException",
        source=_MODEL.format("DeleteOrganizationalUnit"),
        confidence="documented",
        check=_occupied,
    ),
    Truth(
        name="unit-twice",
        calls=("organizations.CreateOrganizationalUnit",),
        when="its parent has one of that name",
        code="DuplicateOrganizationalUnitException",
        source=_MODEL.format("CreateOrganizationalUnit"),
        confidence="documented",
        check=_unit_twice,
    ),
    Truth(
        name="organisation-with-members",
        calls=("organizations.DeleteOrganization",),
        when="member accounts remain",
        code="OrganizationNotEmptyException",
        source=_MODEL.format("DeleteOrganization"),
        confidence="documented",
    ),
    Truth(
        name="management-account-closed",
        calls=("organizations.CloseAccount",),
        when="it is the management account",
        code="ConstraintViolationException",
        source=_MODEL.format("ConstraintViolationException"),
        confidence="documented",
        check=_management_account,
    ),
    Truth(
        name="account-closed-twice",
        calls=("organizations.CloseAccount",),
        when="it is closed",
        code="AccountAlreadyClosedException",
        source=_MODEL.format("CloseAccount"),
        confidence="documented",
    ),
    Truth(
        name="account-moved-from-elsewhere",
        calls=("organizations.MoveAccount",),
        when="it isn't under the source parent that is named",
        code="SourceParentNotFoundException",
        source=_MODEL.format("MoveAccount"),
        confidence="documented",
        check=_moved_from_elsewhere,
    ),
    Truth(
        name="organisation-of-nobody",
        calls=("organizations.ListAccounts",),
        when="the caller's account is in no organisation",
        code="AWSOrganizationsNotInUseException",
        source=_MODEL.format("ListAccounts"),
        confidence="documented",
    ),
    Truth(
        name="administrator-registered-twice",
        calls=("organizations.RegisterDelegatedAdministrator",),
        when="the account is registered for that service",
        code="AccountAlreadyRegisteredException",
        source=_MODEL.format("RegisterDelegatedAdministrator"),
        confidence="documented",
    ),
    Truth(
        name="administrator-is-the-management-account",
        calls=("organizations.RegisterDelegatedAdministrator",),
        when="it is the management account",
        code="ConstraintViolationException",
        source=_MODEL.format("ConstraintViolationException"),
        confidence="documented",
    ),
)
