"""A snapshot that doesn't say everything, or says it in a way that nobody knows, never proves anything."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any

import pytest

from range.errors import Undecided
from range.records.proof import Proof
from range.records.snapshot import Answer, Page, Refusal, Snapshot, parse, text_of
from range.verify.calls import CALLS
from range.verify.decision import Prover, unreadable
from range.verify.identity.calls import KNOWN as OF_IDENTITIES
from tests.verify.exercises import steadfast_with_egress
from tests.verify.ranges import range_of

SEED = 20261122
OPERATIONS = [call.operation for call in CALLS]
ODD: tuple[Any, ...] = (None, "", "nonsense", 7, -1, [], {}, ["nonsense"], [{}], {"nonsense": 1}, True)


@cache
def correct() -> Snapshot:
    return range_of(steadfast_with_egress()).cloud.snapshot()


@cache
def prover() -> Prover:
    return Prover(steadfast_with_egress())


def proved(change: Callable[[list[Answer]], list[Answer]]) -> Proof:
    """Prove the correct snapshot after something was done to its answers."""
    answers = tuple(change(list(correct().answers)))
    return prover().prove(correct().model_copy(update={"answers": answers}))


def without(operation: str) -> Proof:
    """Prove a snapshot in which the first account's answers to an operation are missing."""
    return proved(lambda answers: [one for one in answers if one is not _first(answers, operation)])


def replaced(operation: str, **told: Any) -> Proof:
    """Prove a snapshot in which one answer says something else."""

    def change(answers: list[Answer]) -> list[Answer]:
        chosen = _first(answers, operation)
        return [one.model_copy(update=told) if one is chosen else one for one in answers]

    return proved(change)


def _first(answers: list[Answer], operation: str) -> Answer:
    return next(one for one in answers if one.operation == operation)


def _said(proof: Proof) -> str:
    return "\n".join(finding.why for finding in proof.findings)


def test_the_snapshot_is_proven_before_anything_is_done_to_it() -> None:
    assert {one.operation for one in correct().answers} >= set(OPERATIONS) - {"GetManagedPrefixListEntries"}
    assert proved(lambda answers: answers).verdict == "PROVEN"


@pytest.mark.parametrize("operation", sorted(set(OPERATIONS) - {"GetManagedPrefixListEntries"}))
def test_a_call_that_is_refused_missing_or_cut_short_leaves_it_unknown(operation: str) -> None:
    why = Refusal(code="AccessDenied", message="not authorized")
    first = _first(list(correct().answers), operation).pages[0]
    more = Page(token=None, result={**first.result, "NextToken": "more"})
    gap = Page(token="not asked with", result=first.result)
    cases = {
        "AccessDenied": replaced(operation, pages=(), refusal=why),
        "doesn't hold": without(operation),
        "last page is missing": replaced(operation, pages=(more,)),
        "a page is missing": replaced(operation, pages=(more, gap)),
        "its last page is missing": replaced(operation, pages=()),
    }

    for reason, proof in cases.items():
        assert proof.verdict == "UNKNOWN", reason
        assert reason in _said(proof)
        assert operation in _said(proof)


def test_a_type_that_nobody_knows_leaves_it_unknown_wherever_it_is() -> None:
    accounts = correct().accounts
    for account in accounts:
        item = {"WormholeId": "wh-0123456789abcdef0", "State": "available"}
        page = Page(token=None, result={"Wormholes": [item]})
        strange = Answer(
            account=account, region="eu-west-2", service="ec2", operation="DescribeWormholes", pages=(page,)
        )

        proof = proved(lambda answers, strange=strange: [*answers, strange])  # type: ignore[misc]

        assert proof.verdict == "UNKNOWN"
        assert {finding.resource for finding in proof.findings} == {"wh-0123456789abcdef0"}


def _items(answers: tuple[Answer, ...]) -> Iterator[tuple[int, str, int, dict[str, Any]]]:
    """Give every item with its place: answer, key of the page, number."""
    known = {call.operation: call for call in CALLS}
    for place, answer in enumerate(answers):
        if (answer.service, answer.operation) in OF_IDENTITIES:
            continue
        key = known[answer.operation].items
        for number, item in enumerate(answer.pages[0].result.get(key, ())):
            if isinstance(item, dict):
                yield place, key, number, item


