"""How many at once: never fewer than the machine bears, more while it has leisure, never more than the most."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

import pytest

from range.controller import rooms
from range.controller.rooms import Machine, Room


def entered(room: Room, wanted: int) -> int:
    """Send so many in at once; say how many are in when no more come in."""
    inside, over = threading.Semaphore(0), threading.Event()

    def stay() -> None:
        with room.place():
            inside.release()
            over.wait(10)

    threads = [threading.Thread(target=stay) for _ in [None] * wanted]
    for thread in threads:
        thread.start()
    count = 0
    while inside.acquire(timeout=0.3):
        count += 1
    over.set()
    for thread in threads:
        thread.join()
    return count


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "LOOK_S", 0.0)


def test_a_busy_machine_lets_in_what_it_bears() -> None:
    assert entered(Room(2, 5, lambda: False), 8) == 2


def test_an_idle_machine_lets_more_in_up_to_the_most() -> None:
    assert entered(Room(2, 5, lambda: True), 8) == 5


def test_a_place_is_free_again_also_after_an_error() -> None:
    room = Room(1, 1, lambda: False)
    with contextlib.suppress(ValueError), room.place():
        raise ValueError

    assert entered(room, 1) == 1


@pytest.mark.parametrize(
    ("idle", "spare_kib", "has"),
    [(80, 4 << 20, True), (10, 4 << 20, False), (80, 1 << 16, False)],
)
def test_leisure_is_idle_cores_and_spare_memory(tmp_path: Path, idle: int, spare_kib: int, has: bool) -> None:
    (tmp_path / "stat").write_text("cpu  0 0 0 0 0 0 0 0 0 0\n")
    (tmp_path / "meminfo").write_text(f"MemTotal: 99999999 kB\nMemAvailable: {spare_kib} kB\n")
    machine = Machine(tmp_path)
    (tmp_path / "stat").write_text(f"cpu  {100 - idle} 0 0 {idle} 0 0 0 0 0 0\n")

    assert machine.has_leisure() is has
