"""The same resources by Terraform and by Pulumi's engine with the rehearsal's provider, one after the other on one endpoint."""

from __future__ import annotations

import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.figures import Figure
from bench.resources import Resource, as_program, as_terraform, resources
from range.rehearsal.administration import set_quotas
from range.rehearsal.record import Rehearsal
from tests.rehearsal.terraforming import Terraform, missing
from tests.rehearsal.terraforming import terraform as on_a_rehearsal

ENCLAVES = 12
_ACTS = ("make", "look again", "destroy")


def terraform() -> list[Figure]:
    """Measure where Terraform is installed."""
    if missing():
        print(f"{missing()}: nothing to compare with", file=sys.stderr)
        return []
    table = list(resources(int(os.environ.get("BENCH_ENCLAVES", ENCLAVES))))
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "configuration"
        configuration.mkdir()
        (configuration / "main.tf.json").write_text(as_terraform(table))
        with on_a_rehearsal(Path(folder), configuration) as ready:
            set_quotas(ready.rehearsal, {"VPCs per Region": len(table)})
            ours = _by_the_engine(table, ready.rehearsal, Path(folder))
            theirs = _by_terraform(ready)
    figures = [Figure("resources", len(table), "")]
    for act, our_s, their_s in zip(_ACTS, ours, theirs, strict=True):
        figures += [
            Figure(f"Pulumi's engine, {act}", our_s, "s"),
            Figure(f"Terraform, {act}", their_s, "s"),
            Figure(f"Terraform to Pulumi's engine, {act}", their_s / our_s, "times"),
        ]
    return figures


def _by_terraform(ready: Terraform) -> list[float]:
    """Apply, plan and destroy."""

    def act(*arguments: str) -> Callable[[], None]:
        def run() -> None:
            done = ready.run(*arguments)
            if done.returncode:
                raise RuntimeError(f"terraform {' '.join(arguments)}: {done.stderr or done.stdout[-2000:]}")

        return run

    commands = (("apply", "-auto-approve"), ("plan", "-detailed-exitcode"), ("destroy", "-auto-approve"))
    return [_seconds(act(*command)) for command in commands]


def _by_the_engine(table: list[Resource], rehearsal: Rehearsal, folder: Path) -> list[float]:
    """Bring a stack up, up again, and down."""
    stack = _stack(table, rehearsal, folder)

    def up_again() -> None:
        changes = stack.up().summary.resource_changes
        if set(changes) != {"same"}:
            raise RuntimeError(f"a second `up` changed something: {changes}")

    return [_seconds(act) for act in (stack.up, up_again, stack.destroy)]


def _stack(table: list[Resource], rehearsal: Rehearsal, folder: Path) -> Any:
    """Make a stack whose provider is the rehearsal's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import pulumi_aws  # noqa: F401 what it deprecates of its own isn't ours to say
    from pulumi import automation

    from range.provision.cli import linked_cli

    cli = linked_cli().parent
    state = folder / "state"
    state.mkdir()
    environment = {
        "PATH": f"{cli}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": "bench",
        "PULUMI_DEBUG_PROVIDERS": f"aws:{rehearsal.provider_port}",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    backend = automation.ProjectBackend(environment["PULUMI_BACKEND_URL"])
    options = automation.LocalWorkspaceOptions(
        env_vars=environment,
        work_dir=str(folder),
        pulumi_command=automation.PulumiCommand(str(cli.parent)),
        project_settings=automation.ProjectSettings("bench", "python", backend=backend),
    )
    return automation.create_stack("bench", "bench", as_program(table), opts=options)


def _seconds(act: Callable[[], object]) -> float:
    """Do something, and give how long that took."""
    began = time.monotonic()
    act()
    return time.monotonic() - began
