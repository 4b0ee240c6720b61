"""Organizations: who of its accounts may ask what, by the resource policy that the management account wrote."""

from __future__ import annotations

from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.moto_api._internal import mock_random

from range.rehearsal.accounts import empower
from range.rehearsal.areas.organisation_records import manager_of, organisation_of
from range.rehearsal.call import Call, Shape
from range.rehearsal.callers import PARTITION
from range.rehearsal.messages import Answer
from range.rehearsal.permissions import Asked, allows
from range.rehearsal.refusals import Refusal
from range.rehearsal.services import service_named

_FOR_EVERYONE = frozenset({"CreateOrganization", "DescribeOrganization", "ListHandshakesForAccount"})
_MANAGERS_ONLY = frozenset({"PutResourcePolicy", "DeleteResourcePolicy", "CreateAccount", "EnableAWSServiceAccess"})
"""What no resource policy can delegate. Source: Organizations User Guide, "Delegated administrator"; from memory, 2026-11-22."""
_DENIED = "You don't have permissions to access this resource."


class Delegations(BaseBackend):
    """The resource policy of one organisation, kept in its management account."""

    def __init__(self, region_name: str, account_id: str) -> None:
        """Begin without a policy."""
        super().__init__(region_name, account_id)
        self.policy: Shape | None = None


delegations_backends = BackendDict(Delegations, "delegations", use_boto3_regions=False, additional_regions=["aws"])


def _delegations(account: str) -> Delegations:
    """Give what an organisation delegates."""
    kept: Delegations = delegations_backends[account]["aws"]
    return kept


def ask(call: Call) -> Answer:
    """Let moto answer for the whole organisation, if the caller may ask this."""
    manager = _permitted(call)
    return call.by_moto(account=manager if call.operation not in _FOR_EVERYONE else None)


def _permitted(call: Call) -> str:
    """Give the management account for which the caller may ask.

    Raises:
        Refusal: the caller may not, or belongs to no organisation.
    """
    if call.operation in _FOR_EVERYONE:
        return call.account
    manager = manager_of(call.account)
    if manager is None:
        raise Refusal("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    if manager != call.account and (call.operation in _MANAGERS_ONLY or not _delegated(call, manager)):
        raise Refusal("AccessDeniedException", _DENIED)
    return manager


def _delegated(call: Call, manager: str) -> bool:
    """Say whether the organisation's resource policy lets the caller ask this, about each thing that the call names."""
    policy = _delegations(manager).policy
    if policy is None:
        return False
    context = _context(call, manager)
    action = f"organizations:{call.operation}"
    return all(
        allows(policy["Content"], Asked(call.caller.names, action, resource, context))
        for resource in _resources(call, manager)
    )


def _context(call: Call, manager: str) -> dict[str, list[str]]:
    """Give what conditions may look at: above all, the type of policy that a call is about."""
    records = organisation_of(manager)
    kind = call.params.get("PolicyType") or call.params.get("Type") or call.params.get("Filter")
    named = call.params.get("PolicyId") or call.params.get("ResourceId")
    known = next((policy.type for policy in records.policies if policy.id == named), None)
    context: dict[str, list[str]] = {"aws:principalaccount": [call.account], "aws:principalorgid": [records.org.id]}
    about = kind or known
    return {**context, "organizations:policytype": [str(about)]} if about else context


def _resources(call: Call, manager: str) -> list[str]:
    """Give the ARNs of what a call names; `*` where it names nothing."""
    records = organisation_of(manager)
    known = {each.id: each.arn for group in (records.accounts, records.ou, records.policies) for each in group}
    named = [
        call.params[key] for key in ("PolicyId", "TargetId", "ResourceId", "AccountId", "RootId") if key in call.params
    ]
    return [known[each] for each in named if each in known] or ["*"]


def create_account(call: Call) -> Answer:
    """Let moto make an account, and give its administrator's role the rights that it comes with."""
    answer = ask(call)
    made = call.service.result(call.operation, answer)["CreateAccountStatus"]
    if "AccountId" in made:
        empower(str(made["AccountId"]))
    return answer


def put_policy(call: Call) -> Shape:
    """Write the organisation's resource policy."""
    manager = _permitted(call)
    known = _delegations(manager).policy
    policy_id = known["ResourcePolicySummary"]["Id"] if known else f"rp-{mock_random.get_random_hex(8)}"
    records = organisation_of(manager)
    arn = f"arn:{PARTITION}:organizations::{manager}:resourcepolicy/{records.org.id}/{policy_id}"
    policy = {"ResourcePolicySummary": {"Id": policy_id, "Arn": arn}, "Content": call.params["Content"]}
    _delegations(manager).policy = policy
    return {"ResourcePolicy": policy}


def describe_policy(call: Call) -> Shape:
    """Show the organisation's resource policy."""
    return {"ResourcePolicy": _policy(_permitted(call))}


def delete_policy(call: Call) -> Shape:
    """Remove the organisation's resource policy; nobody is delegated then."""
    manager = _permitted(call)
    _policy(manager)
    _delegations(manager).policy = None
    return {}


def _policy(manager: str) -> dict[str, Any]:
    """Give the resource policy.

    Raises:
        Refusal: there is none.
    """
    policy = _delegations(manager).policy
    if policy is None:
        raise Refusal(
            "ResourcePolicyNotFoundException",
            "We can't find a resource policy request with the parameter that you specified.",
        )
    return policy


OPERATIONS = {
    **dict.fromkeys(service_named("organizations").model.operation_names, ask),
    "CreateAccount": create_account,
    "PutResourcePolicy": put_policy,
    "DescribeResourcePolicy": describe_policy,
    "DeleteResourcePolicy": delete_policy,
}
