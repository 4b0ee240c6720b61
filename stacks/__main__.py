"""What `pulumi up` runs: the selected stack's name chooses the program, RANGE_SPEC the exercise."""

from __future__ import annotations

import os
from pathlib import Path

import pulumi

from range.errors import EnvironmentMissing
from stacks.program import run


def main() -> None:
    """Run the selected stack's program.

    Raises:
        EnvironmentMissing: RANGE_SPEC isn't set.
    """
    spec = os.environ.get("RANGE_SPEC")
    if not spec:
        raise EnvironmentMissing(
            "RANGE_SPEC is not set: no exercise file", hint='eval "$(range rehearsal env examples/steadfast.yaml)"'
        )
    run(pulumi.get_stack(), Path(spec))


main()
