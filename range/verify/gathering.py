"""From an account's answers to its items, and what stands in the way of believing them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from range.records.snapshot import GLOBAL, Answer, canonical
from range.verify.calls import CALLS, FORMS, OFF, Call
from range.verify.identity.calls import KNOWN as OF_IDENTITIES
from range.verify.model import Unknown

_KNOWN = {call.operation: call for call in CALLS}
_INCOMPLETE = "the answer is incomplete"
T = TypeVar("T")


@dataclass(frozen=True)
class Items:
    """What one account's answers list, by operation: each item with the parameters that it was asked for with."""

    account: str
    asked: dict[str, list[tuple[dict[str, Any], list[dict[str, Any]]]]]
    unknown: list[Unknown] = field(default_factory=list)

    def of(self, operation: str) -> Iterator[dict[str, Any]]:
        """Give the items of an operation."""
        for _, items in self.asked.get(operation, ()):
            yield from items

    def read(self, operation: str, reader: Callable[[dict[str, Any]], T]) -> list[T]:
        """Read every item of an operation; one that has not the form that AWS gives it is doubted."""
        return self._read(operation, self.of(operation), reader)

    def _read(self, operation: str, listed: Iterable[dict[str, Any]], reader: Callable[[dict[str, Any]], T]) -> list[T]:
        """Read some items."""
        found: list[T] = []
        for item in listed:
            try:
                found.append(reader(item))
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                name = str(item.get(_KNOWN[operation].name))
                self.doubt(name, f"{operation} says it in a form that the model can't read: {error!r}", lacking=True)
        return found

    def read_asked(self, operation: str, reader: Callable[[dict[str, Any]], T]) -> list[tuple[dict[str, Any], list[T]]]:
        """Read the items of an operation that was asked once per parent, doubting them as `read` does."""
        return [(asked, self._read(operation, listed, reader)) for asked, listed in self.with_parameters(operation)]

    def with_parameters(self, operation: str) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Give the items of an operation that was asked once per parent."""
        return self.asked.get(operation, [])

    def doubt(self, resource: str, why: str, *, lacking: bool = False) -> None:
        """Note something that the model can't judge, or that the snapshot lacks."""
        self.unknown.append(Unknown(self.account, resource, why, lacking))


def gather(account: str, answers: Iterable[Answer], region: str) -> Items:
    """Sort one account's answers by operation; what is missing, refused, cut short or not modelled is noted."""
    items = Items(account, {})
    for answer in answers:
        if (answer.service, answer.operation) in OF_IDENTITIES:
            continue
        call = _KNOWN.get(answer.operation)
        if call is None:
            _doubt_strange(items, answer)
        elif answer.region != (GLOBAL if call.of_no_region else region):
            items.doubt(
                answer.operation, f"it was asked in {answer.region}, which the exercise doesn't use", lacking=True
            )
        elif _whole(items, answer):
            listed = [as_item(item) for page in answer.pages for item in page.result.get(call.items) or ()]
            told = [item for item in listed if _says_enough(items, call, item)]
            items.asked.setdefault(answer.operation, []).append((answer.parameters, told))
            for item in told:
                _doubt_options(items, call, item)
    _doubt_missing(items)
    return items


def _says_enough(items: Items, call: Call, item: dict[str, Any]) -> bool:
    """Say whether an item says what it must, in the form that AWS gives it; one that doesn't is left out, and doubted."""
    wanted = {call.name, *call.needs} - {""}
    missing = sorted(key for key in wanted if item.get(key) is None)
    odd = sorted(key for key in item.keys() & (wanted | call.reads) if not _has_form(key, item[key]))
    for key in dict.fromkeys((*missing, *odd)):
        name = item.get(call.name) or call.operation
        items.doubt(str(name), f"{call.operation} doesn't say its {key} as AWS does", lacking=True)
    return not missing and not odd


def _has_form(key: str, value: Any) -> bool:
    """Say whether a value is of the type that AWS gives what stands under a key."""
    forms = next((forms for keys, forms in FORMS.items() if key in keys), (str,))
    return isinstance(value, forms) and isinstance(value, bool) == (bool in forms)


