"""What an account holds: identities with their policies, things with a policy of their own, and what was shared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from range.policy.kinds import Kind

Documents: TypeAlias = tuple[tuple[str, str], ...]
"""Policies, each with its name."""


@dataclass(frozen=True)
class Identity:
    """A role or a user."""

    account: str
    arn: str
    policies: Documents = ()
    boundary: tuple[str, str] | None = None
    trust: str = ""
    """Whom a role lets in; empty for a user."""
    profiles: tuple[str, ...] = ()
    """Instance profiles that it is in."""

    @property
    def name(self) -> str:
        """The name without its path."""
        return self.arn.rpartition("/")[2]

    @property
    def is_of_aws(self) -> bool:
        """Whether AWS made it for a service of its own, and nobody else can take it."""
        return ":role/aws-service-role/" in self.arn


@dataclass(frozen=True)
class Thing:
    """Something with a policy of its own."""

    account: str
    what: str
    """`bucket`, `key`, `role`."""
    arn: str
    policy: str
    kind: Kind
    actions: tuple[str, ...]
    """Patterns of what one can do to it."""
    resources: tuple[str, ...] = ()
    """Patterns of the ARNs that its policy is about, if it isn't its own ARN alone."""

    @property
    def about(self) -> tuple[str, ...]:
        """What a request may be about, for its policy to be asked."""
        return self.resources or (self.arn,)


@dataclass(frozen=True)
class Share:
    """Something that was shared without a policy."""

    account: str
    thing: str
    """Its id or ARN."""
    means: str
    """`launch permission of an image`."""
    to: str
    """An account's id, `all`, or the ARN of an organisation or of somebody."""
    why: str
    actions: tuple[str, ...] = ()
    """What it lets somebody do, where that are actions on this thing itself."""


@dataclass(frozen=True)
class Doubt:
    """Something that can't be judged."""

    account: str
    resource: str
    why: str


@dataclass(frozen=True)
class Assignment:
    """Somebody of the identity centre who may enter an account."""

    person: str
    account: str
    permissions: str


@dataclass
class Estate:
    """One account."""

    account: str
    identities: list[Identity] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    endpoints: list[Thing] = field(default_factory=list)
    """VPC endpoints, with their policies; `what` is the service."""
    shares: list[Share] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    buckets: set[str] = field(default_factory=set)
    control: dict[str, dict[str, tuple[Documents, ...]]] = field(default_factory=dict)
    """By kind of the organisation's policies, then by account: the levels from the root down. Only the hub's estate has them."""
    places: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By account: the ids of its organisation, the root and the units that it stands under. Only the hub's estate has them."""
    administers_centre: bool = False
    """Whether it tells who is assigned in the identity centre."""
