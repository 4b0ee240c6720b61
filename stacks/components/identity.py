"""Who somebody is inside an account: hosts by their role, and the people who play."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import iam

from stacks.documents.language import Place
from stacks.documents.roles import answers_session_manager, boundary, plays, trusted_account, trusted_service

PARTICIPANT = "as-participant"
"""With a hyphen, which no host's role has."""


@dataclass(frozen=True)
class IdentityArgs:
    """What roles are called, and what their boundary keeps them from."""

    name: str
    """Prefixes every name: `steadfast-est`."""
    place: Place
    boundary: str
    """The boundary's name, which the guardrails know too."""
    kept_buckets: tuple[str, ...]
    host_roles: tuple[str, ...]
    """What hosts are for, each once."""
    session_manager: frozenset[str]
    """The roles whose hosts answer Session Manager: those that stand beside its endpoints."""
    secret_pattern: str | None
    """Names of secrets that participants may read; None where nobody plays."""


class Identity(pulumi.ComponentResource):
    """An instance profile per role of hosts and a role for participants, all within one boundary."""

    profiles: Mapping[str, pulumi.Output[str]]
    """Names of instance profiles by role of hosts."""

    def __init__(self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the boundary, then the roles that it bounds.

        A host's role can do nothing by itself: whoever takes over a target finds no rights on it. It is there so that
        a right can be given to a kind of hosts without replacing them.
        """
        super().__init__("range:identity:Identity", name, None, opts)
        self._args = args
        limit = iam.Policy(
            "boundary",
            name=args.boundary,
            description="What no role inside this account gets past",
            policy=boundary(args.place, args.kept_buckets),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.profiles = {role: self._profile(role, limit) for role in args.host_roles}
        if args.secret_pattern is not None:
            self._participants(args.secret_pattern, limit)
        self.register_outputs({})

    def _role(self, name: str, description: str, trust: str, limit: iam.Policy) -> iam.Role:
        return iam.Role(
            name,
            name=f"{self._args.name}-{name}",
            description=description,
            assume_role_policy=trust,
            permissions_boundary=limit.arn,
            force_detach_policies=True,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _profile(self, host_role: str, limit: iam.Policy) -> pulumi.Output[str]:
        role = self._role(host_role, f"Hosts whose role is {host_role}", trusted_service("ec2.amazonaws.com"), limit)
        if host_role in self._args.session_manager:
            self._allow(role, host_role, "session-manager", answers_session_manager())
        return iam.InstanceProfile(
            host_role,
            name=f"{self._args.name}-{host_role}",
            role=role.name,
            opts=pulumi.ResourceOptions(parent=self),
        ).name

    def _participants(self, secret_pattern: str, limit: iam.Policy) -> None:
        """A role's sessions last an hour at most, IAM's default: what a reset has to revoke stays short."""
        trust = trusted_account(self._args.place)
        role = self._role(PARTICIPANT, "People who play in this enclave", trust, limit)
        self._allow(role, PARTICIPANT, "play", plays(self._args.place, secret_pattern))

    def _allow(self, role: iam.Role, name: str, policy_name: str, policy: str) -> None:
        iam.RolePolicy(name, name=policy_name, role=role.name, policy=policy, opts=pulumi.ResourceOptions(parent=self))
