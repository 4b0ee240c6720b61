"""What the hub has, and what it keeps from happening by itself."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest


def test_nothing_happens_on_the_gateway_by_itself(recorded: dict[str, Any]) -> None:
    gateway = recorded["hub"].one("TransitGateway").inputs

    for switch in (
        "autoAcceptSharedAttachments",
        "defaultRouteTableAssociation",
        "defaultRouteTablePropagation",
        "securityGroupReferencingSupport",
        "dnsSupport",
        "multicastSupport",
        "vpnEcmpSupport",
    ):
        assert gateway[switch] == "disable"


def test_the_gateway_has_the_tables_of_the_plan_and_swallows_the_supernet(recorded: dict[str, Any]) -> None:
    recorder = recorded["hub"]
    tables = [found for found in recorder.aws() if found.type == "aws:ec2transitgateway/routeTable:RouteTable"]
    routes = [found.inputs for found in recorder.aws() if found.type == "aws:ec2transitgateway/route:Route"]

    assert {table.name for table in tables} == {"hub", "white", "red", "enclaves", "est", "pol"}
    assert {route["destinationCidrBlock"] for route in routes} == {"10.64.0.0/16"}
    assert all(route["blackhole"] for route in routes)
    assert {route["transitGatewayRouteTableId"] for route in routes} == {
        f"RouteTable-{name}" for name in ("red", "enclaves", "est", "pol")
    }


def test_the_share_takes_no_account_of_another_organisation(recorded: dict[str, Any]) -> None:
    assert recorded["hub"].one("ResourceShare").inputs["allowExternalPrincipals"] is False
    assert recorded["hub"].of("PrincipalAssociation") == []


def test_the_hub_makes_the_guardrails_and_obeys_them(recorded: dict[str, Any]) -> None:
    recorder = recorded["hub"]

    assert {policy.inputs["type"] for policy in recorder.of("organizations/policy:Policy")} == {
        "SERVICE_CONTROL_POLICY"
    }
    assert {found.inputs["targetId"] for found in recorder.of("PolicyAttachment")} == {"100000000002"}
    assert len(recorder.of("PolicyAttachment")) == 4


def test_people_come_in_by_session_manager_or_instance_connect_only(recorded: dict[str, Any]) -> None:
    recorder = recorded["hub"]
    interfaces = [found for found in recorder.of("VpcEndpoint") if found.inputs["vpcEndpointType"] == "Interface"]

    assert {found.name for found in interfaces} == {"ssm", "ssmmessages", "ec2messages"}
    assert all(found.inputs["privateDnsEnabled"] for found in interfaces)
    assert {tuple(found.inputs["securityGroupIds"]) for found in interfaces} == {("SecurityGroup-management",)}
    assert len(recorder.of("InstanceConnectEndpoint")) == 1


def test_endpoints_keep_out_of_the_addresses_that_hosts_are_given(recorded: dict[str, Any]) -> None:
    recorder = recorded["hub"]
    kept = [IPv4Network(found.inputs["cidrBlock"]) for found in recorder.of("SubnetCidrReservation")]
    bastion = next(host for host in recorder.of("Instance") if host.name == "bastion-1")

    assert {found.inputs["reservationType"] for found in recorder.of("SubnetCidrReservation")} == {"explicit"}
    assert any(IPv4Address(bastion.inputs["privateIp"]) in cidr for cidr in kept)


def test_the_gateways_traffic_is_written_down_too(recorded: dict[str, Any]) -> None:
    logs = [log.inputs for log in recorded["hub"].of("FlowLog") if "transitGatewayId" in log.inputs]

    assert len(logs) == 2
    assert not any("trafficType" in log for log in logs)
    assert all(log["maxAggregationInterval"] == 60 for log in logs)


def test_without_egress_there_is_no_way_to_the_internet(recorded: dict[str, Any]) -> None:
    ways_out = {"InternetGateway", "NatGateway", "Eip"}

    assert ways_out.isdisjoint(found.kind for found in recorded["hub"].aws())


@pytest.fixture(scope="module")
def with_egress(exercise_file: Any) -> Path:
    def let_out(exercise: dict[str, Any]) -> None:
        exercise["egress"] = {"from": ["gbr.targets"], "ports": [443], "why": "updates from a mirror"}

    spec: Path = exercise_file(let_out)
    return spec


def test_with_egress_the_hub_has_the_only_internet_gateway(record: Any, with_egress: Path) -> None:
    hub = record("steadfast.hub", with_egress)
    routes = {found.name: found.inputs for found in hub.of("ec2/route:Route")}
    defaults = [
        found.inputs
        for found in hub.of("ec2transitgateway/route:Route")
        if "transitGatewayAttachmentId" in found.inputs
    ]

    assert [len(hub.of(kind)) for kind in ("InternetGateway", "NatGateway", "Eip")] == [1, 1, 1]
    assert routes["public"]["gatewayId"] == "InternetGateway-egress"
    assert routes["transit"]["natGatewayId"] == "NatGateway-egress"
    assert [route["transitGatewayRouteTableId"] for route in defaults] == ["RouteTable-enclaves"]


def test_with_egress_only_the_named_zone_has_a_default_route_and_still_no_gateway_of_its_own(
    record: Any, with_egress: Path
) -> None:
    gbr, est = record("steadfast.gbr", with_egress), record("steadfast.est", with_egress)

    def default_routes(recorder: Any) -> set[str]:
        routes = recorder.of("ec2/route:Route")
        return {route.name for route in routes if route.inputs["destinationCidrBlock"] == "0.0.0.0/0"}

    assert default_routes(gbr) == {"targets-0.0.0.0/0"}
    assert default_routes(est) == set()
    assert gbr.of("InternetGateway") == []
    assert {rule.name: rule.inputs["action"] for rule in gbr.of("ResolverFirewallRule")}["rest"] == "ALERT"
    assert {rule.name: rule.inputs["action"] for rule in est.of("ResolverFirewallRule")}["rest"] == "BLOCK"
