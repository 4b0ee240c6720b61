"""What `up` would change, and what a stack that can't be previewed does to the others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from range.controller.foresight import foreseen
from range.controller.results import outweighing
from range.controller.site import Setting
from range.errors import ProvisionError, RangeError, WrongBackend
from range.provision.state import State
from range.records.results import StackChanges

PLAN = SimpleNamespace(stack=str, enclave=lambda name: SimpleNamespace(name=name, zones=()))


class Foreseeing:
    """An engine that can preview every stack but those that it is told to fail for."""

    def __init__(self, **failing: RangeError) -> None:
        self.failing = failing

    def state(self, stack: str) -> State:
        if stack in self.failing:
            raise self.failing[stack]
        return State()

    def preview(self, stack: str) -> StackChanges:
        return StackChanges(stack=stack, create=3)


def rows(**failing: RangeError) -> dict[str, dict[str, Any]]:
    setting = SimpleNamespace(engine=Foreseeing(**failing), plan=PLAN)
    return {row["stack"]: row for row in foreseen(cast(Setting, setting), ["hub", "est", "pol"])}


def test_a_stack_that_cannot_be_previewed_leaves_the_others_their_counts() -> None:
    found = rows(est=ProvisionError("the program failed", hint="mend it"))

    assert (found["est"]["error"], found["est"]["exit_code"]) == ("the program failed\n  → mend it", 1)
    assert [(found[name]["create"], found[name]["error"]) for name in ("hub", "pol")] == [(3, None), (3, None)]


def test_a_failure_outweighs_what_could_not_be_told_and_both_outweigh_success() -> None:
    wrong, failed = WrongBackend("the state knows nothing of them"), ProvisionError("the program failed")

    assert outweighing(row["exit_code"] for row in rows().values()) == 0
    assert outweighing(row["exit_code"] for row in rows(est=wrong).values()) == 3
    assert outweighing(row["exit_code"] for row in rows(est=wrong, pol=failed).values()) == 1
