"""One run of a playbook, in a process of its own: started with a clean environment, so that none is written anywhere.

    python -m range.configure.player JOB

JOB is a file; every line on stdout is one event, as JSON. When whoever started it is gone, or it is killed itself, the run ends
with all that it started.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import ansible_runner

from range.configure.surveyor import PLAYER, end
from range.configure.traits import traits

SHOWN = 600
"""Characters of a message, or of what a program wrote on its stderr, that are passed on; all of it is in the artifacts."""


def event_of(event: dict[str, Any]) -> dict[str, Any] | None:
    """Give what counts of a runner's event, or None where nothing does."""
    data = event.get("event_data") or {}
    kind = str(event.get("event"))
    if kind == "playbook_on_stats":
        counts = {name: data.get(name) or {} for name in ("ok", "changed", "failures")}
        return {"event": "stats", "skipped": (data.get("artifact_data") or {}).get("skipped") or {}, **counts}
    if not kind.startswith("runner_on_") or "host" not in data:
        return None
    result = data.get("res") or {}
    found = traits(str(data.get("task_action") or ""), result) if kind == "runner_on_ok" else ()
    return {
        "event": kind.removeprefix("runner_on_"),
        "traits": None if found is None else [each.model_dump() for each in found],
        "host": data["host"],
        "task": data.get("task") or "",
        "changed": bool(result.get("changed")),
        "ignored": bool(data.get("ignore_errors")),
        "message": _message(result),
    }


def _message(result: dict[str, Any]) -> str:
    """Give what a module said, with the end of what its program wrote on stderr."""
    said = str(result.get("msg") or "").strip()
    wrote = str(result.get("stderr") or result.get("module_stderr") or "").strip()
    return f"{said[:SHOWN]}: {wrote[-SHOWN:]}" if wrote and wrote not in said else said[:SHOWN]


def main() -> int:
    """Play, and tell what happens; 0 when every host is done, 1 when one isn't, 2 when nothing was played."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    guard = _guard()
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()

    def tell(event: dict[str, Any]) -> bool:
        told = event_of(event)
        if told is not None:
            print(json.dumps(told), flush=True)
        return True

    run = ansible_runner.run(
        **job,
        event_handler=tell,
        quiet=True,
        suppress_env_files=True,
        settings={"suppress_ansible_output": True, "idle_timeout": 0, "job_timeout": 0},
    )
    print(json.dumps({"event": "ended", "status": run.status, "code": run.rc}), flush=True)
    os.kill(guard, signal.SIGKILL)
    return 0 if run.status == "successful" else 1


def _guard() -> int:
    """Start what ends the run when this process is killed. Ansible wouldn't: it is in a session of its own, deaf to hangups.

    Source: ansible-runner 2.4, runner.py, `ignore_sighup=True`, read 2026-11-29.
    """
    player = os.getpid()
    guard = os.fork()
    if guard:
        return guard
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):  # or whoever listens to the player would wait for the guard, too
        os.dup2(nothing, descriptor)
    _end_with(player)
    os._exit(1)


def _end_with(starter: int) -> None:
    """End the run when whoever started it is gone: nobody hears of it any more, and the next run would meet it on the hosts."""
    while os.getppid() == starter:
        time.sleep(0.5)
    end(f"{PLAYER}={os.environ[PLAYER]}".encode())
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
