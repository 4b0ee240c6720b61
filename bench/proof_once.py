"""One proof, measured from inside: `python -m bench.proof_once FOLDER`, with a plan and a snapshot in the folder."""

from __future__ import annotations

import copy
import json
import os
import resource
import statistics
import sys
import time
from pathlib import Path

from range.records.plan import Enclave, Plan
from range.records.snapshot import Page, Snapshot, read
from range.verify.decision import Prover

CHANGES = 5


def main(folder: Path) -> None:
    """Prove the snapshot, add a rule to one security group after another, prove that; print the CPU time of each."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    plan = Plan.model_validate_json((folder / "plan.json").read_bytes())
    began = time.process_time()
    snapshot, prover = read(folder / "snapshot.json"), Prover(plan)
    first = prover.prove(snapshot)
    from_file = time.process_time() - began
    again, after_change = [], []
    changed = read(folder / "snapshot.json")
    for enclave in plan.enclaves[:CHANGES]:
        changed = _changed(changed, enclave)
        began = time.process_time()
        again.append(prover.prove(changed))
        after_change.append(time.process_time() - began)
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
    """Give a snapshot in which a group of an enclave has a rule more: a host may be reached by its neighbours."""
    rule = {"IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443}
    block = str(enclave.zones[0].cidr)
    answers = list(snapshot.answers)
    place = {answer.operation: n for n, answer in enumerate(answers) if answer.account == enclave.account}
    groups = copy.deepcopy(answers[place["DescribeSecurityGroups"]].pages[0].result)
    group = groups["SecurityGroups"][0]
    group["IpPermissions"].append({**rule, "IpRanges": [{"CidrIp": block}]})
    rules = copy.deepcopy(answers[place["DescribeSecurityGroupRules"]].pages[0].result)
    one = {"SecurityGroupRuleId": "sgr-bench", "GroupId": group["GroupId"], "IsEgress": False, "CidrIpv4": block}
    rules["SecurityGroupRules"].append({**rule, **one})
    for operation, result in (("DescribeSecurityGroups", groups), ("DescribeSecurityGroupRules", rules)):
        answer = answers[place[operation]]
        answers[place[operation]] = answer.model_copy(update={"pages": (Page(token=None, result=result),)})
    return snapshot.model_copy(update={"answers": tuple(answers)})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
