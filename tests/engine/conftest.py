"""The example on a rehearsal cloud of its own: the real engine, the provider, and the functions that commands call."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from range.cli import surroundings
from range.cloud.inventory import take
from range.cloud.sessions import Account, Sessions
from range.controller.site import Setting
from range.provision import stage
from range.provision.engine import Engine, Run
from range.records.inventory import Inventory
from range.records.plan import Plan
from range.rehearsal.process import stop

EXAMPLE = Path(__file__).parents[2] / "examples" / "steadfast.yaml"
FOREIGN = (
    "AWS_",
    "PULUMI_",
    "RANGE_",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)


@dataclass(frozen=True)
class Ground:
    """A rehearsal with the exercise's accounts, bootstrapped and empty at first."""

    setting: Setting

    @property
    def plan(self) -> Plan:
        """The exercise."""
        return self.setting.plan

    @property
    def engine(self) -> Engine:
        """The engine."""
        return self.setting.engine

    @property
    def sessions(self) -> Sessions:
        """The accounts."""
        return self.setting.sessions

    def account(self, enclave: str) -> Account:
        """Enter an enclave's account."""
        return self.sessions.account(self.plan.enclave(enclave).account)

    def stack(self, enclave: str) -> str:
        """Name an enclave's stack."""
        return self.plan.stack(enclave)

    def up(self, enclave: str) -> Run:
        """Bring an enclave up as the controller does."""
        arguments = (self.engine, self.sessions, self.plan, enclave)
        return stage.provision(*arguments, state_id=self.setting.state_id)

    def down(self, enclave: str) -> int:
        """Take an enclave down as the controller does; gives how many resources went."""
        arguments = (self.engine, self.sessions, self.plan, enclave)
        return stage.destroy(*arguments, state_id=self.setting.state_id).delete

    def look(self, enclave: str) -> Inventory:
        """List what is in an enclave's account."""
        return take(self.account(enclave), organisation=enclave == self.plan.hub.name)

    def types(self, enclave: str, before: Inventory) -> Counter[str]:
        """Count what an enclave's account has since then, by type."""
        return Counter(resource.type for resource in self.look(enclave).since(before))

    def bringing_up(self, enclave: str) -> subprocess.Popen[bytes]:
        """Bring an enclave up in a process of its own, which can be killed."""
        command = [sys.executable, "-m", "tests.engine.bring_up", str(self.setting.spec), enclave]
        return subprocess.Popen(command, cwd=EXAMPLE.parents[1], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Start a rehearsal, enter it, and in the end stop it and leave the environment as it was."""
    folder = tmp_path_factory.mktemp("ground")
    for name in ("steadfast.yaml", "steadfast.lock.json"):
        shutil.copy(EXAMPLE.with_name(name), folder)
    spec, home = folder / "steadfast.yaml", folder / ".range"
    before = dict(os.environ)
    try:
        for name in [name for name in os.environ if name.startswith(FOREIGN) and name != "RANGE_NO_HOSTS"]:
            del os.environ[name]
        os.environ["RANGE_HOME"] = str(home)
        plan = surroundings.plan(spec)
        surroundings.rehearse(spec, plan)
        yield Ground(surroundings.setting(spec, plan, home))
    finally:
        os.environ.clear()
        os.environ.update(before)
        stop(home)


@pytest.fixture(scope="module")
def hub(ground: Ground) -> Ground:
    """The same, with the hub up."""
    ground.up("hub")
    return ground
