"""Ways in and out of a VPC that AWS runs: endpoints of services, Instance Connect endpoints, flow logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from range.errors import CloudError
from range.rehearsal.provider.rows import ID, Mark, Row, added, call, changed, fixed, mutable, output, removed, status
from range.rehearsal.provider.shapes import Block, Document, Flag, Many, Part, Whole
from range.rehearsal.provider.types.ec2 import arn, tagged
from range.rehearsal.provider.work import Work


def all_done(operation: str, **params: Any) -> Callable[[Work], Any]:
    """Make a call that answers with a list of what it failed to do, and take that for the failure it is."""
    made = call(operation, **params)

    def act(work: Work) -> Any:
        answer = work.make(made)
        for failure in answer.get("Unsuccessful") or []:
            error = failure["Error"]
            raise CloudError(f"{operation}: {error['Code']}: {error.get('Message', '')}", code=error["Code"])
        return answer

    return act


def _prefix_list(work: Work) -> Any:
    """Look at an endpoint, and at the prefix list that a gateway endpoint routes to."""
    found = work.ask("describe_vpc_endpoints", VpcEndpointIds=[work.id])["VpcEndpoints"]
    if found and found[0].get("VpcEndpointType", "Gateway") == "Gateway":
        named = [{"Name": "prefix-list-name", "Values": [found[0]["ServiceName"]]}]
        lists = work.ask("describe_prefix_lists", Filters=named)["PrefixLists"]
        found[0]["PrefixList"] = lists[0] if lists else {}
    return found[0] if found else None


def _reset_policy(work: Work) -> bool | None:
    """Tell whether AWS's own policy is wanted back."""
    return True if "policy" in work.changed and not work.given("policy") else None


_MODIFY = call(
    "modify_vpc_endpoint",
    VpcEndpointId=ID,
    PolicyDocument=changed("policy"),
    ResetPolicy=Mark(_reset_policy),
    PrivateDnsEnabled=changed("privateDnsEnabled"),
    IpAddressType=changed("ipAddressType"),
    AddRouteTableIds=added("routeTableIds"),
    RemoveRouteTableIds=removed("routeTableIds"),
    AddSubnetIds=added("subnetIds"),
    RemoveSubnetIds=removed("subnetIds"),
    AddSecurityGroupIds=added("securityGroupIds"),
    RemoveSecurityGroupIds=removed("securityGroupIds"),
)

VPC_ENDPOINT = Row(
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "EC2 VPC Endpoint",
    "ec2",
    create=call("create_vpc_endpoint", "VpcEndpoint"),
    id="VpcEndpointId",
    read=_prefix_list,
    delete=(all_done("delete_vpc_endpoints", VpcEndpointIds=[ID]),),
    absent=("InvalidVpcEndpointId.NotFound",),
    tags=tagged("vpc-endpoint"),
    status=status("State", "available pendingAcceptance", gone="deleted Deleted"),
    fields=(
        fixed("vpcId", required=True),
        fixed("serviceName"),
        fixed("vpcEndpointType", default="Gateway"),
        mutable("policy", _MODIFY, "PolicyDocument", Document()),
        mutable("privateDnsEnabled", _MODIFY, "", Flag()),
        mutable("ipAddressType", _MODIFY),
        mutable("routeTableIds", _MODIFY, "", Many()),
        mutable("subnetIds", _MODIFY, "", Many()),
        mutable("securityGroupIds", _MODIFY, "", Many(), read="Groups[].GroupId"),
        output("cidrBlocks", "PrefixList.Cidrs"),
        output("prefixListId", "PrefixList.PrefixListId"),
        output("dnsEntries", "DnsEntries", Many(Block((Part("dnsName"), Part("hostedZoneId"))), ordered=True)),
        output("networkInterfaceIds"),
        output("ownerId"),
        output("requesterManaged"),
        output("state"),
        arn("vpc-endpoint", "ownerId"),
    ),
)

