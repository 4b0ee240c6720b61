"""What a changed file can't do to what stands: take it to another account or Region, or its subnets to other addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network

from range.errors import InputError, RangeError
from range.provision.engine import Engine
from range.provision.state import State
from range.records.plan import Enclave, Plan

_AT_ONCE = 8
_SHOWN = 3
_ACCOUNT = re.compile(r"\d{12}")
_PROVIDER, _SUBNET = "pulumi:providers:aws", "aws:ec2/subnet:Subnet"


def refuse_moved(engine: Engine, plan: Plan, enclaves: Iterable[str], *, subnets: bool = True) -> None:
    """Stop where enclaves stand in another account or Region than the file says: they would be looked for where they aren't.

    So, but for a teardown, where `subnets` would be made among addresses that others have: the new are made before the old go,
    and what is in a subnet holds it.

    Raises:
        InputError: some do; nothing is touched.
    """
    states = tuple(_states(engine, plan, enclaves))
    _refuse(
        "what stands can't move",
        (each for name, state in states for each in _elsewhere(state, plan, name)),
        hint="put it back; to move it, take it down first, with the file as it was",
    )
    if subnets:
        _refuse(
            "subnets that are in use can't move",
            (each for name, state in states for each in _in_the_way(state, plan.enclave(name))),
            hint="put availability_zones back, or `range down` everything first",
        )


def _states(engine: Engine, plan: Plan, enclaves: Iterable[str]) -> Iterator[tuple[str, State]]:
    """Read the states of enclaves, side by side: a backend that isn't a folder here takes half a second for each."""

    def read(name: str) -> State:
        try:
            return engine.state(plan.stack(name))
        except RangeError:
            return State()  # damaged: its own step says so, and the others go on

    names = tuple(enclaves)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="state") as pool:
        yield from zip(names, pool.map(read, names), strict=True)


def _elsewhere(state: State, plan: Plan, name: str) -> Iterator[str]:
    """Say where a stack's own account, the hub's beside it, and their Region aren't those of the plan."""
    for known in state.resources:
        if known.type == _PROVIDER:
            owner = plan.hub if known.name == plan.hub.name else plan.enclave(name)
            account = _ACCOUNT.search(str(known.inputs.get("allowedAccountIds")))
            if account and account[0] != owner.account:
                yield f"{owner.name} stands in account {account[0]}, not in {owner.account}"
            region = known.inputs.get("region")
            if region and region != plan.region:
                yield f"{owner.name} stands in {region}, not in {plan.region}"


def _in_the_way(state: State, enclave: Enclave) -> Iterator[str]:
    """Say where a planned subnet overlaps with another that is there."""
    planned = {
        f"{zone.name}-{subnet.availability_zone_id}": subnet.cidr for zone in enclave.zones for subnet in zone.subnets
    }
    for known in state.real:
        if known.type == _SUBNET and (there := known.inputs.get("cidrBlock")):
            for name, cidr in planned.items():
                if name != known.name and cidr.overlaps(IPv4Network(there)):
                    yield f"{enclave.name}'s {name} would be {cidr}, where {known.name} is"
                    return  # one of them says enough


def _refuse(what: str, found: Iterable[str], *, hint: str) -> None:
    """Raise what was found, the first few of it."""
    if told := tuple(dict.fromkeys(found)):
        more = f" (and {len(told) - _SHOWN} more)" if len(told) > _SHOWN else ""
        raise InputError(f"{what}: {'; '.join(told[:_SHOWN])}{more}", hint=hint)
