"""Tables of the hub's gateway that the file needs no more: kept while an enclave's attachment is in them, and no longer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest

from range.provision.engine import Engine
from range.provision.held import ASSOCIATION, TABLE, held, is_let_go
from range.provision.state import State
from range.records.plan import Plan

ROUTE = "aws:ec2transitgateway/route:Route"


class States:
    """An engine that only knows what is in its states."""

    def __init__(self, **by_enclave: Sequence[dict[str, Any]]) -> None:
        self._states = {
            f"steadfast.{name}": State.model_validate({"resources": list(found)}) for name, found in by_enclave.items()
        }

    def stacks(self) -> tuple[str, ...]:
        return tuple(self._states)

    def state(self, stack: str) -> State:
        return self._states.get(stack, State())


def thing(type_: str, name: str, *needs: str, **inputs: str) -> dict[str, Any]:
    """Write a resource as a deployment has it; `needs` are the URNs of what it depends on."""
    urn = f"urn:pulumi:steadfast.hub::defence-range::{type_}::{name}"
    return {
        "urn": urn,
        "type": type_,
        "id": f"id-{name}",
        "custom": True,
        "dependencies": list(needs),
        "inputs": inputs,
    }


def into(table: str) -> list[dict[str, Any]]:
    """What an enclave's state has while its attachment is in a table."""
    return [thing(ASSOCIATION, "attachment", transitGatewayRouteTableId=f"id-{table}")]


LONE = thing(TABLE, "lva")
ITS_ROUTE = thing(ROUTE, "lva-10.64.0.0/16", LONE["urn"])
SHARED = thing(TABLE, "enclaves")


def found(plan: Plan, **by_enclave: Sequence[dict[str, Any]]) -> tuple[frozenset[str], bool]:
    engine = cast(Engine, States(**by_enclave))
    return held(engine, plan), is_let_go(engine, plan)


def test_a_table_that_the_file_wants_is_nobody_s_to_keep(plan: Plan) -> None:
    assert found(plan, hub=[SHARED], gbr=into("enclaves")) == (frozenset(), False)


@pytest.mark.parametrize("by", ["gbr", "lva"], ids=["an-ally-of-the-file", "an-ally-that-left"])
def test_a_table_in_use_is_kept_with_what_is_in_it(plan: Plan, by: str) -> None:
    kept = found(plan, hub=[SHARED, LONE, ITS_ROUTE], **{by: into("lva")})

    assert kept == (frozenset({LONE["urn"], ITS_ROUTE["urn"]}), False)


def test_a_table_that_nobody_is_in_goes(plan: Plan) -> None:
    assert found(plan, hub=[SHARED, LONE, ITS_ROUTE], gbr=into("enclaves")) == (frozenset(), True)


def test_of_two_tables_the_one_in_use_stays(plan: Plan) -> None:
    other = thing(TABLE, "ltu")

    assert found(plan, hub=[LONE, ITS_ROUTE, other], lva=into("lva")) == (
        frozenset({LONE["urn"], ITS_ROUTE["urn"]}),
        True,
    )


def test_another_exercise_s_attachments_keep_nothing(plan: Plan) -> None:
    engine = States(hub=[LONE])
    engine._states["steadfast2.lva"] = State.model_validate({"resources": into("lva")})

    assert held(cast(Engine, engine), plan) == frozenset()


def test_without_a_hub_there_is_nothing_to_keep(plan: Plan) -> None:
    assert found(plan) == (frozenset(), False)
