"""Whose an interface is, and which zone of the plan it stands in."""

from __future__ import annotations

from range.records.plan import INTERNET, Enclave, Plan
from range.verify.addresses import span
from range.verify.model import Interface
from range.verify.network import Network

UNPLANNED = "unplanned"
"""The zone of everything in an enclave's account that stands where the plan has no zone."""
Place = tuple[str, str]
"""Enclave and zone."""
THE_INTERNET: Place = (INTERNET, INTERNET)


class Zones:
    """The plan's zones, found again in the snapshot."""

    def __init__(self, plan: Plan, network: Network) -> None:
        """Find every enclave's own VPC."""
        self._enclaves = {enclave.account: enclave for enclave in (plan.hub, *plan.enclaves)}
        self._network = network
        self.vpcs = {enclave.name: _own_vpc(plan, enclave, network) for enclave in self._enclaves.values()}
        self._spans = {
            enclave.name: [(span(str(zone.cidr)), zone.name) for zone in enclave.zones]
            for enclave in self._enclaves.values()
        }

    def enclave_of(self, account: str) -> Enclave | None:
        """Find the enclave that an account belongs to."""
        return self._enclaves.get(account)

    def place(self, interface: Interface, address: int | None = None) -> Place | None:
        """Give the enclave and zone of an interface; None for the account of nobody in the exercise.

        Who holds the machine counts, not who holds the network: an interface that another account put here, or that
        another account's instance is attached to, is that account's foot in the door.
        """
        holder = self._enclaves.get(interface.machine_owner) or self._enclaves.get(interface.owner)
        if holder is None:
            return None
        vpc = self._network.vpcs.get(interface.vpc)
        at_home = vpc is not None and vpc.id == self.vpcs[holder.name] and interface.owner == vpc.owner
        address = interface.addresses[0] if address is None and interface.addresses else address
        if at_home and address is not None:
            for (low, high), zone in self._spans[holder.name]:
                if low <= address <= high:
                    return (holder.name, zone)
        return (holder.name, UNPLANNED)

    def of_subnet(self, subnet_id: str) -> Place | None:
        """Give the zone that a subnet is a part of; None for one that the plan doesn't know."""
        subnet = self._network.subnets.get(subnet_id)
        holder = self._enclaves.get(subnet.owner) if subnet is not None else None
        if subnet is None or holder is None or subnet.vpc != self.vpcs[holder.name]:
            return None
        for (low, high), zone in self._spans[holder.name]:
            if any(low <= block[0] and block[1] <= high for block in subnet.blocks):
                return (holder.name, zone)
        return None


def _own_vpc(plan: Plan, enclave: Enclave, network: Network) -> str | None:
    """Find the VPC that the plan made for an enclave: by its addresses and owner, then its tag, then who lives there."""
    block = span(str(enclave.cidr))
    stack = plan.stack(enclave.name)
    found = [vpc for vpc in network.vpcs.values() if vpc.owner == enclave.account and vpc.cidr == block]
    if len(found) > 1:
        planned = {span(str(host.address))[0] for host in enclave.hosts}
        present = {vpc.id: sum((vpc.id, address) in network.at for address in planned) for vpc in found}
        found.sort(key=lambda vpc: (vpc.stack != stack, -present[vpc.id], vpc.id))
    return found[0].id if found else None
