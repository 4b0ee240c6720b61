"""How fast the rehearsal's network follows EC2's state, and what its rules cost a packet; between bare namespaces, as root."""

from __future__ import annotations

import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bench.figures import Figure
from range.rehearsal.network.commands import nft
from range.rehearsal.network.compiler.program import compiled
from range.rehearsal.network.namespaces import make, remove, within
from range.rehearsal.network.network import Network
from range.rehearsal.network.opening import obstacle, open_network
from range.rehearsal.network.reading.state import read_world
from range.rehearsal.network.ruleset import whole
from range.rehearsal.network.wires import Interface
from tests.verify.exercises import of_size
from tests.verify.ranges import Range
from tests.verify.rehearsed import Rehearsed

ENCLAVES = 36
CHANGES = 20
_STREAM_S = 3.0
_LOOK_S = 0.005
_TRIPS = 3000
_PORT = 6514
"""A port that every ally's targets may reach at the hub's collector, so that packets go all the way through the gateway."""
_SIDES = ("aaa/sensor-1", "hub/collector-1")


def packets() -> list[Figure]:
    """Measure with a range of 36 allies."""
    reason = obstacle()
    if reason is not None:
        print(f"packets: not measured: {reason}")
        return []
    plan = of_size(ENCLAVES)
    cloud = Rehearsed(plan)
    made = Range(plan, cloud)
    with tempfile.TemporaryDirectory() as folder:
        network = open_network(cloud.cloud, Path(folder))
        try:
            addresses = _attached(network, made)
            return [
                *_compiling(),
                *_following(network, cloud, made, addresses[1]),
                *_forwarding(network, addresses[1]),
            ]
        finally:
            cloud.cloud.close()
            network.close()
            for index, _ in enumerate(_SIDES):
                remove(_space(index))


def _compiling() -> list[Figure]:
    """Measure everything at once: read, compiled and loaded into an empty namespace."""
    name = "range-bench-load"
    try:
        space = make(name)
        began = time.perf_counter()
        world = read_world()
        program = compiled(world)
        script = whole(program.rules)
        with within(space):
            nft(script)
        seconds = time.perf_counter() - began
    finally:
        remove(name)
    rules = sum(len(chain.rules) for chain in program.rules.chains.values())
    return [
        Figure("interfaces of hosts, 36 allies", len(world.interfaces), ""),
        Figure("rules of nftables", rules, ""),
        Figure("rules for 36 allies read, compiled and loaded", seconds, "s", 2),
    ]


def _following(network: Network, cloud: Rehearsed, made: Range[Rehearsed], address: str) -> list[Figure]:
    """Measure changes: how long one takes to be loaded, and how long a packet has to wait for it."""
    enclave = next(each for each in made.plan.enclaves if each.name == "aaa")
    group = made.ids["aaa.sensors.group"]
    hub = str(made.plan.hub.zone("services").cidr)

    def change(verb: str) -> None:
        rule = {"IpProtocol": "tcp", "FromPort": _PORT, "ToPort": _PORT, "IpRanges": [{"CidrIp": hub}]}
        call = f"ec2.{verb}_security_group_egress"
        cloud.call(enclave.account, call, {"GroupId": group, "IpPermissions": [rule]})

    waits, loads = [], []
    with _listening() as server:
        threading.Thread(target=_serve, args=(server,), daemon=True).start()
        for _ in (None,) * CHANGES:
            change("revoke")
            _until(lambda: not _connects(address))
            print(".", end="", file=sys.stderr, flush=True)
            began = time.perf_counter()
            change("authorize")
            _until(lambda: _connects(address))
            waits.append(time.perf_counter() - began)
    for verb in ("revoke", "authorize") * 3:
        with network._lock:  # nobody else follows meanwhile
            change(verb)
            began = time.perf_counter()
            network.follow()
            loads.append(time.perf_counter() - began)
    return [
        Figure("one change read, compiled and loaded, median of 6", statistics.median(loads) * 1000, "ms", 200),
        Figure("from a boto3 call to a packet, median of 20 changes", statistics.median(waits), "s", 1),
        Figure("from a boto3 call to a packet, the slowest of 20", max(waits), "s"),
    ]


def _attached(network: Network, made: Range[Rehearsed]) -> list[str]:
    """Give the two hosts namespaces and wires; give their addresses."""
    addresses = []
    for index, name in enumerate(_SIDES):
        enclave, _, host = name.partition("/")
        owner = next(each for each in (made.plan.hub, *made.plan.enclaves) if each.name == enclave)
        address = next(each.address for each in owner.hosts if each.name == host)
        wire = Interface(made.ids[name], 0, address, f"02:00:00:00:04:0{index}")
        network.attach(make(_space(index)), name, wire)
        addresses.append(str(address))
    return addresses


def _space(index: int) -> str:
    """Name the namespace of a host."""
    return f"range-bench-{index}"


def _listening() -> socket.socket:
    """Listen at the second host."""
    with within(make(_space(1))):
        return socket.create_server(("", _PORT), backlog=1024)


def _connects(address: str) -> bool:
    """Say whether a connection is made from the first host, at once."""
    with within(make(_space(0))), socket.socket() as client:
        client.settimeout(0.02)
        with suppress(TimeoutError):
            client.connect((address, _PORT))
            return True
    return False


def _until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    while not holds():
        time.sleep(_LOOK_S)


def _forwarding(network: Network, address: str) -> list[Figure]:
    """Measure a stream and round trips through the rules, and through the bare kernel."""
    server = _listening()
    threading.Thread(target=_serve, args=(server,), daemon=True).start()
    ruled = _stream(address), _trips(address)
    with within(network.namespace):
        nft("flush ruleset")
    bare = _stream(address), _trips(address)
    server.close()
    return [
        Figure("a stream through the rules of 36 allies", ruled[0], "Gbit/s"),
        Figure("a stream through the bare kernel", bare[0], "Gbit/s"),
        Figure("the stream, bare to ruled", bare[0] / ruled[0], "times"),
        Figure("a round trip through the rules", ruled[1] * 1e6, "µs"),
        Figure("a round trip through the bare kernel", bare[1] * 1e6, "µs"),
    ]


def _serve(server: socket.socket) -> None:
    """Take streams, and answer single bytes."""
    with suppress(OSError):
        while True:
            connection, _ = server.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while taken := connection.recv(1 << 20):
                    if len(taken) == 1:
                        connection.sendall(taken)


def _client(address: str) -> socket.socket:
    """Connect from the first host to the second."""
    with within(make(_space(0))):
        client = socket.create_connection((address, _PORT))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def _stream(address: str) -> float:
    """Send for some seconds; give the rate in Gbit/s."""
    block, sent = bytes(1 << 16), 0
    with _client(address) as client:
        began = time.perf_counter()
        while time.perf_counter() - began < _STREAM_S:
            client.sendall(block)
            sent += len(block)
        seconds = time.perf_counter() - began
    return sent * 8 / seconds / 1e9


def _trips(address: str) -> float:
    """Send a byte and wait for it to come back, many times; give the seconds that one takes."""
    with _client(address) as client:
        began = time.perf_counter()
        for _ in (None,) * _TRIPS:
            client.sendall(b"x")
            client.recv(1)
        return (time.perf_counter() - began) / _TRIPS
