"""A team plays, another is next: sessions, freezing and resets through the real engine, in the order of the day."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.cli.conftest import Answer
from tests.reset.conftest import Range
from tests.reset.observer import photograph

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1800)]


def row(answer: Answer, name: str = "est") -> dict[str, Any]:
    """Give an enclave's row."""
    found: dict[str, Any] = next(each for each in answer.document["enclaves"] if each["name"] == name)
    return found


def test_up_leaves_every_enclave_ready_with_a_baseline(ground: Range) -> None:
    assert {each["phase"] for each in ground.up.document["enclaves"]} == {"ready"}


def test_an_untouched_enclave_is_clean_and_nothing_in_it_is_changed(ground: Range) -> None:
    before = ground.changes()

    answer = ground.reset()

    assert (answer.code, row(answer)["verdict"], row(answer)["left"]) == (0, "CLEAN", []), answer
    assert row(answer)["baseline"] == row(answer)["observed"] != ""
    assert ground.changes() == before


def test_the_morning_s_answer_is_go_for_everybody(ground: Range) -> None:
    answer = ground.type("check")

    assert answer.code == 0, answer
    assert {each["go"] for each in answer.document["enclaves"]} == {True}


def test_a_session_gives_a_team_access_that_its_end_takes_back(ground: Range) -> None:
    began = ground.type("session", "start", "--ally", "est")
    assert began.code == 0, began
    again = ground.type("session", "start", "--ally", "est")
    refused = ground.reset()
    given = ground.type("session", "access", "--ally", "est").document
    team = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name="eu-west-2")
    client = ground.client_of(team)
    mine = client("ec2").create_key_pair(KeyName="played")["KeyPairId"]
    shown = row(ground.type("status"))

    ended = ground.type("session", "end")

    assert (again.code, refused.code) == (2, 2)
    assert "session 1 goes on" in refused.document["error"]["message"]
    assert shown["phase"] == "in session"
    assert mine, "what a participant may do they can do"
    assert ended.document["session"]["ended"]
    assert row(ground.type("status"))["phase"] == "ready"
    with pytest.raises(ClientError):
        client("ec2").create_key_pair(KeyName="afterwards")


def test_after_a_session_the_enclave_is_no_go_until_it_is_reset(ground: Range) -> None:
    before = row(ground.type("check"))
    start = ground.type("session", "start", "--ally", "est")

    answer = ground.reset()

    assert (before["go"], before["next"]) == (False, before["next"])
    assert "reset" in before["next"]
    assert start.code == 2
    assert (answer.code, row(answer)["verdict"]) == (0, "CLEAN"), answer
    assert row(ground.type("check"))["go"] is True


def test_a_freeze_cuts_and_a_thaw_undoes_exactly_that(ground: Range) -> None:
    before = photograph(ground.mallory)

    frozen = ground.type("freeze", "--ally", "est", "--team", "red")
    cut = photograph(ground.mallory)
    thawed = ground.type("thaw", "--ally", "est", "--team", "red")

    assert {each["phase"] for each in frozen.document["enclaves"]} == {"frozen"}
    assert {line.partition(" ")[0] for line in cut ^ before} == {"describe_network_acls"}
    assert {each["phase"] for each in thawed.document["enclaves"]} == {"ready"}
    assert photograph(ground.mallory) == before
