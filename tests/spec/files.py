"""Exercise files for tests: the example with a few places changed, written where a test can load it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from range.errors import InputError
from range.spec.loading import load
from range.spec.models import Exercise

EXAMPLES = Path(__file__).parents[2] / "examples"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
STEADFAST = (EXAMPLES / "steadfast.yaml").read_text()


def changed(*changes: tuple[str, str]) -> str:
    """Give the example's text with places changed; each place is there exactly once."""
    text = STEADFAST
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def loaded(folder: Path, text: str | bytes) -> Exercise:
    """Load a file with this content."""
    path = folder / "exercise.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(path, now=NOW)


def refusal(folder: Path, text: str | bytes) -> InputError:
    """Give the error that a file with this content ends in."""
    with pytest.raises(InputError) as caught:
        loaded(folder, text)
    return caught.value
