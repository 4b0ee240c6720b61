"""Syntax trees one at a time, where CPython can't make two at once.

Before 3.11.8 and 3.12.2 CPython counts the depth of a syntax tree for all threads together, so that a tree which is begun while
another is made fails it: "AST constructor recursion depth mismatch" (python/cpython 106905, read 2026-11-28). The rehearsal
cloud makes trees in many threads: werkzeug does for the paths that moto itself matches. And while one is made, garbage may be
collected whose last words make another: a traceback is printed by the help of a tree.
"""

from __future__ import annotations

import ast
from functools import wraps
from threading import RLock
from typing import TYPE_CHECKING, Any

from range.heap import uncollected

if TYPE_CHECKING:
    from collections.abc import Callable

_TURN = RLock()


def take_turns() -> None:
    """Let every tree that this process makes from now on wait for the one before it; asked again, it changes nothing."""
    if not hasattr(ast.parse, "__wrapped__"):
        ast.parse = _in_turn(ast.parse)


def _in_turn(parse: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(parse)
    def in_turn(*source: Any, **options: Any) -> Any:
        with _TURN, uncollected():  # what speaks when it is collected would in the thread that holds the lock
            return parse(*source, **options)

    return in_turn
