"""Mirror targets, and the sessions that send an interface's traffic to one."""

from __future__ import annotations

from typing import Any

from range.rehearsal.areas.ec2_records import forget_tags, records, tag, tags_of
from range.rehearsal.areas.filters import matching, page, tag_facts
from range.rehearsal.areas.mirroring.filters import filter_of
from range.rehearsal.areas.shelves import new_id, shelf
from range.rehearsal.call import Call, Shape
from range.rehearsal.refusals import Refusal

_TARGETS = "mirror-targets"
_SESSIONS = "mirror-sessions"
_TYPES = {
    "NetworkInterfaceId": "network-interface",
    "NetworkLoadBalancerArn": "network-load-balancer",
    "GatewayLoadBalancerEndpointId": "gateway-load-balancer-endpoint",
}
_REMOVABLE = {"packet-length": "PacketLength", "description": "Description", "virtual-network-id": "VirtualNetworkId"}
_NETWORKS = 1 << 24
"""VXLAN network ids. Source: RFC 7348, section 5, read 2026-11-22."""


def create_target(call: Call) -> Shape:
    """Make a target of an interface, a load balancer or an endpoint."""
    given = [key for key in _TYPES if call.params.get(key)]
    if len(given) != 1:
        message = (
            "Exactly one of NetworkInterfaceId, NetworkLoadBalancerArn and GatewayLoadBalancerEndpointId must be given."
        )
        raise Refusal("InvalidParameterCombination", message)
    if given == ["NetworkInterfaceId"]:
        _interface(call, call.params["NetworkInterfaceId"])
    made = {
        "TrafficMirrorTargetId": new_id("tmt"),
        given[0]: call.params[given[0]],
        "Type": _TYPES[given[0]],
        "Description": call.params.get("Description", ""),
        "OwnerId": call.account,
    }
    shelf(call, _TARGETS)[made["TrafficMirrorTargetId"]] = made
    tag(call, made["TrafficMirrorTargetId"], call.params.get("TagSpecifications", []), "traffic-mirror-target")
    shape = {**made, "Tags": tags_of(call, made["TrafficMirrorTargetId"])}
    return {"TrafficMirrorTarget": shape, "ClientToken": call.params.get("ClientToken")}


def _interface(call: Call, interface_id: str) -> Any:
    """Find an interface of the caller."""
    found = records(call).enis.get(interface_id)
    if found is None:
        message = f"The networkInterface ID '{interface_id}' does not exist"
        raise Refusal("InvalidNetworkInterfaceID.NotFound", message)
    return found


def _target(call: Call, target_id: str) -> Shape:
    """Find a target."""
    found: Shape | None = shelf(call, _TARGETS).get(target_id)
    if found is None:
        message = f"The specified TrafficMirrorTargetId '{target_id}' does not exist."
        raise Refusal("InvalidTrafficMirrorTargetId.NotFound", message)
    return found


def describe_targets(call: Call) -> Shape:
    """List targets."""
    wanted = call.params.get("TrafficMirrorTargetIds")
    chosen = [_target(call, each) for each in wanted] if wanted else list(shelf(call, _TARGETS).values())
    names = {
        "traffic-mirror-target-id": "TrafficMirrorTargetId",
        "network-interface-id": "NetworkInterfaceId",
        "network-load-balancer-arn": "NetworkLoadBalancerArn",
        "description": "Description",
        "owner-id": "OwnerId",
    }
    return page(call.params, "TrafficMirrorTargets", _found(call, chosen, "TrafficMirrorTargetId", names))


def delete_target(call: Call) -> Shape:
    """Delete a target, unless a session uses it."""
    target_id = _target(call, call.params["TrafficMirrorTargetId"])["TrafficMirrorTargetId"]
    if any(session["TrafficMirrorTargetId"] == target_id for session in shelf(call, _SESSIONS).values()):
        raise Refusal("TrafficMirrorTargetInUse", f"The TrafficMirrorTarget '{target_id}' is in use by a session.")
    del shelf(call, _TARGETS)[target_id]
    forget_tags(call, target_id)
    return {"TrafficMirrorTargetId": target_id}


def create_session(call: Call) -> Shape:
    """Mirror an interface to a target; sessions of one interface have numbers, and the lowest gets a packet first."""
    params = call.params
    if _interface(call, params["NetworkInterfaceId"]).instance is None:
        message = f"The network interface '{params['NetworkInterfaceId']}' is not attached to an instance."
        raise Refusal("InvalidParameterValue", message)
    _check(call, params)
    given = {key: value for key, value in params.items() if key not in ("DryRun", "ClientToken", "TagSpecifications")}
    network = _free_network(call)
    made = {
        "TrafficMirrorSessionId": new_id("tms"),
        "OwnerId": call.account,
        "VirtualNetworkId": network,
        "Description": "",
        **given,
    }
    shelf(call, _SESSIONS)[made["TrafficMirrorSessionId"]] = made
    tag(call, made["TrafficMirrorSessionId"], params.get("TagSpecifications", []), "traffic-mirror-session")
    shape = {**made, "Tags": tags_of(call, made["TrafficMirrorSessionId"])}
    return {"TrafficMirrorSession": shape, "ClientToken": params.get("ClientToken")}


