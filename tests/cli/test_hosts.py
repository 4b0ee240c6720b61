"""A rehearsal without hosts says so, wherever it is asked and in what it reports."""

from __future__ import annotations

from pathlib import Path

from range.cli.rounds import Report
from range.cli.surroundings import WITHOUT_HOSTS
from tests.cli.conftest import Type


def test_doctor_says_that_hosts_are_left_out(typed: Type) -> None:
    checks = typed("doctor", "--json").document["checks"]

    (hosts,) = [check for check in checks if check["name"] == "hosts"]
    assert hosts["ok"]
    assert "RANGE_NO_HOSTS" in hosts["why"]


def test_doctor_names_what_hosts_lack_and_the_way_without(typed: Type, tmp_path: Path) -> None:
    answer = typed("doctor", "--json", RANGE_NO_HOSTS="", PATH=str(tmp_path), XDG_CACHE_HOME=str(tmp_path))

    missing = [check for check in answer.document["checks"] if check["name"].startswith("hosts: ")]
    assert answer.code == 1
    assert "hosts: podman" in [check["name"] for check in missing]
    assert all("--no-hosts" in check["mend"] for check in missing)


def test_the_rehearsal_says_that_it_has_no_hosts_and_keeps_to_it(typed: Type) -> None:
    try:
        started = typed("rehearsal", "start", "--no-hosts", "--json", RANGE_NO_HOSTS="")
        assert (started.document["hosts"], started.document["machines"]) == (False, None)
        assert WITHOUT_HOSTS in typed("rehearsal", "status").stdout

        refused = typed("rehearsal", "start", "--hosts", "--json")
        assert refused.code == 2
        assert "runs without hosts" in refused.document["error"]["message"]
    finally:
        typed("rehearsal", "stop")

    again = typed("rehearsal", "start", "--json", RANGE_NO_HOSTS="")
    typed("rehearsal", "stop")
    assert again.document["hosts"] is False


def test_a_report_says_whether_there_were_hosts() -> None:
    assert Report("steadfast", hosts=False).document()["hosts"] is False
    assert Report("steadfast", hosts=True).document()["hosts"] is True
