"""A place whose commands are forked and whose cloud has one Region: what is tried often must be quick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bad_days.place import PATIENCE_S, ROOT, Place, tiny_exercise
from tests.bad_days.warm import Begun, Warm
from tests.cli.conftest import NO_HOSTS, Answer

REGION, ZONE = "us-east-1", "use1-az1"
"""Where global services are as well: there is no other Region to look at."""


class Quick(Place):
    """A place whose commands are forked from a process that has imported everything."""

    def __init__(self, folder: Path, hosts: Mapping[str, Any] | None = None, **settings: str) -> None:
        """Write the file, and start that process; `hosts` are the ally's, which are machines then, as the hub's are.

        `settings` are variables that commands find besides.
        """
        content = {**tiny_exercise(), "region": REGION, "availability_zones": [ZONE]}
        content["profiles"]["standard"]["hosts"] = dict(hosts or {})
        super().__init__(
            folder, content, RANGE_REHEARSAL_REGIONS=REGION, **settings, **({NO_HOSTS: ""} if hosts else {})
        )
        self._warm = Warm({**self.environment, "PYTHONPATH": str(ROOT)})
        self._typed = 0

    def forked(self, words: Sequence[str], dies: str = "") -> Begun:
        """Begin a command; `dies` is where it kills itself."""
        self._typed += 1
        return self._warm.begin(
            [*words, str(self.spec), "--json"], self.folder, self.folder / f"typed{self._typed}", dies
        )

    def typed(self, words: Sequence[str], dies: str = "") -> Answer:
        """Type a command, and wait for its end."""
        begun = self.forked(words, dies)
        code = begun.wait(PATIENCE_S)
        assert code is not None, (words, begun.stderr)
        return Answer(code, begun.stdout, begun.stderr)

    def stop(self) -> None:
        """Stop both."""
        self._warm.close()
        super().stop()
