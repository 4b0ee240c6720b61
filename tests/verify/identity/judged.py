"""Whether what was found is what a fault's row says: who, to whom, by which thing and statement."""

from __future__ import annotations

from typing import Any

from range.records.proof import Finding
from tests.verify.identity.faulty import Fault


def judged(findings: list[Finding], fault: Fault, said: dict[str, Any]) -> tuple[list[Finding], list[Finding]]:
    """Give the findings that say what the fault is, and those that say something else; `said` is its row."""
    right = [
        each
        for each in findings
        if each.source in (said.get("from", each.source), "*" if said.get("some") else None)
        and each.to == said.get("to", each.to)
        and each.verdict == fault.verdict
        and said.get("names", each.resource) in (each.resource, *each.resources)
        and str(said.get("says", "")) in f"{each.why} {each.chain}"
    ]
    return right, [each for each in findings if each not in right and not _may_be_named(each, fault, said)]


def _may_be_named(finding: Finding, fault: Fault, said: dict[str, Any]) -> bool:
    """Say whether a further finding is about the same fault: of everybody, or of what the guardrails kept before."""
    return finding.resource == said.get("names", finding.resource) or "guardrail" in fault.kind
