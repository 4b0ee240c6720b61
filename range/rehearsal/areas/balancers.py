"""Load balancers: one that is asked for again, just as it is, is the one that there is."""

from __future__ import annotations

from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.messages import Answer


def balancer_named(call: Call) -> Any:
    """Find the load balancer that a call names, by ARN or name; None where there is none."""
    from moto.elbv2.models import elbv2_backends

    kept, params = elbv2_backends[call.account][call.region].load_balancers, call.params
    if params.get("LoadBalancerArn"):
        return kept.get(params["LoadBalancerArn"])
    return next((each for each in kept.values() if each.name == params.get("Name")), None)


def subnets_asked(call: Call) -> list[str]:
    """Give the subnets that a call wants a load balancer in."""
    params = call.params
    return list(params.get("Subnets") or (each["SubnetId"] for each in params.get("SubnetMappings", ())))


def is_as_asked(call: Call, balancer: Any) -> bool:
    """Say whether a load balancer has just the settings that a call asks for."""
    params = call.params
    groups = params.get("SecurityGroups")
    return (
        set(subnets_asked(call)) == {subnet.id for subnet in balancer.subnets}
        and params.get("Scheme", "internet-facing") == balancer.scheme
        and params.get("Type", "application") == balancer.type
        and (groups is None or set(groups) == set(balancer.security_groups or ()))
    )


def create(call: Call) -> Answer:
    """Make a load balancer, or give the one of that name; truths have refused other settings.

    Source: botocore 1.44.5, Elastic Load Balancing 2015-12-01, CreateLoadBalancer: "idempotent" (read 2026-11-22).
    """
    known = balancer_named(call)
    if known is None:
        return call.by_moto()
    service, operation = call.service, "DescribeLoadBalancers"
    request = service.request(operation, {"LoadBalancerArns": [known.arn]}, call.request)
    shown = Call(request, service, operation, call.region, call.caller).result_by_moto()
    return service.answer(call.operation, {"LoadBalancers": shown["LoadBalancers"]})


OPERATIONS = {"CreateLoadBalancer": create}
