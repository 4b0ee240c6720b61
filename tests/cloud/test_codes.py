"""Which refusals pass, and how often AWS is asked again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from range.cloud import codes
from range.cloud.codes import PAUSES_S, UNREACHED, tried
from range.errors import CloudError


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was waited, without waiting."""
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    return waited


def refusing(*refusals: str) -> Callable[[], str]:
    """Refuse with one code after another, then answer."""
    left = list(refusals)

    def ask() -> str:
        if left:
            raise CloudError("refused", code=left.pop(0))
        return "answer"

    return ask


def test_a_question_that_is_refused_for_a_reason_that_passes_is_asked_again_after_ever_longer_pauses(
    pauses: list[float],
) -> None:
    assert tried(refusing("InternalError", "RequestLimitExceeded", "ConnectionClosedError")) == "answer"
    assert tuple(pauses) == PAUSES_S
    assert sorted(pauses) == pauses


def test_what_is_refused_for_good_is_not_asked_again(pauses: list[float]) -> None:
    with pytest.raises(CloudError):
        tried(refusing("AccessDenied"))
    assert pauses == []


def test_patience_ends() -> None:
    with pytest.raises(CloudError):
        tried(refusing(*["InternalError"] * (len(PAUSES_S) + 1)))


@pytest.mark.parametrize(
    "code", ["RouteAlreadyExists", "DuplicatePolicyAttachmentException", "InvalidPermission.Duplicate"]
)
def test_what_is_there_already_is_told_by_its_code(code: str) -> None:
    assert codes.is_there_already(code, "")
    assert not codes.PASSING.search(code)


def test_what_is_there_already_is_told_by_the_message_where_the_code_is_for_all_things() -> None:
    said = "[Tried to create resource record set [name='collector.tiny.internal.', type='A'] but it {}]"

    assert codes.is_there_already("InvalidChangeBatch", said.format("already exists"))
    assert not codes.is_there_already("InvalidChangeBatch", said.format("isn't of the zone"))


@pytest.mark.parametrize("code", ["AccessDenied", "UnauthorizedOperation", "VpcLimitExceeded", "DependencyViolation"])
def test_what_is_refused_for_good_neither_passes_nor_is_there(code: str) -> None:
    assert not codes.PASSING.search(code)
    assert not codes.is_there_already(code, "no")


def test_where_nobody_answers_it_is_not_asked_again_since_botocore_has_done_so(pauses: list[float]) -> None:
    with pytest.raises(CloudError):
        tried(refusing(*UNREACHED))
    assert pauses == []
