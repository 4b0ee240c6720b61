"""What the script that runs on hosts sees of files, users and kernel settings, and that no host is taken for clean unasked."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from range.errors import CloudError
from range.observe.hosts import COMMAND, TYPES, with_hosts
from range.observe.on_host import LEFT_OUT, files, listeners, mounts, settings, users
from range.records.observation import Observation
from range.verify.baseline import differences, untold

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ACCOUNT = Observation(account="1", regions=("eu-west-2",), taken=NOW, types=100, things=())


@dataclass(frozen=True)
class Said:
    """What a host said."""

    stdout: str = ""
    stderr: str = ""
    code: int = 0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The disk of a small machine."""
    for path, content in {
        "etc/nginx/nginx.conf": "listen 80;", "etc/passwd": "root:x:0:0::/srv:/bin/sh\n", "usr/bin/ls": "elf",
        "etc/shadow": "root:$y$hash:20000:0:99999:7:::\n", "etc/group": "sudo:x:27:ann\n", "var/log/syslog": "one",
        "srv/keys/authorized_keys": "ssh-ed25519 AAAA", "usr/local/bin/tool": "ours",
    }.items():  # fmt: skip
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    return tmp_path


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file that was added": (lambda at: (at / "etc/cron.d").write_text("* * * * * root id"), "/etc/cron.d"),
    "a file that was changed": (lambda at: (at / "etc/nginx/nginx.conf").write_text("x"), "/etc/nginx/nginx.conf"),
    "a file that was deleted": (lambda at: (at / "srv/keys/authorized_keys").unlink(), "/srv/keys/authorized_keys"),
    "a mode": (lambda at: (at / "etc/nginx/nginx.conf").chmod(0o4755), "/etc/nginx/nginx.conf"),
    "a link": (lambda at: (at / "etc/link").symlink_to("/etc/passwd"), "/etc/link"),
    "a pipe": (lambda at: os.mkfifo(at / "srv/pipe"), "/srv/pipe"),
    "a packaged program": (lambda at: (at / "usr/bin/ls").write_text("ELF"), "/usr/bin/"),
    "a program beside it": (lambda at: (at / "usr/bin/ls.orig").write_text("elf"), "/usr/bin/"),
    "what an administrator installed": (lambda at: (at / "usr/local/bin/tool").write_text("x"), "/usr/local/bin/tool"),
    "an empty folder": (lambda at: (at / "opt").mkdir(), "/opt"),
    "a name that is no text": (lambda at: Path(os.fsdecode(os.fsencode(at) + b"/srv/\xff")).touch(), "/srv/\\xff"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_every_change_of_a_file_is_seen_and_named(root: Path, what: str) -> None:
    change, named = CHANGES[what]
    before = dict(files(str(root)))

    change(root)

    after = dict(files(str(root)))
    assert named in {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def test_what_grows_by_itself_changes_nothing_and_each_rule_says_why(root: Path) -> None:
    before = list(files(str(root)))

    (root / "var/log/syslog").write_text("two")
    (root / "var/log/other").write_text("x")

    assert list(files(str(root))) == before
    assert all(len(reason) > 15 and re.compile(pattern) for pattern, reason in LEFT_OUT)


def test_users_are_compared_but_for_when_a_password_was_last_changed(root: Path) -> None:
    before = dict(users(str(root)))

    (root / "etc/shadow").write_text("root:$y$hash:20001:0:99999:7:::\n")
    same = dict(users(str(root)))
    (root / "etc/shadow").write_text("root:$y$other:20001:0:99999:7:::\n")
    (root / "etc/group").write_text("sudo:x:27:ann,mallory\n")
    other = dict(users(str(root)))

    assert same == before
    assert {name for name in before if before[name] != other[name]} == {"shadow root", "group sudo"}
    assert "hash" not in json.dumps(before)


def test_kernel_settings_are_compared_but_for_those_that_change_by_themselves(tmp_path: Path) -> None:
    for path in ("net/ipv4/ip_forward", "kernel/random/uuid", "kernel/ns_last_pid", "net/ipv4/conf/eth0/forwarding"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("0\n")

    assert dict(settings(str(tmp_path))) == {"net/ipv4/ip_forward": {"is": "0"}}


def test_ports_that_somebody_waits_at_and_what_is_mounted_are_told(tmp_path: Path) -> None:
    head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    (tmp_path / "tcp").write_text(
        head
        + "   0: 00000000:0016 00000000:0000 0A 0:0 00:0 0 0 0 1\n   1: 0100007F:0016 0100007F:9999 01 0:0 00:0 0 0 0 2\n"
    )
    (tmp_path / "udp").write_text(
        head
        + "   0: 00000000:0035 00000000:0000 07 0:0 00:0 0 0 0 1\n   1: 00000000:EA60 00000000:0000 07 0:0 00:0 0 0 0 2\n"
    )
    (tmp_path / "mountinfo").write_text(
        "1 0 0:1 / / rw - ext4 /dev/x rw\n2 1 0:2 / /run rw - tmpfs t rw\n3 1 0:3 / /mnt rw - tmpfs t rw\n"
    )

    assert sorted(dict(listeners(str(tmp_path)))) == ["tcp 00000000:22", "udp 00000000:53"]
    assert dict(mounts(str(tmp_path / "mountinfo"))) == {"/": {"is": "ext4"}, "/mnt": {"is": "tmpfs"}}


def answer(**files_: dict[str, str]) -> str:
    """Give what a host with these files says."""
    return json.dumps({**{type_: {} for type_ in TYPES}, "host:file": files_})


def seen(**said: Said | Exception) -> Observation:
    """Look at hosts that say what is given."""

    def ask(host: str, words: tuple[str, ...], script: str) -> Said:
        assert words == COMMAND
        assert "def looked" in script
        found = said[host]
        if isinstance(found, Exception):
            raise found
        return found

    return with_hosts(lambda: ACCOUNT, said, ask)


def test_what_is_on_hosts_is_part_of_the_digest_and_of_the_differences() -> None:
    then, now = (seen(web=Said(answer(a={"sha256": digest}))) for digest in ("1", "2"))

    assert then.digest != now.digest
    assert then.of_account.digest == now.of_account.digest == ACCOUNT.digest
    assert [str(each) for each in differences(then, now)] == ['changed: host web host:file a: sha256 was "1", is "2"']
    assert (then.hosts, then.types) == (("web",), 100 + len(TYPES))


@pytest.mark.parametrize(
    "said",
    [
        CloudError("est/web can't be come by: timed out"),
        Said(stderr="sudo: a password is required", code=1),
        Said("Welcome!"),
        Said("[]"),
        Said('{"host:file": {}}'),
        Said(json.dumps({type_: [] for type_ in TYPES})),
    ],
)
def test_a_host_that_answers_nothing_or_nonsense_is_dark_and_never_clean(said: Said | Exception) -> None:
    then = seen(web=Said(answer(a={"sha256": "1"})), sensor=Said(answer()))

    now = seen(web=said, sensor=Said(answer()))

    assert {each.region for each in untold(then, now)} == {"host web"}
    assert differences(then, now) == ()
    assert then.digest != now.digest
