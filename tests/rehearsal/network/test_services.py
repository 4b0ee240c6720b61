"""What AWS does for hosts, felt by them: names, the firewall of names, the way to the internet, and copies for a sensor."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest

from tests.rehearsal.network.bare import inside, needs_namespaces
from tests.rehearsal.network.live import Live, live
from tests.verify.exercises import steadfast_with_egress

pytestmark = needs_namespaces

BEYOND = "203.0.113.9"
PATIENCE_S = 20.0
SHORT_S = 0.5
_VXLAN_HEAD, _ETHERNET_HEAD, _IP_HEAD, _UDP_HEAD = 8, 14, 20, 8


@pytest.fixture(scope="module")
def range_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Steadfast with a way out for Estonia's targets and the hub's services, live."""
    for made in live(steadfast_with_egress(), tmp_path_factory.mktemp("range")):
        for enclave in ("est", "gbr"):
            made.call(
                enclave,
                "route53.change_resource_record_sets",
                HostedZoneId=made.ids[f"{enclave}.zone"],
                ChangeBatch={
                    "Changes": [
                        {
                            "Action": "CREATE",
                            "ResourceRecordSet": {
                                "Name": "intel.steadfast.internal",
                                "Type": "A",
                                "TTL": 60,
                                "ResourceRecords": [{"Value": made.hosts["hub/intel-1"].address}],
                            },
                        }
                    ]
                },
            )
        made.network.follow()
        yield made


def asked(range_: Live, host: str, name: str, *, at: str = "169.254.169.253", tcp: bool = False) -> dns.message.Message:
    """Ask a resolver from a host."""
    ask = dns.query.tcp if tcp else dns.query.udp
    return inside(range_.hosts[host].namespace, lambda: ask(dns.message.make_query(name, "A"), at, timeout=PATIENCE_S))


def told(range_: Live, host: str, address: str, port: int, kind: int = socket.SOCK_STREAM) -> str:
    """Ask somebody on the internet whom they see; nothing if nobody answers soon."""

    def ask() -> str:
        with socket.socket(socket.AF_INET, kind) as client:
            client.settimeout(PATIENCE_S if port == 443 and host in ("est/web-1", "hub/intel-1") else SHORT_S)
            client.connect((address, port))
            if kind == socket.SOCK_DGRAM:
                client.send(b"who am I")
            return client.recv(100).decode().strip()

    with suppress(TimeoutError):
        return inside(range_.hosts[host].namespace, ask)
    return ""


def test_a_host_asks_its_resolver_at_both_addresses_by_udp_and_tcp(range_: Live) -> None:
    vpc = next(each for each in range_.plan.enclaves if each.name == "est").cidr
    beside = str(vpc.network_address + 2)
    name = "intel.steadfast.internal."

    for said in (
        asked(range_, "est/web-1", name),
        asked(range_, "est/web-1", name, at=beside),
        asked(range_, "est/sensor-1", name, tcp=True),
    ):
        assert [str(each) for each in said.answer[0]] == [range_.hosts["hub/intel-1"].address]


def test_another_vpcs_resolver_is_not_reached(range_: Live) -> None:
    vpc = next(each for each in range_.plan.enclaves if each.name == "gbr").cidr
    query = dns.message.make_query("x.", "A")

    with pytest.raises(dns.exception.Timeout):
        inside(
            range_.hosts["est/web-1"].namespace,
            lambda: dns.query.udp(query, str(vpc.network_address + 2), timeout=SHORT_S),
        )


def test_the_firewall_of_names_answers_what_is_blocked_with_no_such_name(range_: Live) -> None:
    said = asked(range_, "gbr/web-1", "tunnel.evil.example.")

    assert (said.rcode(), said.answer) == (dns.rcode.NXDOMAIN, [])


