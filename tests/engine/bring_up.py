"""Bring one enclave up, as a process that a test can kill: `python -m tests.engine.bring_up SPEC ENCLAVE`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from range.cli import surroundings
from range.provision import stage

if __name__ == "__main__":
    spec, enclave = Path(sys.argv[1]), sys.argv[2]
    setting = surroundings.setting(spec, surroundings.plan(spec), Path(os.environ["RANGE_HOME"]))
    stage.provision(setting.engine, setting.sessions, setting.plan, enclave, state_id=setting.state_id)
