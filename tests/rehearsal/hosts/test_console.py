"""A console is read as it was written: without stamps and colours, and only its end."""

from __future__ import annotations

from pathlib import Path

from range.rehearsal.hosts.console import SHOWN_BYTES, say, tail, written

STAMP = "2026-11-28T04:09:52.451732369+00:00 stdout"


def test_stamps_and_colours_go_and_parts_of_a_line_are_joined(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(
        f"{STAMP} P [\x1b[0;32m  OK  \x1b[0m] Reached \n{STAMP} F target\r\n{STAMP} F \x1b[!p\x1b]104\x1b\\next\n"
    )

    assert written(log) == "[  OK  ] Reached target\nnext\n"


def test_only_the_end_is_given(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"{STAMP} F line {number}\n" for number in range(20000)))

    text = written(log)

    assert len(text) <= SHOWN_BYTES
    assert text.endswith("line 19999\n")
    assert tail(log, 2) == "line 19998\nline 19999"


def test_a_machine_that_never_ran_wrote_nothing_but_what_is_said_of_it(tmp_path: Path) -> None:
    log = tmp_path / "machines" / "i-1" / "log"
    assert written(log) == ""

    say(log, "it has no image\nset one")

    assert written(log) == "range: it has no image\nrange: set one\n"
