"""What `up` would change: one preview per stack, side by side, as many at once as engines may run."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from range.controller.site import Setting
from range.controller.steps import ENGINES
from range.errors import RangeError
from range.records.results import StackChanges


def foreseen(setting: Setting, enclaves: Sequence[str]) -> list[dict[str, Any]]:
    """Give one row per stack; one that can't be previewed has an error and its exit code, and the others their counts."""
    from range.provision.moved import refuse_moved

    def row(enclave: str) -> dict[str, Any]:
        stack = setting.plan.stack(enclave)
        try:
            setting.engine.state(stack)  # one that is damaged is named here, with its backups; the engine only fails
            refuse_moved(setting.engine, setting.plan, [enclave])
            return {**setting.engine.preview(stack).model_dump(), "error": None, "exit_code": 0}
        except RangeError as error:
            return {**StackChanges(stack=stack).model_dump(), "error": str(error), "exit_code": error.exit_code}

    with ThreadPoolExecutor(ENGINES, thread_name_prefix="preview") as threads:
        return list(threads.map(row, enclaves))
