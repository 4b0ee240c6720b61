"""The transit gateway's route tables: who can be reached from where at all, whatever the rules say."""

from __future__ import annotations

from ipaddress import IPv4Network

from range.records.plan import Enclave, GatewayTable, PlannedFlow
from range.spec.aws import PRIVATE

SHARED_TABLE = "enclaves"


def gateway_tables(
    hub: Enclave, enclaves: tuple[Enclave, ...], flows: tuple[PlannedFlow, ...], supernet: IPv4Network
) -> tuple[GatewayTable, ...]:
    """Give the tables of the hub, white and red, the one that allies share, and one per ally with a bilateral flow.

    A table learns routes by propagation, and these are more specific than its blackholes. Replies need a route too, so
    whoever is reached also learns who reaches it.
    """
    names = [hub.name, *(enclave.name for enclave in enclaves)]
    kinds = {enclave.name: enclave.kind for enclave in (hub, *enclaves)}
    peers = _peers(names, flows)
    allies = [name for name in names if kinds[name] == "ally"]
    apart = [name for name in allies if any(kinds[peer] == "ally" for peer in peers[name])]
    shared = [name for name in allies if name not in apart]
    to_internet = {flow.source.enclave for flow in flows if flow.kind == "egress"}

    def table(name: str, associated: list[str], learns: list[str]) -> GatewayTable:
        outward = not to_internet.isdisjoint(associated) and associated != [hub.name]
        blackholes = (supernet, *(PRIVATE if outward else ()))
        reaches_all = set(associated) <= {hub.name, "white"}
        return GatewayTable(
            name=name,
            associated=tuple(associated),
            learns=tuple(learns),
            blackholes=tuple(dict.fromkeys(blackholes)) if outward or not reaches_all else (),
            default_to_hub=outward,
        )

    team_names = [hub.name, "white", "red"]
    return (
        table(hub.name, [hub.name], names),
        table("white", ["white"], names),
        table("red", ["red"], [name for name in names if name == hub.name or name in peers["red"]]),
        table(SHARED_TABLE, shared, team_names),
        *(
            table(name, [name], [*team_names, *(peer for peer in allies if peer in peers[name] and peer != name)])
            for name in apart
        ),
    )


def _peers(names: list[str], flows: tuple[PlannedFlow, ...]) -> dict[str, set[str]]:
    """Give with whom each enclave has a flow, in either direction."""
    peers: dict[str, set[str]] = {name: set() for name in names}
    for flow in flows:
        source, target = flow.source.enclave, flow.target.enclave
        if source != target and target in peers:
            peers[source].add(target)
            peers[target].add(source)
    return peers
