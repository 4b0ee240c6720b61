"""What is on one host, read by a script that runs there, as root, and writes nothing: files, users, services, kernel settings.

Only Python's own library: it is sent through SSH as it is, and prints one JSON document. A host on which somebody was root
may lie; what it says is believed only of a host that was booted from a disk that nobody could have written to.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator

Things = dict[str, dict[str, dict[str, str]]]
"""Properties by name, by type."""

LEFT_OUT: tuple[tuple[str, str], ...] = (
    (r"/(proc|sys|dev|run)", "the kernel's and the running system's, empty after every boot; mounts are compared"),
    (r"/var/(log|cache|crash|spool/(rsyslog|anacron|postfix))", "grows while everything is as it should be"),
    (r"/var/lib/(systemd|private/systemd|chrony|logrotate|dbus|NetworkManager|dhcp|dhcpcd|apt|apt-daily|ucf|cloud)",
     "what services remember of their last run; units are compared by what systemd says of them"),
    (r"/var/lib/(syslog-ng|rsyslog|suricata/(cache|data)|nginx|samba/.*\.tdb|range/(state|spool|buffer)).*",
     "what services write while they serve"),
    (r"/var/lib/collector", "the events that were collected; the hub's, and its evidence"),
    (r"/(tmp|var/tmp)/(systemd-private-|\.(X11|ICE|XIM|font)-unix|ansible).*", "made and removed by services and Ansible"),
    (r"/(root|home/[^/]+)/\.(ansible|cache|lesshst|local/share/systemd)(/.*)?", "Ansible's folder for the task under way"),
    (r"/etc/(passwd|shadow|group|gshadow)-?", "compared user by user"),
    (r"/etc/(hostname|hosts|resolv\.conf|mtab|ld\.so\.cache|machine-id|adjtime|\.pwd\.lock)", "written at every boot"),
    (r".*/__pycache__", "compiled again when it is needed, from what is compared"),
    (r"/(var/lib/dpkg/(lock|triggers)|var/lib/dpkg/lock-frontend|swapfile|lost\+found).*", "locks and the file system's own"),
)  # fmt: skip
"""Paths that say nothing of what somebody did, each with the reason; whole trees where the pattern names a folder."""

PACKAGED = re.compile(r"/(usr(?!/local)|boot|var/lib/dpkg)(/|$)")
"""Trees of which a folder is one thing, with a digest of everything right in it: packages fill them with thousands of files."""

SETTINGS = ("kernel", "fs", "net", "vm", "user", "dev")
UNSETTLED = re.compile(
    r"kernel/(random/.*|ns_last_pid|pty/.*|sched_domain/.*|perf_event_max_sample_rate|usermodehelper/.*|cad_pid|hostname)|"
    r"fs/(.*-(nr|state)|binfmt_misc/.*|quota/.*|nfs/.*)|net/netfilter/nf_conntrack_(count|max|buckets)|net/nf_conntrack_max|"
    r"net/ipv[46]/(neigh|conf)/(?!all/|default/).*|net/ipv[46]/route/flush|vm/(drop_caches|compact_memory|stat_refresh)|"
    r"dev/(cdrom|scsi|hpet|parport)/.*"
)
"""Kernel settings that change by themselves, or are one interface's, whose name another boot may change."""

_LEFT_OUT = re.compile("|".join(f"(?:{pattern})" for pattern, _ in LEFT_OUT))
_EPHEMERAL = 32768
"""From here on Linux takes ports for whoever asks for none. Source: ip-sysctl, ip_local_port_range (read 2026-11-28)."""


def looked(root: str) -> Things:
    """Give everything that is compared."""
    return {
        "host:file": dict(files(root)),
        "host:user": dict(users(root)),
        "host:unit": dict(units()),
        "host:kernel": dict(settings(os.path.join(root, "proc/sys"))),
        "host:listener": dict(listeners(os.path.join(root, "proc/net"))),
        "host:mount": dict(mounts(os.path.join(root, "proc/self/mountinfo"))),
    }


