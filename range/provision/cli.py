"""The Pulumi CLI: found on PATH, downloaded, or built with Go; once per user, then linked into the virtual environment.

`python -m range.provision.cli` is the part of `make setup` that does it. A second run changes nothing.
"""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from range.errors import EnvironmentMissing, RangeError

MODULE = Path(__file__).parents[2] / "tools" / "pulumi"
PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
LANGUAGE_HOST = "pulumi-language-python"

OLDEST_GO = (1, 21)
"""The first Go that fetches the toolchain that go.mod asks for. Source: "Go Toolchains", go.dev, read 2026-11-22."""
CONNECT_S = 10
DOWNLOAD_S = 300
PROGRESS_S = 15

INSTALLER = f"""
import socket, sys
socket.setdefaulttimeout({CONNECT_S})
from pulumi.automation import PulumiCommand
PulumiCommand.install(root=sys.argv[1])
"""


def linked_cli() -> Path:
    """Give the Pulumi CLI of this virtual environment.

    Raises:
        EnvironmentMissing: `make setup` hasn't linked one.
    """
    cli = Path(sys.prefix, "bin", "pulumi")
    if not cli.is_file():
        raise EnvironmentMissing(f"there is no Pulumi CLI at {cli}", hint="run `make setup`")
    return cli


def install() -> Path:
    """Find a new enough CLI, or get one, and link it with a Python language host into this virtual environment.

    Raises:
        EnvironmentMissing: there is none, and neither a download nor a build gave one.
    """
    wanted = metadata.version("pulumi")
    cli = cli_on_path(wanted) or cached_cli(wanted)
    link(cli, Path(sys.prefix))
    return linked_cli()


def cli_on_path(wanted: str) -> Path | None:
    """Give the first CLI on PATH that is new enough, leaving out the one that this virtual environment links."""
    for folder in os.get_exec_path():
        cli = Path(folder, "pulumi")
        if os.access(cli, os.X_OK) and cli.parent.resolve() != Path(sys.prefix, "bin").resolve():
            found = version_of(cli)
            if found is not None and new_enough(found, wanted):
                return cli
            say(
                f"the Pulumi CLI at {cli} is {found or 'not answering'}; {wanted} or newer is needed, so it is left out"
            )
    return None


def cached_cli(wanted: str) -> Path:
    """Give the CLI from this user's cache; download it, or build it, where it isn't there yet."""
    root = cache_folder() / f"pulumi-{wanted}"
    cli = root / "bin" / "pulumi"
    cli.parent.mkdir(parents=True, exist_ok=True)
    with alone(root):
        if version_of(cli) == wanted:
            return cli
        say(f"the Pulumi CLI {wanted} is not on this machine; asking for the release")
        refusal = download(root)
        if refusal is None and version_of(cli) == wanted:
            return cli
        say(f"no release to be had: {refusal or 'what came is not the CLI'}")
        say("building it with Go, which takes 4 to 8 minutes on two cores, once")
        build(cli, wanted)
    if version_of(cli) != wanted:
        raise EnvironmentMissing(
            f"what was built at {cli} is not Pulumi {wanted}", hint="report it with `make setup`'s output"
        )
    return cli


def download(root: Path) -> str | None:
    """Let Pulumi's own installer fill a folder with the release; give the reason why it couldn't, or None."""
    command = [sys.executable, "-P", "-c", INSTALLER, str(root)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=DOWNLOAD_S, check=False)
    except subprocess.TimeoutExpired:
        return f"not done after {DOWNLOAD_S} s"
    return None if done.returncode == 0 else (done.stderr.strip() or "no reason given").splitlines()[-1]


