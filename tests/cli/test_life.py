"""The life of an exercise through the real engine, as its users type it; see `tests.cli.story`."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Answer
from tests.cli.story import CHANGES, Place, clean, lived
from tests.engine.states import made

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1800)]

ENCLAVES = ["hub", "est", "red", "white"]
LIMITS_S = {"up": (3, 60), "down": (3, 40)}
"""Between which moments a command is killed."""
A_FEW = 20
"""Of the hub's things, after which a command is interrupted."""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """All answers by name."""
    return dict(lived(tmp_path_factory.mktemp("life")))


def rows(answer: Answer) -> dict[str, dict[str, Any]]:
    """Give an answer's rows by enclave."""
    return {row["name"]: row for row in answer.document["enclaves"]}


def changed(answer: Answer) -> dict[str, int]:
    """Count what a command changed in each enclave that it changed anything in."""
    counts = {name: sum(row[kind] for kind in CHANGES) for name, row in rows(answer).items()}
    return {name: count for name, count in counts.items() if count}


def test_before_the_first_up_plan_counts_what_would_be_made(story: dict[str, Answer]) -> None:
    stacks = {row["stack"]: row for row in story["plan"].document["stacks"]}

    assert story["plan"].code == 0
    assert list(stacks) == [f"small.{name}" for name in ENCLAVES]
    assert stacks["small.est"]["create"] >= 60
    assert {row["error"] for row in stacks.values()} == {None}


def test_plan_knows_what_up_makes(story: dict[str, Answer]) -> None:
    planned = {row["stack"].removeprefix("small."): row["create"] for row in story["plan"].document["stacks"]}

    assert {name: row["created"] for name, row in rows(story["up"]).items()} == planned


def test_up_brings_the_hub_and_every_enclave_up(story: dict[str, Answer]) -> None:
    assert story["up"].code == 0
    assert {name: row["phase"] for name, row in rows(story["up"]).items()} == dict.fromkeys(ENCLAVES, "ready")


def test_a_second_up_changes_nothing(story: dict[str, Answer]) -> None:
    assert story["up again"].code == 0
    assert changed(story["up again"]) == {}


def test_the_network_is_proven(story: dict[str, Answer]) -> None:
    assert (story["verify"].code, story["verify"].document["verdict"]) == (0, "PROVEN"), story["verify"].stdout


def test_pulumi_by_hand_agrees_that_nothing_is_to_change(story: dict[str, Answer]) -> None:
    assert story["preview by hand"].code == 0, story["preview by hand"].stdout


def test_status_has_the_hosts_at_their_planned_addresses(story: dict[str, Answer]) -> None:
    planned = {row["name"]: row["hosts"] for row in story["plan"].document["addresses"]}
    there = {
        name: {host["name"]: host["address"] for host in row["hosts"]} for name, row in rows(story["status"]).items()
    }

    assert there == planned
    assert {row["phase"] for row in rows(story["status"]).values()} == {"ready"}
    assert all(row["since"] and row["next"] for row in rows(story["status"]).values())


def test_a_new_flow_adds_what_it_needs_and_changes_nothing_else(story: dict[str, Answer]) -> None:
    stacks = {row["stack"]: row for row in story["plan of a flow"].document["stacks"]}

    assert {row["error"] for row in stacks.values()} == {None}
    assert story["up with a flow"].code == 0
    assert set(changed(story["up with a flow"])) == {"hub", "est"}
    for name in ("hub", "est"):
        row = rows(story["up with a flow"])[name]
        assert (row["updated"], row["replaced"], row["deleted"]) == (0, 0, 0)
        assert row["created"] == stacks[f"small.{name}"]["create"] > 0


def test_a_new_ally_changes_nothing_in_the_enclaves_of_others(story: dict[str, Answer]) -> None:
    added = rows(story["up with an ally"])

    assert story["up with an ally"].code == 0
    assert added["pol"]["created"] >= 60
    assert "est" not in changed(story["up with an ally"])


def test_a_flow_between_allies_gives_them_tables_of_their_own(story: dict[str, Answer]) -> None:
    found = rows(story["up with a cell"])

    assert story["up with a cell"].code == 0
    assert found["hub"]["created"] >= 2
    assert (found["est"]["replaced"], found["pol"]["replaced"]) == (1, 1)


