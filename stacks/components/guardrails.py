"""Service control policies: made once in the hub's stack, attached by every stack to its own account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import organizations

from stacks.documents.guardrails import Scope, guardrails


@dataclass(frozen=True)
class GuardrailsArgs:
    """What policies are called, and for whom they are."""

    name: str
    """Prefixes their names, which are unique in the organisation."""
    scope: Scope


class Guardrails(pulumi.ComponentResource):
    """The exercise's policies, attached to nothing yet.

    The hub's account administers the organisation's policies by delegation, so that nothing here runs with the
    management account's rights.
    """

    policy_ids: Mapping[str, pulumi.Output[str]]
    """By name."""

    def __init__(self, name: str, args: GuardrailsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the policies."""
        super().__init__("range:guardrails:Guardrails", name, None, opts)
        self.policy_ids = {
            policy: organizations.Policy(
                policy,
                name=f"{args.name}-{policy}",
                description=f"What nobody but the controller may do: {policy}",
                type="SERVICE_CONTROL_POLICY",
                content=content,
                opts=pulumi.ResourceOptions(parent=self),
            ).id
            for policy, content in guardrails(args.scope).items()
        }
        self.register_outputs({})


@dataclass(frozen=True)
class GuardedAccountArgs:
    """Which account obeys which policies."""

    account: str
    policy_ids: Mapping[str, pulumi.Input[str]]


class GuardedAccount(pulumi.ComponentResource):
    """An account to which all policies are attached."""

    def __init__(self, name: str, args: GuardedAccountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Attach them; the provider is the hub's, whoever's the account is."""
        super().__init__("range:guardrails:GuardedAccount", name, None, opts)
        for policy, policy_id in args.policy_ids.items():
            organizations.PolicyAttachment(
                policy, policy_id=policy_id, target_id=args.account, opts=pulumi.ResourceOptions(parent=self)
            )
        self.register_outputs({})
