"""Programs don't bother their engine with what nobody reads, and wait without counting."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec, module_from_spec
from types import ModuleType

import pytest
from pulumi import log
from pulumi.runtime import resource, settings, stack

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


async def seconds(length: float, error: Exception | None = None) -> None:
    """Take so long, and fail if there is an error."""
    await asyncio.sleep(length)
    if error is not None:
        raise error


async def waited(*tasks: asyncio.Task[None]) -> tuple[int, int]:
    """Wait as the SDK does for a program's outputs; give how many are done, and how many not."""
    patient = vars(stack)["asyncio"]
    done, left = await patient.wait(tasks, return_when=patient.FIRST_COMPLETED)
    await asyncio.gather(*tasks, return_exceptions=True)
    return len(done), len(left)


async def three(error: Exception | None) -> tuple[int, int]:
    """Wait for three tasks, the second of which may fail."""
    return await waited(*map(asyncio.create_task, (seconds(0), seconds(0.01, error), seconds(0.2))))


def test_the_sdk_waits_for_all_of_its_outputs_at_once_and_no_longer_than_until_one_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(vars(stack), "asyncio", asyncio)
    before = asyncio.run(three(None))

    quiet.wait_for_all_at_once()

    assert before == (1, 2)
    assert asyncio.run(three(None)) == (3, 0)
    assert asyncio.run(three(ValueError())) == (2, 1)
    assert {"asyncio", "wait", "FIRST_COMPLETED"} < set(stack.wait_for_rpcs.__code__.co_names)