def test_without_that_flow_a_table_goes_as_soon_as_its_ally_has_let_go_of_it(story: dict[str, Answer]) -> None:
    before, after = rows(story["up without the ally"]), rows(story["up after that"])

    assert (before["est"]["replaced"], before["hub"]["deleted"], before["hub"]["error"]) == (1, 3, None)
    assert (story["up after that"].code, changed(story["up after that"])) == (0, {"hub": 3})
    assert after["hub"]["deleted"] == 3


def test_an_ally_that_left_the_file_stays_and_up_says_so(story: dict[str, Answer]) -> None:
    answer = story["up without the ally"]

    assert answer.code == 1
    assert rows(answer)["pol"]["error"] == "pol left the exercise file but still stands"
    assert "--ally pol" in rows(answer)["pol"]["hint"]
    others = {name: (row["phase"], row["error"]) for name, row in rows(answer).items() if name != "pol"}
    assert others == dict.fromkeys(("hub", "est", "red", "white"), ("ready", None))


def test_down_of_somebody_unknown_lists_the_valid_ones_who_left_included(story: dict[str, Answer]) -> None:
    answer = story["down of a stranger"]

    assert answer.code == 2
    assert answer.document["error"]["hint"] == "valid: est, red, white, pol"


def test_down_takes_one_ally_that_left_and_nobody_else(story: dict[str, Answer]) -> None:
    answer = story["down of the ally"]

    assert (answer.code, answer.document["left"]) == (0, [])
    assert list(rows(answer)) == ["pol"]
    assert rows(answer)["pol"]["phase"] == "absent"
    assert story["up after that"].code == 0
    assert "est" not in changed(story["up after that"])


def test_down_without_a_terminal_wants_yes_and_touches_nothing(story: dict[str, Answer]) -> None:
    answer = story["down without a terminal"]

    assert answer.code == 2
    assert "--yes" in answer.document["error"]["hint"]


def test_down_removes_what_is_in_the_way_and_lists_what_is_left_beside(story: dict[str, Answer]) -> None:
    answer = story["down"]

    assert answer.code == 1
    assert [(each["account"], each["type"]) for each in answer.document["left"]] == [("200000000002", "ec2:key-pair")]
    assert "removed what was made by hand" in answer.stderr
    phases = {name: row["phase"] for name, row in rows(answer).items()}
    assert phases == {"est": "failed", "red": "absent", "white": "absent", "hub": "absent"}


def test_down_again_proves_that_nothing_is_left(story: dict[str, Answer]) -> None:
    answer = story["down again"]

    assert (answer.code, answer.document["left"]) == (0, [])
    assert {row["phase"] for row in rows(story["status at the end"]).values()} == {"absent"}


def test_the_log_has_every_command_that_changed_something_and_how_it_ended(story: dict[str, Answer]) -> None:
    ended = [entry["how"] for entry in story["log"].document["commands"]]

    assert ended == [*["done"] * 5, "failed", "done", "done", "failed", "done"]


def test_killed_at_any_moment_the_same_command_run_again_arrives(tmp_path: Path) -> None:
    place = Place(tmp_path)
    seed = random.randrange(10**6)
    moments = random.Random(seed)
    print("seed", seed)
    try:
        for command in (("up",), ("down", "--yes")):
            for _ in ("once", "twice"):
                killed(place, *command, after_s=moments.uniform(*LIMITS_S[command[0]]))
            answer = place.type(*command)
            assert answer.code == 0, (seed, answer)
            if command == ("up",):
                assert changed(place.type("up")) == {}
            else:
                assert answer.document["left"] == []
    finally:
        place.type("rehearsal", "stop")


def test_ctrl_c_ends_in_good_order_and_the_same_command_goes_on(tmp_path: Path) -> None:
    place = Place(tmp_path)
    try:
        with subprocess.Popen(
            place.command("up"), cwd=tmp_path, env=clean(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            while made(tmp_path / ".range", "small.hub") < A_FEW and process.poll() is None:
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            stdout, _ = process.communicate()

        interrupted = rows(Answer(process.returncode, stdout, ""))
        assert process.returncode == 130
        assert interrupted["hub"]["exit_code"] == 130
        assert place.type("up").code == 0
        assert place.type("down", "--yes").document["left"] == []
    finally:
        place.type("rehearsal", "stop")


def killed(place: Place, *command: str, after_s: float) -> None:
    """Type a command and kill it, unless it ends before that."""
    with subprocess.Popen(
        place.command(*command), cwd=place.folder, env=clean(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            process.wait(after_s)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
