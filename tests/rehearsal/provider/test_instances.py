"""An instance can be looked at while it ends: its volumes go with it at any moment."""

from __future__ import annotations

from typing import Any, cast

import pytest

from range.rehearsal.provider.types.instances import INSTANCE
from range.rehearsal.provider.work import Work


class Told:
    """Stands for the work on an instance whose root volume is gone already."""

    id = "i-1"

    def __init__(self, state: str) -> None:
        """Say which state the instance is in."""
        self.state = state

    def ask(self, operation: str, **params: Any) -> Any:
        """Answer as EC2 does."""
        if operation == "describe_instances":
            mapping = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeId": "vol-gone", "DeleteOnTermination": True}}
            there = {"State": {"Name": self.state}, "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [mapping]}
            return {"Reservations": [{"Instances": [there]}]}
        if operation == "describe_volumes":
            assert "VolumeIds" not in params, "a volume that is named and gone is an error"
            return {"Volumes": []}
        return {}


@pytest.mark.parametrize("state", ["running", "shutting-down", "terminated"])
def test_a_volume_that_is_gone_already_is_no_error(state: str) -> None:
    look = INSTANCE.read
    assert callable(look)

    assert look(cast("Work", Told(state)))["State"]["Name"] == state