def as_item(item: Any) -> dict[str, Any]:
    """Give a listed string, such as a domain, the form of an item."""
    return item if isinstance(item, dict) else {"Domain": item}


def _whole(items: Items, answer: Answer) -> bool:
    """Say whether an answer is all there: not refused, every page in its place, and the last one last."""
    if answer.refusal is not None:
        told = f"{answer.refusal.code}: {answer.refusal.message}"
        items.doubt(_name(answer), f"AWS refused the call: {told}", lacking=True)
        return False
    token: str | None = None
    for page in answer.pages:
        if page.token != token:
            items.doubt(_name(answer), f"{_INCOMPLETE}: a page is missing", lacking=True)
            return False
        token = next_token(page.result)
        if page.result.get("AdditionalRoutesAvailable"):
            items.doubt(_name(answer), f"{_INCOMPLETE}: AWS has more routes than it gives", lacking=True)
            return False
    if token is not None or not answer.pages:
        items.doubt(_name(answer), f"{_INCOMPLETE}: its last page is missing", lacking=True)
        return False
    return True


def next_token(result: dict[str, Any]) -> str | None:
    """Give what the next page is asked with, in any of AWS's spellings; None after the last page."""
    if result.get("IsTruncated") is False:
        return None
    for key in ("NextToken", "nextToken", "NextMarker", "ContinuationToken"):
        if result.get(key):
            return str(result[key])
    return str(result["Marker"]) if result.get("IsTruncated") and result.get("Marker") else None


def _name(answer: Answer) -> str:
    """Name a call in a finding."""
    asked = [str(value) for value in answer.parameters.values() if isinstance(value, str)]
    return " ".join([f"{answer.service}:{answer.operation}", *asked])


def _doubt_strange(items: Items, answer: Answer) -> None:
    """Note what an operation lists that the model has never heard of."""
    for page in answer.pages:
        for key, value in page.result.items():
            if isinstance(value, list) and value:
                names = (
                    [v for k, v in value[0].items() if k.lower().endswith("id")] if isinstance(value[0], dict) else []
                )
                items.doubt(str(names[0] if names else key), f"{answer.operation} lists a type that isn't modelled")


def _doubt_options(items: Items, call: Call, item: dict[str, Any]) -> None:
    """Note an item, or an option of one, that the model doesn't know."""
    if not call.modelled:
        if not gone(item):
            items.doubt(str(item.get(call.name)), f"{call.items} aren't modelled")
        return
    for key in item.keys() - call.reads - call.harmless:
        if set_to_something(item[key]):
            items.doubt(str(item.get(call.name)), f"its option {key} isn't modelled: {canonical(item[key])[:80]}")


def gone(item: dict[str, Any]) -> bool:
    """Say whether an item is only the memory of one."""
    state = item.get("State") or item.get("Status") or item.get("status")
    code = state.get("Code") if isinstance(state, dict) else state
    return code in {"deleted", "DELETED", "detached"}


def set_to_something(value: Any) -> bool:
    """Say whether an option says anything but "not used", however deep."""
    if isinstance(value, dict):
        return any(set_to_something(inner) for inner in value.values())
    if isinstance(value, list):
        return any(set_to_something(inner) for inner in value)
    return value not in OFF


def _doubt_missing(items: Items) -> None:
    """Note every call that the snapshot should hold and doesn't."""
    doubted = {doubt.resource for doubt in items.unknown}
    listed = {name: tuple(items.of(name)) for name in items.asked}
    for call in CALLS:
        have = {canonical(parameters) for parameters, _ in items.asked.get(call.operation, ())}
        for parameters in call.wanted(listed):
            asked = [str(value) for value in parameters.values() if isinstance(value, str)]
            name = " ".join([f"{call.service}:{call.operation}", *asked])
            if canonical(parameters) not in have and name not in doubted:
                items.doubt(name, "the snapshot doesn't hold this call's answer", lacking=True)
