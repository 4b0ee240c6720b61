"""Everything that somebody may do to an enclave, and what a reset makes of it; takes long."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Answer
from tests.reset.conftest import EST, PREFIX, Range
from tests.reset.ids import Ids
from tests.reset.mischief import DEEDS, played
from tests.reset.observer import photograph

pytestmark = [pytest.mark.engine, pytest.mark.prove, pytest.mark.timeout(7200)]


def row(answer: Answer, name: str = "est") -> dict[str, Any]:
    """Give an enclave's row."""
    found: dict[str, Any] = next(each for each in answer.document["enclaves"] if each["name"] == name)
    return found


def test_whatever_was_done_to_it_a_reset_makes_it_what_it_was(ground: Range, record_property: Any) -> None:
    before = photograph(ground.mallory)
    ids = Ids(ground.mallory, 7, PREFIX)

    done = played(ground.mallory, ids, [name for name in DEEDS if name != "deletes a golden snapshot"])
    spoilt = photograph(ground.mallory)
    answer = ground.reset()

    record_property("counted", f"{len(done)} of {len(DEEDS)} deeds done")
    assert len(done) >= 85
    assert spoilt != before
    assert (answer.code, row(answer)["verdict"]) == (0, "CLEAN"), (answer, done)
    now = photograph(ground.mallory)
    assert (sorted(now - before), sorted(before - now)) == ([], [])


def test_the_receipt_of_it_verifies_with_the_public_key_and_nothing_else(ground: Range) -> None:
    receipt = Path(row(ground.reset())["receipt"])
    key = ground.folder / ".range" / "small" / "keys" / "receipts.pub"
    words = ("receipt", "verify", str(receipt), "--key", str(key))

    good = ground.type_bare(*words)
    receipt.write_text(receipt.read_text().replace('"payload":"ey', '"payload":"eY'))
    bad = ground.type_bare(*words)

    assert (good.code, good.document["verdict"], good.document["signed"]) == (0, "CLEAN", True)
    assert bad.code == 1
    said = good.document["predicate"]
    assert said["account"] == EST
    assert said["baseline"]["sha256"] == said["observed"]["sha256"]
    assert said["trail"]["complete_until"] > said["began"]


def test_what_no_look_can_show_is_unknown_and_quarantined_until_somebody_answers_for_it(ground: Range) -> None:
    ground.mallory("glue").create_database(DatabaseInput={"Name": "hidden"})

    doubtful = ground.reset()
    status = row(ground.type("status"))
    start = ground.type("session", "start", "--ally", "est")
    thaw = ground.type("thaw", "--ally", "est")
    ground.mallory("glue").delete_database(Name="hidden")
    events = sorted({why.split("(event ")[1].split(")")[0] for why in row(doubtful)["why"] if "(event " in why})
    still = ground.reset()
    deleted = sorted({why.split("(event ")[1].split(")")[0] for why in row(still)["why"] if "(event " in why})
    known = [word for event in {*events, *deleted} for word in ("--acknowledge", event)]
    anew = ground.reset("--level", "enclave", *known)

    assert (doubtful.code, row(doubtful)["verdict"]) == (3, "UNKNOWN"), doubtful
    assert "glue:CreateDatabase" in "; ".join(row(doubtful)["why"])
    assert status["phase"] == "quarantined"
    assert (start.code, thaw.code) == (2, 2)
    assert (still.code, row(still)["verdict"]) == (3, "UNKNOWN")
    assert (anew.code, row(anew)["verdict"]) == (0, "CLEAN"), anew
    assert row(anew)["baseline"] == row(anew)["observed"]


def test_a_file_that_was_changed_since_is_refused_and_up_is_offered(ground: Range) -> None:
    before = ground.spec.read_text()
    ground.content["budget_usd"] = 401
    ground.save()

    answer = ground.reset()

    ground.spec.write_text(before)
    assert answer.code == 2
    assert "changed since: budget" in answer.document["error"]["message"]
    assert "range up" in answer.document["error"]["hint"]


def test_unknown_allies_and_missing_answers_are_bad_input(ground: Range) -> None:
    unknown = ground.type("reset", "--ally", "fra", "--yes")
    unasked = ground.type("reset", "--ally", "est")

    assert (unknown.code, unknown.document["error"]["hint"]) == (2, "valid: est, red, white")
    assert (unasked.code, "--yes" in unasked.document["error"]["hint"]) == (2, True)


def test_down_leaves_nothing_and_forgets_what_was_played(ground: Range) -> None:
    answer = ground.type("down", "--yes")

    assert (answer.code, answer.document["left"]) == (0, []), answer
    assert {each["phase"] for each in json.loads(ground.type("status").stdout)["enclaves"]} == {"absent"}
    assert not list((ground.folder / ".range" / "small" / "baseline").iterdir())
