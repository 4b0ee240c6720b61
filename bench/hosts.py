"""How long hosts take to come up and go, and what they take of memory. Needs root and Podman."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.figures import Figure
from range.rehearsal.accounts import Member
from range.rehearsal.door import Cloud
from range.rehearsal.hosts.hosts import Hosts
from range.rehearsal.hosts.images import image
from range.rehearsal.hosts.means import lacking
from range.rehearsal.transport import session

_PUBLISHER, _IMAGE = "136693071363", "debian-13-amd64-20251117-2299"
_REGION = "eu-west-2"
_FEW, _MANY = 12, 36
_PATIENCE_S = 600.0


def hosts() -> list[Figure]:
    """Launch 12 hosts, then 36, and measure them; replace and terminate some."""
    lacks = lacking()
    if lacks:
        print(f"hosts: not measured: {'; '.join(lack.why for lack in lacks)}", file=sys.stderr)
        return []
    image()
    folder = Path(tempfile.mkdtemp(prefix="bench-hosts-"))
    bench = _Bench(folder)
    try:
        return [*bench.few(), *bench.many()]
    finally:
        bench.close()
        shutil.rmtree(folder)


class _Bench:
    """A rehearsal with hosts in this process."""

    def __init__(self, folder: Path) -> None:
        """Open it, with a network in it."""
        self.cloud = Cloud(folder)
        operator = self.cloud.seed(Member("100000000001", "management"), [Member("100000000002", "hub")])
        self.hosts = Hosts(self.cloud, folder)
        clients = session(self.cloud, operator.access_key, operator.secret)
        self.ec2: Any = clients.client("ec2", region_name=_REGION)
        named = [{"Name": "name", "Values": [_IMAGE]}]
        self.image = self.ec2.describe_images(Owners=[_PUBLISHER], Filters=named)["Images"][0]["ImageId"]
        vpc = self.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        self.subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]

    def few(self) -> list[Figure]:
        """Measure 12 hosts, and one of them."""
        began = time.monotonic()
        ids = self._launched(_FEW)
        answered_s = time.monotonic() - began
        figures = [
            Figure(f"{_FEW} hosts launched: the call is answered", answered_s, "s"),
            Figure(f"{_FEW} hosts up after their calls", self._until(lambda: self._up(ids)), "s", 15),
        ]
        one = ids[0]
        task = self.ec2.create_replace_root_volume_task(InstanceId=one, DeleteReplacedRootVolume=True)
        task_ids = [task["ReplaceRootVolumeTask"]["ReplaceRootVolumeTaskId"]]

        def replaced() -> bool:
            (seen,) = self.ec2.describe_replace_root_volume_tasks(ReplaceRootVolumeTaskIds=task_ids)[
                "ReplaceRootVolumeTasks"
            ]
            return bool(seen["TaskState"] == "succeeded")

        replaced_s = self._until(replaced)
        figures.append(Figure("a root volume replaced, the host boots", replaced_s, "s", 3))
        figures.append(Figure("  and is up again after", self._until(lambda: self._up([one])), "s"))
        self.ec2.stop_instances(InstanceIds=[one])
        figures.append(Figure("a host stopped", self._until(lambda: self._states([one]) == {"stopped"}), "s"))
        self.ec2.terminate_instances(InstanceIds=[ids[1]])
        terminated_s = self._until(lambda: self._states([ids[1]]) == {"terminated"})
        figures.append(Figure("a host terminated", terminated_s, "s", 3))
        self.ec2.terminate_instances(InstanceIds=ids)
        figures.append(Figure("the others terminated", self._until(lambda: self._states(ids) == {"terminated"}), "s"))
        return figures

    def many(self) -> list[Figure]:
        """Measure 36 hosts."""
        ids = self._launched(_MANY)
        up_s = self._until(lambda: self._up(ids))
        memory_gib = _memory_bytes(self.hosts.name) / 2**30
        began = time.perf_counter()
        self.hosts.look()
        look_s = time.perf_counter() - began
        return [
            Figure(f"{_MANY} hosts up after their calls", up_s, "s"),
            Figure(f"{_MANY} hosts: memory, with what they cache of files", memory_gib, "GiB", 6),
            Figure(f"{_MANY} hosts: a look at what is wanted", look_s * 1000, "ms"),
        ]

    def close(self) -> None:
        """Stop it all."""
        self.hosts.close()
        self.cloud.close()
        self.hosts.clean()

    def _launched(self, count: int) -> list[str]:
        asked = {"SubnetId": self.subnet, "InstanceType": "t3.micro", "MinCount": count, "MaxCount": count}
        return [each["InstanceId"] for each in self.ec2.run_instances(ImageId=self.image, **asked)["Instances"]]

    def _states(self, ids: list[str]) -> set[str]:
        found = self.ec2.describe_instances(InstanceIds=ids)["Reservations"]
        return {each["State"]["Name"] for held in found for each in held["Instances"]}

    def _up(self, ids: list[str]) -> bool:
        report = self.hosts.report()
        wrong = [f"{each}: {report[each]['why']}" for each in ids if report.get(each, {}).get("why")]
        if wrong:
            raise RuntimeError("; ".join(wrong))
        return all(report.get(each, {}).get("state") == "up" for each in ids)

    def _until(self, holds: Callable[[], bool]) -> float:
        """Wait until something holds; give how long that took."""
        began = time.monotonic()
        while not holds():
            if time.monotonic() - began > _PATIENCE_S:
                raise TimeoutError("hosts did not get there")
            time.sleep(0.05)
        return time.monotonic() - began


def _memory_bytes(name: str) -> int:
    """Give what the kernel counts for the processes of a rehearsal's hosts, and for what they cache of files."""
    listed = subprocess.run(
        ["podman", "ps", f"--filter=name={name}", "--format=json"], capture_output=True, text=True, check=True
    )
    return sum(_of_process(each["Pid"]) for each in json.loads(listed.stdout))


def _of_process(pid: int) -> int:
    """Give what the kernel counts for the control group of a process."""
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        first = path.removesuffix("/init.scope")  # systemd moves itself into one below its container's
        if controllers == "memory":
            return int(Path(f"/sys/fs/cgroup/memory{first}/memory.usage_in_bytes").read_text())
        if not controllers and (file := Path(f"/sys/fs/cgroup{first}/memory.current")).exists():
            return int(file.read_text())
    raise LookupError(f"process {pid} is in no control group for memory")
