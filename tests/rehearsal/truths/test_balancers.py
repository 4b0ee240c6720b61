"""Load balancers, as AWS refuses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Clients = Callable[..., Any]
Refused = Callable[[str], Any]


@pytest.fixture
def elb(clients: Clients) -> Any:
    """Load balancing of the ally's account."""
    return clients("elbv2")


@pytest.fixture
def subnets(ec2: Any, vpc: str, subnet: str) -> list[str]:
    """Two subnets in two zones."""
    second = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24", AvailabilityZone="eu-west-2b")["Subnet"]
    return [subnet, second["SubnetId"]]


@pytest.fixture
def front(elb: Any, subnets: list[str]) -> dict[str, Any]:
    """What an internal load balancer is made from."""
    return {"Name": "front", "Subnets": subnets, "Scheme": "internal"}


@pytest.fixture
def balancer(elb: Any, front: dict[str, Any]) -> str:
    """That load balancer."""
    return made(elb, **front)


@pytest.fixture
def group(elb: Any, vpc: str) -> str:
    """A target group for instances."""
    return target_group(elb, vpc, "web")


@pytest.fixture
def listener(elb: Any, balancer: str, group: str) -> str:
    """A listener of the load balancer at port 80, which forwards to the target group."""
    return listening(elb, balancer, 80, group)


def made(elb: Any, **asked: Any) -> str:
    """Make a load balancer."""
    return str(elb.create_load_balancer(**asked)["LoadBalancers"][0]["LoadBalancerArn"])


def target_group(elb: Any, vpc: str, name: str, **asked: Any) -> str:
    """Make a target group at port 80."""
    found = elb.create_target_group(**{"Name": name, "Protocol": "HTTP", "Port": 80, "VpcId": vpc, **asked})
    return str(found["TargetGroups"][0]["TargetGroupArn"])


def listening(elb: Any, balancer: str, port: int, group: str, **asked: Any) -> str:
    """Make a listener that forwards to a target group."""
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    asked = {"LoadBalancerArn": balancer, "Protocol": "HTTP", "Port": port, "DefaultActions": forward, **asked}
    return str(elb.create_listener(**asked)["Listeners"][0]["ListenerArn"])


@pytest.mark.truth("load-balancer-name-taken", "load-balancer-asked-for-twice")
def test_a_balancer_asked_for_twice_is_one_and_other_settings_are_refused(
    elb: Any, front: dict[str, Any], balancer: str, refused: Refused
) -> None:
    assert made(elb, **front) == balancer
    assert len(elb.describe_load_balancers()["LoadBalancers"]) == 1

    with refused("DuplicateLoadBalancerName"):
        made(elb, **{**front, "Type": "network"})


@pytest.mark.truth("load-balancer-protected")
def test_a_protected_balancer_stays(elb: Any, balancer: str, refused: Refused) -> None:
    protection = {"Key": "deletion_protection.enabled", "Value": "true"}
    elb.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=[protection])
    with refused("OperationNotPermitted"):
        elb.delete_load_balancer(LoadBalancerArn=balancer)

    elb.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=[{**protection, "Value": "false"}])
    elb.delete_load_balancer(LoadBalancerArn=balancer)


@pytest.mark.truth("load-balancer-in-one-zone")
def test_a_balancer_for_applications_is_in_two_zones(elb: Any, front: dict[str, Any], refused: Refused) -> None:
    one = {**front, "Subnets": front["Subnets"][:1]}
    with refused("InvalidConfigurationRequest"):
        made(elb, **one)

    made(elb, **one, Type="network")


@pytest.mark.truth("load-balancer-without-a-way-in")
def test_a_balancer_that_faces_the_internet_needs_a_gateway(
    ec2: Any, vpc: str, elb: Any, front: dict[str, Any], refused: Refused
) -> None:
    public = {**front, "Scheme": "internet-facing"}
    with refused("InvalidSubnet"):
        made(elb, **public)

    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    made(elb, **public)


