"""How many arenas the C library keeps for a process of many threads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

COUNT = """
import ctypes, sys, threading
from range.heap import share_arenas
if sys.argv[2] == "shared":
    share_arenas()
held, begun = [], threading.Barrier(9)
def work():
    held.append(b"x" * 100_000)
    begun.wait()
threads = [threading.Thread(target=work) for _ in [None] * 8]
for thread in threads: thread.start()
begun.wait()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


def test_threads_share_two_arenas(tmp_path: Path) -> None:
    def arenas(how: str) -> int:
        subprocess.run([sys.executable, "-c", COUNT, str(tmp_path / how), how], check=True)
        return (tmp_path / how).read_text().count("<heap nr=")

    assert arenas("shared") == 2
    assert arenas("as it comes") > 2