def build(cli: Path, version: str) -> None:
    """Build the CLI from `tools/pulumi/go.mod`: 4 to 8 minutes and 113 MB on two cores.

    Raises:
        EnvironmentMissing: Go is missing or too old, or the build failed.
    """
    go = usable_go()
    with tempfile.TemporaryDirectory(dir=cli.parent) as folder:
        built = Path(folder, "pulumi")
        flags = f"-s -w -X {VERSION_VARIABLE}={version}"
        command = [go, "build", "-v", "-trimpath", "-ldflags", flags, "-o", str(built), PACKAGE]
        # No C compiler is asked for, and no workspace of the user's may replace what go.sum pins.
        environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
        with subprocess.Popen(
            command, cwd=MODULE, env=environment, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as compiler:
            assert compiler.stderr is not None
            last_lines = follow(compiler.stderr)
        if compiler.returncode != 0:
            raise EnvironmentMissing(
                "the Pulumi CLI could not be built:\n" + "\n".join(last_lines),
                hint=f"put the Pulumi CLI {version} on PATH, or mend what Go says, then `make setup` again",
            )
        built.replace(cli)


def usable_go() -> str:
    """Give the path of a Go that can build the CLI.

    Raises:
        EnvironmentMissing: there is none, or it is too old.
    """
    go = shutil.which("go")
    hint = "install Go from your distribution or go.dev, or put the Pulumi CLI on PATH; then `make setup` again"
    if go is None:
        raise EnvironmentMissing("building the Pulumi CLI needs Go, and there is no `go` on PATH", hint=hint)
    told = subprocess.run([go, "version"], capture_output=True, text=True, check=False).stdout
    numbers = re.search(r"go(\d+)\.(\d+)", told)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < OLDEST_GO:
        raise EnvironmentMissing(f"{go} is too old to build the Pulumi CLI: {told.strip() or 'no version'}", hint=hint)
    return go


def follow(lines: Iterable[str]) -> list[str]:
    """Report a compiler's progress from time to time; give its last lines, for when it fails."""
    last_lines: deque[str] = deque(maxlen=20)
    counts = {"modules fetched": 0, "packages compiled": 0}

    def read() -> None:
        for line in lines:
            last_lines.append(line.rstrip())
            counts["modules fetched" if line.startswith("go: downloading") else "packages compiled"] += 1

    began = time.monotonic()
    reader = threading.Thread(target=read)
    reader.start()
    while reader.is_alive():
        reader.join(PROGRESS_S)
        say(f"  {time.monotonic() - began:3.0f} s: " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    return list(last_lines)


def link(cli: Path, environment: Path) -> None:
    """Put the CLI into a virtual environment, beside a Python language host of ours if it comes without one.

    The engine looks for language hosts beside its own file, symbolic links resolved; hence a hard link, or a copy.
    """
    visible = environment / "bin" / "pulumi"
    if (cli.resolve().parent / LANGUAGE_HOST).is_file() or shutil.which(LANGUAGE_HOST):
        place_link(visible, cli)
        return
    beside = environment / "pulumi" / "bin"
    beside.mkdir(parents=True, exist_ok=True)
    place_file(beside / "pulumi", cli.resolve())
    host = beside / LANGUAGE_HOST
    host.write_text(f'#!/bin/sh\nexec {shlex.quote(str(environment))}/bin/python -P -m range.provision.language "$@"\n')
    host.chmod(0o755)
    place_link(visible, beside / "pulumi")


def place_file(target: Path, source: Path) -> None:
    """Make `target` the same file as `source`, or a copy of it on another file system."""
    if target.exists() and target.samefile(source):
        return
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        os.link(source, fresh)
    except OSError:
        shutil.copy2(source, fresh)
    fresh.replace(target)


def place_link(link_path: Path, target: Path) -> None:
    """Make a symbolic link to `target`, in place of whatever was there."""
    fresh = link_path.with_name(f".{link_path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link_path)


def version_of(cli: Path) -> str | None:
    """Ask a CLI for its version; None if it isn't there or doesn't answer with one."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        told = subprocess.run(
            [cli, "version"], capture_output=True, text=True, timeout=30, env=environment, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    numbers = re.match(r"v?(\d+\.\d+\.\d+)", told.stdout)
    return numbers[1] if numbers else None


def new_enough(found: str, wanted: str) -> bool:
    """Say whether a CLI serves an SDK: not older, and of the same major version."""
    have, need = ([int(part) for part in text.split(".")] for text in (found, wanted))
    return have >= need and have[0] == need[0]


def cache_folder() -> Path:
    """Give this user's cache folder for the project, which all clones share."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "defence-range"


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Hold a lock, so that two clones that set themselves up at once build once."""
    with root.with_name(f"{root.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up is getting the Pulumi CLI; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def say(line: str) -> None:
    """Tell the user what happens; results go to stdout, this to stderr."""
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """Install the CLI into the virtual environment that runs this; 0 when it is there."""
    try:
        print(f"Pulumi CLI: {install()}")
    except RangeError as error:
        say(f"error: {error}")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
