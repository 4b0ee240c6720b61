"""Load balancers, their listeners, rules and target groups, and certificates that a listener shows."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from range.rehearsal.areas.balancers import balancer_named, is_as_asked, subnets_asked
from range.rehearsal.call import Call
from range.rehearsal.truths.gateways import attached_gateway
from range.rehearsal.truths.rows import Truth
from range.rehearsal.truths.stores import store

_MODEL = "botocore 1.44.5, Elastic Load Balancing 2015-12-01, {} (read 2026-11-22)"
_RESERVED_PER_SUBNET = 5
FREE_ADDRESSES = 8
"""How many a balancer wants in each of its subnets; from memory."""


def _subnets(call: Call) -> list[Any]:
    """Find the subnets that a call wants a load balancer in, those that there are."""
    asked, zones = subnets_asked(call), store(call, "ec2").subnets.values()
    return [zone[subnet] for subnet in asked for zone in zones if subnet in zone]


def _name_taken(call: Call) -> str | None:
    balancer = balancer_named(call)
    if balancer is None or is_as_asked(call, balancer):
        return None
    return f"A load balancer with the same name '{balancer.name}' exists, but with different settings"


def _protected(call: Call) -> str | None:
    balancer = balancer_named(call)
    if balancer is None or str(balancer.attrs.get("deletion_protection.enabled")).lower() != "true":
        return None
    return f"Load balancer '{balancer.arn}' cannot be deleted because deletion protection is enabled"


def _in_one_zone(call: Call) -> str | None:
    zones = {subnet.availability_zone for subnet in _subnets(call)}
    if call.params.get("Type", "application") != "application" or len(zones) != 1:
        return None
    return "At least two subnets in two different Availability Zones must be specified"


def _without_a_way_in(call: Call) -> str | None:
    if call.params.get("Scheme", "internet-facing") != "internet-facing":
        return None
    closed = (each for each in _subnets(call) if attached_gateway(store(call, "ec2"), each.vpc_id) is None)
    return next((f"VPC {subnet.vpc_id} has no internet gateway" for subnet in closed), None)


def _in_a_full_subnet(call: Call) -> str | None:
    interfaces = store(call, "ec2").enis.values()
    for subnet in _subnets(call):
        taken = sum(interface.subnet.id == subnet.id for interface in interfaces)
        if ip_network(subnet.cidr_block).num_addresses - _RESERVED_PER_SUBNET - taken < FREE_ADDRESSES:
            return f"Not enough IP space available in {subnet.id}. ELB requires at least {FREE_ADDRESSES} free IP addresses"
    return None


def _listener_at_the_port(call: Call) -> str | None:
    balancer, port = balancer_named(call), call.params.get("Port")
    if balancer is None or not any(listener.port == port for listener in balancer.listeners.values()):
        return None
    return "A listener already exists on this port for this load balancer"


def _uncertified(call: Call) -> str | None:
    if call.params.get("Protocol") not in ("HTTPS", "TLS") or call.params.get("Certificates"):
        return None
    return "A certificate must be specified for HTTPS and TLS listeners"


def _forwards_to(actions: Any) -> Iterator[str]:
    """Give the target groups that actions forward to."""
    for action in actions or ():
        if action.get("TargetGroupArn"):
            yield action["TargetGroupArn"]
        yield from (each["TargetGroupArn"] for each in action.get("ForwardConfig", {}).get("TargetGroups", ()))


def _groups_of(balancer: Any) -> set[str]:
    """Give the target groups that a load balancer forwards to."""
    rules = (rule for listener in balancer.listeners.values() for rule in listener.rules.values())
    return {arn for rule in rules for arn in _forwards_to(action.data for action in rule.actions)}


def _served_by_another(call: Call) -> str | None:
    others = (each for each in store(call, "elbv2").load_balancers.values() if each is not balancer_named(call))
    taken = {arn for other in others for arn in _groups_of(other)}
    clash = next((arn for arn in _forwards_to(call.params.get("DefaultActions")) if arn in taken), None)
    return None if clash is None else f"The target group '{clash}' is associated with another load balancer"


def _behind_another_balancer(call: Call) -> str | None:
    named, elb = call.params.get("ListenerArn"), store(call, "elbv2")
    for balancer in elb.load_balancers.values():
        listener = balancer.listeners.get(named)
        for group in elb.target_groups.values() if listener is not None else ():
            if group.target_type == "alb" and group.port == listener.port and balancer.arn in group.targets:
                return f"Listener '{named}' is in use: its load balancer is a target of '{group.arn}'"
    return None


def _unfit_target(call: Call) -> str | None:
    group = store(call, "elbv2").target_groups.get(call.params.get("TargetGroupArn"))
    if group is None or group.target_type not in (None, "instance"):
        return None
    instances = {each.id: each for each in store(call, "ec2").all_instances()}
    for target in call.params.get("Targets", ()):
        instance = instances.get(target["Id"])
        if instance is None or instance.state not in ("pending", "running") or instance.vpc_id != group.vpc_id:
            return f"The following targets are not in a running state or not in the group's VPC: '{target['Id']}'"
    return None


def _shown(call: Call) -> str | None:
    arn = call.params.get("CertificateArn")
    for balancer in store(call, "elbv2").load_balancers.values():
        for listener in balancer.listeners.values():
            if arn in (listener.certificate, *listener.certificates):
                return f"Certificate {arn} in account {call.account} is in use."
    return None


TRUTHS = (
    Truth(
        name="target-group-in-use",
        calls=("elbv2.DeleteTargetGroup",),
        when="a listener or a rule forwards to it",
        code="ResourceInUse",
        source="https://github.com/pulumi/pulumi/issues/5900",
        confidence="seen_in_issue",
    ),
    Truth(
        name="load-balancer-protected",
        calls=("elbv2.DeleteLoadBalancer",),
        when="deletion protection is on",
        code="OperationNotPermitted",
        source="https://github.com/aws-cloudformation/rain/issues/187",
        confidence="seen_in_issue",
        check=_protected,
    ),
    Truth(
        name="listener-of-a-target",
        calls=("elbv2.DeleteListener",),
        when="its load balancer is a target of a network load balancer at that port",
        code="ResourceInUse",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/34860",
        confidence="seen_in_issue",
        check=_behind_another_balancer,
    ),
    Truth(
        name="load-balancer-name-taken",
        calls=("elbv2.CreateLoadBalancer",),
        when="there is one of that name with other settings",
        code="DuplicateLoadBalancerName",
        source=_MODEL.format("CreateLoadBalancer"),
        confidence="documented",
        check=_name_taken,
    ),
    Truth(
        name="target-group-name-taken",
        calls=("elbv2.CreateTargetGroup",),
        when="there is one of that name with other settings",
        code="DuplicateTargetGroupName",
        source=_MODEL.format("CreateTargetGroup"),
        confidence="documented",
    ),
    Truth(
        name="load-balancer-in-one-zone",
        calls=("elbv2.CreateLoadBalancer",),
        when="it is for applications and its subnets are in one availability zone",
        code="InvalidConfigurationRequest",
        source=f"{_MODEL.format('CreateLoadBalancer')}; which of its codes is from memory",
        confidence="general_knowledge",
        check=_in_one_zone,
    ),
    Truth(
        name="load-balancer-without-a-way-in",
        calls=("elbv2.CreateLoadBalancer",),
        when="it faces the internet and its VPC has no internet gateway",
        code="InvalidSubnet",
        source=_MODEL.format("CreateLoadBalancer"),
        confidence="documented",
        check=_without_a_way_in,
    ),
    Truth(
        name="load-balancer-in-a-full-subnet",
        calls=("elbv2.CreateLoadBalancer",),
        when=f"a subnet has fewer than {FREE_ADDRESSES} free addresses",
        code="InvalidSubnet",
        source=f"{_MODEL.format('CreateLoadBalancer')}; the figure is from memory",
        confidence="general_knowledge",
        check=_in_a_full_subnet,
    ),
    Truth(
        name="listener-port-taken",
        calls=("elbv2.CreateListener",),
        when="the load balancer has a listener at that port",
        code="DuplicateListener",
        source=_MODEL.format("CreateListener"),
        confidence="documented",
        check=_listener_at_the_port,
    ),
    Truth(
        name="listener-to-a-group-of-another",
        calls=("elbv2.CreateListener",),
        when="another load balancer forwards to the target group",
        code="TargetGroupAssociationLimit",
        source=_MODEL.format("CreateListener"),
        confidence="documented",
        check=_served_by_another,
    ),
    Truth(
        name="listener-without-certificate",
        calls=("elbv2.CreateListener",),
        when="it is for HTTPS or TLS and has no certificate",
        code="CertificateNotFound",
        source=f"{_MODEL.format('CreateListener')}; which of its codes is from memory",
        confidence="general_knowledge",
        check=_uncertified,
    ),
    Truth(
        name="listener-rule-priority-taken",
        calls=("elbv2.CreateRule",),
        when="the listener has a rule of that priority",
        code="PriorityInUse",
        source=_MODEL.format("CreateRule"),
        confidence="documented",
    ),
    Truth(
        name="target-unfit",
        calls=("elbv2.RegisterTargets",),
        when="an instance isn't running, or isn't in the group's VPC",
        code="InvalidTarget",
        source=_MODEL.format("RegisterTargets"),
        confidence="documented",
        check=_unfit_target,
    ),
    Truth(
        name="certificate-in-use",
        calls=("acm.DeleteCertificate",),
        when="a listener shows it",
        code="ResourceInUseException",
        source="botocore 1.44.5, ACM 2015-12-08, DeleteCertificate (read 2026-11-22)",
        confidence="documented",
        check=_shown,
    ),
)
