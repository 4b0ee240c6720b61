"""The state says what exists, and nothing of the machine that declared it."""

from __future__ import annotations

from pulumi.runtime import resource

from range.provision import positions


def test_the_sdk_still_asks_for_call_stacks_by_that_name_and_gets_none() -> None:
    asked = resource._get_stack_trace
    try:
        positions.keep_out_of_state()
        assert len(resource._get_stack_trace().frames) == 0
        assert resource._get_source_position(resource._get_stack_trace()) is None
        assert "_get_stack_trace" in resource.register_resource.__code__.co_names
    finally:
        resource._get_stack_trace = asked
