"""What a machine does at its first boot, as cloud-init does on AWS: keys, users, and the user data of whoever launched it.

Made into one shell script, which systemd runs in the machine: nothing is written to a disk from outside, on which players may
have laid traps. What was done is marked on the disk by the instance's id, so that a disk that is put back does it once.

Source: cloud-init documentation, "Module reference"; Debian's cloud.cfg; from memory, 2026-11-28.
"""

from __future__ import annotations

import base64
import gzip
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from range.rehearsal.hosts.machines import Machine

DEFAULT_USER = "admin"
"""Debian's on AWS."""
RESOLVER = "169.254.169.253"
"""Where every VPC answers for names. Source: Amazon VPC User Guide, "Amazon DNS server"; from memory, 2026-11-28."""
BOOTED, FINISHED, FAILED = "/run/range-booted", "/run/range-finished", "/run/range-failed"
"""What a machine shows of how far it is: it is up, its user data is done, or failed."""
_SCRIPT = """\
#!/bin/sh
# {id}: what cloud-init does on AWS
hostname=$(hostname)
grep -qsw "$hostname" /etc/hosts || printf '127.0.0.1 localhost\\n127.0.1.1 %s\\n::1 localhost\\n' "$hostname" >> /etc/hosts
rm -f /etc/resolv.conf
printf 'search {domain}\\nnameserver {resolver}\\n' > /etc/resolv.conf
mark=/var/lib/cloud/instances/{id}/boot-finished
[ -e "$mark" ] && exit 0
failed=
attempt() {{ what=$1; shift; "$@" || {{ echo "range: $what failed with exit code $?"; failed=yes; }}; }}
mkdir -p "${{mark%/*}}"
rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
{steps}
[ -e /etc/ssh/ssh_host_ed25519_key ] || ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
[ -z "$failed" ] || touch "${{mark%/*}}/user-data-failed"
touch "$mark"
"""
_LATE = """\
#!/bin/sh
touch {booted}
mark=/var/lib/cloud/instances/{id}/user-data-finished
failure=/var/lib/cloud/instances/{id}/user-data-failed
if [ ! -e "$mark" ]; then
failed=
attempt() {{ what=$1; shift; "$@" || {{ echo "range: $what failed with exit code $?"; failed=yes; }}; }}
{steps}
touch "$mark"
[ -z "$failed" ] || touch "$failure"
fi
[ ! -e "$failure" ] || touch {failed}
touch {finished}
"""


@dataclass(frozen=True)
class FirstBoot:
    """Two scripts: what must be before sshd, and what comes when everything else runs."""

    early: str
    late: str


def first_boot(machine: Machine) -> FirstBoot:
    """Give what a machine does at its first boot."""
    early, late = _user_data(machine)
    script = _SCRIPT.format(id=machine.id, domain=machine.domain, resolver=RESOLVER, steps="\n".join(early))
    marks = {"booted": BOOTED, "finished": FINISHED, "failed": FAILED}
    return FirstBoot(script, _LATE.format(id=machine.id, steps="\n".join(late), **marks))


def _user_data(machine: Machine) -> tuple[list[str], list[str]]:
    """Give the steps that user data asks for, with the default user and their keys."""
    text = _text(machine.user_data)
    config: Mapping[str, Any] = {}
    late: list[str] = []
    if text.startswith("#cloud-config"):
        config, late = _config(text)
    elif text.startswith("#!"):
        late = list(_file("/var/lib/cloud/instance/scripts/part-001", text, "0700"))
        late.append("attempt 'the script of the user data' /var/lib/cloud/instance/scripts/part-001")
    elif text.strip():
        late = [
            _complaint(
                f"user data that begins with {text.splitlines()[0][:40]!r} is neither #cloud-config nor a script"
            )
        ]
    try:
        early = [*_host_keys(config), *_users(config, machine.keys), *_files(config)]
        return early, [*late, *_commands(config)]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        unread = _complaint(f"#cloud-config can't be carried out: {error!r}")
        return [*_users({}, machine.keys)], [*late, unread]


def _text(data: bytes) -> str:
    """Read user data; it may be compressed."""
    if data.startswith(b"\x1f\x8b"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError) as error:
            return f"#!/bin/sh\necho 'range: user data is damaged: {type(error).__name__}'\nexit 1\n"
    return data.decode(errors="replace")


def _config(text: str) -> tuple[Mapping[str, Any], list[str]]:
    """Read a `#cloud-config`; what it asks for in vain is complained about."""
    try:
        config = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        return {}, [_complaint(f"#cloud-config is no YAML: {' '.join(str(error).split())}")]
    if not isinstance(config, dict):
        return {}, [_complaint("#cloud-config is no mapping")]
    unknown = sorted(str(key) for key in config if key not in _KNOWN)
    return config, [_complaint(f"#cloud-config: {', '.join(unknown)}: not done in a rehearsal")] if unknown else []


