from __future__ import annotations

import os
import threading
from importlib import metadata

import pytest

from range.errors import RangeError
from range.provision.language import attached_providers, required_packages, when_closed
from range.provision.program import readable_traceback


def test_the_engine_is_asked_for_the_plugin_of_each_installed_sdk() -> None:
    packages = required_packages(frozenset())

    assert [(each.name, each.kind, each.version) for each in packages] == [
        ("aws", "resource", metadata.version("pulumi-aws"))
    ]


def test_an_attached_provider_is_not_downloaded_as_well() -> None:
    assert required_packages(frozenset({"aws"})) == []


@pytest.mark.parametrize(
    ("variable", "names"),
    [("", set()), ("aws:41234", {"aws"}), ("aws:41234,random:5", {"aws", "random"}), ("nonsense", set())],
)
def test_attached_providers_are_read_as_the_engine_reads_them(
    variable: str, names: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_DEBUG_PROVIDERS", variable)

    assert attached_providers() == names


def test_the_end_of_the_other_process_is_noticed() -> None:
    mine, theirs = os.pipe()
    noticed = threading.Event()
    when_closed(mine, noticed.set)
    os.write(theirs, b"still here")
    assert not noticed.wait(0.05)

    os.close(theirs)

    assert noticed.wait(5)
    os.close(mine)


def test_a_traceback_without_frames_of_the_program_is_shown_whole() -> None:
    assert readable_traceback(RangeError("nothing was run")).endswith("RangeError: nothing was run\n")
