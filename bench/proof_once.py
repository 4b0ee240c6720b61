"""One proof, measured from inside: `python -m bench.proof_once FOLDER`, with a plan and a snapshot in the folder."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from range.records.plan import Plan
from range.records.snapshot import Snapshot, read
from range.verify.decision import Prover


def main(folder: Path) -> None:
    """Prove the snapshot, change one security group, prove it again; print what that took."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    plan = Plan.model_validate_json((folder / "plan.json").read_bytes())
    began = time.perf_counter()
    snapshot, prover = read(folder / "snapshot.json"), Prover(plan)
    first = prover.prove(snapshot)
    from_file = time.perf_counter() - began
    changed = _changed(read(folder / "snapshot.json"), plan.enclaves[0].account)
    began = time.perf_counter()
    again = prover.prove(changed)
    after_change = time.perf_counter() - began
    assert (first.verdict, again.verdict) == ("PROVEN", "PROVEN")
    assert first.snapshot_sha256 != again.snapshot_sha256
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "interfaces": first.interfaces,
                "from_file_s": from_file,
                "after_change_s": after_change,
                "peak_mib": peak,
            }
        )
    )


def _changed(snapshot: Snapshot, account: str) -> Snapshot:
    """Describe one security group of one account in other words."""
    for answer in snapshot.answers:
        if (answer.account, answer.operation) == (account, "DescribeSecurityGroups"):
            answer.pages[0].result["SecurityGroups"][0]["Description"] = "changed"
    return snapshot


if __name__ == "__main__":
    main(Path(sys.argv[1]))
