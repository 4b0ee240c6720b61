"""A resource under work: what is wanted, what there is, and who acts; all that a row's marks and functions look at."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from range.errors import CloudError
from range.rehearsal.provider.clients import Caller
from range.rehearsal.provider.paths import pick
from range.rehearsal.provider.rows import Act, Call, Field, Mark, Row
from range.rehearsal.provider.shapes import CHOSEN, Many

_THROTTLED = frozenset(
    {"RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException", "SlowDown"}
)
_THROTTLED_FOR_S = 600.0

_Answer = TypeVar("_Answer")


class Cancelled(Exception):
    """The engine asked to stop; what was under way is left as it is."""


@dataclass
class Work:
    """One resource and one operation on it. `new` is None where nothing is wanted: on reading and on deleting."""

    row: Row
    caller: Caller
    name: str
    id: str = ""
    new: Mapping[str, Any] | None = None
    old: Mapping[str, Any] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    seen: Any = None
    """What AWS answered last about the resource."""
    patience_s: float = 0.0
    """How long the program lets this take; 0 leaves it to the row."""
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def region(self) -> str:
        """The Region that the resource is in."""
        return str(self.value("region") or self.caller.region)

    @property
    def names(self) -> dict[str, str]:
        """What templates can name, besides properties."""
        caller = self.caller
        return {"id": self.id, "region": self.region, "account": caller.account, "partition": caller.partition}

    def value(self, name: str) -> Any:
        """Give a property's value: what is wanted, its default, or what there is."""
        if self.new is None:
            return self.old.get(name)
        wanted = self.new.get(name)
        if wanted is not None:
            return wanted
        known = self.row.by_name.get(name)
        default = known.default if known else CHOSEN
        return self.old.get(name) if default is CHOSEN else default

    def given(self, name: str) -> Any:
        """Give a property's value where the program says it, else None."""
        return (self.new or {}).get(name)

    def sent(self, name: str) -> Any:
        """Give a property's value as AWS takes it."""
        value = self.value(name)
        return None if value is None else self.row.by_name[name].shape.sent(value)

    def delta(self, name: str) -> tuple[list[Any], list[Any]]:
        """Give what has to be added to a set and what taken away, as AWS takes it."""
        shape = self.row.by_name[name].shape
        if not isinstance(shape, Many):
            raise TypeError(f"{self.row.token}: {name} is no set")
        new, old = self.value(name), self.old.get(name)
        return shape.sent(shape.missing(new, old)), shape.sent(shape.extra(new, old))

    @property
    def tags_all(self) -> dict[str, str]:
        """All tags wanted, the provider's among them."""
        return dict(self.value("tagsAll") or {})

    @property
    def tags_to_put(self) -> dict[str, str]:
        """The tags that are missing or differ."""
        old = self.old.get("tagsAll") or {}
        return {name: text for name, text in self.tags_all.items() if old.get(name) != text}

    @property
    def tags_to_drop(self) -> list[str]:
        """The keys of the tags that are too many."""
        return sorted(set(self.old.get("tagsAll") or {}) - set(self.tags_all))

    def act(self, act: Act) -> Any:
        """Do what a row says: make its call, or run its function."""
        return self.make(act) if isinstance(act, Call) else act(self)

    def make(self, call: Call) -> Any:
        """Make a call with this resource's values, and give the part of the answer that counts."""
        try:
            answer = self.ask(call.operation, call.service, **self.resolved(call.params))
        except CloudError as error:
            if error.code in call.absent:
                return None
            raise
        return pick(answer, call.result)

    def ask(self, operation: str, service: str = "", /, **params: Any) -> dict[str, Any]:
        """Make one call to the row's service; waits and tries again while AWS throttles.

        Raises:
            CloudError: AWS refused; the error has its code.
        """
        where = service or self.row.service
        return self._tried(lambda: self.caller.ask(where, operation, params, self._place))

    @property
    def _place(self) -> str:
        """The Region to ask; none for a service that has no Regions."""
        return self.region if self.row.regional else ""

    def _tried(self, ask: Callable[[], _Answer]) -> _Answer:
        """Ask until AWS no longer throttles."""
        pauses = self.pauses(_THROTTLED_FOR_S)
        while True:
            try:
                return ask()
            except CloudError as error:
                if error.code not in _THROTTLED or not next(pauses, False):
                    raise

    def pages(self, operation: str, **params: Any) -> list[dict[str, Any]]:
        """Make a call as often as its answer has another page."""
        return self._tried(lambda: self.caller.pages(self.row.service, operation, params, self._place))

    def resolved(self, template: Any) -> Any:
        """Fill a template's marks in; what comes out as None is left out."""
        if isinstance(template, Mark):
            return template.make(self)
        if isinstance(template, Mapping):
            filled = {name: self.resolved(item) for name, item in template.items()}
            kept = {name: item for name, item in filled.items() if item is not None}
            return kept if kept or not template else None
        if isinstance(template, list | tuple):
            return [item for item in map(self.resolved, template) if item is not None]
        return template

    def pauses(self, patience_s: float) -> Iterator[bool]:
        """Yield True after ever longer pauses, until patience ends.

        Raises:
            Cancelled: the engine asked to stop.
        """
        end, pause_s = time.monotonic() + patience_s, 0.02
        while time.monotonic() < end:
            if self.stop.wait(pause_s):
                raise Cancelled
            pause_s = min(pause_s * 1.7, 2.0)
            yield True

    def until(self, done: Callable[[], Any], patience_s: float, what: str) -> Any:
        """Ask until the answer is true, with ever longer pauses, and give it.

        Raises:
            CloudError: patience ended first.
        """
        patience_s = self.patience_s or patience_s
        pauses = self.pauses(patience_s)
        while not (answer := done()):
            if not next(pauses, False):
                raise CloudError(f"waited {patience_s:.0f} s for {what}", code="Timeout")
        return answer

    def with_(self, **more: Any) -> Work:
        """Give the same work with some things different."""
        return replace(self, **more)

    def field(self, name: str) -> Field:
        """Give a field of the row."""
        return self.row.by_name[name]
