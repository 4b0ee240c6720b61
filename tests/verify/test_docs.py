"""What docs/proof.md promises is so."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path

from range.verify.calls import CALLS
from range.verify.identity.calls import QUESTIONS

TEXT = (Path(__file__).parents[2] / "docs" / "proof.md").read_text(encoding="utf-8")
ACTIONS = {
    "ListBuckets": "s3:ListAllMyBuckets",
    "GetBucketReplication": "s3:GetReplicationConfiguration",
    "ListAccessPoints": "s3:ListAccessPoints",
    "GetAccessPointPolicy": "s3:GetAccessPointPolicy",
}
SERVICES = {"sso-admin": "sso"}


def test_the_rights_in_the_document_suffice_for_every_call() -> None:
    found = re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    allowed = json.loads(found[1])["Statement"][0]["Action"]
    called = [(call.service, call.operation) for call in CALLS] + [(one.service, one.operation) for one in QUESTIONS]
    wanted = {ACTIONS.get(name, f"{SERVICES.get(service, service)}:{name}") for service, name in called}

    assert {action for action in wanted if not any(fnmatchcase(action, pattern) for pattern in allowed)} == set()
    assert {pattern for pattern in allowed if not any(fnmatchcase(action, pattern) for action in wanted)} == set()
