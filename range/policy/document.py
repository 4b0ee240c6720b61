"""What a policy document says, as frozen models; how it is read is in `reading`, what it means in `rules`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

CURRENT, FIRST = "2012-10-17", "2008-10-17"
VERSIONS = (CURRENT, FIRST)
"""Of the language. Only the current one knows policy variables; a document without a version is of the first."""


class Effect(StrEnum):
    """What a statement does to the requests that it is about."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True)
class Named:
    """The values of an element, or of its Not form: `Action` or `NotAction`, `Resource` or `NotResource`."""

    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True)
class Principals:
    """Whom a statement is about, by kind of principal; the Not form means everybody else."""

    everyone: bool = False
    aws: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    federated: tuple[str, ...] = ()
    canonical: tuple[str, ...] = ()
    """Accounts by the ids that only S3 uses."""
    negated: bool = False


@dataclass(frozen=True)
class Clause:
    """One line of a Condition: the operator as written, the key, and the values of which one has to match."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """One statement. What is None wasn't written, or couldn't be read, and then `doubts` says so."""

    index: int
    """Its place in the document, from 0."""
    sid: str = ""
    effect: Effect | None = None
    actions: Named | None = None
    resources: Named | None = None
    principals: Principals | None = None
    clauses: tuple[Clause, ...] = ()
    doubts: tuple[str, ...] = ()
    """What couldn't be understood. A statement with doubts never applies for certain."""

    @property
    def label(self) -> str:
        """How to name it to somebody who looks for it: by its Sid, or by counting from 1."""
        return self.sid or f"statement {self.index + 1}"


@dataclass(frozen=True)
class Policy:
    """One document."""

    name: str
    """Whose, for findings: an ARN, or `inline policy x of role y`."""
    version: str
    statements: tuple[Statement, ...] = field(repr=False)

    @property
    def has_variables(self) -> bool:
        """Whether `${...}` is a variable in it and not itself."""
        return self.version == CURRENT

    @property
    def doubts(self) -> tuple[str, ...]:
        """Everything in it that couldn't be understood, with the statement."""
        return tuple(f"{each.label}: {doubt}" for each in self.statements for doubt in each.doubts)
