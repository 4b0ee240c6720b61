"""A team plays, another is next: sessions, freezing and resets through the real engine, in the order of the day.

At its end vandals play, session after session.
"""

from __future__ import annotations

import itertools
import os
import random
from collections import Counter
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from range.cloud import sweep
from range.receipts.bundles import STATEMENT, packed, unpacked
from tests.cli.conftest import Answer
from tests.reset import here
from tests.reset.conftest import PREFIX, Range
from tests.reset.ids import Ids
from tests.reset.making import MADE
from tests.reset.mischief import played
from tests.reset.observer import photograph
from tests.reset.spoiling import BY_HAND, SPOILT

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


def test_by_force_whoever_is_in_is_put_out_first_and_gets_no_access_any_more(ground: Range) -> None:
    assert ground.type("session", "start", "--ally", "est").code == 0
    given = ground.type("session", "access", "--ally", "est").document
    team = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name="eu-west-2")
    client = ground.client_of(team)
    client("ec2").create_key_pair(KeyName="played")

    answer = ground.reset("--force")
    refused = ground.type("session", "access", "--ally", "est")

    assert (answer.code, row(answer)["verdict"]) == (0, "CLEAN"), answer
    assert (refused.code, "isn't in session" in refused.document["error"]["message"]) == (2, True)
    with pytest.raises(ClientError):
        client("ec2").create_key_pair(KeyName="afterwards")


def test_the_evidence_of_an_ally_is_one_bundle_of_which_every_file_verifies(ground: Range) -> None:
    path = ground.folder / "est.tar.gz"
    answer = ground.type("evidence", "--ally", "est", "--out", str(path))
    key = str(ground.folder / ".range" / "small" / "keys" / "receipts.pub")

    good = ground.type_bare("receipt", "verify", str(path), "--key", key)
    files = unpacked(path)
    packed(path, {**files, "proof/network.json": b"{}"})
    bad = ground.type_bare("receipt", "verify", str(path), "--key", key)
    nobodys = ground.type("evidence", "--ally", "fra")
    without = ground.type("evidence", "--ally", "red")

    assert answer.code == 0, answer
    assert "no machine runs" in answer.document["no_alerts"]
    assert set(answer.document["files"]) == files.keys() - {STATEMENT}
    assert {"receipts.pub", "baseline.json", "proof/network.json", "HOW-TO-VERIFY.md"} <= files.keys()
    assert len([name for name in files if name.startswith("receipts/")]) >= 2
    assert (good.code, good.document["kind"]) == (0, "evidence"), good
    assert (bad.code, "proof/network.json" in bad.document["error"]["message"]) == (1, True)
    assert (nobodys.code, without.code) == (2, 2)


def test_a_freeze_cuts_and_a_thaw_undoes_exactly_that(ground: Range) -> None:
    before = photograph(ground.mallory)

    frozen = ground.type("freeze", "--ally", "est", "--team", "red")
    cut = photograph(ground.mallory)
    thawed = ground.type("thaw", "--ally", "est", "--team", "red")

    assert {each["phase"] for each in frozen.document["enclaves"]} == {"frozen"}
    assert {line.partition(" ")[0] for line in cut ^ before} == {"describe_network_acls"}
    assert {each["phase"] for each in thawed.document["enclaves"]} == {"ready"}
    assert photograph(ground.mallory) == before


def test_made_anew_from_another_file_nothing_that_a_team_left_is_taken_into_the_new_baseline(ground: Range) -> None:
    dashboards, identities = ground.mallory("cloudwatch"), ground.mallory("iam")
    dashboards.put_dashboard(DashboardName="left", DashboardBody='{"widgets": []}')
    identities.update_account_password_policy(MinimumPasswordLength=32)
    ground.content["allies"][0]["contact"] = "another@example.est.test"
    ground.save()

    refused = ground.reset()
    answer = ground.reset("--level", "enclave")

    assert refused.code == 2
    assert (answer.code, row(answer)["verdict"]) == (0, "CLEAN"), answer
    assert dashboards.list_dashboards()["DashboardEntries"] == []
    with pytest.raises(ClientError, match="NoSuchEntity"):
        identities.get_account_password_policy()


LONG = [pytest.mark.prove, pytest.mark.timeout(7200)]
THOUSAND = [pytest.param(100, marks=LONG, id=f"100-{part}") for part in range(10)]
"""The thousand of `make prove`, in parts that it can go on after."""
NUMBERS = itertools.count(101)
BY_THE_ENGINE = 10
"""Every so many sessions, something is done that only the engine puts back, and the network is proven, too."""


@pytest.mark.parametrize("sessions", [50, *THOUSAND])
def test_vandals_play_and_no_reset_is_ever_clean_that_is_not(
    sessions: int, ground: Range, record_property: Any
) -> None:
    seed = int(os.environ.get("VANDAL_SEED", random.randrange(10**9)))
    print(f"VANDAL_SEED={seed}")
    chance, verdicts, deeds = random.Random(seed), Counter[str](), Counter[str]()
    quick, slow = sorted((*MADE, *BY_HAND)), sorted(SPOILT.keys() - {"deletes a golden snapshot"})

    with here.environment(ground.environment):
        resets = here.Resets(ground.spec)
        with pytest.MonkeyPatch.context() as hasty:
            hasty.setattr(sweep, "_FIRST_WAIT_S", 0.02)
            before = photograph(ground.mallory)
            for number in range(1, sessions + 1):
                whole = number % BY_THE_ENGINE == 0
                wanted = chance.sample(quick, chance.randint(0, 6)) + chance.sample(slow, 4) * whole
                ids = Ids(ground.mallory, next(NUMBERS), PREFIX)
                if chance.random() < 0.5:
                    done = played(ground.mallory, ids, wanted)
                else:
                    with resets.session(ground.client_of) as client:
                        done = played(client, ids, wanted)
                result = resets.reset(*(() if whole else ("prove",)))
                now, told = photograph(ground.mallory), f"seed {seed}, session {number}, {done}: {result}"
                deeds.update(done)
                verdicts[result.verdict] += 1
                if result.verdict == "CLEAN":
                    assert result.baseline == result.observed, told
                    assert now == before, (told, now ^ before)
                else:
                    assert result.why, told
                    assert now == before or result.left, told
                    anew = resets.reset(level="enclave", acknowledged=here.events(result))
                    assert anew.verdict == "CLEAN", (told, anew)
                    before = photograph(ground.mallory)

    counted = f"seed {seed}, {dict(verdicts)}, {sum(deeds.values())} deeds of {len(deeds)} kinds, {resets.seconds}"
    record_property("counted", counted)
    assert verdicts["CLEAN"] >= sessions * 0.9, counted