def files(root: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give every file, or every folder of the packaged trees, with what it is; what is mounted elsewhere isn't entered."""
    root = root.rstrip("/")
    device = os.lstat(root or "/").st_dev
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        lines = []
        for name, told, is_folder in _within(root, folder):
            path = f"{folder}/{name}"
            if is_folder and os.lstat(root + path).st_dev == device:
                waiting.append(path)
            if PACKAGED.match(folder):
                lines.append(json.dumps([readable(name), told], sort_keys=True))
            else:
                yield readable(path), told
        if lines:
            yield readable(folder) + "/", {"holds": hashlib.sha256("\n".join(lines).encode()).hexdigest()}


def readable(name: str) -> str:
    """Write a name as text, whatever bytes it is of; two names never become one."""
    return os.fsencode(name.replace("\\", "\\\\")).decode("utf-8", "backslashreplace")


def _within(root: str, folder: str) -> Iterator[tuple[str, dict[str, str], bool]]:
    """Give what is right in a folder and isn't left out, in one order, and whether it is a folder itself."""
    try:
        entries = sorted(os.scandir(f"{root}{folder}/"), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return  # gone since it was listed
    for entry in entries:
        if not _LEFT_OUT.fullmatch(f"{folder}/{entry.name}") and (told := described(entry.path)) is not None:
            yield entry.name, told, entry.is_dir(follow_symlinks=False)


def described(path: str) -> dict[str, str] | None:
    """Say what a file is: its kind, mode, owner, and content; None for one that has just gone."""
    try:
        status = os.lstat(path)
        told = {"mode": f"{status.st_mode:o}", "owner": f"{status.st_uid}:{status.st_gid}"}
        if stat.S_ISLNK(status.st_mode):
            told["leads"] = readable(os.readlink(path))
        elif stat.S_ISREG(status.st_mode):
            with open(path, "rb") as file:
                told["sha256"] = hashlib.file_digest(file, "sha256").hexdigest()
        elif stat.S_ISBLK(status.st_mode) or stat.S_ISCHR(status.st_mode):
            told["device"] = str(status.st_rdev)
        if extra := attributes(path):
            told["attributes"] = extra
    except FileNotFoundError:
        return None
    return told


def attributes(path: str) -> str:
    """Give the digest of a file's extended attributes: capabilities, access lists; empty where there are none."""
    names = sorted(name for name in os.listxattr(path, follow_symlinks=False) if not name.startswith("trusted.overlay"))
    found = [f"{name}={os.getxattr(path, name, follow_symlinks=False).hex()}" for name in names]
    return hashlib.sha256("\n".join(found).encode()).hexdigest() if found else ""


def users(root: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give every user and group: numbers, folder, shell, members, and a digest of what stands for the password."""
    for kind, name in (("user", "passwd"), ("group", "group")):
        for line in _lines(os.path.join(root, "etc", name)):
            called, _, rest = line.partition(":")
            yield f"{kind} {called}", {"is": rest}
    for name in ("shadow", "gshadow"):
        for line in _lines(os.path.join(root, "etc", name)):
            fields = line.split(":")
            kept = [fields[0], fields[1], *fields[3:]]  # not when the password was last changed
            yield f"{name} {fields[0]}", {"sha256": hashlib.sha256(":".join(kept).encode()).hexdigest()}


def units() -> Iterator[tuple[str, dict[str, str]]]:
    """Give what systemd starts, and what runs."""
    for line in _said("systemctl", "list-unit-files", "--no-legend", "--no-pager", "--plain"):
        name, state, *_ = line.split()
        yield name, {"starts": state}
    for line in _said("systemctl", "list-units", "--no-legend", "--no-pager", "--plain", "--state=running"):
        name = line.split()[0]
        if name.endswith((".service", ".socket")) and not name.startswith(("user@", "user-runtime-dir@")):
            yield f"running {name}", {"runs": "yes"}


def settings(folder: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the kernel's settings that somebody could change."""
    for area in SETTINGS:
        for where, _, names in os.walk(os.path.join(folder, area)):
            for name in names:
                path = os.path.join(where, name)
                called = os.path.relpath(path, folder)
                if UNSETTLED.fullmatch(called) or not os.lstat(path).st_mode & stat.S_IWUSR:
                    continue
                try:
                    with open(path, encoding="utf-8", errors="replace") as file:
                        yield called, {"is": " ".join(file.read().split())}
                except OSError:
                    continue  # some can only be written


def listeners(folder: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give every port that somebody waits at; those of UDP that the kernel drew are somebody's questions."""
    for name, waiting in (("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")):
        for line in _lines(os.path.join(folder, name))[1:]:
            _, local, _, state, *_ = line.split()
            address, _, port = local.partition(":")
            if state == waiting and not (name.startswith("udp") and int(port, 16) >= _EPHEMERAL):
                yield f"{name} {address}:{int(port, 16)}", {"waits": "yes"}


def mounts(path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give what is mounted where, but for the kernel's own."""
    for line in _lines(path):
        before, _, after = line.partition(" - ")
        where = before.split()[4]
        if not re.match(r"/(proc|sys|dev|run)(/|$)", where) and not re.fullmatch(
            r"/etc/(hosts|hostname|resolv\.conf)", where
        ):
            yield where, {"is": after.split()[0]}


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return [line for line in file.read().splitlines() if line]
    except FileNotFoundError:
        return []


def _said(*words: str) -> list[str]:
    done = subprocess.run(words, capture_output=True, text=True, errors="replace", check=True)
    return [line for line in done.stdout.splitlines() if line.split()]


if __name__ == "__main__":
    json.dump(looked(sys.argv[1] if len(sys.argv) > 1 else "/"), sys.stdout)
