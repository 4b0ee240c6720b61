"""What scripts rely on: exit codes, one JSON document, questions and progress away from stdout."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from range.cli import surroundings
from range.cli.main import COMMANDS, Commands
from range.controller.journal import Journal
from range.controller.standing import JOURNAL
from tests.cli.conftest import Type

WITH_SPEC = ("validate", "plan", "up", "status", "down", "bootstrap", "log", "rehearse")


def test_help_names_every_command_and_loads_none(typed: Type) -> None:
    answer = typed("--help")

    assert answer.code == 0
    assert all(f"\n  {name} " in answer.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_module_and_its_help_begins_with_the_line_of_the_table(name: str) -> None:
    command = typer.main.get_command(importlib.import_module(f"range.cli.{name}").app)

    assert command.help is None or " ".join(command.help.split()).startswith(COMMANDS[name])


@pytest.mark.parametrize("name", WITH_SPEC)
def test_every_command_on_an_exercise_takes_the_same_options(name: str) -> None:
    taken = {option for parameter in Commands().get_command(None, name).params for option in parameter.opts}

    assert {"spec", "--json", "--yes"} <= taken


def test_a_valid_file_is_done(typed: Type, spec: Path) -> None:
    answer = typed("validate", spec, "--json")

    assert (answer.code, answer.stderr) == (0, "")
    assert answer.document == {"ok": True, "exercise": "steadfast", "allies": ["gbr", "est", "pol"]}


@pytest.mark.parametrize("command", WITH_SPEC)
def test_a_bad_file_is_refused_by_every_command_with_line_and_field_and_nothing_is_touched(
    command: str, typed: Type, spec: Path, tmp_path: Path
) -> None:
    spec.write_text(spec.read_text().replace("code: est", "code: xxx"))

    answer = typed(command, spec, "--json")

    assert answer.code == 2
    (problem, *_) = answer.document["error"]["problems"]
    assert (problem["line"], problem["field"]) == (18, "allies[1].code")
    assert [path.name for path in tmp_path.iterdir()] == ["steadfast.yaml"]


@pytest.mark.parametrize("command", WITH_SPEC)
def test_a_missing_file_is_refused_by_every_command(command: str, typed: Type) -> None:
    answer = typed(command, "nowhere.yaml", "--json")

    assert answer.code == 2
    assert "nowhere.yaml" in answer.document["error"]["message"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate",),
        ("frobnicate",),
        ("validate", "x.yaml", "--no-such-option"),
        ("plan", "x.yaml", "--cloud", "azure"),
        ("rehearsal", "frobnicate"),
        ("log", "x.yaml", "--last", "0"),
    ],
    ids=" ".join,
)
def test_what_was_typed_wrong_is_exit_2_and_says_what_is_valid(arguments: tuple[str, ...], typed: Type) -> None:
    in_words, in_json = typed(*arguments), typed(*arguments, "--json")

    assert (in_words.code, in_words.stdout) == (2, "")
    assert in_words.stderr.startswith("range: ")
    assert in_json.code == 2
    assert in_json.document["error"]["hint"]


def test_nothing_typed_is_exit_2(typed: Type) -> None:
    answer = typed()

    assert answer.code == 2
    assert "--help" in answer.stderr


def test_the_exercise_file_may_come_from_the_environment(typed: Type, spec: Path) -> None:
    assert typed("validate", RANGE_SPEC=str(spec)).code == 0


@pytest.mark.parametrize("command", ["up", "plan"])
def test_an_unknown_ally_is_refused_with_the_valid_ones_before_anything_is_started(
    command: str, typed: Type, spec: Path, tmp_path: Path
) -> None:
    answer = typed(command, spec, "--ally", "fra", "--json")

    assert answer.code == 2
    assert answer.document["error"]["hint"] == "valid: gbr, est, pol, red, white"
    assert not (tmp_path / ".range").exists()


@pytest.mark.parametrize("command", ["validate", "plan", "up"])
def test_an_exercise_whose_lease_has_ended_is_not_brought_up(command: str, typed: Type, spec: Path) -> None:
    spec.write_text(spec.read_text().replace("2099-", "2001-"))

    answer = typed(command, spec, "--json")

    assert answer.code == 2
    assert answer.document["error"]["problems"][0]["field"] == "lease_end"


def test_what_stands_after_the_lease_has_ended_can_still_be_seen(typed: Type, spec: Path) -> None:
    spec.write_text(spec.read_text().replace("2099-", "2001-"))

    assert typed("status", spec).code == 0


def test_before_the_first_up_everything_is_absent_and_up_is_next(typed: Type, spec: Path, tmp_path: Path) -> None:
    answer = typed("status", spec, "--json")

    assert answer.code == 0
    assert [row["name"] for row in answer.document["enclaves"]] == ["hub", "gbr", "est", "pol", "red", "white"]
    for row in answer.document["enclaves"]:
        assert (row["phase"], row["since"], row["hosts"]) == ("absent", None, [])
        assert row["next"] == f"range up {spec}"
    assert not (tmp_path / ".range").exists()


def test_before_the_first_command_the_log_is_empty(typed: Type, spec: Path) -> None:
    answer = typed("log", spec, "--json")

    assert (answer.code, answer.document["commands"]) == (0, [])


def test_without_a_rehearsal_status_says_so_and_stop_does_nothing(typed: Type) -> None:
    assert typed("rehearsal", "status", "--json").document == {"running": False}
    assert typed("rehearsal", "stop", "--json").document == {"running": False, "stopped": False}


def test_aws_is_refused_in_a_shell_that_points_at_a_rehearsal(typed: Type, spec: Path) -> None:
    answer = typed("up", spec, "--cloud", "aws", "--json", AWS_ENDPOINT_URL="http://127.0.0.1:9")

    assert answer.code == 2
    assert "AWS_ENDPOINT_URL" in answer.document["error"]["message"]


def test_aws_is_refused_without_a_key_for_the_states_secrets(typed: Type, spec: Path) -> None:
    answer = typed("up", spec, "--cloud", "aws", "--json")

    assert answer.code == 2
    assert "awskms://" in answer.document["error"]["hint"]


def test_the_doctor_looks_at_the_machine_without_a_file(typed: Type) -> None:
    answer = typed("doctor", "--json")

    assert {check["name"] for check in answer.document["checks"]} >= {"Python", "Pulumi CLI", "state folder"}
    assert answer.code == (0 if answer.document["ok"] else 1)


def test_the_doctor_names_what_is_missing_and_what_mends_it(typed: Type, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    answer = typed("doctor", "--json", RANGE_HOME=str(tmp_path / "file" / "home"))

    (missing,) = (check for check in answer.document["checks"] if not check["ok"])
    assert (missing["name"], missing["mend"]) == ("state folder", "export RANGE_HOME=FOLDER")
    assert answer.code == 1


def test_what_is_proposed_can_be_typed_as_it_stands(typed: Type, spec: Path) -> None:
    spaced = spec.rename(spec.with_name("a drill.yaml"))

    rehearsed = typed("status", spaced.name, "--ally", "est", "--json").document["enclaves"]
    on_aws = typed("status", spaced.name, "--cloud", "aws", "--ally", "est", "--json").document["enclaves"]

    assert [row["next"] for row in rehearsed] == ["range up 'a drill.yaml'"]
    assert [row["next"] for row in on_aws] == ["range up 'a drill.yaml' --cloud aws"]


def test_letters_that_a_pipe_has_no_bytes_for_come_out_as_escapes(typed: Type, spec: Path) -> None:
    answer = typed("validate", spec.rename(spec.with_name("drill-ü.yaml")), PYTHONIOENCODING="ascii")

    assert (answer.code, "drill-\\xfc.yaml" in answer.stdout) == (0, True)


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_result_that_nobody_gets_is_not_done(more: tuple[str, ...], spec: Path) -> None:
    command = [sys.executable, "-m", "range.cli.main", "validate", str(spec), *more]

    with Path("/dev/full").open("w") as full:
        lost = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    reader, writer = os.pipe()
    os.close(reader)
    unread = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)

    assert (lost.returncode, lost.stderr.count("No space left on device")) == (1, 1)
    assert (unread.returncode, unread.stderr) == (1, "")


def test_progress_that_nobody_hears_stops_nothing() -> None:
    script = "import sys; from range.cli.output import note; note('one'); note('two'); sys.stderr.flush()"
    reader, writer = os.pipe()
    os.close(reader)

    told = subprocess.run([sys.executable, "-c", script], stderr=writer, check=False)
    os.close(writer)

    assert told.returncode == 0


def test_a_defect_is_one_json_document_too_and_its_trace_is_told(typed: Type, spec: Path, tmp_path: Path) -> None:
    with Journal(tmp_path / ".range" / JOURNAL) as journal:
        journal.stands("steadfast", "est", "dancing", direction="up")  # type: ignore[arg-type]

    answer = typed("status", spec, "--json")

    assert answer.code == 1
    assert "report it" in answer.document["error"]["hint"]
    assert "Traceback" in answer.stderr


def test_a_user_without_a_name_goes_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError(4242)

    monkeypatch.setattr("getpass.getuser", nameless)

    assert surroundings.who().startswith(f"{os.getuid()}@")


@pytest.mark.parametrize("command", ["plan", "up", "down", "bootstrap"])
def test_where_nothing_can_be_kept_nothing_is_begun(command: str, typed: Type, spec: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    answer = typed(command, spec, "--json", RANGE_HOME=str(tmp_path / "file" / "home"))

    assert answer.code == 2
    assert "RANGE_HOME" in answer.document["error"]["hint"]


def test_a_profile_of_the_users_shell_is_no_hindrance_to_a_rehearsal(typed: Type, spec: Path, tmp_path: Path) -> None:
    mine = {"AWS_PROFILE": "production", "AWS_CONFIG_FILE": str(tmp_path / "config")}
    try:
        answer = typed("rehearsal", "env", spec, **mine)
    finally:
        typed("rehearsal", "stop")

    assert answer.code == 0
    first, *others = answer.stdout.splitlines()
    assert first == "unset AWS_PROFILE"
    assert all(line.startswith("export ") for line in others)
