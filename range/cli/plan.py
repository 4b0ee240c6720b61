"""`range plan`: what would change, and what it takes; nothing is made."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from range.cli import output, surroundings
from range.cli.options import Allies, AsJson, Cloud, CloudName, Spec, Yes, enclaves_named
from range.plan.summary import summary
from range.records.plan import Plan

NEAR = 0.5
"""Quotas of which this part of the default is used are printed; `--json` has all of them."""

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def plan(
    spec: Spec, ally: Allies = None, cloud: Cloud = CloudName.rehearsal, as_json: AsJson = False, yes: Yes = False
) -> int:
    """Show what would change per stack, addresses, flows, quotas and cost per hour."""
    planned = surroundings.plan(spec, now=datetime.now(UTC))
    only = enclaves_named(ally, [enclave.name for enclave in planned.enclaves])
    document = {**summary(planned), "stacks": _stacks(spec, planned, cloud, only)}
    if as_json:
        output.document(document)
    else:
        _show(document)

    from range.controller.results import outweighing

    return outweighing(row["exit_code"] for row in document["stacks"])


def _stacks(spec: Path, planned: Plan, cloud: CloudName, only: tuple[str, ...]) -> list[dict[str, Any]]:
    """Ask the engine what `up` would change."""
    folder = surroundings.enter(spec, planned, cloud)

    from range.controller.foresight import foreseen

    names = [planned.hub.name, *(enclave.name for enclave in planned.enclaves if not only or enclave.name in only)]
    return foreseen(surroundings.setting(spec, planned, folder), names)


def _show(document: dict[str, Any]) -> None:
    """Print the plan for people: what changes, where everything is, who may talk to whom, what it takes."""
    kinds = ("create", "update", "replace", "delete", "same")
    output.table(("stack", *kinds), [(row["stack"], *(row[kind] for kind in kinds)) for row in document["stacks"]])
    for row in document["stacks"]:
        if row["error"]:
            output.line(f"{row['stack']}: {row['error']}")
    output.line()
    zones = [
        (place["name"], place["cidr"], ", ".join(f"{zone} {cidr}" for zone, cidr in place["zones"].items()))
        for place in document["addresses"]
    ]
    output.table(("enclave", "addresses", "zones"), zones)
    output.line()
    flows = [
        (flow["from"], flow["to"], flow["protocol"], flow["ports"], flow["kind"], flow["why"])
        for flow in document["flows"]
    ]
    output.table(("from", "to", "protocol", "ports", "kind", "why"), flows)
    output.line()
    near = [quota for quota in document["quotas"] if quota["needed"] >= NEAR * quota["limit"]]
    columns = ("quota", "account", "needed", "granted", "ask for", "source")
    output.table(columns, [(q["quota"], q["account"], q["needed"], q["limit"], q["ask"], q["source"]) for q in near])
    output.line()
    output.table(("item", "count", "usd_per_h"), [(c["item"], c["count"], c["usd_per_h"]) for c in document["cost"]])
    output.line(f"\n{document['usd_per_h']:.2f} USD per hour, at the prices of {document['priced_as']}")
