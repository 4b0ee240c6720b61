"""Findings of a proof, made up."""

from __future__ import annotations

from range.records.proof import Finding


def finding(source: str, to: str, *, resource: str = "r", verdict: str = "VIOLATED") -> Finding:
    """Make one up."""
    kind = "unknown" if verdict == "UNKNOWN" else "undeclared"
    return Finding.model_validate(
        {"source": source, "to": to, "verdict": verdict, "kind": kind, "traffic": "tcp 1", "resource": resource,
         "resources": (resource,), "why": "w"}
    )  # fmt: skip
