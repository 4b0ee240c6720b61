"""A rehearsal whose weather a test sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.rehearsal.conftest import Exercise

Weather = Callable[..., None]


@pytest.fixture
def weather(exercise: Exercise) -> Iterator[Weather]:
    """Set the weather: `weather(latency="aws", speed=20)`; afterwards it is calm again."""
    yield lambda **settings: exercise.cloud.weather.change(settings)
    exercise.cloud.weather.close()
