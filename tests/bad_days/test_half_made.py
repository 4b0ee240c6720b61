"""A create that fails when the thing is there already: `up` makes it anew, and nothing of the first try stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.bad_days.place import ALLY
from tests.bad_days.quick import Quick

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

UP, DOWN = ("up", "--ally", ALLY), ("down", "--yes")
CALM: dict[str, Any] = {"rate": 0.0, "rules": [], "throttling": 0.0, "latency": "none"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quick]:
    place = Quick(tmp_path_factory.mktemp("half"))
    yield place
    place.stop()


@pytest.fixture(scope="module")
def undisturbed(place: Quick) -> dict[str, list[str]]:
    """What is in the accounts after an `up` on a calm day."""
    place.weather(**CALM)
    assert place.typed(UP).code == 0
    things = place.things()
    assert place.typed(DOWN).code == 0
    return things


def refused(call: str, after: int) -> dict[str, Any]:
    """Refuse one call for no reason that passes, so that nobody makes it again by himself."""
    return {"kind": "error", "code": "InternalFailure", "call": call, "times": 1, "after": after}


def failing(state: str, after: int) -> dict[str, Any]:
    return {"kind": "failed", "state": state, "times": 1, "after": after}


def lost(call: str) -> dict[str, Any]:
    """Carry one call out and tell nobody, so that who asks again hears that the thing is there already."""
    return {"kind": "lost", "call": call, "times": 1}


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(lost("route53.ChangeResourceRecordSets"), id="a record that nobody was told of"),
        pytest.param(refused("ec2.RevokeSecurityGroupEgress", 1), id="a group that still lets everything out"),
        pytest.param(failing("transit-gateway-attachment:pending", 0), id="the hub's attachment, which fails"),
        pytest.param(
            failing("transit-gateway-attachment:pending", 1), id="an ally's attachment, which fails as it is accepted"
        ),
    ],
)
def test_what_was_made_by_half_is_made_anew(
    place: Quick, undisturbed: dict[str, list[str]], rule: dict[str, Any]
) -> None:
    place.weather(**{**CALM, "rules": [rule]})
    try:
        up = place.typed(UP)
        struck = place.weather()["struck"]
    finally:
        place.weather(**CALM)
    things = place.things()
    down = place.typed(DOWN)

    assert (up.code, struck, down.code) == (0, 1, 0), up.stderr[-2000:]
    assert things == undisturbed
