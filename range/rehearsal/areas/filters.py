"""EC2's filters and pages, for the calls that areas answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from range.rehearsal.call import Shape
from range.rehearsal.refusals import Refusal

T = TypeVar("T")
Facts = Callable[[T], Mapping[str, Any]]
"""What can be filtered by: the filter's name, and the value or values that a thing has for it."""


def matching(things: Iterable[T], filters: Iterable[Shape], facts: Facts[T]) -> list[T]:
    """Give the things that all filters let through. Values may have the wildcards `*` and `?`.

    Raises:
        Refusal: there is no filter of a name.
    """
    wanted = {each["Name"]: each.get("Values", []) for each in filters}
    return [thing for thing in things if _matches(facts(thing), wanted)]


def _matches(facts: Mapping[str, Any], wanted: Mapping[str, list[str]]) -> bool:
    """Say whether one thing passes."""
    for name, patterns in wanted.items():
        if name not in facts and not name.startswith("tag:"):
            raise Refusal("InvalidParameterValue", f"The filter '{name}' is invalid")
        have = facts.get(name, [])
        values = have if isinstance(have, (list, tuple, set)) else [have]
        if not any(fnmatchcase(_text(value), pattern) for value in values for pattern in patterns):
            return False
    return True


def _text(value: Any) -> str:
    """Write a value as filters have it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def tag_facts(tags: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """Give the facts that tags add: `tag:NAME`, `tag-key`."""
    listed = list(tags)
    return {"tag-key": [tag["Key"] for tag in listed], **{f"tag:{tag['Key']}": tag["Value"] for tag in listed}}


def page(params: Shape, name: str, things: list[Any], *, most: int = 1000) -> Shape:
    """Give one page of a list as a result: MaxResults of them from NextToken on.

    Raises:
        Refusal: the token isn't one of ours.
    """
    token = params.get("NextToken", "0")
    if not token.isdecimal():
        raise Refusal("InvalidNextToken", "The token is invalid")
    first = int(token)
    last = first + int(params.get("MaxResults", most))
    result: Shape = {name: things[first:last]}
    if last < len(things):
        result["NextToken"] = str(last)
    return result
