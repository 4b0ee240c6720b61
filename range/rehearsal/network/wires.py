"""A wire per EC2 network interface: one end in the host's own network namespace, the other in the rehearsal's.

The host's end is `eth0` and so on, with the interface's private address and nothing else beside it: every packet goes to the
router at 169.254.0.1, also one for a host of the same subnet.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

from range.errors import RangeError
from range.rehearsal.network.commands import ip, run
from range.rehearsal.network.namespaces import ROUTER, settings, within

ROUTER_6 = IPv6Address("fe80::1")
_HOST = {"net/ipv4/ip_forward": "0", "net/ipv6/conf/all/forwarding": "0", "net/ipv6/conf/default/accept_dad": "0"}
"""A host forwards nothing unless somebody on it wants to: else a sensor sends copies on."""
_FIRST_TABLE = 100


@dataclass(frozen=True)
class Interface:
    """An EC2 network interface, as a host has it."""

    id: str
    """`eni-...`."""
    index: int
    """Its device index: 0 is `eth0`, and has the host's default route."""
    address: IPv4Address
    """The primary private address."""
    mac: str
    addresses_6: tuple[IPv6Address, ...] = field(default=())

    @property
    def device(self) -> str:
        """What the host calls it."""
        return f"eth{self.index}"

    @property
    def wire(self) -> str:
        """What the router's end is called."""
        return wire_of(self.id)


def wire_of(interface_id: str) -> str:
    """Name the router's end of an interface's wire; the kernel allows 15 characters."""
    return "e" + interface_id.removeprefix("eni-")[-14:]


def attach(namespace: Path, host: Path, interface: Interface) -> None:
    """Wire an interface of a host up, anew if it was. `host` is the host's namespace, such as `/proc/PID/ns/net`.

    Raises:
        RangeError: the host's namespace isn't there, or it has another interface of that name.
    """
    detach(namespace, interface.id)
    with within(host):
        settings(_HOST)
    with within(namespace):
        wire = interface.wire
        run("ip", "link", "add", wire, "type", "veth", "peer", "name", interface.device, "netns", str(host))
        try:
            with within(host):
                ip([f"rule delete priority {_FIRST_TABLE + interface.index}"], force=True)
                ip(_host_side(interface))
            ip(_router_side(interface))
        except RangeError:
            ip([f"link delete dev {wire}"], force=True)
            raise


def detach(namespace: Path, interface_id: str) -> None:
    """Cut an interface's wire, at both ends; nothing if there is none."""
    with within(namespace):
        if wire_of(interface_id) in devices():
            run("ip", "link", "delete", "dev", wire_of(interface_id))


def detach_all(namespace: Path) -> None:
    """Cut every wire, at both ends. Hosts would keep theirs until the kernel gets round to ending a removed namespace."""
    with within(namespace):
        ip([f"link delete dev {link['ifname']}" for link in _links()], force=True)  # a host that ends takes its own


def attached(namespace: Path) -> frozenset[str]:
    """Give the ids of the interfaces that are wired up; a host that ended took its wires with it."""
    with within(namespace):
        links = _links()
    return frozenset(link["ifalias"] for link in links if str(link.get("ifalias", "")).startswith("eni-"))


def _links() -> list[dict[str, Any]]:
    """List the wires of the namespace that the calling thread is in, those to what stands in for the internet among them."""
    found: list[dict[str, Any]] = json.loads(run("ip", "-json", "link", "show", "type", "veth") or "[]")
    return found


def devices() -> frozenset[str]:
    """Name the devices of the namespace that the calling thread is in."""
    lines = Path("/proc/thread-self/net/dev").read_text().splitlines()[2:]
    return frozenset(line.partition(":")[0].strip() for line in lines)


def _host_side(interface: Interface) -> list[str]:
    """Give the lines that set up the host's end. Replies leave by the interface that was asked: AWS drops others."""
    device, address = interface.device, interface.address
    table = _FIRST_TABLE + interface.index
    lines = [
        "link set dev lo up",
        f"link set dev {device} address {interface.mac}",
        f"address add {address}/32 dev {device}",
        f"link set dev {device} up",
        f"route add {ROUTER} dev {device} scope link src {address} metric {table}",
        f"route add default via {ROUTER} dev {device} src {address} onlink metric {table}",
        f"rule add from {address} lookup {table} priority {table}",
        f"route replace default via {ROUTER} dev {device} src {address} onlink table {table}",
    ]
    lines += [f"address add {each}/128 dev {device} nodad" for each in interface.addresses_6]
    if interface.addresses_6:
        lines.append(f"route add default via {ROUTER_6} dev {device} metric {table}")
    return lines


def _router_side(interface: Interface) -> list[str]:
    """Give the lines that set up the router's end."""
    wire = interface.wire
    lines = [
        f"link set dev {wire} up",
        f"address add {ROUTER_6}/64 dev {wire} nodad",
        f"route replace {interface.address}/32 dev {wire}",
    ]
    lines += [f"route replace {each}/128 dev {wire}" for each in interface.addresses_6]
    return [*lines, f"link set dev {wire} alias {interface.id}"]  # last: it says that the wire is ready