_KNOWN = {
    "disable_root", "hostname", "manage_etc_hosts", "package_update", "package_upgrade", "preserve_hostname",
    "runcmd", "ssh_authorized_keys", "ssh_deletekeys", "ssh_keys", "ssh_pwauth", "users", "write_files",
}  # fmt: skip
"""What is done, or goes without saying. `packages` isn't: hosts reach no mirror, so packages come with the image."""


def _users(config: Mapping[str, Any], keys: Sequence[str]) -> Iterator[str]:
    """Make the users: the default one, unless others are named without it."""
    listed = config.get("users", ["default"])
    own = [*keys, *config.get("ssh_authorized_keys", ())]
    for user in listed:
        if user == "default":
            default = {"name": DEFAULT_USER, "sudo": "ALL=(ALL) NOPASSWD:ALL", "shell": "/bin/bash"}
            yield from _user({**default, "ssh_authorized_keys": own})
        elif isinstance(user, str):
            yield from _user({"name": user})
        else:
            yield from _user(user)


def _user(user: Mapping[str, Any]) -> Iterator[str]:
    """Make one user, with groups, keys and what they may."""
    name = shlex.quote(str(user["name"]))
    made = ["useradd", "--create-home", "--user-group"]
    made += ["--system"] if user.get("system") else []
    for option, key in (("--shell", "shell"), ("--comment", "gecos"), ("--uid", "uid"), ("--home-dir", "homedir")):
        made += [option, shlex.quote(str(user[key]))] if user.get(key) else []
    yield f"id -u {name} >/dev/null 2>&1 || attempt 'user {name}' {' '.join(made)} {name}"
    groups = user.get("groups", ())
    for group in groups.split(",") if isinstance(groups, str) else groups:
        yield f"groupadd -f {shlex.quote(group.strip())}; usermod -aG {shlex.quote(group.strip())} {name}"
    rules = user.get("sudo") or ()
    lines = "".join(f"{user['name']} {rule}\n" for rule in ([rules] if isinstance(rules, str) else rules))
    if lines:
        yield from _file(f"/etc/sudoers.d/90-{user['name']}", lines, "0440")
    keys = "".join(f"{str(key).strip()}\n" for key in user.get("ssh_authorized_keys", ()))
    if keys:
        yield f'home=$(getent passwd {name} | cut -d: -f6); install -d -m 0700 -o {name} -g {name} "$home/.ssh"'
        yield from _file('"$home/.ssh/authorized_keys"', keys, "0600", quoted=True)
        yield f'chown {name}: "$home/.ssh/authorized_keys"'


def _host_keys(config: Mapping[str, Any]) -> Iterator[str]:
    """Give the machine the keys by which it is to be known."""
    for key, content in dict(config.get("ssh_keys", {})).items():
        kind, _, half = str(key).partition("_")
        name = f"/etc/ssh/ssh_host_{kind}_key"
        yield from _file(f"{name}.pub" if half == "public" else name, f"{str(content).strip()}\n", "0600")


def _files(config: Mapping[str, Any]) -> Iterator[str]:
    """Write the files."""
    for file in config.get("write_files", ()):
        content, encoding = file.get("content", ""), str(file.get("encoding", "")).lower()
        raw = content if isinstance(content, bytes) else str(content).encode()
        if encoding in ("b64", "base64"):
            raw = base64.b64decode(raw)
        elif encoding:
            raise ValueError(f"write_files: encoding {encoding!r} isn't known")
        yield from _file(file["path"], raw, str(file.get("permissions", "0644")), append=bool(file.get("append")))
        if file.get("owner"):
            yield f"chown {shlex.quote(file['owner'])} {shlex.quote(file['path'])}"


def _commands(config: Mapping[str, Any]) -> Iterator[str]:
    """Run the commands."""
    for number, command in enumerate(config.get("runcmd", ()), 1):
        words = ["sh", "-c", command] if isinstance(command, str) else [str(word) for word in command]
        yield f"attempt 'runcmd {number} of the user data' {shlex.join(words)}"


def _file(path: str, content: str | bytes, mode: str, *, append: bool = False, quoted: bool = False) -> Iterator[str]:
    """Write a file, whatever is in it."""
    target = path if quoted else shlex.quote(path)
    encoded = base64.b64encode(content if isinstance(content, bytes) else content.encode()).decode()
    yield f'mkdir -p "$(dirname {target})"'
    yield f"echo {encoded} | base64 -d {'>>' if append else '>'} {target}; chmod {shlex.quote(mode)} {target}"


def _complaint(text: str) -> str:
    """Say on the console what can't be done, and let the user data count as failed."""
    return f"echo {shlex.quote(f'range: {text}')}; failed=yes"
