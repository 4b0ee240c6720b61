"""The file trees that hosts' disks begin as: made once per user, kept in a cache, named by what they are made of."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from range.errors import EnvironmentMissing, InputError, RangeError
from range.rehearsal.hosts.mirror import debian_mirror
from range.rehearsal.hosts.recipe import Recipe, recipe

IMAGE_VARIABLE = "RANGE_HOST_IMAGE"
"""Names a tar file or a folder that hosts' disks shall begin as, instead of what the recipe makes."""
_ROOM_MIB = 2048
"""What the making of an image takes at the most, packages and all."""
_TAIL = 20
_AT = "I: "
"""How mmdebstrap begins a line that says what it is at."""


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def cache() -> Path:
    """Give the folder in which images are kept, for all rehearsals of a user."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "defence-range" / "hosts"


def image(*, named: str | None = None, say: Callable[[str], None] = _say) -> Path:
    """Give the file tree that disks begin as; it is made if it isn't there, which takes a minute or two.

    `named` is a tar file or a folder to take it from, or else what RANGE_HOST_IMAGE says.

    Raises:
        InputError: what was named isn't there, or is no image.
        EnvironmentMissing: something is missing to make one.
        RangeError: it could not be made.
    """
    chosen = named or os.environ.get(IMAGE_VARIABLE)
    if chosen:
        return _unpacked(Path(chosen), say)
    made_of = recipe()
    return _kept(made_of.digest, lambda folder: _build(made_of, folder, say))


def is_named() -> bool:
    """Say whether the user named an image, which then stands for every one."""
    return bool(os.environ.get(IMAGE_VARIABLE))


def is_made() -> bool:
    """Say whether the image that would be used is there already."""
    chosen = os.environ.get(IMAGE_VARIABLE)
    return bool(chosen and Path(chosen).is_dir()) or (cache() / recipe().digest).is_dir()


def _kept(name: str, make: Callable[[Path], None]) -> Path:
    """Find an image in the cache, or make it there: whole or not at all, and by one process at a time."""
    place = cache() / name
    if place.is_dir():
        return place
    cache().mkdir(parents=True, exist_ok=True)
    with _locked(cache() / f"{name}.lock"):
        if place.is_dir():
            return place
        for left in cache().glob(f".{name}.*"):
            shutil.rmtree(left)  # of a process that was killed: it held the lock that is ours now
        _check_room(cache())
        draft = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=cache()))
        try:
            make(draft)
            draft.chmod(0o755)
            draft.rename(place)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    return place


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Hold a lock; the kernel drops it with the process."""
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _check_room(folder: Path) -> None:
    """Refuse to begin what the disk has no room for."""
    free_mib = shutil.disk_usage(folder).free // 2**20
    if free_mib < _ROOM_MIB:
        message = f"the hosts' image needs {_ROOM_MIB} MiB in {folder} to be made, and {free_mib} are free"
        raise EnvironmentMissing(message, hint="free some, export XDG_CACHE_HOME=FOLDER, or say --no-hosts")


def _build(made_of: Recipe, folder: Path, say: Callable[[str], None]) -> None:
    """Make an image with mmdebstrap from the mirror that this machine's own packages come from."""
    if shutil.which("mmdebstrap") is None:
        raise EnvironmentMissing("mmdebstrap is missing to make the hosts' image", hint="range doctor")
    say(f"making the hosts' image: Debian {made_of.suite} with what the roles need; this takes a minute or two, once")
    mirror = debian_mirror()
    source = [f"deb {mirror} {made_of.suite} main"] if mirror else []
    command = ["mmdebstrap", "--mode=root", "--variant=important", "--format=directory"]
    command += [f"--include={','.join(made_of.packages)}", *_options(made_of)]
    _run([*command, made_of.suite, str(folder), *source], "mmdebstrap could not make the hosts' image", say)
    _finish(made_of, folder)
    say("the hosts' image is made")


def _options(made_of: Recipe) -> list[str]:
    """Give what is left out, and what of systemd's units shall not start."""
    hooks = (
        f'chroot "$1" systemctl disable --quiet {shlex.join(made_of.started_by_roles)}',
        f'chroot "$1" systemctl mask --quiet {shlex.join(made_of.masked)}',
        'chroot "$1" systemctl set-default --quiet multi-user.target',
    )
    excluded = [f"--dpkgopt=path-exclude={pattern}" for pattern in made_of.left_out]
    return [*excluded, *(f"--customize-hook={hook}" for hook in hooks)]


def _finish(made_of: Recipe, folder: Path) -> None:
    """Put the recipe's files in, and take out what each machine has its own of."""
    for name, content in made_of.files:
        file = folder / name.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    for left in ("etc/resolv.conf", "etc/hostname", *(str(key.relative_to(folder)) for key in _host_keys(folder))):
        (folder / left).unlink(missing_ok=True)
    (folder / "etc/machine-id").write_text("")
    for mark in ("etc/.updated", "var/.updated"):
        (folder / mark).touch()  # so that no boot begins with what systemd does after an update


def _host_keys(folder: Path) -> Iterator[Path]:
    """Find the keys by which a machine is known: each makes its own."""
    return folder.glob("etc/ssh/ssh_host_*")


def _unpacked(named: Path, say: Callable[[str], None]) -> Path:
    """Take the image that the user named: a folder as it is, a tar file unpacked into the cache."""
    if named.is_dir():
        if not (named / "etc").is_dir():
            raise InputError(f"{named} has no /etc: it is no file tree of a machine", hint=f"unset {IMAGE_VARIABLE}")
        return named.resolve()
    if not named.is_file():
        hint = f"set {IMAGE_VARIABLE} to a tar file or a folder, or unset it to have one made"
        raise InputError(f"there is no image {named}", hint=hint)

    def unpack(folder: Path) -> None:
        say(f"unpacking the hosts' image {named}")
        command = ["tar", "--extract", "--xattrs", "--numeric-owner", "--directory", str(folder), "--file", str(named)]
        _run(command, f"{named} could not be unpacked")
        if not (folder / "etc").is_dir():
            raise InputError(f"{named} has no /etc: it is no file tree of a machine", hint=f"unset {IMAGE_VARIABLE}")

    return _kept(f"named-{_digest(named)}", unpack)


def _digest(file: Path) -> str:
    """Name a file by its content."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()[:16]


def _run(command: list[str], failed: str, say: Callable[[str], None] | None = None) -> None:
    """Run a command. What it says it is at is passed on; all that it says is shown if it fails."""
    said: deque[str] = deque(maxlen=_TAIL)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, errors="replace"
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            said.append(line.rstrip())
            if say is not None and line.startswith(_AT):
                say(f"  {line.removeprefix(_AT).rstrip()}")
    if running.returncode:
        raise RangeError(f"{failed}:\n{chr(10).join(said)}", hint="range doctor, or --no-hosts to do without hosts")
