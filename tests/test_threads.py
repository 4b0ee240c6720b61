"""Threads that stay where they are put, and nobody else with them."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from range.threads import stay_on_one_core


def test_a_pool_s_threads_stay_on_one_core_together_and_nobody_else_does() -> None:
    allowed = os.sched_getaffinity(0)

    with ThreadPoolExecutor(4, "asks", stay_on_one_core) as pool:
        places = {frozenset(cores) for cores in pool.map(lambda _: os.sched_getaffinity(0), "abcdefgh")}

    (place,) = places
    assert len(place) == 1
    assert place <= allowed
    assert os.sched_getaffinity(0) == allowed


def test_where_a_thread_can_t_be_put_anywhere_it_goes_on_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_setaffinity")

    with ThreadPoolExecutor(1, "asks", stay_on_one_core) as pool:
        assert pool.submit(lambda: "there").result() == "there"
