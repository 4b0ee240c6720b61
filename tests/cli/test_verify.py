"""`range verify --snapshot`, as an ally's officer types it: on a machine of their own, with no cloud."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from range.records.snapshot import text_of
from range.spec.loading import load
from tests.cli.conftest import EXAMPLES, Type
from tests.verify.catalogue import catalogue, make
from tests.verify.exercises import NOW, planned, steadfast
from tests.verify.naming import Names
from tests.verify.ranges import range_of


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """The snapshot of a correct range."""
    path = tmp_path / "snapshot.json"
    path.write_text(text_of(range_of(steadfast()).cloud.snapshot()), encoding="utf-8")
    return path


@pytest.fixture
def violated(tmp_path: Path) -> Path:
    """The snapshot of a range in which two allies' VPCs are peered."""
    cloud = range_of(steadfast()).cloud
    fault = next(fault for fault in catalogue() if fault.kind == "peering")
    make(fault, Names(steadfast(), cloud.snapshot()).of, cloud.call, cloud.look)
    path = tmp_path / "violated.json"
    path.write_text(text_of(cloud.snapshot()), encoding="utf-8")
    return path


def test_a_correct_range_is_proven_the_same_to_the_byte_wherever_it_is_asked(
    typed: Type, spec: Path, snapshot: Path, tmp_path: Path
) -> None:
    pages = [tmp_path / "one.html", tmp_path / "two.html"]
    answers = [typed("verify", spec, "--snapshot", snapshot, "--json", "--html", page) for page in pages]
    elsewhere = typed(
        "verify", spec, "--snapshot", snapshot, "--json", TZ="Pacific/Auckland", LANG="C", PYTHONHASHSEED="7"
    )

    assert {answer.code for answer in (*answers, elsewhere)} == {0}
    assert len({answer.stdout for answer in (*answers, elsewhere)}) == 1
    assert pages[0].read_bytes() == pages[1].read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "one.html",
        "snapshot.json",
        "steadfast.yaml",
        "two.html",
    ]


def test_the_answer_has_the_keys_that_scripts_rely_on(typed: Type, spec: Path, snapshot: Path) -> None:
    proof = typed("verify", spec, "--snapshot", snapshot, "--json").document

    assert (proof["verdict"], proof["network"], proof["identity"]) == ("PROVEN", "PROVEN", "PROVEN")
    assert (proof["findings"], len(proof["snapshot_sha256"])) == ([], 64)
    assert proof["pairs"] > 100


def test_a_violated_range_exits_with_1_and_shows_the_packet(typed: Type, spec: Path, violated: Path) -> None:
    answer = typed("verify", spec, "--snapshot", violated, "--json")

    assert answer.code == 1
    finding: dict[str, Any] = answer.document["findings"][0]
    assert (finding["from"], finding["to"], finding["verdict"]) == ("gbr.targets", "est.targets", "VIOLATED")
    assert finding["resource"].startswith("pcx-")
    example = finding["counterexample"]
    assert (example["source"], example["protocol"], example["port"]) == ("10.64.128.132", "tcp", 22)
    assert [hop["resource"][:4] for hop in example["hops"]][-1] == "eni-"


def test_the_terminal_shows_a_matrix_and_the_packet_hop_by_hop(typed: Type, spec: Path, violated: Path) -> None:
    lines = typed("verify", spec, "--snapshot", violated).stdout.splitlines()

    assert lines[0] == "steadfast: network VIOLATED, identity PROVEN"
    rows = {line.split()[0]: line.split()[1:] for line in lines[4:] if line[:8].strip() in {"hub", "gbr", "est", "red"}}
    assert rows["gbr"] == ["+", "X", ".", ".", ".", "."]
    assert any(line.startswith("VIOLATED  gbr.targets → est.targets") for line in lines)
    assert max(len(line) for line in lines[:16]) <= 100


def test_what_is_asked_about_one_ally_is_answered_for_it_alone(typed: Type, spec: Path, violated: Path) -> None:
    pol, gbr = (typed("verify", spec, "--snapshot", violated, "--json", "--ally", ally) for ally in ("pol", "gbr"))

    assert (pol.code, pol.document["findings"]) == (0, [])
    assert gbr.code == 1
    assert {cell["from"] for cell in pol.document["matrix"] if cell["to"] != "pol"} == {"pol"}


def test_a_snapshot_cut_short_is_unknown_with_the_reason(typed: Type, spec: Path, snapshot: Path) -> None:
    whole = snapshot.read_text(encoding="utf-8")
    snapshot.write_text(whole[: len(whole) // 2], encoding="utf-8")

    answer = typed("verify", spec, "--snapshot", snapshot, "--json")

    assert (answer.code, answer.document["verdict"]) == (3, "UNKNOWN")
    assert "cut short" in answer.document["findings"][0]["why"]


def test_what_was_typed_wrong_touches_nothing(typed: Type, spec: Path, snapshot: Path) -> None:
    missing = typed("verify", spec, "--snapshot", "nowhere.json", "--json")
    both = typed("verify", spec, "--snapshot", snapshot, "--save", "copy.json", "--json")
    nobody = typed("verify", spec, "--snapshot", snapshot, "--ally", "xyz", "--json")

    assert (missing.code, both.code, nobody.code) == (2, 2, 2)
    assert "nowhere.json" in missing.document["error"]["message"]


def test_thirty_six_allies_fit_on_a_screen(typed: Type, tmp_path: Path) -> None:
    spec, snapshot = tmp_path / "nations36.yaml", tmp_path / "snapshot.json"
    spec.write_text((EXAMPLES / "nations36.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    plan = planned(load(spec, now=NOW))
    snapshot.write_text(text_of(range_of(plan).cloud.snapshot()), encoding="utf-8")

    one, two = (typed("verify", spec, "--snapshot", snapshot) for _ in range(2))

    assert (one.code, one.stderr) == (0, "")
    assert one.stdout == two.stdout
    assert max(map(len, one.stdout.splitlines())) <= 100
    assert len(one.stdout.splitlines()) < 60


def test_an_officer_asks_who_can_do_something(typed: Type, spec: Path, snapshot: Path) -> None:
    asked = ("verify", spec, "--snapshot", snapshot, "--who-can", "kms:Decrypt", "--on", "ally:est")
    words, document = typed(*asked), typed(*asked, "--json").document

    assert words.code == 0
    assert words.stdout.startswith("steadfast: kms:Decrypt on est: ")
    assert {each["enclave"] for each in document["able"]} == {"est", "hub", ""}
    assert (document["action"], document["on"], document["doubts"]) == ("kms:Decrypt", "est", [])


def test_a_question_typed_wrong_is_refused_with_what_to_type(typed: Type, spec: Path, snapshot: Path) -> None:
    kept = ("verify", spec, "--snapshot", snapshot, "--json")
    answers = [
        typed(*kept, "--who-can", "kms:Decrypt"),
        typed(*kept, "--who-can", "Decrypt", "--on", "est"),
        typed(*kept, "--who-can", "kmѕ:Decrypt", "--on", "est"),
        typed(*kept, "--who-can", "kms:Decrypt", "--on", "ally:xyz"),
    ]

    assert {answer.code for answer in answers} == {2}
    assert "valid: " in answers[-1].document["error"]["hint"]
