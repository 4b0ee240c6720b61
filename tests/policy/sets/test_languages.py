from __future__ import annotations

from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from range.policy.patterns import by_parts, glob, pattern
from range.policy.sets.languages import EVERYTHING, Pattern, TooHard, Union, example, in_union, part_by_part, whole

LAW = settings(max_examples=150, deadline=None)
TEXTS = ["".join(letters) for length in range(6) for letters in product("ab:", repeat=length)]
PATTERNS = st.text("ab:*?", max_size=6)


def unions(patterns: list[list[str]]) -> list[Union]:
    return [tuple(whole(pattern(each)) for each in union) for union in patterns]


@LAW
@given(wanted=PATTERNS, text=st.text("ab:x", max_size=8))
def test_a_set_has_what_its_pattern_matches(wanted: str, text: str) -> None:
    tokens = pattern(wanted)
    narrow = part_by_part(tokens, last_expands=True)

    assert whole(tokens).has(text) == glob(tokens)(text)
    assert (narrow is not None and narrow.has(text)) == by_parts(tokens)(text)


@LAW
@given(
    inside=st.lists(st.lists(PATTERNS, min_size=1, max_size=3), max_size=3),
    outside=st.lists(st.lists(PATTERNS, max_size=2), max_size=3),
)
def test_an_example_is_inside_and_not_outside_and_is_found_where_there_is_one(
    inside: list[list[str]], outside: list[list[str]]
) -> None:
    needed, barred = unions(inside), unions(outside)

    text = example(needed, barred)

    def fits(text: str) -> bool:
        return all(in_union(each, text) for each in needed) and not any(in_union(each, text) for each in barred)

    assert any(map(fits, TEXTS)) <= (text is not None)
    assert text is None or fits(text)


def test_case_is_ignored_letter_by_letter() -> None:
    pattern_of_any_case = whole(pattern("a-B"), ignoring_case=True)

    assert [pattern_of_any_case.has(text) for text in ("A-b", "a-B", "A_b")] == [True, True, False]


def test_a_text_without_any_known_letter_is_found() -> None:
    letters = "".join(chr(code) for code in range(32, 127))

    text = example([EVERYTHING], [(whole(pattern("*".join(f"*{letter}" for letter in "abc"))), whole(pattern("")))])
    other = example(
        [(whole(("?" + letters,)), whole(pattern("?")))], unions([[letter] for letter in letters if letter not in "*?"])
    )

    assert text is not None
    assert other is not None


def test_what_nobody_can_wait_for_is_left_open() -> None:
    random = Random(1)
    hard = [tuple(whole(pattern("*" + "?".join(random.choices("ab", k=9)) + "*")) for _ in range(1)) for _ in range(12)]

    with pytest.raises(TooHard, match="states"):
        example([*hard, (Pattern(whole(pattern("*a*b" * 6)).places),)], [(whole(pattern("*" + "?" * 8)),)])
