"""`python -m range.rehearsal.truths.document`: the page that lists every truth, made from the rows."""

from __future__ import annotations

from itertools import groupby

from range.rehearsal.truths.rows import Truth
from range.rehearsal.truths.table import TRUTHS

_OPENING = """# What the rehearsal cloud refuses

Made from the rows in `range/rehearsal/truths/` by `python -m range.rehearsal.truths.document`; a test fails when this
page is behind them. Each row is held by a conformance test through boto3, in `tests/rehearsal/truths/`.

*How known* speaks of the error code: **documented** was read in AWS's pages or service models; **seen** in a thread,
a tool's source or an answer recorded from AWS; **from memory** was not seen this time: check it on AWS before you
rely on the code itself. The refusal as such is certain in all three.
"""
_KNOWN = {"documented": "documented", "seen_in_issue": "seen", "general_knowledge": "**from memory**"}


def page(truths: tuple[Truth, ...] = TRUTHS) -> str:
    """Give the page as Markdown: a section per service, a row per truth, in the order of the calls."""
    ordered = sorted(truths, key=lambda truth: (truth.calls[0], truth.name))
    sections = [_OPENING, f"{len(truths)} truths.\n"]
    for service, rows in groupby(ordered, key=lambda truth: truth.calls[0].partition(".")[0]):
        sections.append(f"## {service}\n\n| call | refused when | code | how known | source |\n|---|---|---|---|---|")
        sections.append("".join(f"{_row(truth)}\n" for truth in rows))
    return "\n".join(sections)


def _row(truth: Truth) -> str:
    """Give one row of a table."""
    calls = ", ".join(f"`{call.partition('.')[2]}`" for call in truth.calls)
    cells = (calls, truth.when, f"`{truth.code}`", _KNOWN[truth.confidence], truth.source)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


if __name__ == "__main__":
    print(page(), end="")
