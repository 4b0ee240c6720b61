"""How long configuring all hosts takes: from golden images, a second time, and from the bare image.

RANGE_SPEC names an exercise that is up in RANGE_HOME (or `.range`), in a rehearsal with hosts, with its golden images built after
`up`, so that its hosts were made of the bare image. Without it, nothing is measured. All root volumes are replaced, twice, so
nobody may be in session.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.figures import Figure

if TYPE_CHECKING:
    from range.controller.site import Setting

GOLDEN_S, BARE_S, AGAIN_S = 60.0, 240.0, 40.0
"""The limits, on two cores, for three allies of four hosts each, red and white, and the hub."""
_PATIENCE_S = 600.0


def configure() -> list[Figure]:
    """Give all hosts the disks of golden images and configure them, twice; then those of the bare image."""
    if "RANGE_SPEC" not in os.environ:
        print("configure: not measured: RANGE_SPEC names no exercise that stands", file=sys.stderr)
        return []
    spec = Path(os.environ["RANGE_SPEC"])
    setting = _entered(spec)
    _replaced(setting, golden=True)
    golden_s, golden = _configured(spec)
    again_s, again = _configured(spec)
    _replaced(setting, golden=False)
    bare_s, bare = _configured(spec)
    bare_again_s, bare_again = _configured(spec)
    hosts = sum(len(each.hosts) for each in (setting.plan.hub, *setting.plan.enclaves))
    return [
        Figure("hosts", hosts, ""),
        Figure("`range configure`, hosts made of golden images", golden_s, "s", GOLDEN_S),
        Figure("  tasks that changed something", golden["updated"], ""),
        Figure("`range configure`, hosts made of the bare image", bare_s, "s", BARE_S),
        Figure("  tasks that changed something", bare["updated"], ""),
        Figure("`range configure` a second time, the slower of both", max(again_s, bare_again_s), "s", AGAIN_S),
        Figure("  tasks that changed something", again["updated"] + bare_again["updated"], "", 0),
        Figure("  tasks that were found done", again["unchanged"], ""),
    ]


def _entered(spec: Path) -> Setting:
    """Speak to the rehearsal in which the exercise is up."""
    from range.cli import surroundings
    from range.cli.options import CloudName

    planned = surroundings.plan(spec)
    folder = surroundings.enter(spec, planned, CloudName.rehearsal, as_it_is=True)
    return surroundings.setting(spec, planned, folder)


def _replaced(setting: Setting, *, golden: bool) -> None:
    """Replace every host's disk by that of its golden image or of the image that it was made of; forget what was known of it."""
    from range.configure.known import Memory
    from range.configure.made import Shelf
    from range.plan.golden import golden_name

    assert setting.ways is not None
    plan, tasks = setting.plan, []
    for enclave in (plan.hub, *plan.enclaves):
        account = setting.sessions.account(enclave.account)
        instances = _instances(account.pages("ec2", "describe_instances", Filters=_called("tag-key", "range:host")))
        for host in enclave.hosts:
            made = Shelf(setting.records).of(golden_name(plan, enclave, host))
            assert made is not None, f"{host.name} of {enclave.name} has no golden image: range image build"
            image = {"ImageId": made.image} if golden else {}
            answer = account.call(
                "ec2",
                "create_replace_root_volume_task",
                InstanceId=instances[host.name],
                DeleteReplacedRootVolume=True,
                **image,
            )
            tasks.append((account, answer["ReplaceRootVolumeTask"]["ReplaceRootVolumeTaskId"]))
        Memory(setting.records / "configure" / enclave.name / "hosts").forget()
    until = time.monotonic() + _PATIENCE_S
    while any(_state(*task) != "succeeded" for task in tasks):
        if time.monotonic() > until:
            raise SystemExit("the root volumes were not replaced in time")
        time.sleep(0.5)
    setting.ways.close()
    setting.ways.forget(setting.ways.hosts)


def _instances(pages: list[dict[str, Any]]) -> dict[str, str]:
    return {
        tag["Value"]: each["InstanceId"]
        for page in pages
        for group in page["Reservations"]
        for each in group["Instances"]
        for tag in each["Tags"]
        if tag["Key"] == "range:host" and each["State"]["Name"] == "running"
    }


def _state(account: Any, task: str) -> str:
    answer = account.call("ec2", "describe_replace_root_volume_tasks", ReplaceRootVolumeTaskIds=[task])
    return str(answer["ReplaceRootVolumeTasks"][0]["TaskState"])


def _called(name: str, value: str) -> list[dict[str, Any]]:
    return [{"Name": name, "Values": [value]}]


def _configured(spec: Path) -> tuple[float, dict[str, int]]:
    """Type `range configure`; give how long that took, and what its enclaves come to together."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "range.cli.main", "configure", str(spec), "--json"], stdout=subprocess.PIPE, check=True
    )
    seconds = time.monotonic() - began
    enclaves = json.loads(done.stdout)["enclaves"]
    return seconds, {key: sum(each[key] for each in enclaves) for key in ("updated", "unchanged")}
