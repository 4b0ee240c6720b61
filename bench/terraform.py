"""The same resources by Terraform on the same endpoint."""

from __future__ import annotations

import shutil
import sys

from bench.figures import Figure


def terraform() -> list[Figure]:
    """Measure where Terraform is installed."""
    if shutil.which("terraform") is None:
        print("terraform isn't installed: nothing to compare with", file=sys.stderr)
    return []
