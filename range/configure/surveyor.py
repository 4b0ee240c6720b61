"""Looks at a host, on the host: run there by its own Python as root, with nothing but the standard library.

The controller sends this file with a last line that calls `main`. It ends what earlier runs of Ansible left at work, and tells
what paths, units, users and commands are like; what that means is the controller's to judge.
"""

from __future__ import annotations

import contextlib
import grp
import hashlib
import json
import os
import pwd
import signal
import stat
import subprocess
import time

MARK = b"RANGE_RUN="
"""How the environment of everything begins that a run starts on a host; the rest names the run."""
PLAYER = "RANGE_PLAYER"
"""The variable that everything has which a run starts on the controller; its value names the run."""
STAMP = "/etc/range-image"
"""Where a golden image says which one it is."""
_PATIENCE_S, _COMMAND_S = 3.0, 60


def main(asked: str) -> None:
    """Print what is asked for: a list of kinds and names, as JSON."""
    ended = end(MARK)
    things = [(each["kind"], each["name"]) for each in json.loads(asked)]
    units = look_at_units([name for kind, name in things if kind == "unit"])
    seen = []
    for kind, name in things:
        if kind == "path":
            seen.append(look_at_path(name))
        elif kind == "user":
            seen.append(look_at_user(name))
        elif kind == "output":
            seen.append(look_at_output(name.split("\n")))
        else:
            seen.append(units.get(name, {}))
    print(json.dumps({"image": stamp(), "ended": ended, "seen": seen}))


def stamp() -> str:
    """Say of which golden image the host was made."""
    try:
        with open(STAMP, encoding="utf-8") as file:  # noqa: PTH123 - as little as possible is imported here
            return file.read(200).strip()
    except OSError:
        return ""


def look_at_path(name: str) -> dict[str, str]:
    """Tell what is at a path; a link is neither file nor folder."""
    try:
        found = os.lstat(name)
        told = {
            "mode": f"{stat.S_IMODE(found.st_mode):04o}",
            "owner": owner(found.st_uid),
            "group": group(found.st_gid),
        }
        if stat.S_ISREG(found.st_mode):
            with open(name, "rb") as file:  # noqa: PTH123
                return {**told, "type": "file", "sha1": hashlib.file_digest(file, "sha1").hexdigest()}
        return {**told, "type": "directory" if stat.S_ISDIR(found.st_mode) else "other"}
    except OSError:
        return {"type": "none"}


def look_at_user(name: str) -> dict[str, str]:
    """Tell how a user is known to the host."""
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        return {}
    return {"uid": str(found.pw_uid), "comment": found.pw_gecos, "home": found.pw_dir, "shell": found.pw_shell}


def look_at_output(words: list[str]) -> dict[str, str]:
    """Run a command that only looks at something."""
    try:
        ran = subprocess.run(words, capture_output=True, stdin=subprocess.DEVNULL, timeout=_COMMAND_S, check=False)
    except (OSError, subprocess.SubprocessError):
        return {}
    return {"code": str(ran.returncode), "sha256": hashlib.sha256(ran.stdout.rstrip(b"\r\n")).hexdigest()}


def look_at_units(names: list[str]) -> dict[str, dict[str, str]]:
    """Tell how units stand, all with one question."""
    if not names:
        return {}
    properties = "--property=ActiveState,UnitFileState,NeedDaemonReload"
    ran = subprocess.run(["systemctl", "show", properties, *names], capture_output=True, text=True, check=False)
    told = [
        dict(line.partition("=")[::2] for line in block.splitlines() if line)
        for block in ran.stdout.strip("\n").split("\n\n")
    ]
    if len(told) != len(names):
        return {}
    return {
        name: {"active": each.get("ActiveState", ""), "enabled": each.get("UnitFileState", ""),
               "stale": each.get("NeedDaemonReload", "")}
        for name, each in zip(names, told, strict=True)
    }  # fmt: skip


def owner(number: int) -> str:
    """Name a user."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def group(number: int) -> str:
    """Name a group."""
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def end(mark: bytes) -> int:
    """End all processes whose environment has a mark, but this one; gives how many there were."""
    found = marked(mark)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in marked(mark):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)
        until = time.monotonic() + _PATIENCE_S
        while marked(mark) and time.monotonic() < until:
            time.sleep(0.05)
    return len(found)


def marked(mark: bytes) -> list[int]:
    """Find the processes with a mark in their environment, which they got from whoever started them."""
    found = []
    for name in os.listdir("/proc"):  # noqa: PTH208
        if not name.isdigit() or int(name) == os.getpid():
            continue
        with contextlib.suppress(OSError), open(f"/proc/{name}/environ", "rb") as file:  # noqa: PTH123
            if any(each.startswith(mark) for each in file.read().split(b"\0")):
                found.append(int(name))
    return found
