"""A snapshot through the rehearsal's endpoint: thirty-six allies, made by boto3 and left in a folder, asked by `range verify`."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.exercise import exercise_of
from bench.figures import Figure
from bench.run import Bench
from range.spec.loading import load
from tests.verify.exercises import planned
from tests.verify.ranges import Range
from tests.verify.rehearsed import Rehearsed

ALLIES = 36
ANY_TIME = datetime.min.replace(tzinfo=UTC)


def snapshot() -> list[Figure]:
    """Measure one whole `range verify`: both looks at every account, and the proof."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        spec = exercise_of(bench.folder, ALLIES)
        _make(spec, bench.folder / ".range" / "rehearsal")
        bench.range("rehearsal", "start", spec)
        try:
            # its accounts have networks and no guardrails, so identities are found at fault
            run = bench.range("verify", spec, "--save", str(bench.folder / "snapshot.json"), code=1)
        finally:
            bench.range("rehearsal", "stop")
        saved = json.loads((bench.folder / "snapshot.json").read_bytes())["snapshot"]
    assert run.document["network"] == "PROVEN", run.document["findings"][:3]
    return [
        Figure("accounts", len(run.document["accounts"]), ""),
        Figure("calls answered, each look", len(saved["answers"]), ""),
        Figure("range verify, 36 allies through the endpoint", run.seconds, "s", 30),
        Figure("memory", run.peak_mib, "MiB"),
    ]


def _make(spec: Path, home: Path) -> None:
    """Make the range in the rehearsal's folder, in this process, before the rehearsal is started."""
    plan = planned(load(spec, now=ANY_TIME))
    home.mkdir(parents=True)
    cloud = Rehearsed(plan, home)
    Range(plan, cloud)
    cloud.cloud.close()
