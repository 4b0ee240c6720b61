"""One signed bundle for one ally: receipts, proof, alerts, what was kept, the key's public half, and how to verify all of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from range.controller.baselines import Baselines, versions
from range.controller.site import Setting
from range.errors import CloudError, EnvironmentMissing, InputError
from range.plan.names import TAG_PREFIX
from range.receipts.bundles import STATEMENT, packed
from range.receipts.envelope import signed
from range.receipts.keys import PUBLIC, signing_key
from range.receipts.statement import EVIDENCE, statement
from range.records.snapshot import text_of

HOW = Path(__file__).parents[2] / "docs" / "receipts.md"


ALERTS = "alerts.jsonl"


@dataclass(frozen=True)
class Bundled:
    """What was made."""

    digests: dict[str, str]
    """The SHA-256 of every file by name."""
    no_alerts: str
    """Why no alerts are in it; empty where they are."""


def bundle(setting: Setting, enclave: str, path: Path) -> Bundled:
    """Write an ally's bundle. Where the collector can't be read it is made without alerts, and says why.

    Raises:
        InputError: there is nothing to bundle yet.
        RangeError: it can't be written.
    """
    files = _files(setting, enclave)
    if not any(name.startswith("receipts/") for name in files):
        raise InputError(
            f"{enclave} has no receipt yet", hint=f"`range reset {setting.spec} --ally {enclave}` makes one"
        )
    alerts, no_alerts = _alerts(setting, enclave)
    files |= alerts
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    predicate = {
        "exercise": setting.plan.exercise,
        "enclave": enclave,
        "who": setting.who,
        "made": datetime.now(UTC).isoformat(),
        "kept_volumes": _kept_volumes(setting, enclave),
        "no_alerts": no_alerts,
        "versions": versions(),
    }
    envelope = signed(statement(EVIDENCE, digests, predicate), signing_key(setting.records / "keys"))
    packed(path, {STATEMENT: envelope.encode(), **files})
    return Bundled(digests, no_alerts)


def _files(setting: Setting, enclave: str) -> dict[str, bytes]:
    """Gather what goes in, by name."""
    from range.verify.decision import prove
    from range.verify.taking import take

    snapshot = take(setting.plan, setting.sessions)
    proof = prove(setting.plan, snapshot, (enclave,))
    signing_key(setting.records / "keys")
    files = {
        "proof/network.json": proof.model_dump_json(by_alias=True, indent=1).encode(),
        "proof/snapshot.json": text_of(snapshot).encode(),
        "receipts.pub": (setting.records / "keys" / PUBLIC).read_bytes(),
        "HOW-TO-VERIFY.md": HOW.read_bytes(),
    }
    recorded = Baselines.of(setting, enclave).read()
    if recorded is not None:
        files["baseline.json"] = recorded.observation.model_dump_json(indent=1).encode()
    for receipt in sorted((setting.records / "receipts" / enclave).glob("*.json")):
        files[f"receipts/{receipt.name}"] = receipt.read_bytes()
    return files


def _alerts(setting: Setting, enclave: str) -> tuple[dict[str, bytes], str]:
    """Gather the alerts of an ally's sensors that the collector holds, as a file; or why there is none."""
    from range.verify.collected import alerts

    if setting.ways is None:
        return {}, setting.hostless
    try:
        held = alerts(setting.ways, setting.plan, enclave)
    except (CloudError, EnvironmentMissing) as error:
        return {}, str(error)
    return {ALERTS: "".join(f"{event.model_dump_json()}\n" for event in held).encode()}, ""


def _kept_volumes(setting: Setting, enclave: str) -> list[dict[str, str]]:
    """List the disks that were kept on request, where they are."""
    account = setting.sessions.account(setting.plan.enclave(enclave).account)
    filters = [{"Name": "tag-key", "Values": [f"{TAG_PREFIX}evidence"]}]
    pages = account.pages("ec2", "describe_snapshots", OwnerIds=["self"], Filters=filters)
    found = [each for page in pages for each in page["Snapshots"]]
    return [
        {"snapshot": each["SnapshotId"], "description": each.get("Description", ""), "taken": str(each["StartTime"])}
        for each in found
    ]
