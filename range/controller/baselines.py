"""The baselines of an exercise, one file per enclave, and what each was made from."""

from __future__ import annotations

import hashlib
import importlib.metadata
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from range.controller.kept import read, write
from range.controller.site import Setting
from range.errors import InputError, Undecided
from range.records.baseline import FORMAT, Baseline
from range.records.observation import text
from range.records.plan import Enclave, Plan

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
_SECRET = "4dabf18193072939515e22adb298388d"
"""How Pulumi marks a secret in a state. Source: pulumi sdk/v3 v3.250.0, go/common/resource/sig.go (Key)."""


class Outdated(Undecided):
    """A baseline was recorded by an older program, which saw things otherwise."""


@dataclass(frozen=True)
class Baselines:
    """Where one enclave's baseline is."""

    path: Path

    @classmethod
    def of(cls, setting: Setting, enclave: str) -> Self:
        """Find the baseline of an enclave."""
        return cls(setting.records / "baseline" / f"{enclave}.json")

    def read(self) -> Baseline | None:
        """Give the baseline; None where none was recorded.

        Raises:
            Undecided: it can't be read, or is of another version of the program (Outdated).
        """
        content = read(self.path)
        if content is None:
            return None
        try:
            found = Baseline.model_validate_json(content)
        except ValidationError as error:
            raise Undecided(
                f"the baseline {self.path} can't be read: {error.errors()[0]['msg']}",
                hint=f"move {self.path} away; `range up` records another, once the enclave is as it should be",
            ) from error
        if found.format != FORMAT:
            raise Outdated(
                f"the baseline {self.path} has format {found.format}; this program compares with format {FORMAT}",
                hint="`range up` records a new one",
            )
        return found

    def forget(self) -> None:
        """Remove the baseline of an enclave that is gone."""
        self.path.unlink(missing_ok=True)

    def record(self, baseline: Baseline) -> None:
        """Keep a baseline, whole or not at all."""
        write(self.path, baseline.model_dump_json())


def needed(setting: Setting, enclave: str) -> Baseline:
    """Give an enclave's baseline, which must be of the file as it is now.

    Raises:
        InputError: there is none, or the file was changed since; what changed is named.
    """
    found = Baselines.of(setting, enclave).read()
    if found is None:
        raise InputError(f"{enclave} has no baseline", hint=f"`range up {setting.spec}` proves it and records one")
    changed = changed_parts(found, setting.plan) or changed_playbooks(found)
    if changed:
        raise InputError(
            f"{enclave}'s baseline is of another version; changed since: {', '.join(changed)}",
            hint=f"`range up {setting.spec}` brings {enclave} to the file as it is now, and records that; "
            "or put the file back",
        )
    return found


def changed_playbooks(baseline: Baseline) -> tuple[str, ...]:
    """Say that the playbooks aren't those that the hosts in a baseline were configured by: they would make others of them."""
    same = baseline.playbooks == playbooks_digest() or not baseline.observation.hosts
    return () if same else ("the playbooks",)


def changed_parts(baseline: Baseline, plan: Plan) -> tuple[str, ...]:
    """Name the parts of the plan that an enclave is made from and that aren't what they were."""
    now = plan_parts(plan, plan.enclave(baseline.enclave))
    return tuple(name for name in sorted(now.keys() | baseline.plan.keys()) if now.get(name) != baseline.plan.get(name))


def plan_parts(plan: Plan, enclave: Enclave) -> dict[str, str]:
    """Give the digest of each part of the plan that an enclave is made from: adding an ally changes none of another's."""
    flows = [each for each in plan.flows if enclave.name in (each.source.enclave, each.target.enclave)]
    flows = [each for each in flows if each.kind != "mirror" or each.source.enclave == enclave.name]
    if enclave.kind != "ally":
        flows = [each for each in flows if each.source.enclave == enclave.name]
    parts: dict[str, Any] = {
        "region": [plan.region, plan.availability_zone_ids],
        "controller": [plan.controller_role, plan.external_id],
        "account": enclave.account,
        "contact": enclave.contact,
        "zones": [each.model_dump(mode="json") for each in enclave.zones],
        "hosts": [each.model_dump(mode="json") for each in enclave.hosts],
        "mirrors": [each.model_dump(mode="json") for each in enclave.mirrors],
        "images": {host.image: plan.images[host.image].model_dump() for host in enclave.hosts},
        "services": [each.model_dump(mode="json") for each in plan.services],
        "flows": sorted(text(each.model_dump(mode="json")) for each in flows),
        "budget": plan.budget_usd,
    }
    return {name: _sha256(text(part)) for name, part in parts.items()}


def state_digest(setting: Setting, enclave: str) -> str:
    """Give the digest of URN, type and non-secret inputs of everything that the state has of an enclave."""
    known = setting.engine.state(setting.plan.stack(enclave)).resources
    return _sha256(text(sorted([each.urn, each.type, text(_without_secrets(each.inputs))] for each in known)))


def playbooks_digest(folder: Path = PLAYBOOKS) -> str:
    """Give the digest of the playbooks and roles; empty where there are none."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    content = [[str(path.relative_to(folder)), hashlib.sha256(path.read_bytes()).hexdigest()] for path in files]
    return _sha256(text(content)) if content else ""


def versions() -> dict[str, str]:
    """Give the versions of what makes an enclave and looks at it."""
    packages = ("defence-range", "pulumi", "pulumi-aws", "botocore")
    return {"python": sys.version.split()[0], **{name: importlib.metadata.version(name) for name in packages}}


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return "[secret]" if _SECRET in value else {key: _without_secrets(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_secrets(each) for each in value]
    return value


def _sha256(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()