@pytest.mark.truth("load-balancer-in-a-full-subnet")
def test_a_balancer_needs_eight_free_addresses_per_subnet(
    ec2: Any, vpc: str, elb: Any, front: dict[str, Any], refused: Refused
) -> None:
    small = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.2.0/28", AvailabilityZone="eu-west-2c")["Subnet"]["SubnetId"]
    kept = [ec2.create_network_interface(SubnetId=small)["NetworkInterface"]["NetworkInterfaceId"] for _ in range(4)]
    asked = {**front, "Subnets": [front["Subnets"][0], small]}
    with refused("InvalidSubnet"):
        made(elb, **asked)

    ec2.delete_network_interface(NetworkInterfaceId=kept[0])
    made(elb, **asked)


@pytest.mark.truth("target-group-in-use", "target-group-name-taken")
def test_a_target_group_stays_while_a_listener_forwards_to_it(
    elb: Any, vpc: str, group: str, listener: str, refused: Refused
) -> None:
    with refused("ResourceInUse"):
        elb.delete_target_group(TargetGroupArn=group)
    with refused("DuplicateTargetGroupName"):
        target_group(elb, vpc, "web", Port=81)

    elb.delete_listener(ListenerArn=listener)
    elb.delete_target_group(TargetGroupArn=group)


@pytest.mark.truth("listener-port-taken", "listener-without-certificate", "listener-to-a-group-of-another")
def test_a_listener_has_its_port_its_certificate_and_its_groups(
    elb: Any, front: dict[str, Any], balancer: str, group: str, listener: str, refused: Refused
) -> None:
    with refused("DuplicateListener"):
        listening(elb, balancer, 80, group)
    with refused("CertificateNotFound"):
        listening(elb, balancer, 443, group, Protocol="HTTPS")
    other = made(elb, **{**front, "Name": "other"})
    with refused("TargetGroupAssociationLimit"):
        listening(elb, other, 80, group)

    listening(elb, balancer, 8080, group)
    elb.delete_load_balancer(LoadBalancerArn=balancer)
    listening(elb, other, 80, group)


@pytest.mark.truth("listener-of-a-target")
def test_a_listener_stays_while_its_balancer_is_a_target_at_its_port(
    elb: Any, vpc: str, balancer: str, listener: str, refused: Refused
) -> None:
    behind = target_group(elb, vpc, "balancers", Protocol="TCP", TargetType="alb")
    elb.register_targets(TargetGroupArn=behind, Targets=[{"Id": balancer, "Port": 80}])
    with refused("ResourceInUse"):
        elb.delete_listener(ListenerArn=listener)

    elb.deregister_targets(TargetGroupArn=behind, Targets=[{"Id": balancer, "Port": 80}])
    elb.delete_listener(ListenerArn=listener)


@pytest.mark.truth("listener-rule-priority-taken")
def test_a_priority_is_taken_once(elb: Any, group: str, listener: str, refused: Refused) -> None:
    asked = {
        "ListenerArn": listener,
        "Priority": 1,
        "Conditions": [{"Field": "path-pattern", "Values": ["/scores"]}],
        "Actions": [{"Type": "forward", "TargetGroupArn": group}],
    }
    elb.create_rule(**asked)
    with refused("PriorityInUse"):
        elb.create_rule(**asked)


@pytest.mark.truth("target-unfit")
def test_a_target_runs_in_the_groups_vpc(
    ec2: Any, image: str, subnet: str, elb: Any, group: str, refused: Refused
) -> None:
    launched = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet)["Instances"][0]["InstanceId"]
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.describe_instances()
    target = [{"Id": launched}]
    with refused("InvalidTarget"):
        elb.register_targets(TargetGroupArn=target_group(elb, other, "elsewhere"), Targets=target)
    elb.register_targets(TargetGroupArn=group, Targets=target)

    ec2.stop_instances(InstanceIds=[launched])
    with refused("InvalidTarget"):
        elb.register_targets(TargetGroupArn=group, Targets=target)


@pytest.mark.truth("certificate-in-use")
def test_a_certificate_stays_while_a_listener_shows_it(
    clients: Clients, elb: Any, balancer: str, group: str, refused: Refused
) -> None:
    acm = clients("acm")
    certificate = acm.request_certificate(DomainName="scores.range")["CertificateArn"]
    shown = [{"CertificateArn": certificate}]
    listener = listening(elb, balancer, 443, group, Protocol="HTTPS", Certificates=shown)
    with refused("ResourceInUseException"):
        acm.delete_certificate(CertificateArn=certificate)

    elb.delete_listener(ListenerArn=listener)
    acm.delete_certificate(CertificateArn=certificate)
