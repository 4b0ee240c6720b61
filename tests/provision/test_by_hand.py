"""`pulumi` typed by an engineer in the project's folder, with the real engine and our language host."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pulumi import Output, export
from pulumi.automation import (
    LocalWorkspaceOptions,
    ProjectSettings,
    PulumiCommand,
    create_or_select_stack,
)

from range.provision.cli import linked_cli
from tests.waiting import until

pytestmark = pytest.mark.engine
ROOT = Path(__file__).parents[2]
STACK = "steadfast.est"
NOBODY = "aws:9"
"""An attached provider where none listens: no toy program may get as far as asking it."""

Pulumi = Callable[..., subprocess.CompletedProcess[str]]

PROGRAM = """
import pulumi

class Enclave(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("toy:index:Enclave", name)
        self.register_outputs({})

print("the program says hello")
Enclave("est")
pulumi.export("name", "est")
pulumi.export("password", pulumi.Output.secret("hush"))
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """What `range rehearsal env` sets, as far as Pulumi reads it; nothing of the user's own Pulumi."""
    (tmp_path / "state").mkdir()
    (tmp_path / "passphrase").write_text("correct horse", encoding="utf-8")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(tmp_path / "passphrase"),
        "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
        "PULUMI_DEBUG_PROVIDERS": NOBODY,
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with our Pulumi.yaml, and a toy in the place of the stacks."""
    project = tmp_path / "project"
    (project / "stacks").mkdir(parents=True)
    (project / "Pulumi.yaml").write_bytes((ROOT / "Pulumi.yaml").read_bytes())
    (project / "stacks/__main__.py").write_text(PROGRAM, encoding="utf-8")
    return project


@pytest.fixture
def pulumi(project: Path, environment: dict[str, str]) -> Pulumi:
    """Type a pulumi command in the project's folder."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [str(linked_cli()), *words, "--non-interactive"]
        return subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )

    return run


@pytest.fixture
def stack(pulumi: Pulumi) -> str:
    """A stack that nobody has brought up yet."""
    made = pulumi("stack", "init", STACK)
    assert made.returncode == 0, made.stderr
    return STACK


def test_a_stack_comes_up_changes_nothing_the_second_time_and_goes(pulumi: Pulumi, stack: str) -> None:
    up = pulumi("up", "--yes", "-s", stack)
    again = pulumi("preview", "--expect-no-changes", "-s", stack)
    down = pulumi("destroy", "--yes", "-s", stack)

    assert up.returncode == 0, up.stdout + up.stderr
    assert "+ 2 created" in up.stdout
    assert "the program says hello" in up.stdout
    assert again.returncode == 0, again.stdout + again.stderr
    assert "2 unchanged" in again.stdout
    assert down.returncode == 0, down.stdout + down.stderr
    assert "- 2 deleted" in down.stdout


def test_it_works_where_the_virtual_environment_is_not_on_path(
    pulumi: Pulumi, stack: str, environment: dict[str, str]
) -> None:
    environment["PATH"] = "/usr/bin:/bin"

    assert pulumi("preview", "-s", stack).returncode == 0


def test_a_failing_program_shows_its_own_lines_and_none_of_the_machinery(
    pulumi: Pulumi, stack: str, project: Path
) -> None:
    (project / "stacks/__main__.py").write_text("def act():\n    raise KeyError('zone')\n\nact()\n", encoding="utf-8")

    shown = pulumi("preview", "-s", stack)

    assert shown.returncode != 0
    assert "the program failed:" in shown.stdout
    assert "line 2, in act" in shown.stdout
    assert "KeyError: 'zone'" in shown.stdout
    assert "runpy" not in shown.stdout


def test_an_error_of_ours_comes_with_its_hint_and_without_a_traceback(
    pulumi: Pulumi, stack: str, project: Path
) -> None:
    program = "from range.errors import InputError\nraise InputError('no ally zzz', hint='name est or pol')\n"
    (project / "stacks/__main__.py").write_text(program, encoding="utf-8")

    shown = pulumi("preview", "-s", stack)

    assert shown.returncode != 0
    assert "error: no ally zzz" in shown.stdout
    assert "→ name est or pol" in shown.stdout
    assert "Traceback" not in shown.stdout


def test_a_program_that_is_killed_is_an_error_that_says_so(pulumi: Pulumi, stack: str, project: Path) -> None:
    (project / "stacks/__main__.py").write_text("import os\nos.kill(os.getpid(), 9)\n", encoding="utf-8")

    shown = pulumi("preview", "-s", stack)

    assert shown.returncode != 0
    assert "the program was ended by SIGKILL" in shown.stdout + shown.stderr


def test_a_resource_whose_provider_was_forgotten_is_refused(pulumi: Pulumi, stack: str, project: Path) -> None:
    (project / "stacks/__main__.py").write_text("import pulumi_aws as aws\naws.kms.Key('k')\n", encoding="utf-8")

    shown = pulumi("preview", "-s", stack)

    assert shown.returncode != 0
    assert "Default provider for 'aws' disabled" in shown.stdout


def salt(state: Path) -> str:
    """Read how the secrets of the stack are encrypted."""
    document = json.loads((state / f".pulumi/stacks/defence-range/{STACK}.json").read_text(encoding="utf-8"))
    encrypted: str = document["checkpoint"]["latest"]["secrets_providers"]["state"]["salt"]
    return encrypted


def test_what_the_controller_made_keeps_its_salt_when_changed_by_hand(
    pulumi: Pulumi, project: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    work = tmp_path / "work"
    work.mkdir()

    def program() -> None:
        export("password", Output.secret("hush"))

    made = create_or_select_stack(
        STACK,
        "defence-range",
        program,
        opts=LocalWorkspaceOptions(
            work_dir=str(work),
            pulumi_command=PulumiCommand(root=sys.prefix),
            env_vars=environment,
            project_settings=ProjectSettings(name="defence-range", runtime="python"),
        ),
    )
    made.up()
    before = salt(tmp_path / "state")

    by_hand = pulumi("up", "--yes", "-s", STACK)

    assert by_hand.returncode == 0, by_hand.stdout + by_hand.stderr
    assert salt(tmp_path / "state") == before
    assert made.outputs()["password"].value == "hush"
    assert list(project.glob("Pulumi.*.yaml")) == [], "by hand nothing is left beside Pulumi.yaml"


@pytest.fixture
def engine(project: Path, environment: dict[str, str], stack: str) -> Iterator[subprocess.Popen[str]]:
    """An engine whose program has written its process id and then stays."""
    waiting = "import os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))\ntime.sleep(600)\n"
    (project / "stacks/__main__.py").write_text(waiting, encoding="utf-8")
    with subprocess.Popen(
        [linked_cli(), "preview", "-s", stack, "--non-interactive"],
        cwd=project, env=environment, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
    ) as engine:  # fmt: skip
        pid = project / "stacks/pid"
        until(lambda: pid.exists() and pid.read_text(encoding="utf-8") != "")
        yield engine
        engine.kill()


def gone(pid: int) -> bool:
    """Say whether no such process runs any more; one that only waits to be reaped doesn't run."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_nothing_outlives_an_engine(
    engine: subprocess.Popen[str], project: Path, environment: dict[str, str], number: signal.Signals
) -> None:
    program = int((project / "stacks/pid").read_text(encoding="utf-8"))
    host = int(Path(f"/proc/{program}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])

    engine.send_signal(number)

    until(lambda: gone(program) and gone(host), within_s=10)
    assert engine.wait(timeout=10) != 0