def _free_network(call: Call) -> int:
    """Choose a network id for a session that asks for none."""
    taken = {int(session["VirtualNetworkId"]) for session in shelf(call, _SESSIONS).values()}
    return next(number for number in range(1, _NETWORKS) if number not in taken)


def _check(call: Call, wanted: Shape) -> None:
    """Refuse a session whose target or filter isn't there, or whose number is taken."""
    _target(call, wanted["TrafficMirrorTargetId"])
    filter_of(call, wanted["TrafficMirrorFilterId"])
    for session in shelf(call, _SESSIONS).values():
        same = all(session[key] == wanted[key] for key in ("NetworkInterfaceId", "SessionNumber"))
        if same and session["TrafficMirrorSessionId"] != wanted.get("TrafficMirrorSessionId"):
            message = f"Session number {wanted['SessionNumber']} of {wanted['NetworkInterfaceId']} is in use."
            raise Refusal("TrafficMirrorSessionNumberInUse", message)


def _session(call: Call) -> Shape:
    """Find the session that a call names."""
    session_id = call.params["TrafficMirrorSessionId"]
    found: Shape | None = shelf(call, _SESSIONS).get(session_id)
    if found is None:
        message = f"The specified TrafficMirrorSessionId '{session_id}' does not exist."
        raise Refusal("InvalidTrafficMirrorSessionId.NotFound", message)
    return found


def modify_session(call: Call) -> Shape:
    """Change a session."""
    found = _session(call)
    changed = {**found, **{key: value for key, value in call.params.items() if key not in ("DryRun", "RemoveFields")}}
    for name in call.params.get("RemoveFields", []):
        changed.pop(_REMOVABLE[name], None)
    _check(call, changed)
    shelf(call, _SESSIONS)[found["TrafficMirrorSessionId"]] = changed
    return {"TrafficMirrorSession": {**changed, "Tags": tags_of(call, found["TrafficMirrorSessionId"])}}


def describe_sessions(call: Call) -> Shape:
    """List sessions."""
    wanted, known = call.params.get("TrafficMirrorSessionIds"), shelf(call, _SESSIONS)
    for session_id in wanted or ():
        if session_id not in known:
            message = f"The specified TrafficMirrorSessionId '{session_id}' does not exist."
            raise Refusal("InvalidTrafficMirrorSessionId.NotFound", message)
    chosen = [session for session_id, session in known.items() if not wanted or session_id in wanted]
    names = {
        "traffic-mirror-session-id": "TrafficMirrorSessionId",
        "traffic-mirror-target-id": "TrafficMirrorTargetId",
        "traffic-mirror-filter-id": "TrafficMirrorFilterId",
        "network-interface-id": "NetworkInterfaceId",
        "session-number": "SessionNumber",
        "virtual-network-id": "VirtualNetworkId",
        "description": "Description",
        "owner-id": "OwnerId",
        "packet-length": "PacketLength",
    }
    return page(call.params, "TrafficMirrorSessions", _found(call, chosen, "TrafficMirrorSessionId", names))


def delete_session(call: Call) -> Shape:
    """End a session."""
    session_id = _session(call)["TrafficMirrorSessionId"]
    del shelf(call, _SESSIONS)[session_id]
    forget_tags(call, session_id)
    return {"TrafficMirrorSessionId": session_id}


def _found(call: Call, chosen: list[Shape], key: str, names: dict[str, str]) -> list[Shape]:
    """Give what a call's filters let through, with tags."""
    shapes = [{**each, "Tags": tags_of(call, each[key])} for each in chosen]

    def facts(shape: Shape) -> dict[str, Any]:
        return {**{name: shape.get(field, "") for name, field in names.items()}, **tag_facts(shape["Tags"])}

    return matching(shapes, call.params.get("Filters", []), facts)


OPERATIONS = {
    "CreateTrafficMirrorTarget": create_target,
    "DescribeTrafficMirrorTargets": describe_targets,
    "DeleteTrafficMirrorTarget": delete_target,
    "CreateTrafficMirrorSession": create_session,
    "ModifyTrafficMirrorSession": modify_session,
    "DescribeTrafficMirrorSessions": describe_sessions,
    "DeleteTrafficMirrorSession": delete_session,
}
