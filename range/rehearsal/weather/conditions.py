"""The weather at work: what a call meets on its way in, and on its way out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from range.rehearsal.messages import Answer
from range.rehearsal.refusals import Refusal
from range.rehearsal.services import Service
from range.rehearsal.states import passing
from range.rehearsal.trail import book
from range.rehearsal.weather import settings as kept
from range.rehearsal.weather.buckets import Buckets, throttled
from range.rehearsal.weather.events import FILE, Event, Log, current
from range.rehearsal.weather.faults import Faults
from range.rehearsal.weather.fresh import Fresh
from range.rehearsal.weather.latencies import latencies
from range.rehearsal.weather.rules import Rule
from range.rehearsal.weather.settings import Settings
from range.rehearsal.weather.sight import Sight, origin
from range.rehearsal.weather.victims import kill

_UNAVAILABLE = Refusal("InternalError", "An internal error has occurred. Retry your request.", status=500)
"""Source: Amazon EC2 API Reference, "Error codes", server errors, read 2026-11-28."""
FOR_EVER = float("inf")


class ConnectionLost(Exception):
    """The client gets no answer to a call, whether it was carried out or not."""


class Weather:
    """What calls meet. One cloud has one; settings may change between any two calls."""

    def __init__(self, home: Path | None) -> None:
        """Take up the weather that was kept with a rehearsal."""
        self._home = home
        self._log: Log | None = None
        self._guard = threading.Lock()
        self._take(kept.read(home))

    @property
    def settings(self) -> Settings:
        """What it is set to."""
        return self._settings

    @property
    def struck(self) -> int:
        """How many faults there have been since it was last set."""
        return self._faults.struck

    def change(self, document: Mapping[str, Any]) -> None:
        """Set it otherwise, and keep that with the rehearsal.

        Raises:
            InputError: a document that says nothing valid; nothing is changed.
        """
        with self._guard:
            settings = kept.changed(self._settings, document)
            if settings == self._settings:
                return
            if self._home is not None:
                kept.write(self._home, settings)
            self._take(settings)

    def _take(self, settings: Settings) -> None:
        self._settings = settings
        self._is_calm = settings.is_calm
        self._latencies = latencies(settings.latency)
        self._slow = dict(settings.slow)
        self._buckets = Buckets(settings.throttling) if settings.throttling else None
        self._faults = Faults(settings.all_rules, settings.seed)
        self._fresh = Fresh(self._latencies.fresh)
        passing.delays_s = MappingProxyType(
            {state: seconds / settings.speed for state, seconds in self._latencies.states.items()}
        )
        passing.watcher = None if self._is_calm else self
        book.late_s = max(self._latencies.fresh.get("trail", 0.0), self._faults.late_s) / settings.speed
        self._open_log(settings.events)

    def _open_log(self, wanted: bool) -> None:
        if self._log is not None and not wanted:
            self._log.close()
            self._log = None
        if self._log is None and wanted and self._home is not None:
            self._log = Log(self._home / FILE)

    def carried(
        self,
        service: Service,
        seen: Callable[[], Sight],
        params: Callable[[], Mapping[str, Any]],
        act: Callable[[], Answer],
    ) -> Answer:
        """Carry a call out in this weather; `act` answers it, and is done once at most.

        Raises:
            ConnectionLost: the client is to get no answer.
            Refusal: the call is refused before it had an effect.
        """
        if self._is_calm:
            return act()
        event = Event(seen())
        token = current.set(event)
        status = 0
        try:
            answer = self._met(event, service, params, act)
            status = answer.status
            return answer
        except Refusal as refused:
            status = refused.status or 400
            raise
        finally:
            current.reset(token)
            if self._log is not None:
                self._log.write(event, status)

    def _met(
        self, event: Event, service: Service, params: Callable[[], Mapping[str, Any]], act: Callable[[], Answer]
    ) -> Answer:
        sight = event.sight
        if self._buckets is not None and not self._buckets.take(sight, self._now_s):
            event.fault = "throttled"
            raise throttled(sight.service)
        fault = self._faults.of_call(sight.name, sight.account)
        event.fault = fault.kind if fault else ""
        self._pass(self._latencies.call_s(sight.name), sight.account)
        if fault is not None:
            self._before(fault, sight)
        if self._latencies.fresh:
            refused = self._fresh.refusal(sight, params, self._now_s)
            if refused is not None:
                raise refused
        answer = act()
        if answer.status < 400:
            self._fresh.note(sight, params, answer, self._now_s)
            if origin.get().by == "provider":
                self._pass(self._latencies.settle_s(sight.name), sight.account)
        return self._after(fault, answer, service, sight.operation)

    def _before(self, fault: Rule, sight: Sight) -> None:
        """Let a fault befall a call that has had no effect yet."""
        match fault.kind:
            case "kill":
                kill(fault.target, sight, origin.get())
            case "stall":
                self._pass(fault.seconds, "")
            case "error":
                raise Refusal(fault.code, fault.message)
            case "unavailable":
                raise _UNAVAILABLE
            case "lost-before":
                raise ConnectionLost

    @staticmethod
    def _after(fault: Rule | None, answer: Answer, service: Service, operation: str) -> Answer:
        """Let a fault befall a call that was carried out."""
        if fault is not None and fault.kind == "lost":
            raise ConnectionLost
        if fault is not None and fault.kind == "unavailable-after":
            return service.answer(operation, _UNAVAILABLE)
        return answer

    def entered(self, thing: passing.Passing, state: str) -> float:
        """Note a state that a thing has begun; give how much longer than usual it lasts, in this machine's seconds."""
        event = current.get()
        if event is not None:
            event.entered.append((f"{thing.kind}:{state}", thing.id))
        fault = self._faults.of_state(f"{thing.kind}:{state}", thing.account)
        if fault is not None and fault.kind == "stuck":
            return FOR_EVER
        thing.fails = fault is not None
        return passing.delays_s.get(f"{thing.kind}:{state}", 0.0) * (self._slow.get(thing.account, 1.0) - 1)

    def moved(self, thing: passing.Passing) -> None:
        """Note that a call found a thing further on."""
        event = current.get()
        if event is not None:
            event.moved.append(thing.id)

    @property
    def _now_s(self) -> float:
        """Now, in simulated seconds."""
        return time.monotonic() * self._settings.speed

    def _pass(self, seconds: float, account: str) -> None:
        """Let simulated time pass."""
        seconds *= self._slow.get(account, 1.0)
        if seconds:
            time.sleep(seconds / self._settings.speed)

    def close(self) -> None:
        """Close the log."""
        self._open_log(wanted=False)
        passing.watcher = None
