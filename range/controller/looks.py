"""One look at an enclave: its account, and what is on its hosts where there are any to log in to."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from range.controller.site import Site
from range.errors import CloudError
from range.records.baseline import Baseline
from range.records.observation import Difference, Observation

if TYPE_CHECKING:
    from range.cloud.ssh import Ways
    from range.observe.hosts import Ask

LOOK_S = 300.0
"""How long one host's look may take."""
MADE_AGAIN = "Id"
"""What differs of a thing that was deleted and made again."""
NOT_THEN = "hosts' files are not compared: the baseline was recorded without them"


def hosts_of(site: Site) -> dict[str, str]:
    """Give the instances of an enclave's hosts by name. The hub's are nobody's to play with."""
    if site.enclave == site.setting.plan.hub.name:
        return {}
    return {host.name: host.id for host in site.setting.engine.outputs(site.stack).hosts}


def unlooked(site: Site, recorded: Baseline | None) -> str:
    """Say why hosts aren't looked at; empty where they are."""
    if site.setting.ways is None:
        return f"hosts' files are not compared: {site.setting.hostless}"
    if recorded is not None and recorded.no_files:
        return NOT_THEN
    return ""


def look(site: Site, hosts: Collection[str], patience_s: float) -> Observation:
    """Give what is in an enclave's account and on these of its hosts; each may take a while to let us in."""
    organisation = site.enclave == site.setting.plan.hub.name

    def account() -> Observation:
        return site.setting.witness.look(site.account, organisation=organisation)

    if not hosts or site.setting.ways is None:
        return account()
    from range.observe.hosts import with_hosts

    return with_hosts(account, hosts, _asking(site, site.setting.ways, patience_s))


def comparable(site: Site, recorded: Baseline) -> Baseline:
    """Give a baseline as it can be compared with: without hosts where they can't be looked at."""
    if unlooked(site, recorded):
        return recorded.model_copy(update={"observation": recorded.observation.of_account})
    return recorded


def ids_of(recorded: Baseline, seen: Observation) -> dict[str, str]:
    """Give the ids that things of the baseline have now, by the role that stands for each."""
    places = {thing.place for thing in recorded.observation.things}
    return {f"{thing.type}/{thing.name}": thing.id for thing in seen.things if thing.place in places}


def made_again(recorded: Baseline, seen: Observation, known: Collection[str]) -> Iterator[Difference]:
    """Give what looks as it did, but isn't what the state knows: somebody deleted it and made another like it."""
    was = {thing.place: thing for thing in recorded.observation.things if thing.id in known}
    for thing in seen.things:
        before = was.get(thing.place)
        if before is not None and before.id != thing.id:
            yield Difference(
                kind="changed", region=thing.region, type=thing.type, name=thing.name, id=thing.id,
                property=MADE_AGAIN, was=before.id, now=thing.id,
            )  # fmt: skip


def _asking(site: Site, ways: Ways, patience_s: float) -> Ask:
    """Give the witness its way to hosts."""
    from range.cloud.ssh import HostName, Ran

    def ask(host: str, words: tuple[str, ...], script: str) -> Ran:
        name = HostName(site.enclave, host)
        why = ways.log_in(name, patience_s, site.stop)
        if why is not None:
            raise CloudError(f"{name} can't be come by: {why}")
        return ways.run(name, words, timeout_s=LOOK_S, stdin=script)

    return ask
