"""A create that fails when the thing is there already, and a delete that fails when it is gone: neither stays as it is."""

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


@pytest.fixture(scope="module")
def empty(place: Quick, undisturbed: dict[str, list[str]]) -> dict[str, list[str]]:
    """What is in the accounts when all is down."""
    return place.things()


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


STAYS = {"kind": "error", "code": "AccessDenied", "call": "ec2.DeleteTransitGateway"}
"""Keeps a `down` from coming to its end."""


def test_a_policy_whose_delete_nobody_was_told_of_is_gone_as_any_other(
    place: Quick, empty: dict[str, list[str]]
) -> None:
    assert place.typed(UP).code == 0
    place.weather(**{**CALM, "rules": [lost("organizations.DeletePolicy")]})

    down = place.typed(DOWN)
    struck = place.weather()["struck"]
    place.weather(**CALM)

    assert (down.code, struck) == (0, 1), down.stderr[-2000:]
    assert place.things() == empty


def test_up_makes_anew_what_a_down_that_failed_has_deleted_and_was_not_told_of(
    place: Quick, undisturbed: dict[str, list[str]]
) -> None:
    assert place.typed(UP).code == 0
    place.weather(**{**CALM, "rules": [lost("organizations.DeletePolicy"), STAYS]})
    failed = place.typed(DOWN)
    place.weather(**CALM)

    up = place.typed(UP)
    things = place.things()
    down = place.typed(DOWN)

    assert (failed.code, up.code, down.code) == (1, 0, 0), up.stderr[-2000:]
    assert things == undisturbed


def test_down_goes_on_though_somebody_has_deleted_a_guardrail(place: Quick, empty: dict[str, list[str]]) -> None:
    assert place.typed(UP).code == 0
    with place.entered() as sessions:
        hub = sessions.account(place.content["accounts"]["hub"])
        policies = hub.call("organizations", "list_policies", Filter="SERVICE_CONTROL_POLICY")["Policies"]
        policy = next(each["Id"] for each in policies if each["Name"] == "tiny-isolation")
        for target in hub.call("organizations", "list_targets_for_policy", PolicyId=policy)["Targets"]:
            hub.call("organizations", "detach_policy", PolicyId=policy, TargetId=target["TargetId"])
        hub.call("organizations", "delete_policy", PolicyId=policy)

    down = place.typed(DOWN)

    assert down.code == 0, down.stderr[-2000:]
    assert place.things() == empty


UNSEEN = {"kind": "error", "code": "AccessDenied", "call": "cloudfront.ListDistributions"}
"""Something that nobody gets to see."""


def test_an_account_of_which_something_cannot_be_seen_is_not_brought_up_until_it_can(
    place: Quick, undisturbed: dict[str, list[str]], empty: dict[str, list[str]]
) -> None:
    place.weather(**{**CALM, "rules": [UNSEEN]})
    blind = place.typed(UP)
    place.weather(**CALM)
    untouched = place.things()

    up = place.typed(UP)
    things = place.things()
    down = place.typed(DOWN)

    hub = next(each for each in blind.document["enclaves"] if each["name"] == "hub")
    assert (hub["exit_code"], up.code, down.code) == (3, 0, 0), down.stdout[-2000:]
    assert "cloudfront:distribution" in hub["error"]
    assert (untouched, things, place.things()) == (empty, undisturbed, empty)