INSTANCE_CONNECT_ENDPOINT = Row(
    "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint",
    "EC2 Instance Connect Endpoint",
    "ec2",
    create=call("create_instance_connect_endpoint", "InstanceConnectEndpoint"),
    id="InstanceConnectEndpointId",
    read=call("describe_instance_connect_endpoints", "InstanceConnectEndpoints[0]", InstanceConnectEndpointIds=[ID]),
    delete=(call("delete_instance_connect_endpoint", InstanceConnectEndpointId=ID),),
    absent=("InvalidInstanceConnectEndpointId.NotFound",),
    tags=tagged("instance-connect-endpoint"),
    status=status("State", "create-complete", gone="delete-complete", failed="create-failed delete-failed"),
    fields=(
        fixed("subnetId", required=True),
        fixed("preserveClientIp", shape=Flag(), default=True),
        fixed("securityGroupIds", shape=Many()),
        output("availabilityZone"),
        output("dnsName"),
        output("networkInterfaceIds"),
        output("ownerId"),
        output("vpcId"),
        output("arn", "InstanceConnectEndpointArn"),
    ),
)

_WATCHED = {
    "vpcId": ("VPC", "vpc-"),
    "subnetId": ("Subnet", "subnet-"),
    "eniId": ("NetworkInterface", "eni-"),
    "transitGatewayId": ("TransitGateway", "tgw-"),
    "transitGatewayAttachmentId": ("TransitGatewayAttachment", "tgw-attach-"),
}
_FLOW_LOG_TAGS = tagged("vpc-flow-log")


def _make_flow_log(work: Work) -> Any:
    """Start logging the flows of one network thing."""
    name = next((name for name in _WATCHED if work.given(name)), None)
    if name is None:
        raise CloudError(f"a flow log watches one of {', '.join(_WATCHED)}")
    sent = {
        item.aws: work.sent(item.name) for item in FLOW_LOG.fields if item.aws and work.given(item.name) is not None
    }
    kept = {aws: value for aws, value in sent.items() if aws != "ResourceId"}
    watched = {"ResourceType": _WATCHED[name][0], "ResourceIds": [work.given(name)]}
    made = all_done("create_flow_logs", **watched, **kept, **_FLOW_LOG_TAGS.create)(work)
    return {"FlowLogId": made["FlowLogIds"][0]}


def _watched(name: str) -> Any:
    """One kind of thing that a flow log may watch: AWS only says its id."""
    prefix = _WATCHED[name][1]
    longer = [other for _, other in _WATCHED.values() if other != prefix and other.startswith(prefix)]
    others = "".join(f" && !starts_with(@, '{other}')" for other in longer)
    return fixed(name, "ResourceId", read=f"[ResourceId][?starts_with(@, '{prefix}'){others}] | [0]")


FLOW_LOG = Row(
    "aws:ec2/flowLog:FlowLog",
    "EC2 Flow Log",
    "ec2",
    create=_make_flow_log,
    id="FlowLogId",
    read=call("describe_flow_logs", "FlowLogs[0]", FlowLogIds=[ID]),
    delete=(all_done("delete_flow_logs", FlowLogIds=[ID]),),
    absent=("InvalidFlowLogId.NotFound",),
    tags=_FLOW_LOG_TAGS,
    fields=(
        *(_watched(name) for name in _WATCHED),
        fixed("trafficType"),
        fixed("logDestinationType", default="cloud-watch-logs"),
        fixed("logDestination"),
        fixed("iamRoleArn", "DeliverLogsPermissionArn"),
        fixed("logFormat"),
        fixed("maxAggregationInterval", shape=Whole(), default=600),
        fixed(
            "destinationOptions",
            shape=Block(
                (
                    Part("fileFormat", default="plain-text"),
                    Part("hiveCompatiblePartitions", shape=Flag(), default=False),
                    Part("perHourPartition", shape=Flag(), default=False),
                )
            ),
        ),
        arn("vpc-flow-log"),
    ),
)

ROWS = (VPC_ENDPOINT, INSTANCE_CONNECT_ENDPOINT, FLOW_LOG)
