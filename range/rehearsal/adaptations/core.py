"""Shortcuts in the code that every call goes through."""

from __future__ import annotations

import string
from functools import cache
from random import Random


def adapt() -> None:
    """Look up once what moto looks up at every call, and leave out what nobody reads."""
    import moto.core.responses
    import moto.core.utils
    import moto.iam.models
    from moto.moto_api._internal.moto_random import MotoRandom

    from range.rehearsal.adaptations import serializing
    from range.rehearsal.models import ForMoto

    serializing.adapt()
    moto.core.utils.create_loader = ForMoto  # type: ignore[assignment]

    # The methods of a response class: inspect walks all of EC2's 600 each time, 2.7 ms of a 7.5 ms call.
    moto.core.responses.method_names_from_class = _method_names  # type: ignore[assignment]
    moto.core.responses.camelcase_to_underscores = cache(moto.core.responses.camelcase_to_underscores)
    # A request's id has 52 characters, each chosen by itself: a tenth of a small call.
    MotoRandom.get_random_string = _random_string
    # Who used which key when: written at every call, so that each call would also have to save IAM.
    moto.iam.models.mark_account_as_visited = _nobody_reads_this  # type: ignore[assignment]


@cache
def _method_names(cls: type) -> frozenset[str]:
    """Give the names of a class's methods."""
    return frozenset(name for base in cls.__mro__ for name, value in vars(base).items() if callable(value))


def _random_string(self: Random, length: int = 20, include_digits: bool = True, lower_case: bool = False) -> str:
    """Choose the characters of a text all at once."""
    chosen = "".join(self.choices(string.ascii_letters + string.digits * include_digits, k=length))
    return chosen.lower() if lower_case else chosen


def _nobody_reads_this(**_: str) -> None:
    """Note nothing."""
