"""A recorder that runs a stack's program without engine or cloud, and keeps what it registered."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
import pulumi.runtime
import pytest
import yaml
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks
from pulumi.runtime.settings import SETTINGS, _get_rpc_manager
from pulumi.runtime.stack import wait_for_rpcs
from pulumi.runtime.sync_await import _sync_await

from stacks import program

STEADFAST = Path(__file__).parents[2] / "examples" / "steadfast.yaml"
BACKEND = "file:///exercise/.range/state"
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEtbkZdDmAV3q5fXvO0bGd0jdO1b4VwhMZPsGjE1LQYc steadfast"
_SECRET_MARK = "4dabf18193072939515e22adb298388d"


@dataclass(frozen=True)
class Registered:
    """One resource as the program asked for it."""

    type: str
    name: str
    provider: str
    """The logical name of its provider: `ally`, `hub`, or empty."""
    inputs: dict[str, Any]
    secrets: frozenset[str]
    """The inputs that are Pulumi secrets."""

    @property
    def kind(self) -> str:
        """The class: `Vpc`, and `ec2transitgateway.Route` where two services have a class of that name."""
        return self.type.rpartition(":")[2]


@dataclass
class Recorder(Mocks):
    """Answers as AWS would, as far as programs look at answers, and writes down what was asked for."""

    hub_outputs: dict[str, Any]
    registered: list[Registered] = field(default_factory=list)
    lookups: list[MockCallArgs] = field(default_factory=list)

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, {**args.inputs, "outputs": self.hub_outputs}
        provider = (args.provider or "").rpartition("::")[0].rpartition("::")[2]
        secrets = {name for name, value in args.inputs.items() if isinstance(value, dict) and _SECRET_MARK in value}
        plain = {name: value["value"] if name in secrets else value for name, value in args.inputs.items()}
        made = Registered(args.typ, args.name, provider, plain, frozenset(secrets))
        self.registered.append(made)
        added = {"arn": f"arn:{provider}:{made.kind}/{args.name}", "primaryNetworkInterfaceId": f"eni-{args.name}"}
        return f"{made.kind}-{args.name}", {**added, **args.inputs}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        self.lookups.append(args)
        return {"id": "ami-0123456789abcdef0", "randomPassword": "made-up-by-aws"}, []

    def of(self, kind: str) -> list[Registered]:
        """Give all resources of one type: `Vpc`, or `ec2transitgateway/route:Route`."""
        return [found for found in self.aws() if found.type.endswith((f":{kind}", f":{kind}:{kind}"))]

    def one(self, kind: str) -> Registered:
        """Give the only resource of one type."""
        (found,) = self.of(kind)
        return found

    def aws(self) -> list[Registered]:
        """Give all resources of AWS, without components and providers."""
        return [found for found in self.registered if found.type.startswith("aws:")]

    def declared(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Give the inputs by type and name, to compare two runs."""
        return {(found.type, found.name): found.inputs for found in self.aws()}


HUB_OUTPUTS: dict[str, Any] = {
    "transit_gateway_id": "tgw-0",
    "resource_share_arn": "arn:share",
    "route_table_ids": {name: f"table-{name}" for name in ("hub", "white", "red", "enclaves", "gbr", "est", "pol")},
    "guardrail_ids": {name: f"policy-{name}" for name in ("isolation", "records", "irreversible", "regions")},
}

Record = Callable[..., Recorder]
Edit = Callable[[dict[str, Any]], None]
ExerciseFile = Callable[..., Path]


def _record(stack: str, spec: Path, *, preview: bool = False, hub_outputs: dict[str, Any] | None = None) -> Recorder:
    recorder = Recorder(HUB_OUTPUTS if hub_outputs is None else hub_outputs)
    loop = asyncio.new_event_loop()  # an engine that ran in this process before has left none
    asyncio.set_event_loop(loop)
    pulumi.runtime.set_mocks(recorder, project="defence-range", stack=stack, preview=preview)
    try:
        program.run(stack, spec)
        _sync_await(wait_for_rpcs())
    finally:
        # A program that failed leaves what was under way, which the next one would take for its own.
        _get_rpc_manager().clear()
        SETTINGS.outputs.clear()
        asyncio.set_event_loop(None)
        loop.close()
    return recorder


@pytest.fixture(scope="session", autouse=True)
def _surroundings(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What is made is tagged with the state's id, and opened by the controller's key: a program wants to know both."""
    key = tmp_path_factory.mktemp("ssh") / "controller"
    key.with_suffix(".pub").write_text(f"{PUBLIC_KEY}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PULUMI_BACKEND_URL", BACKEND)
        patch.setenv("RANGE_SSH_KEY", str(key))
        yield


@pytest.fixture(scope="session")
def record() -> Record:
    """Run a stack's program on an exercise file, and give what it registered."""
    return _record


@pytest.fixture(scope="session")
def exercise_file(tmp_path_factory: pytest.TempPathFactory) -> ExerciseFile:
    """Give a copy of the example, with the lock that goes with it, edited if so asked."""

    def copy(edit: Edit | None = None) -> Path:
        spec = tmp_path_factory.mktemp("exercise") / STEADFAST.name
        shutil.copy(STEADFAST.with_name("steadfast.lock.json"), spec.parent)
        content = yaml.safe_load(STEADFAST.read_text())
        if edit is not None:
            edit(content)
        spec.write_text(yaml.safe_dump(content, sort_keys=False))
        return spec

    return copy


@pytest.fixture(scope="session")
def steadfast(exercise_file: ExerciseFile) -> Path:
    """Give an unchanged copy of the example."""
    return exercise_file()


@pytest.fixture(scope="session")
def nations36(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the example with 36 allies."""
    folder = tmp_path_factory.mktemp("nations36")
    for name in ("nations36.yaml", "nations36.lock.json"):
        shutil.copy(STEADFAST.with_name(name), folder)
    return folder / "nations36.yaml"


@pytest.fixture(scope="session")
def recorded(steadfast: Path) -> dict[str, Recorder]:
    """Give what every stack of the example registers, by enclave."""
    return {name: _record(f"steadfast.{name}", steadfast) for name in ("hub", "gbr", "est", "pol", "red", "white")}
