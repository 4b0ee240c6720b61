"""`python -m range.rehearsal.truths.document`: the page that lists every truth, made from the rows."""

from __future__ import annotations

from itertools import groupby

from range.rehearsal.states.table import ROWS
from range.rehearsal.truths.facts import Fact, facts
from range.rehearsal.truths.rows import Truth
from range.rehearsal.truths.table import TRUTHS

_OPENING = """# What the rehearsal cloud refuses

Made from the rows in `range/rehearsal/truths/` by `python -m range.rehearsal.truths.document`; a test fails when this
page is behind them. Each row is held by a conformance test through boto3, in `tests/rehearsal/`.

*How known* speaks of the error code: **documented** was read in AWS's pages or service models; **seen** in a thread,
a tool's source or an answer recorded from AWS; **from memory** was not seen this time: check it on AWS before you
rely on the code itself. The refusal as such is certain in all three.
"""
_COUNTS = """{truths} truths. Of {refused} refusals that were gathered from AWS's pages, service models and public threads
(`range/rehearsal/truths/facts.yaml`), they hold {held}; what is [left out](#left-out) stands at the end, each with its
reason. What AWS [doesn't refuse](#not-refused), against common belief, is held by tests too, and so are the
[states](#states) that things pass through.
"""
_STATES = """## States

Each of these advances with the next call that looks at it, or with the next try of whoever was refused; until then what
is on its way holds what it holds on AWS.

| what | its states |
|---|---|"""
_NOT_REFUSED = """## Not refused

| call | when | what AWS does | source |
|---|---|---|---|"""
_LEFT_OUT = """## Left out

| call | refused when | code | how known | why it is left out |
|---|---|---|---|---|"""
_KNOWN = {"documented": "documented", "seen_in_issue": "seen", "general_knowledge": "**from memory**"}


def page(truths: tuple[Truth, ...] = TRUTHS) -> str:
    """Give the page as Markdown: a section per service, a row per truth, in the order of the calls; then states and facts."""
    ordered = sorted(truths, key=lambda truth: (truth.calls[0], truth.name))
    known = facts()
    sections = [_OPENING, _COUNTS.format(truths=len(truths), refused=len(known.refused), held=len(known.held))]
    for service, rows in groupby(ordered, key=lambda truth: truth.calls[0].partition(".")[0]):
        sections.append(f"## {service}\n\n| call | refused when | code | how known | source |\n|---|---|---|---|---|")
        sections.append("".join(f"{_row(truth)}\n" for truth in rows))
    sections += [_STATES, "".join(f"{_cells(row.kind, row.passes)}\n" for row in ROWS)]
    sections += [_NOT_REFUSED, "".join(f"{_allowed(fact)}\n" for fact in known.not_refused)]
    sections += [_LEFT_OUT, "".join(f"{_omitted(fact)}\n" for fact in known.left_out)]
    return "\n".join(sections)


def _row(truth: Truth) -> str:
    """Give one row of a service's table."""
    calls = ", ".join(f"`{call.partition('.')[2]}`" for call in truth.calls)
    return _cells(calls, truth.when, f"`{truth.code}`", _KNOWN[truth.confidence], truth.source)


def _allowed(fact: Fact) -> str:
    """Give one row of what isn't refused."""
    return _cells(f"`{fact.call}`", fact.when, fact.what_happens, fact.source)


def _omitted(fact: Fact) -> str:
    """Give one row of what is left out."""
    return _cells(f"`{fact.call}`", fact.when, f"`{fact.code}`", _KNOWN[fact.confidence], fact.left_out)


def _cells(*cells: str) -> str:
    """Give a row of a table."""
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


if __name__ == "__main__":
    print(page(), end="")
