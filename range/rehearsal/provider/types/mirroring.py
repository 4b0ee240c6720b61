"""Traffic mirroring: what is copied, from where, to where."""

from __future__ import annotations

from range.rehearsal.provider.rows import (
    ID,
    Field,
    Mark,
    Row,
    added,
    call,
    changed,
    fixed,
    later,
    mutable,
    output,
    removed,
)
from range.rehearsal.provider.shapes import Block, Many, Part, Shape, Text, Whole
from range.rehearsal.provider.types.ec2 import arn, tagged
from range.rehearsal.provider.work import Work

FILTER = Row(
    "aws:ec2/trafficMirrorFilter:TrafficMirrorFilter",
    "EC2 Traffic Mirror Filter",
    "ec2",
    create=call("create_traffic_mirror_filter", "TrafficMirrorFilter"),
    id="TrafficMirrorFilterId",
    read=call("describe_traffic_mirror_filters", "TrafficMirrorFilters[0]", TrafficMirrorFilterIds=[ID]),
    delete=(call("delete_traffic_mirror_filter", TrafficMirrorFilterId=ID),),
    absent=("InvalidTrafficMirrorFilterId.NotFound",),
    tags=tagged("traffic-mirror-filter"),
    fields=(
        fixed("description", default=None),
        later(
            "networkServices",
            call(
                "modify_traffic_mirror_filter_network_services",
                TrafficMirrorFilterId=ID,
                AddNetworkServices=added("networkServices"),
                RemoveNetworkServices=removed("networkServices"),
            ),
            shape=Many(),
            default=[],
        ),
        arn("traffic-mirror-filter"),
    ),
)

_REMOVABLE = {
    "description": "description",
    "protocol": "protocol",
    "sourcePortRange": "source-port-range",
    "destinationPortRange": "destination-port-range",
}


def _dropped(work: Work, name: str) -> bool:
    """Tell whether the program no longer gives a property."""
    return name in work.changed and work.given(name) is None


_PORTS = Block((Part("fromPort", shape=Whole()), Part("toPort", shape=Whole())))
_MODIFY_RULE = call(
    "modify_traffic_mirror_filter_rule",
    TrafficMirrorFilterRuleId=ID,
    RuleNumber=changed("ruleNumber"),
    RuleAction=changed("ruleAction"),
    TrafficDirection=changed("trafficDirection"),
    SourceCidrBlock=changed("sourceCidrBlock"),
    DestinationCidrBlock=changed("destinationCidrBlock"),
    Protocol=changed("protocol"),
    SourcePortRange=changed("sourcePortRange"),
    DestinationPortRange=changed("destinationPortRange"),
    Description=changed("description"),
    RemoveFields=Mark(lambda work: [_REMOVABLE[name] for name in _REMOVABLE if _dropped(work, name)] or None),
)


def _rule(name: str, shape: Shape = Text(), **more: object) -> Field:
    return mutable(name, _MODIFY_RULE, "", shape, **more)


FILTER_RULE = Row(
    "aws:ec2/trafficMirrorFilterRule:TrafficMirrorFilterRule",
    "EC2 Traffic Mirror Filter Rule",
    "ec2",
    create=call("create_traffic_mirror_filter_rule", "TrafficMirrorFilterRule"),
    id="TrafficMirrorFilterRuleId",
    imports="{trafficMirrorFilterId}:{id}",
    read=call(
        "describe_traffic_mirror_filter_rules",
        "TrafficMirrorFilterRules[0]",
        TrafficMirrorFilterRuleIds=[ID],
    ),
    delete=(call("delete_traffic_mirror_filter_rule", TrafficMirrorFilterRuleId=ID),),
    absent=("InvalidTrafficMirrorFilterRuleId.NotFound",),
    fields=(
        fixed("trafficMirrorFilterId", required=True),
        _rule("ruleNumber", Whole(), required=True),
        _rule("ruleAction", required=True),
        _rule("trafficDirection", required=True),
        _rule("sourceCidrBlock", required=True),
        _rule("destinationCidrBlock", required=True),
        _rule("protocol", Whole(), default=0),
        _rule("sourcePortRange", _PORTS, default=None),
        _rule("destinationPortRange", _PORTS, default=None),
        _rule("description", default=None),
        arn("traffic-mirror-filter-rule"),
    ),
)

TARGET = Row(
    "aws:ec2/trafficMirrorTarget:TrafficMirrorTarget",
    "EC2 Traffic Mirror Target",
    "ec2",
    create=call("create_traffic_mirror_target", "TrafficMirrorTarget"),
    id="TrafficMirrorTargetId",
    read=call("describe_traffic_mirror_targets", "TrafficMirrorTargets[0]", TrafficMirrorTargetIds=[ID]),
    delete=(call("delete_traffic_mirror_target", TrafficMirrorTargetId=ID),),
    absent=("InvalidTrafficMirrorTargetId.NotFound",),
    tags=tagged("traffic-mirror-target"),
    fields=(
        fixed("networkInterfaceId", default=None),
        fixed("networkLoadBalancerArn", default=None),
        fixed("gatewayLoadBalancerEndpointId", default=None),
        fixed("description", default=None),
        output("ownerId"),
        arn("traffic-mirror-target", "ownerId"),
    ),
)

_MODIFY_SESSION = call(
    "modify_traffic_mirror_session",
    TrafficMirrorSessionId=ID,
    TrafficMirrorTargetId=changed("trafficMirrorTargetId"),
    TrafficMirrorFilterId=changed("trafficMirrorFilterId"),
    SessionNumber=changed("sessionNumber"),
    PacketLength=changed("packetLength"),
    VirtualNetworkId=changed("virtualNetworkId"),
    Description=changed("description"),
    RemoveFields=Mark(lambda work: ["description"] if _dropped(work, "description") else None),
)

SESSION = Row(
    "aws:ec2/trafficMirrorSession:TrafficMirrorSession",
    "EC2 Traffic Mirror Session",
    "ec2",
    create=call("create_traffic_mirror_session", "TrafficMirrorSession"),
    id="TrafficMirrorSessionId",
    read=call("describe_traffic_mirror_sessions", "TrafficMirrorSessions[0]", TrafficMirrorSessionIds=[ID]),
    delete=(call("delete_traffic_mirror_session", TrafficMirrorSessionId=ID),),
    absent=("InvalidTrafficMirrorSessionId.NotFound",),
    tags=tagged("traffic-mirror-session"),
    fields=(
        fixed("networkInterfaceId", required=True),
        mutable("trafficMirrorTargetId", _MODIFY_SESSION, required=True),
        mutable("trafficMirrorFilterId", _MODIFY_SESSION, required=True),
        mutable("sessionNumber", _MODIFY_SESSION, "", Whole(), required=True),
        mutable("packetLength", _MODIFY_SESSION, "", Whole()),
        mutable("virtualNetworkId", _MODIFY_SESSION, "", Whole()),
        mutable("description", _MODIFY_SESSION, default=None),
        output("ownerId"),
        arn("traffic-mirror-session", "ownerId"),
    ),
)

ROWS = (FILTER, FILTER_RULE, TARGET, SESSION)
