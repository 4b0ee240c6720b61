"""Bare namespaces as hosts: all that a network needs of one, without a container."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

from range.rehearsal.network.namespaces import make, remove, within

T = TypeVar("T")


def obstacle() -> str | None:
    """Say what keeps this machine from having network namespaces, or None."""
    if sys.platform != "linux":
        return "network namespaces are Linux's"
    missing = [program for program in ("ip", "nft", "nsenter") if shutil.which(program) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    tried = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False)
    return None if tried.returncode == 0 else "this machine allows no network namespaces"


needs_namespaces = pytest.mark.skipif(obstacle() is not None, reason=str(obstacle()))


class Bare:
    """Namespaces of a test; gone with it."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.names: list[str] = []

    def __call__(self, name: str) -> Path:
        """Give the namespace of a name, made when it is first asked for."""
        full = f"{self.prefix}-{name}"
        if full not in self.names:
            self.names.append(full)
        return make(full)

    def close(self) -> None:
        """Remove them all."""
        for name in self.names:
            remove(name)


def inside(namespace: Path, act: Callable[[], T]) -> T:
    """Do something in a namespace, and wait for what comes of it."""
    with within(namespace):
        return act()


def beside(pool: ThreadPoolExecutor, namespace: Path, act: Callable[[], T]) -> Future[T]:
    """Do something in a namespace while the test goes on."""
    return pool.submit(inside, namespace, act)
