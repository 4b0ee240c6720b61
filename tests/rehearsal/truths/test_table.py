"""The table of truths as a whole."""

from __future__ import annotations

from pathlib import Path

from range.rehearsal.truths.document import page
from range.rehearsal.truths.table import TRUTHS

ROOT = Path(__file__).parents[3]


def test_every_truth_has_a_name_of_its_own() -> None:
    names = [truth.name for truth in TRUTHS]

    assert sorted(set(names)) == sorted(names)


def test_every_truth_is_held_by_a_test() -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))

    assert [truth.name for truth in TRUTHS if f'"{truth.name}"' not in tests] == []


def test_the_page_of_truths_is_up_to_date() -> None:
    written = (ROOT / "docs" / "truths.md").read_text()

    assert written == page(), "run `python -m range.rehearsal.truths.document > docs/truths.md`"
