"""Files that are meant to hurt, and things that are no files: refused within two seconds and 200 MiB."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from range.errors import InputError
from range.spec.loading import load
from tests.spec.files import NOW, STEADFAST, loaded

MEBIBYTE = 1024 * 1024
CPU_S, MEMORY_MIB = 2, 200

BOMBS: dict[str, str] = {
    "a million open lists": "[" * MEBIBYTE,
    "a million open mappings": "{" * MEBIBYTE,
    "a million keys of keys": "? " * MEBIBYTE,
    "a million nested dashes": "- " * MEBIBYTE,
    "20,000 levels of lists": "a: " + "[" * 20_000 + "]" * 20_000,
    "20,000 levels of mappings": "{a: " * 20_000 + "}" * 20_000,
    "a thousand levels by indentation": "\n".join(" " * depth + "a:" for depth in range(1400)),
    "a billion laughs": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "\n".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]" for n in range(20)),
    "a mapping that holds itself": "&a {a: *a}",
    "merge keys": "x: &x {a: 1}\ny:\n  <<: *x\n",
    "anchors everywhere": "\n".join(f"a{n}: &a{n} 1" for n in range(60_000)),
    "tags everywhere": "\n".join(f"a{n}: !!python/object/apply:os.system ['false']" for n in range(20_000)),
    "directives": "%TAG !a! tag:x\n" * 70_000,
    "half a million items": "[" + "a," * 520_000 + "a]",
    "100,000 keys": "\n".join(f"k{n}: 1" for n in range(100_000)),
    "the same key": "a: 1\n" * 200_000,
    "40,000 empty allies": "allies:\n" + "- {}\n" * 40_000,
    "16,000 broken flows": "flows:\n" + "- {from: a}\n" * 16_000,
    "as many unknown keys as fit": "flows:\n" + ("- {" + ",".join(f"k{n}: 1" for n in range(36)) + "}\n") * 256,
    "256 flows among the unknown": "flows:\n"
    + "".join(f"- {{from: xx{n}.ab, to: yy{n}.cd, protocol: tcp, ports: [1], why: xxx}}\n" for n in range(256)),
    "one long text": "name: " + "x" * MEBIBYTE,
    "one long key": "x" * MEBIBYTE + ": 1",
    "one long quoted text": 'name: "' + "\\x41" * 250_000 + '"',
    "one long folded text": "name: >\n" + "  x\n" * 250_000,
    "a number of a million digits": "budget_usd: " + "9" * MEBIBYTE,
    "a fraction of a million digits": "budget_usd: 1." + "9" * MEBIBYTE,
    "an exponent": "budget_usd: 1e999999999",
    "a million line ends": "\n" * MEBIBYTE,
    "a million tabs": "\t" * MEBIBYTE,
    "comments only": "# x\n" * 250_000,
    "two hundred thousand documents": "---\na\n" * 170_000,
    "an address without end": "allies: [{contact: a@" + "a." * 400_000 + "}]",
    "a Region without end": "region: " + "eu-" * 300_000 + "1",
    "a quote without end": "a: '" + "x\n" * 500_000,
}

CHILD = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({CPU_S}, {CPU_S + 1}))
from datetime import UTC, datetime
from pathlib import Path
from range.errors import InputError
from range.spec.loading import load
try:
    load(Path(sys.argv[1]), now=datetime(2026, 11, 22, tzinfo=UTC))
except InputError as error:
    print(error)
    # VmHWM begins with this program; ru_maxrss would count what the tests' own process had when it forked.
    Path(sys.argv[2]).write_text(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
    sys.exit(error.exit_code)
"""


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_file_that_is_meant_to_hurt_is_refused_within_the_limits(tmp_path: Path, bomb: str) -> None:
    path = tmp_path / "exercise.yaml"
    path.write_text(BOMBS[bomb][: MEBIBYTE - 1])

    peak_kib = tmp_path / "peak"
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), str(peak_kib)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )

    assert child.returncode == 2, child.stdout
    assert "Traceback" not in child.stdout
    assert len(child.stdout) < 20_000
    assert int(peak_kib.read_text()) / 1024 < MEMORY_MIB


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a folder"):
        load(tmp_path, now=NOW)


def test_a_pipe_that_nobody_writes_to_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(InputError, match="not a regular file"):
        load(tmp_path / "pipe", now=NOW)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_a_device_is_refused(device: str) -> None:
    with pytest.raises(InputError, match=r"not a regular file|can't be read"):
        load(Path(device), now=NOW)


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")

    with pytest.raises(InputError, match="can't be read"):
        load(tmp_path / "loop", now=NOW)


@pytest.mark.parametrize("name", ["a\x00b", "x" * 300, "exercise.yaml/inside"])
def test_a_path_that_can_t_be_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "exercise.yaml").touch()

    with pytest.raises(InputError, match=r"can't be read"):
        load(tmp_path / name, now=NOW)


def test_a_file_without_leave_to_read_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)  # root may read everything

    with pytest.raises(InputError, match="can't be read: Permission denied"):
        load(tmp_path / "exercise.yaml", now=NOW)


def test_a_missing_file_is_refused_naming_those_beside_it(tmp_path: Path) -> None:
    (tmp_path / "steadfast.yaml").touch()

    with pytest.raises(InputError, match=r"no such file(?s:.*)steadfast\.yaml"):
        load(tmp_path / "steadfats.yaml", now=NOW)


def test_a_tag_runs_no_code(tmp_path: Path) -> None:
    marker = tmp_path / "ran"

    with pytest.raises(InputError):
        loaded(tmp_path, f"name: !!python/object/apply:pathlib.Path.touch [{marker}]\n")

    assert not marker.exists()


any_bytes = st.binary(max_size=400)
yamlish = st.text(alphabet="[]{}:,-?&*!|>'\"%@`# \n\tab01~.<=", max_size=300)
fuzz = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@fuzz
@given(content=any_bytes | yamlish.map(str.encode))
def test_whatever_is_in_a_file_only_an_input_error_comes_of_it(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError):
        loaded(tmp_path, content)


@fuzz
@given(data=st.data())
def test_whatever_happens_to_a_place_of_the_example_only_an_input_error_comes_of_it(
    tmp_path: Path, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(STEADFAST)))
    length = data.draw(st.integers(0, 40))
    instead = data.draw(yamlish | st.text(max_size=20))
    text = STEADFAST[:start] + instead + STEADFAST[start + length :]

    with suppress(InputError):
        loaded(tmp_path, text.encode(errors="surrogatepass"))
