"""Quotas of the exercise file, in a rehearsal that was started with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.cli.story import Place


def test_a_rehearsal_holds_to_the_quotas_of_the_file(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.content["quotas"] = {"VPCs per Region": 1, "accounts per organisation": 50}
    place.save()
    try:
        assert place.type("rehearsal", "start").code == 0
        ec2 = place.client("ec2", "200000000002")
        ec2.create_vpc(CidrBlock="10.0.0.0/16")
        with pytest.raises(ClientError, match="VpcLimitExceeded"):
            ec2.create_vpc(CidrBlock="10.1.0.0/16")
    finally:
        place.type("rehearsal", "stop")
