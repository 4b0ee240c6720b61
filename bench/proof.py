"""The network proof: from a snapshot, after one change, and how both grow. One core, no cloud."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.figures import Figure
from range.records.snapshot import text_of
from tests.verify.exercises import of_size
from tests.verify.ranges import range_of

HOSTS = 200
"""Per ally: with 48 allies, red and white, and the hub, that makes ten thousand interfaces in fifty enclaves."""
SIZES = {10: 8, 50: 48}
"""Allies by enclaves; red and white are the others."""
PAIRS = {enclaves: enclaves * (enclaves - 1) for enclaves in SIZES}


def proof() -> list[Figure]:
    """Measure both sizes, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = (_measured(Path(folder), allies) for allies in SIZES.values())
    return [
        Figure("interfaces, 50 enclaves", many["interfaces"], ""),
        Figure("pairs of enclaves", PAIRS[50], ""),
        Figure("from a snapshot's file, 50 enclaves", many["from_file_s"], "s", 5),
        Figure("after one change, 50 enclaves", many["after_change_s"], "s", 0.5),
        Figure("memory, 50 enclaves", many["peak_mib"], "MiB", 500),
        Figure("from a snapshot's file, 10 enclaves", few["from_file_s"], "s"),
        Figure("10 to 50 enclaves", many["from_file_s"] / few["from_file_s"], "times", PAIRS[50] / PAIRS[10]),
    ]


def _measured(folder: Path, allies: int) -> dict[str, float]:
    """Make a range, keep its snapshot, and let a process of its own prove it on one core."""
    plan = of_size(allies, HOSTS)
    (folder / "plan.json").write_text(plan.model_dump_json(), encoding="utf-8")
    (folder / "snapshot.json").write_text(text_of(range_of(plan).cloud.snapshot()), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bench.proof_once", str(folder)], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found