def test_only_who_is_let_out_reaches_the_internet_and_is_seen_as_the_gateway(range_: Live) -> None:
    gateway = range_.call("hub", "ec2.describe_addresses")["Addresses"][0]["PublicIp"]

    assert told(range_, "est/web-1", BEYOND, 443) == gateway
    assert told(range_, "hub/intel-1", BEYOND, 443) == gateway
    assert told(range_, "est/web-1", BEYOND, 80) == ""
    assert told(range_, "est/web-1", BEYOND, 443, socket.SOCK_DGRAM) == ""
    assert told(range_, "gbr/web-1", BEYOND, 443) == ""
    assert told(range_, "est/sensor-1", BEYOND, 443) == ""


def copies(range_: Live, host: str) -> socket.socket:
    """Listen for copies at a host."""

    def listen() -> socket.socket:
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.bind((range_.hosts[host].address, 4789))
        return opened

    return inside(range_.hosts[host].namespace, listen)


def send(range_: Live, source: str, target: str, port: int, content: bytes) -> None:
    """Send a datagram, whether it gets there or not."""
    with inside(range_.hosts[source].namespace, lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sender:
        sender.sendto(content, (range_.hosts[target].address, port))


def caught(listening: socket.socket, mark: bytes, wait_s: float = PATIENCE_S) -> tuple[str, int, bytes] | None:
    """Wait for a copy of what carries a mark: who sent it, its network's id, and the packet inside."""
    listening.settimeout(wait_s)
    with suppress(TimeoutError):
        while True:
            datagram, (sender, _) = listening.recvfrom(65535)
            if mark in datagram:
                network = int.from_bytes(datagram[4:7], "big")
                return sender, network, datagram[_VXLAN_HEAD + _ETHERNET_HEAD :]
    return None


def session(range_: Live, host: str) -> dict[str, Any]:
    """Find the mirror session of a host."""
    sessions = range_.call("est", "ec2.describe_traffic_mirror_sessions")["TrafficMirrorSessions"]
    return next(each for each in sessions if each["NetworkInterfaceId"] == range_.ids[host])


def let_copy(range_: Live, host: str, direction: str, **rule: Any) -> None:
    """Add a rule to the filter of a host's session; the range's begin with none."""
    range_.call(
        "est",
        "ec2.create_traffic_mirror_filter_rule",
        TrafficMirrorFilterId=session(range_, host)["TrafficMirrorFilterId"],
        TrafficDirection=direction,
        **{"RuleAction": "accept", "SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0", **rule},
    )
    range_.network.follow()


def test_copies_go_to_the_sensor_as_the_filter_says_and_not_twice(range_: Live) -> None:
    with copies(range_, "est/sensor-1") as listening:
        send(range_, "red/attacker-1", "est/web-1", 53, b"before there is a rule")
        assert caught(listening, b"before there is a rule", SHORT_S) is None

        let_copy(
            range_,
            "est/web-1",
            "ingress",
            RuleNumber=10,
            RuleAction="reject",
            Protocol=17,
            SourceCidrBlock="10.64.0.0/29",
        )
        let_copy(
            range_,
            "est/web-1",
            "ingress",
            RuleNumber=20,
            Protocol=17,
            DestinationPortRange={"FromPort": 53, "ToPort": 53},
        )
        send(range_, "red/attacker-1", "est/web-1", 53, b"what an attacker asks")
        copied = caught(listening, b"what an attacker asks")

        assert copied is not None
        sender, network, packet = copied
        assert sender == range_.hosts["est/web-1"].address
        assert network == session(range_, "est/web-1")["VirtualNetworkId"]
        source, target = (socket.inet_ntoa(packet[at : at + 4]) for at in (12, 16))
        assert (source, target) == (range_.hosts["red/attacker-1"].address, range_.hosts["est/web-1"].address)
        assert struct.unpack("!H", packet[_IP_HEAD + 2 : _IP_HEAD + 4]) == (53,)
        assert packet[_IP_HEAD + _UDP_HEAD :] == b"what an attacker asks"
        assert caught(listening, b"what an attacker asks", SHORT_S) is None


def test_what_is_dropped_on_its_way_in_is_not_copied(range_: Live) -> None:
    let_copy(range_, "est/files-1", "ingress", RuleNumber=20, Protocol=17)
    with copies(range_, "est/sensor-1") as listening:
        send(range_, "red/attacker-1", "est/files-1", 9999, b"not let in")
        send(range_, "red/attacker-1", "est/files-1", 53, b"let in")

        assert caught(listening, b"let in") is not None
        send(range_, "red/attacker-1", "est/files-1", 9999, b"not let in")
        assert caught(listening, b"not let in", SHORT_S) is None


def test_copies_are_subject_to_the_targets_groups(range_: Live) -> None:
    let_copy(range_, "est/shell-1", "ingress", RuleNumber=20, Protocol=17)
    group = range_.ids["est.sensors.group"]
    rules = range_.call("est", "ec2.describe_security_groups", GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    vxlan = [rule for rule in rules if rule.get("FromPort") == 4789]
    range_.call("est", "ec2.revoke_security_group_ingress", GroupId=group, IpPermissions=vxlan)
    range_.network.follow()
    with copies(range_, "est/sensor-1") as listening:
        send(range_, "red/attacker-1", "est/shell-1", 53, b"while shut")
        assert caught(listening, b"while shut", SHORT_S) is None

        range_.call("est", "ec2.authorize_security_group_ingress", GroupId=group, IpPermissions=vxlan)
        range_.network.follow()
        send(range_, "red/attacker-1", "est/shell-1", 53, b"while open")
        assert caught(listening, b"while open") is not None


def copy_all(range_: Live, source: str, target: str, *directions: str, number: int, network: int) -> None:
    """Add a session that copies everything in some directions from a host to another."""
    made = range_.call("est", "ec2.create_traffic_mirror_target", NetworkInterfaceId=range_.ids[target])
    used = range_.call("est", "ec2.create_traffic_mirror_filter")["TrafficMirrorFilter"]["TrafficMirrorFilterId"]
    for direction in directions:
        range_.call(
            "est",
            "ec2.create_traffic_mirror_filter_rule",
            TrafficMirrorFilterId=used,
            TrafficDirection=direction,
            RuleNumber=10,
            RuleAction="accept",
            SourceCidrBlock="0.0.0.0/0",
            DestinationCidrBlock="0.0.0.0/0",
        )
    range_.call(
        "est",
        "ec2.create_traffic_mirror_session",
        NetworkInterfaceId=range_.ids[source],
        TrafficMirrorTargetId=made["TrafficMirrorTarget"]["TrafficMirrorTargetId"],
        TrafficMirrorFilterId=used,
        SessionNumber=number,
        VirtualNetworkId=network,
    )
    range_.network.follow()


def begin(range_: Live, source: str, target: str, port: int, own: int) -> bytes:
    """Begin a connection from a port, whether anybody answers or not; give by what a copy of its packets is known."""
    with inside(range_.hosts[source].namespace, socket.socket) as client:
        client.setblocking(False)
        client.bind((range_.hosts[source].address, own))
        client.connect_ex((range_.hosts[target].address, port))
    return struct.pack("!HH", own, port)


def test_what_a_host_sends_is_copied_by_the_rules_of_that_direction(range_: Live) -> None:
    span = {"FromPort": 6514, "ToPort": 6514}
    let_copy(range_, "est/web-1", "egress", RuleNumber=10, Protocol=6, DestinationPortRange=span)
    with copies(range_, "est/sensor-1") as listening:
        other = begin(range_, "est/web-1", "pol/web-1", 443, 40001)
        copied = caught(listening, begin(range_, "est/web-1", "hub/collector-1", 6514, 40002))

        assert copied is not None
        assert (copied[0], socket.inet_ntoa(copied[2][12:16])) == (range_.hosts["est/web-1"].address,) * 2
        assert caught(listening, other, SHORT_S) is None


def test_what_is_asked_of_awss_resolver_is_copied_only_where_the_filter_has_amazon_dns(range_: Live) -> None:
    let_copy(range_, "est/files-1", "egress", RuleNumber=30)
    used = session(range_, "est/files-1")["TrafficMirrorFilterId"]

    def ask(name: str) -> None:
        asked(range_, "est/files-1", f"{name}.steadfast.internal.")

    with copies(range_, "est/sensor-1") as listening:
        ask("without")
        assert caught(listening, b"without", SHORT_S) is None

        range_.call(
            "est",
            "ec2.modify_traffic_mirror_filter_network_services",
            TrafficMirrorFilterId=used,
            AddNetworkServices=["amazon-dns"],
        )
        range_.network.follow()
        ask("within")
        question, answer = caught(listening, b"within"), caught(listening, b"within")

    assert question is not None
    assert answer is not None
    ports = [struct.unpack("!HH", each[2][_IP_HEAD : _IP_HEAD + 4]) for each in (question, answer)]
    assert (ports[0][1], ports[1][0]) == (53, 53)


def test_a_second_session_gets_what_the_first_leaves_and_nothing_that_the_first_copies(range_: Live) -> None:
    first = session(range_, "est/web-1")
    let_copy(range_, "est/web-1", "ingress", RuleNumber=40, Protocol=17)
    vxlan = {"IpProtocol": "udp", "FromPort": 4789, "ToPort": 4789, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    group = range_.ids["est.targets.group"]
    range_.call("est", "ec2.authorize_security_group_ingress", GroupId=group, IpPermissions=[vxlan])
    copy_all(range_, "est/web-1", "est/shell-1", "ingress", number=first["SessionNumber"] + 1, network=4711)

    with copies(range_, "est/sensor-1") as one, copies(range_, "est/shell-1") as other:
        send(range_, "red/attacker-1", "est/web-1", 53, b"for the first")
        left = begin(range_, "red/attacker-1", "est/web-1", 80, 40003)
        copied = caught(other, left)

        assert copied is not None
        assert copied[1] == 4711
        assert caught(one, b"for the first") is not None
        assert caught(one, left, SHORT_S) is None
        assert caught(other, b"for the first", SHORT_S) is None


def test_copies_are_never_copied_where_two_hosts_mirror_one_another(range_: Live) -> None:
    let_copy(range_, "est/web-1", "ingress", RuleNumber=50, Protocol=17)
    copy_all(range_, "est/sensor-1", "est/shell-1", "ingress", "egress", number=1, network=4712)

    with copies(range_, "est/sensor-1") as first, copies(range_, "est/shell-1") as second:
        send(range_, "red/attacker-1", "est/web-1", 53, b"copied once")
        assert caught(first, b"copied once") is not None
        assert caught(first, b"copied once", SHORT_S) is None
        assert caught(second, b"copied once", SHORT_S) is None

        known = begin(range_, "est/sensor-1", "hub/collector-1", 6514, 40004)
        assert caught(second, known) is not None, "what isn't a copy is copied"


def test_a_session_may_copy_the_first_bytes_only(range_: Live) -> None:
    known = session(range_, "est/shell-1")["TrafficMirrorSessionId"]
    range_.call("est", "ec2.modify_traffic_mirror_session", TrafficMirrorSessionId=known, PacketLength=100)
    range_.network.follow()
    with copies(range_, "est/sensor-1") as listening:
        send(range_, "red/attacker-1", "est/shell-1", 53, b"the beginning of" + bytes(1000))
        copied = caught(listening, b"the beginning of")

    assert copied is not None
    assert len(copied[2]) == 100 - _ETHERNET_HEAD


def test_a_session_that_ends_copies_no_more(range_: Live) -> None:
    with copies(range_, "est/sensor-1") as listening:
        ended = session(range_, "est/shell-1")["TrafficMirrorSessionId"]
        range_.call("est", "ec2.delete_traffic_mirror_session", TrafficMirrorSessionId=ended)
        range_.network.follow()
        send(range_, "red/attacker-1", "est/shell-1", 53, b"after its end")

        assert caught(listening, b"after its end", SHORT_S) is None
