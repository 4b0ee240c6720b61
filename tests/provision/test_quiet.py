"""Programs don't bother their engine with what nobody reads."""

from __future__ import annotations

import pytest
from pulumi import log
from pulumi.runtime import resource, settings

from range.provision import quiet


def test_the_sdk_still_debugs_by_that_name_and_nothing_of_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(settings, "get_engine", lambda: "an engine")
    monkeypatch.setattr(log, "_log", lambda engine, severity, message, *_: sent.append(message))
    monkeypatch.setattr(log, "debug", log.debug)
    log.debug("before")

    quiet.leave_out_debugging()
    log.debug("after")
    log.warn("this is wrong")

    assert sent == ["before", "this is wrong"]
    assert vars(resource)["log"] is log
    assert {"log", "debug"} < set(resource.register_resource.__code__.co_names)
