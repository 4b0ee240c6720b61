"""What EC2's calls are about: everything that is named by its id, and what is made.

Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2" (read 2026-11-28).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.callers import PARTITION

_ID = re.compile(r"(tgw-attach|tgw-rtb|[a-z]{1,8})-(?:[0-9a-f]{8}|[0-9a-f]{17})")
_KINDS = {
    "acl": "network-acl",
    "ami": "image",
    "cgw": "customer-gateway",
    "dopt": "dhcp-options",
    "eice": "instance-connect-endpoint",
    "eigw": "egress-only-internet-gateway",
    "eipalloc": "elastic-ip",
    "eni": "network-interface",
    "fl": "vpc-flow-log",
    "i": "instance",
    "igw": "internet-gateway",
    "lt": "launch-template",
    "nat": "natgateway",
    "pcx": "vpc-peering-connection",
    "pl": "prefix-list",
    "rtb": "route-table",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "snap": "snapshot",
    "subnet": "subnet",
    "tgw": "transit-gateway",
    "tgw-attach": "transit-gateway-attachment",
    "tgw-rtb": "transit-gateway-route-table",
    "tmf": "traffic-mirror-filter",
    "tms": "traffic-mirror-session",
    "tmt": "traffic-mirror-target",
    "vgw": "vpn-gateway",
    "vol": "volume",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
}
_MADE = {
    "AllocateAddress": ("elastic-ip",),
    "CreateFlowLogs": ("vpc-flow-log",),
    "CreateImage": ("image", "snapshot"),
    "CreateNatGateway": ("natgateway",),
    "CreateSnapshots": ("snapshot",),
    "CreateTransitGatewayVpcAttachment": ("transit-gateway-attachment",),
    "RunInstances": ("instance", "network-interface", "volume"),
}
"""What an operation makes, where its name doesn't say it."""
_NOT_MADE = frozenset({"CreateRoute", "CreateNetworkAclEntry", "CreateTags", "CreateTransitGatewayRoute"})
_WORD = re.compile(r"(?<!^)(?=[A-Z])")


def asked(call: Call, action: str) -> Iterator[tuple[str, str]]:
    """Give the action on each thing that the call names or makes; what only looks is about nothing in particular."""
    if call.operation.startswith(("Describe", "Get", "Search")):
        yield action, "*"
        return
    made = [f"{kind}/*" for kind in _made(call.operation)]
    things = [*named(call), *made]
    for thing in dict.fromkeys(things):
        yield action, arn(call, thing)
    if not things:
        yield action, "*"
    tagged = call.operation != "CreateTags" and call.params.get("TagSpecifications")
    for kind in dict.fromkeys(str(each.get("ResourceType")) for each in tagged or ()):
        yield "ec2:CreateTags", arn(call, f"{kind}/*")


def _made(operation: str) -> tuple[str, ...]:
    if operation in _MADE:
        return _MADE[operation]
    if not operation.startswith("Create") or operation in _NOT_MADE:
        return ()
    return (_WORD.sub("-", operation.removeprefix("Create")).lower(),)


def named(call: Call) -> list[str]:
    """Give everything that a call names by its id, as the end of its ARN."""
    found = []
    for text in texts(call.params):
        match = _ID.fullmatch(text)
        if match is not None and match[1] in _KINDS:
            found.append(f"{_KINDS[match[1]]}/{text}")
    return found


def texts(value: Any) -> Iterator[str]:
    """Give every text in a call's parameters, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def arn(call: Call, thing: str) -> str:
    """Give the ARN of a thing of EC2; images and snapshots carry no account."""
    account = "" if thing.startswith(("image/", "snapshot/")) else call.account
    return f"arn:{PARTITION}:ec2:{call.region}:{account}:{thing}"
