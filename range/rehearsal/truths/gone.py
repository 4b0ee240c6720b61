"""Deleting what isn't there, or isn't any longer: what AWS says of it, which whoever deletes twice must take for done."""

from __future__ import annotations

from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Check, Truth
from range.rehearsal.truths.stores import store

_TERRAFORM = "hashicorp/terraform-provider-aws, internal/service/ec2/errors.go (read 2026-11-22)"
_WHEN = "there is none, or none any longer"
_MODEL = "botocore 1.44.5, the model of the call (read 2026-11-22)"


def _ec2(thing: str, call: str, code: str, *, check: Check | None = None) -> Truth:
    """Make a row of EC2."""
    return Truth(f"{thing}-unknown", (f"ec2.{call}",), _WHEN, code, _TERRAFORM, "seen_in_issue", check)


def _other(thing: str, call: str, code: str, *, check: Check | None = None) -> Truth:
    """Make a row of another service."""
    return Truth(f"{thing}-unknown", (call,), _WHEN, code, _MODEL, "documented", check)


def _no_peering(call: Call) -> str | None:
    named = call.params.get("VpcPeeringConnectionId")
    return None if named in store(call).vpc_pcxs else f"The vpcPeeringConnection ID '{named}' does not exist"


def _no_prefix_list(call: Call) -> str | None:
    named = call.params.get("PrefixListId")
    return None if named in store(call).managed_prefix_lists else f"The prefix list ID '{named}' does not exist."


def _no_template(call: Call) -> str | None:
    named = call.params.get("LaunchTemplateName")
    if not named or any(each.name == named for each in store(call).launch_templates.values()):
        return None
    return f"The specified launch template, with template name {named}, does not exist."


def _no_spot_request(call: Call) -> str | None:
    known = store(call).spot_instance_requests
    unknown = next((each for each in call.params.get("SpotInstanceRequestIds", ()) if each not in known), None)
    return None if unknown is None else f"The spot instance request ID '{unknown}' does not exist"


def _no_trail(call: Call) -> str | None:
    named = call.params.get("Name", "")
    known = {name for trail in store(call).trails.values() for name in (trail.trail_name, trail.arn)}
    return None if named in known else f"Unknown trail: {named} for the user: {call.account}"


def _no_detector(call: Call) -> str | None:
    if call.params.get("DetectorId") in store(call).detectors:
        return None
    return "The request is rejected because the input detectorId is not owned by the current account."


TRUTHS = (
    _ec2("vpc", "DeleteVpc", "InvalidVpcID.NotFound"),
    _ec2("subnet", "DeleteSubnet", "InvalidSubnetID.NotFound"),
    _ec2("security-group", "DeleteSecurityGroup", "InvalidGroup.NotFound"),
    _ec2("internet-gateway", "DeleteInternetGateway", "InvalidInternetGatewayID.NotFound"),
    _ec2("route-table", "DeleteRouteTable", "InvalidRouteTableID.NotFound"),
    _ec2("route-table-association", "DisassociateRouteTable", "InvalidAssociationID.NotFound"),
    _ec2("acl", "DeleteNetworkAcl", "InvalidNetworkAclID.NotFound"),
    _ec2("interface", "DeleteNetworkInterface", "InvalidNetworkInterfaceID.NotFound"),
    _ec2("interface-attachment", "DetachNetworkInterface", "InvalidAttachmentID.NotFound"),
    _ec2("address", "ReleaseAddress", "InvalidAllocationID.NotFound"),
    _ec2("address-association", "DisassociateAddress", "InvalidAssociationID.NotFound"),
    _ec2("volume", "DeleteVolume", "InvalidVolume.NotFound"),
    _ec2("snapshot", "DeleteSnapshot", "InvalidSnapshot.NotFound"),
    _ec2("flow-log", "DeleteFlowLogs", "InvalidFlowLogId.NotFound"),
    _ec2("dhcp-options", "DeleteDhcpOptions", "InvalidDhcpOptionID.NotFound"),
    _ec2("peering", "DeleteVpcPeeringConnection", "InvalidVpcPeeringConnectionID.NotFound", check=_no_peering),
    _ec2("prefix-list", "DeleteManagedPrefixList", "InvalidPrefixListID.NotFound", check=_no_prefix_list),
    _ec2(
        "launch-template-name",
        "DeleteLaunchTemplate",
        "InvalidLaunchTemplateName.NotFoundException",
        check=_no_template,
    ),
    _ec2("spot-request", "CancelSpotInstanceRequests", "InvalidSpotInstanceRequestID.NotFound", check=_no_spot_request),
    _ec2("gateway-table", "DeleteTransitGatewayRouteTable", "InvalidRouteTableID.NotFound"),
    _ec2("mirror-target", "DeleteTrafficMirrorTarget", "InvalidTrafficMirrorTargetId.NotFound"),
    _ec2("mirror-session", "DeleteTrafficMirrorSession", "InvalidTrafficMirrorSessionId.NotFound"),
    _ec2("mirror-filter", "DeleteTrafficMirrorFilter", "InvalidTrafficMirrorFilterId.NotFound"),
    _other("role", "iam.DeleteRole", "NoSuchEntity"),
    _other("user", "iam.DeleteUser", "NoSuchEntity"),
    _other("policy", "iam.DeletePolicy", "NoSuchEntity"),
    _other("instance-profile", "iam.DeleteInstanceProfile", "NoSuchEntity"),
    _other("bucket", "s3.DeleteBucket", "NoSuchBucket"),
    _other("key", "kms.ScheduleKeyDeletion", "NotFoundException"),
    _other("alias", "kms.DeleteAlias", "NotFoundException"),
    _other("secret", "secretsmanager.DeleteSecret", "ResourceNotFoundException"),
    _other("trail", "cloudtrail.DeleteTrail", "TrailNotFoundException", check=_no_trail),
    _other("zone", "route53.DeleteHostedZone", "NoSuchHostedZone"),
    _other("firewall-rule-group", "route53resolver.DeleteFirewallRuleGroup", "ResourceNotFoundException"),
    _other("listener", "elbv2.DeleteListener", "ListenerNotFound"),
    _other("function", "lambda.DeleteFunction", "ResourceNotFoundException"),
    _other("budget", "budgets.DeleteBudget", "NotFoundException"),
    _other("parameter", "ssm.DeleteParameter", "ParameterNotFound"),
    _other("share", "ram.DeleteResourceShare", "UnknownResourceException"),
    _other("detector", "guardduty.DeleteDetector", "BadRequestException", check=_no_detector),
)
