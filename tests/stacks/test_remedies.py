"""Whatever a stack makes can be cleaned up after a kill in the middle of making it."""

from __future__ import annotations

from range.provision.remedies import ADOPTED, REPEATABLE, TAGGED, UNDONE
from tests.stacks.conftest import Recorder


def test_every_type_that_a_stack_makes_has_a_remedy(recorded: dict[str, Recorder]) -> None:
    made = {resource.type for recorder in recorded.values() for resource in recorder.aws()}

    assert made - TAGGED.keys() - UNDONE.keys() - ADOPTED.keys() - REPEATABLE == set()


def test_what_is_found_by_its_tags_is_given_tags_by_the_provider(recorded: dict[str, Recorder]) -> None:
    untagged = {
        resource.type
        for recorder in recorded.values()
        for resource in recorder.aws()
        if resource.type in TAGGED and not resource.provider
    }

    assert untagged == set()
