"""moto's match of a method and a path to an operation, without what would write a path from an operation.

For each of a model's paths werkzeug compiles two functions that build addresses. Nobody asks for one here, and they were a
third of what the first look at an account cost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.routing import NotFound, SmithyRule, get_service_router
from werkzeug.routing import Rule

__all__ = ["NotFound", "get_service_router"]


def _no_builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """Stand where werkzeug compiles a function that builds an address."""
    del rule, append_unknown
    return _never


def _never(*_rule: Any, **_values: Any) -> tuple[str, str]:
    raise NotImplementedError("a path of AWS's models is matched here, and never built")


_matched_only: Any = SmithyRule
_matched_only._compile_builder = _no_builder
