"""Tells whoever makes packets and hosts follow EC2's state that it changed: once for many changes, and again until it is done."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

_log = logging.getLogger(__name__)
_AGAIN_S = 1.0
"""How long after a failure it is tried again, if nothing changes before."""
_MOST_REST_S = 0.25
"""How long is rested at most after a look: as long as it took, so that a storm of changes takes half a core at most."""


class Follower:
    """A thread that makes something as the state says, whenever it may have changed.

    `follow` is called at once, and after each change; changes that come while it is at work make one more call. It is to
    look at the state as it is then, so that none is missed and none matters by itself.
    """

    def __init__(self, name: str, follow: Callable[[], None]) -> None:
        """Start following."""
        self._follow = follow
        self._state = threading.Condition()
        self._wanted = 1
        self._done = 0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def changed(self) -> int:
        """Note a change; give the number that `await_done` takes. Returns at once."""
        with self._state:
            self._wanted += 1
            self._state.notify_all()
            return self._wanted

    def await_done(self, change: int | None = None, patience_s: float = 60.0) -> bool:
        """Wait until a change, or everything noted so far, is carried out; say whether it was in time."""
        with self._state:
            wanted = self._wanted if change is None else change
            return self._state.wait_for(lambda: self._done >= wanted or self._closed, patience_s) and (
                self._done >= wanted
            )

    def close(self) -> None:
        """Stop, when the call that is under way has ended."""
        with self._state:
            self._closed = True
            self._state.notify_all()
        self._thread.join()

    def _run(self) -> None:
        """Follow until closed."""
        tried = 0
        while True:
            with self._state:
                again_s = _AGAIN_S if self._done < tried else None
                self._state.wait_for(lambda: self._closed or self._wanted > tried, again_s)  # noqa: B023 -- called here
                if self._closed:
                    return
                tried = self._wanted
            began = time.monotonic()
            if self._followed():
                with self._state:
                    self._done = tried
                    self._state.notify_all()
            rest_s = min(time.monotonic() - began, _MOST_REST_S)
            with self._state:
                self._state.wait_for(lambda: self._closed, rest_s)

    def _followed(self) -> bool:
        """Follow once; a failure is logged, and tried again."""
        try:
            self._follow()
        except Exception:  # noqa: BLE001 -- whatever it is, the state must be followed
            _log.exception("%s failed; trying again", self._thread.name)
            return False
        return True
