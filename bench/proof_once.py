"""One proof, measured from inside: `python -m bench.proof_once FOLDER`, with a plan and a snapshot in the folder."""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import time
from pathlib import Path

from range.records.plan import Enclave, Plan
from range.records.snapshot import Snapshot, read
from range.verify.decision import Prover

CHANGES = 5


def main(folder: Path) -> None:
    """Prove the snapshot, add a rule to one security group after another, prove that; print what that took."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    plan = Plan.model_validate_json((folder / "plan.json").read_bytes())
    began = time.perf_counter()
    snapshot, prover = read(folder / "snapshot.json"), Prover(plan)
    first = prover.prove(snapshot)
    from_file = time.perf_counter() - began
    again, after_change = [], []
    for enclave in plan.enclaves[:CHANGES]:
        changed = _changed(read(folder / "snapshot.json"), enclave)
        began = time.perf_counter()
        again.append(prover.prove(changed))
        after_change.append(time.perf_counter() - began)
    assert {proof.verdict for proof in (first, *again)} == {"PROVEN"}
    assert len({proof.snapshot_sha256 for proof in (first, *again)}) == 1 + CHANGES
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "interfaces": first.interfaces,
                "from_file_s": from_file,
                "after_change_s": statistics.median(after_change),
                "peak_mib": peak,
            }
        )
    )


def _changed(snapshot: Snapshot, enclave: Enclave) -> Snapshot:
    """Add a rule to one security group of an enclave: a host may now be reached by its neighbours."""
    rule = {"IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443}
    block = str(enclave.zones[0].cidr)
    for answer in snapshot.answers:
        if answer.account == enclave.account and answer.operation == "DescribeSecurityGroups":
            group = answer.pages[0].result["SecurityGroups"][0]
            group["IpPermissions"].append({**rule, "IpRanges": [{"CidrIp": block}]})
    for answer in snapshot.answers:
        if answer.account == enclave.account and answer.operation == "DescribeSecurityGroupRules":
            one = {
                "SecurityGroupRuleId": "sgr-bench",
                "GroupId": group["GroupId"],
                "IsEgress": False,
                "CidrIpv4": block,
            }
            answer.pages[0].result["SecurityGroupRules"].append({**rule, **one})
    return snapshot


if __name__ == "__main__":
    main(Path(sys.argv[1]))
