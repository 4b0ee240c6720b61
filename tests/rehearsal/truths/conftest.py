"""What tests of truths begin with, beside a fresh cloud and its accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.rehearsal.conftest import Exercise


@pytest.fixture
def clients(exercise: Exercise) -> Callable[..., Any]:
    """Gives clients: `clients("ec2", account=HUB)`; the ally's account and eu-west-2 unless asked otherwise."""
    return exercise.client


@pytest.fixture
def group(ec2: Any, vpc: str) -> str:
    """A group of that VPC that nothing uses."""
    return str(ec2.create_security_group(GroupName="targets", Description="targets", VpcId=vpc)["GroupId"])
