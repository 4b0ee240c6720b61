"""Traffic mirroring and connect endpoints: what moto lacks on top of instances."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rehearsal.test_launches import DEBIAN, Refused

EVERYTHING = {"SourceCidrBlock": "0.0.0.0/0", "DestinationCidrBlock": "0.0.0.0/0", "RuleAction": "accept"}


@pytest.fixture
def interface(ec2: Any, subnet: str) -> str:
    """The interface of an instance."""
    image = ec2.describe_images(**DEBIAN)["Images"][0]["ImageId"]
    made = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet, InstanceType="t3.micro")
    return str(made["Instances"][0]["NetworkInterfaces"][0]["NetworkInterfaceId"])


@pytest.fixture
def mirror_filter(ec2: Any) -> str:
    """A filter without rules."""
    return str(ec2.create_traffic_mirror_filter(Description="all")["TrafficMirrorFilter"]["TrafficMirrorFilterId"])


@pytest.fixture
def target(ec2: Any, interface: str) -> str:
    """A target."""
    made = ec2.create_traffic_mirror_target(NetworkInterfaceId=interface)["TrafficMirrorTarget"]
    return str(made["TrafficMirrorTargetId"])


@pytest.fixture
def session(ec2: Any, interface: str, mirror_filter: str, target: str) -> Any:
    """A session from the interface to the target."""
    return ec2.create_traffic_mirror_session(
        NetworkInterfaceId=interface,
        TrafficMirrorTargetId=target,
        TrafficMirrorFilterId=mirror_filter,
        SessionNumber=1,
        VirtualNetworkId=4711,
    )["TrafficMirrorSession"]


def test_a_filter_shows_its_rules_by_direction_and_number(ec2: Any, mirror_filter: str, refused: Refused) -> None:
    for direction, number in (("ingress", 20), ("ingress", 10), ("egress", 10)):
        ec2.create_traffic_mirror_filter_rule(
            TrafficMirrorFilterId=mirror_filter, TrafficDirection=direction, RuleNumber=number, **EVERYTHING
        )

    seen = ec2.describe_traffic_mirror_filters(TrafficMirrorFilterIds=[mirror_filter])["TrafficMirrorFilters"][0]

    assert [rule["RuleNumber"] for rule in seen["IngressFilterRules"]] == [10, 20]
    assert [rule["RuleNumber"] for rule in seen["EgressFilterRules"]] == [10]
    with refused("TrafficMirrorFilterRuleAlreadyExists"):
        ec2.create_traffic_mirror_filter_rule(
            TrafficMirrorFilterId=mirror_filter, TrafficDirection="egress", RuleNumber=10, **EVERYTHING
        )


def test_a_rule_changes_and_goes(ec2: Any, mirror_filter: str, refused: Refused) -> None:
    rule = ec2.create_traffic_mirror_filter_rule(
        TrafficMirrorFilterId=mirror_filter, TrafficDirection="ingress", RuleNumber=1, Protocol=6, **EVERYTHING
    )["TrafficMirrorFilterRule"]["TrafficMirrorFilterRuleId"]

    changed = ec2.modify_traffic_mirror_filter_rule(
        TrafficMirrorFilterRuleId=rule, RuleAction="reject", RemoveFields=["protocol"]
    )["TrafficMirrorFilterRule"]

    assert (changed["RuleAction"], changed.get("Protocol")) == ("reject", None)
    ec2.delete_traffic_mirror_filter_rule(TrafficMirrorFilterRuleId=rule)
    with refused("InvalidTrafficMirrorFilterRuleId.NotFound"):
        ec2.delete_traffic_mirror_filter_rule(TrafficMirrorFilterRuleId=rule)


def test_services_are_mirrored_too(ec2: Any, mirror_filter: str) -> None:
    change = {"TrafficMirrorFilterId": mirror_filter}
    on = ec2.modify_traffic_mirror_filter_network_services(**change, AddNetworkServices=["amazon-dns"])
    off = ec2.modify_traffic_mirror_filter_network_services(**change, RemoveNetworkServices=["amazon-dns"])

    assert [each["TrafficMirrorFilter"]["NetworkServices"] for each in (on, off)] == [["amazon-dns"], []]


@pytest.mark.truth("mirror-target-in-use", "mirror-filter-in-use")
def test_what_a_session_uses_stays(ec2: Any, session: Any, mirror_filter: str, target: str, refused: Refused) -> None:
    with refused("TrafficMirrorTargetInUse"):
        ec2.delete_traffic_mirror_target(TrafficMirrorTargetId=target)
    with refused("TrafficMirrorFilterInUse"):
        ec2.delete_traffic_mirror_filter(TrafficMirrorFilterId=mirror_filter)

    ec2.delete_traffic_mirror_session(TrafficMirrorSessionId=session["TrafficMirrorSessionId"])

    ec2.delete_traffic_mirror_target(TrafficMirrorTargetId=target)
    ec2.delete_traffic_mirror_filter(TrafficMirrorFilterId=mirror_filter)
    assert ec2.describe_traffic_mirror_sessions()["TrafficMirrorSessions"] == []


def test_a_session_changes_and_is_found_by_its_tags(ec2: Any, session: Any) -> None:
    known = session["TrafficMirrorSessionId"]
    ec2.create_tags(Resources=[known], Tags=[{"Key": "range:ally", "Value": "est"}])

    ec2.modify_traffic_mirror_session(TrafficMirrorSessionId=known, SessionNumber=2, Description="d", PacketLength=128)
    ec2.modify_traffic_mirror_session(TrafficMirrorSessionId=known, RemoveFields=["packet-length"])

    found = ec2.describe_traffic_mirror_sessions(Filters=[{"Name": "tag:range:ally", "Values": ["est"]}])
    seen = found["TrafficMirrorSessions"][0]
    assert (seen["SessionNumber"], seen["Description"], seen["VirtualNetworkId"]) == (2, "d", 4711)
    assert "PacketLength" not in seen


@pytest.mark.truth("mirror-session-number-taken")
def test_a_number_is_used_once_per_interface(
    ec2: Any, session: Any, interface: str, mirror_filter: str, target: str, refused: Refused
) -> None:
    with refused("TrafficMirrorSessionNumberInUse"):
        ec2.create_traffic_mirror_session(
            NetworkInterfaceId=interface,
            TrafficMirrorTargetId=target,
            TrafficMirrorFilterId=mirror_filter,
            SessionNumber=session["SessionNumber"],
        )


@pytest.mark.truth("mirror-of-an-idle-interface")
def test_only_an_interface_in_use_is_mirrored(
    ec2: Any, subnet: str, mirror_filter: str, target: str, refused: Refused
) -> None:
    idle = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]

    with refused("InvalidParameterValue"):
        ec2.create_traffic_mirror_session(
            NetworkInterfaceId=idle,
            TrafficMirrorTargetId=target,
            TrafficMirrorFilterId=mirror_filter,
            SessionNumber=1,
        )


def test_an_endpoint_has_an_interface_while_it_lives(ec2: Any, subnet: str, vpc: str, refused: Refused) -> None:
    group = ec2.create_security_group(GroupName="ssh", Description="ssh", VpcId=vpc)["GroupId"]
    made = ec2.create_instance_connect_endpoint(SubnetId=subnet, SecurityGroupIds=[group])["InstanceConnectEndpoint"]
    known = made["InstanceConnectEndpointId"]

    seen = ec2.describe_instance_connect_endpoints(InstanceConnectEndpointIds=[known])["InstanceConnectEndpoints"][0]
    interface = ec2.describe_network_interfaces()["NetworkInterfaces"][0]

    assert (made["State"], seen["State"], seen["VpcId"]) == ("create-in-progress", "create-complete", vpc)
    assert [interface["NetworkInterfaceId"]] == seen["NetworkInterfaceIds"]
    assert [each["GroupId"] for each in interface["Groups"]] == [group]
    with refused("InstanceConnectEndpointLimitExceeded"):
        ec2.create_instance_connect_endpoint(SubnetId=subnet)
    ec2.delete_instance_connect_endpoint(InstanceConnectEndpointId=known)
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    with refused("InvalidInstanceConnectEndpointId.NotFound"):
        ec2.delete_instance_connect_endpoint(InstanceConnectEndpointId=known)