def _altered(place: int, key: str, number: int, alter: Callable[[dict[str, Any]], None]) -> Proof:
    """Prove the snapshot with one item altered."""
    answers = list(correct().answers)
    result = copy.deepcopy(answers[place].pages[0].result)
    alter(result[key][number])
    answers[place] = answers[place].model_copy(update={"pages": (Page(token=None, result=result),)})
    return prover().prove(correct().model_copy(update={"answers": tuple(answers)}))


def test_an_option_that_nobody_knows_leaves_it_unknown_on_whatever_it_is() -> None:
    names = {call.operation: call.name for call in CALLS}
    answers, tried = correct().answers, set()
    for place, key, number, item in _items(answers):
        operation = answers[place].operation
        if operation in tried:
            continue
        tried.add(operation)

        proof = _altered(place, key, number, lambda one: one.update(Wormhole={"Mode": "open"}))

        assert proof.verdict == "UNKNOWN", operation
        assert {finding.resource for finding in proof.findings} == {str(item[names[operation]])}
    assert len(tried) > 25


def test_an_item_in_a_form_that_nobody_knows_is_never_an_error(record_property: Callable[[str, object], None]) -> None:
    random = Random(SEED)
    places = [(place, key, number, name) for place, key, number, item in _items(correct().answers) for name in item]
    verdicts: dict[str, int] = {}
    for place, key, number, name in random.sample(places, 150):
        odd = random.choice((*ODD, "absent"))

        def alter(item: dict[str, Any], name: str = name, odd: Any = odd) -> None:
            if odd == "absent":
                del item[name]
            else:
                item[name] = odd

        verdict = _altered(place, key, number, alter).verdict
        verdicts[verdict] = verdicts.get(verdict, 0) + 1
    record_property("counted", f"seed {SEED}: 150 odd items: {verdicts}")
    assert verdicts["UNKNOWN"] > 20


def test_a_file_that_is_cut_short_anywhere_is_undecided() -> None:
    text = text_of(correct())
    for length in Random(SEED).sample(range(len(text) - 1), 50):
        with pytest.raises(Undecided, match="can't be read"):
            parse(text[:length])


def test_a_file_in_which_one_letter_was_changed_is_undecided() -> None:
    text, random = text_of(correct()), Random(SEED)
    for place in random.sample(range(len(text) - 1), 20):
        other = "0" if text[place] != "0" else "1"
        with pytest.raises(Undecided):
            parse(text[:place] + other + text[place + 1 :])


def test_a_file_of_another_format_says_which_one_is_read() -> None:
    document = json.loads(text_of(correct()))

    with pytest.raises(Undecided, match="format 3; this program reads format 2"):
        parse(json.dumps({**document, "format": 3}))


def test_an_unreadable_snapshot_leaves_every_pair_unknown() -> None:
    proof = unreadable(steadfast_with_egress(), "it was cut short")

    assert {cell.verdict for cell in proof.matrix} == {"UNKNOWN"}
    assert [finding.why for finding in proof.findings] == ["it was cut short"]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"steady": False}, "something changed while it was taken"),
        ({"exercise": "another"}, "it is of another"),
        ({"region": "eu-west-1"}, "in eu-west-1"),
    ],
)
def test_a_snapshot_of_something_else_or_of_a_moving_range_is_unknown(told: dict[str, Any], reason: str) -> None:
    proof = prover().prove(correct().model_copy(update=told))

    assert proof.verdict == "UNKNOWN"
    assert reason in _said(proof)


def test_a_snapshot_without_an_account_is_unknown_and_says_whose() -> None:
    plan = steadfast_with_egress()
    gone = plan.enclave("gbr").account

    proof = proved(lambda answers: [one for one in answers if one.account != gone])

    assert proof.verdict != "PROVEN"
    assert "the snapshot has nothing of gbr" in _said(proof)


def test_what_is_violated_outweighs_what_is_unknown() -> None:
    plan = steadfast_with_egress()
    violated, unknown = plan.enclave("gbr").account, plan.enclave("pol").account
    nothing = (Page(token=None, result={"NetworkInterfaces": []}),)

    def change(answers: list[Answer]) -> list[Answer]:
        kept = [one for one in answers if (one.account, one.operation) != (unknown, "ListBuckets")]
        gone = (violated, "DescribeNetworkInterfaces")
        return [
            one.model_copy(update={"pages": nothing}) if (one.account, one.operation) == gone else one for one in kept
        ]

    proof = proved(change)

    assert proof.verdict == "VIOLATED"
    assert {finding.verdict for finding in proof.findings} == {"VIOLATED", "UNKNOWN"}
    assert "pol" not in {finding.to for finding in proof.findings if finding.verdict == "VIOLATED"}
