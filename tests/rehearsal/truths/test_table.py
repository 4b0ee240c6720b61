"""The table of truths as a whole, and what became of every fact that was gathered."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from range.rehearsal.truths.document import page
from range.rehearsal.truths.facts import facts, summary
from range.rehearsal.truths.table import TRUTHS

ROOT = Path(__file__).parents[3]
NAMES = {truth.name for truth in TRUTHS}
ALLOWED = {name for fact in facts().not_refused for name in fact.held_by}


def claimed() -> set[str]:
    """Collect what the rehearsal's tests say that they hold."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in Path(__file__).parents[1].rglob("test_*.py"))
    return {name for tree in trees for name in marked(tree)}


def marked(module: ast.Module) -> Iterator[str]:
    """Give the names in a module's markers; where one has each key of a dictionary of the module, those keys."""
    calls = (node for node in ast.walk(module) if isinstance(node, ast.Call))
    for argument in (each for call in calls if ast.unparse(call.func) == "pytest.mark.truth" for each in call.args):
        if isinstance(argument, ast.Constant):
            yield str(argument.value)
        else:
            tables = (node.value for node in module.body if isinstance(node, (ast.Assign, ast.AnnAssign)))
            keys = (key for table in tables if isinstance(table, ast.Dict) for key in table.keys)
            yield from (str(key.value) for key in keys if isinstance(key, ast.Constant))


def test_every_truth_has_a_name_of_its_own() -> None:
    assert [name for name, times in Counter(truth.name for truth in TRUTHS).items() if times > 1] == []


def test_every_truth_and_every_allowance_is_held_by_a_test() -> None:
    assert sorted((NAMES | ALLOWED) - claimed()) == []


def test_no_test_claims_what_is_in_no_table() -> None:
    assert sorted(claimed() - NAMES - ALLOWED) == []


def test_all_that_was_gathered_is_there() -> None:
    ids = Counter(fact.id for fact in (*facts().refused, *facts().not_refused))

    assert (len(facts().refused), len(facts().not_refused), max(ids.values())) == (325, 14, 1)


def test_every_fact_is_held_or_left_out_with_a_reason() -> None:
    every = (*facts().refused, *facts().not_refused)

    assert [fact.id for fact in every if bool(fact.held_by) == bool(fact.left_out.strip())] == []


def test_what_holds_a_refusal_is_a_truth() -> None:
    assert sorted({name for fact in facts().refused for name in fact.held_by} - NAMES) == []


def test_a_truth_is_no_surer_of_its_code_than_the_facts_that_it_holds() -> None:
    sureness = {"general_knowledge": 0, "seen_in_issue": 1, "documented": 2}
    rows = {truth.name: truth for truth in TRUTHS}
    pairs = ((fact, rows[name]) for fact in facts().held for name in fact.held_by)

    assert [row.name for fact, row in pairs if sureness[row.confidence] > sureness[fact.confidence]] == []


def test_a_truth_refuses_with_a_code_of_the_facts_that_it_holds() -> None:
    codes = {truth.name: truth.code.partition(" ")[0] for truth in TRUTHS}
    pairs = ((fact, name) for fact in facts().held for name in fact.held_by)

    assert [name for fact, name in pairs if codes[name] not in fact.code] == []


def test_the_summary_counts_what_passed_and_says_what_is_left_out() -> None:
    every, held, left_out = NAMES | ALLOWED, len(facts().held), len(facts().left_out)

    assert f"truths held: {len(TRUTHS)} of {len(TRUTHS)}; facts held: {held} of 325" in summary(every)
    assert f"{left_out} left out" in summary(every)
    assert f"truths held: {len(TRUTHS) - 1} of {len(TRUTHS)}" in summary(every - {"vpc-with-subnets"})
    assert f"facts held: {held - 1} of 325" in summary(every - {"vpc-with-subnets"})


def test_the_page_of_truths_is_up_to_date() -> None:
    written = (ROOT / "docs" / "truths.md").read_text(encoding="utf-8")

    assert written == page(), "run `python -m range.rehearsal.truths.document > docs/truths.md`"
