"""Programs don't bother their engine with what nobody reads."""

from __future__ import annotations

from importlib.util import find_spec, module_from_spec
from types import ModuleType

import pytest
from pulumi import log
from pulumi.runtime import resource, settings

from range.provision import quiet


def as_it_comes() -> ModuleType:
    """Give the SDK's module once more, as nobody has touched it: another test may have run an engine here before."""
    spec = find_spec("pulumi.log")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_sdk_still_debugs_by_that_name_and_nothing_of_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    own = as_it_comes()
    monkeypatch.setattr(settings, "get_engine", lambda: "an engine")
    for module in (own, log):
        monkeypatch.setattr(module, "_log", lambda engine, severity, message, *_: sent.append(message))
    monkeypatch.setattr(log, "debug", own.debug)
    log.debug("before")

    quiet.leave_out_debugging()
    log.debug("after")
    log.warn("this is wrong")

    assert sent == ["before", "this is wrong"]
    assert vars(resource)["log"] is log
    assert {"log", "debug"} < set(resource.register_resource.__code__.co_names)
