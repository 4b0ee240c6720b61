"""Reading documents: as AWS takes them, refused in its words; or as found, with doubts in the place of refusals.

`read` is for a document that somebody hands in. `found` is for one that AWS has taken already: what we can't read
there is our own ignorance, so it becomes a doubt, and a doubt never lets anybody in.
"""

from __future__ import annotations

import json
import re
from typing import Any

from range.errors import InputError
from range.policy import elements
from range.policy.document import CURRENT, FIRST, VERSIONS, Policy, Statement
from range.policy.elements import Problem, Repeated
from range.policy.kinds import Fault, Form, Kind

_ELEMENTS = {"Version", "Id", "Statement"}
_PRINTABLE = re.compile(r"[\t\n\r\x20-\xff]*")

_MEANINGLESS = {Fault.VERSION, Fault.SIDS_ALIKE, Fault.SID, Fault.PARTITION}
"""Faults that change nothing in what a document means; AWS has taken some before it was strict."""


class MalformedPolicy(InputError):
    """A document that AWS refuses: its message and its code are AWS's, the hint is ours."""

    def __init__(self, message: str, *, code: str, hint: str | None = None) -> None:
        """Keep the code, so that a caller decides on it and never on the wording."""
        super().__init__(message, hint=hint)
        self.code = code


def read(text: str, kind: Kind, name: str = "") -> Policy:
    """Read a document as AWS takes it.

    Raises:
        MalformedPolicy: AWS refuses it.
    """
    form = kind.form
    _measure(text, form, name)

    def refused(fault: Fault, value: str = "", why: str = "") -> None:
        raise MalformedPolicy(form.said(fault, value), code=form.code, hint=why or None)

    return _policy(text, form, name, refused)


def found(text: str, kind: Kind, name: str = "") -> Policy:
    """Read a document that AWS holds; what can't be understood is in the doubts of its statements."""
    doubts: list[str] = []

    def doubted(fault: Fault, value: str = "", why: str = "") -> None:
        if fault not in _MEANINGLESS:
            doubts.append(why or fault.format(value=value))

    return _policy(text, kind.form, name, doubted, doubts)


def _measure(text: str, form: Form, name: str) -> None:
    """Refuse what is too long, or holds characters that IAM's doors don't let in."""
    limit = form.limit
    length = len(text) if limit.counts_blanks else sum(map(len, text.split()))
    if length > limit.characters:
        message = limit.message.format(limit=limit.characters, name=name)
        raise MalformedPolicy(message, code=limit.code, hint=f"{length} characters")
    if form.printable_only and not _PRINTABLE.fullmatch(text):
        message = "The specified value for policyDocument is invalid. It must contain only printable ASCII characters."
        raise MalformedPolicy(message, code="ValidationError")


def _policy(text: str, form: Form, name: str, problem: Problem, doubts: list[str] | None = None) -> Policy:
    """Read the whole. What is doubtful in it becomes a last statement that may say anything."""
    doubts = [] if doubts is None else doubts
    document = _document(text, problem)
    statements = []
    if document is not None:
        for index, written in enumerate(_statements(document, form, problem)):
            before, doubts[:] = tuple(doubts), []
            statements.append(_statement(index, written, form, problem, doubts))
            doubts[:] = before
        sids = [each.sid for each in statements if each.sid]
        if len(set(sids)) != len(sids) and form.needs_version:
            problem(Fault.SIDS_ALIKE, why="two statements have the same Sid")
    if doubts:
        statements.append(Statement(len(statements), doubts=tuple(doubts)))
    version = FIRST if document is None else document.get("Version", FIRST)
    return Policy(name, version if version in VERSIONS else FIRST, tuple(statements))


def _document(text: str, problem: Problem) -> dict[str, Any] | None:
    try:
        document = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        problem(Fault.SYNTAX, why=f"no valid JSON: {error}")
        return None
    if isinstance(document, dict) and not isinstance(document, Repeated):
        return document
    problem(Fault.SYNTAX, why="no JSON object, or one that says an element twice")
    return None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read_in = dict(pairs)
    return read_in if len(read_in) == len(pairs) else Repeated(read_in)


def _constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _statements(document: dict[str, Any], form: Form, problem: Problem) -> list[Any]:
    """Give the statements as written, after what is around them has been looked at."""
    elements.known(document, _ELEMENTS, problem)
    version = document.get("Version", FIRST)
    if version not in VERSIONS or not isinstance(document.get("Id", ""), str):
        problem(Fault.SYNTAX, why=f"Version is {version!r}; valid: {', '.join(VERSIONS)}")
    elif version != CURRENT and form.needs_version:
        problem(Fault.VERSION, why=f"Version is {version!r}")
    if not document.get("Statement"):
        problem(Fault.SYNTAX, why="no Statement")
        return []
    return elements.listed(document["Statement"])


def _statement(index: int, written: Any, form: Form, problem: Problem, doubts: list[str]) -> Statement:
    """Read one statement; its doubts are what `problem` noted meanwhile."""
    if not isinstance(written, dict) or isinstance(written, Repeated):
        problem(Fault.SYNTAX, why="a statement that is no object, or says an element twice")
        return Statement(index, doubts=tuple(doubts))
    elements.parts(written, problem)
    return Statement(
        index,
        elements.sid(written, form, problem),
        elements.effect(written, problem),
        elements.actions(written, form, problem),
        elements.resources(written, form, problem),
        elements.principals(written, form, problem),
        tuple(elements.clauses(written, problem)),
        tuple(doubts),
    )
