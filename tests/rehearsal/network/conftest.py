"""Namespaces for the tests of the network."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.rehearsal.network.bare import Bare


@pytest.fixture
def bare() -> Iterator[Bare]:
    """Namespaces that are gone after the test."""
    made = Bare(f"range-t{os.getpid()}")
    yield made
    made.close()
