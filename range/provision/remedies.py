"""What to do about a create that nobody saw the end of, for every type that the stacks make.

The thing may be there without the state knowing it. What carries tags is found by them and swept; what carries none is
undone by what its inputs name, so that it can be made again; what AWS lets one make twice needs nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from range.cloud.resources.kinds import Place
from range.cloud.sweep import GONE
from range.errors import CloudError

Inputs = Mapping[str, Any]
Undo = Callable[[Place, Inputs], object]

PATIENCE_S = 600.0
"""How long AWS may take to undo something."""

TAGGED: Mapping[str, str] = {
    "aws:budgets/budget:Budget": "budgets:budget",
    "aws:cloudtrail/trail:Trail": "cloudtrail:trail",
    "aws:cloudwatch/logGroup:LogGroup": "logs:log-group",
    "aws:ec2/eip:Eip": "ec2:address",
    "aws:ec2/flowLog:FlowLog": "ec2:flow-log",
    "aws:ec2/instance:Instance": "ec2:instance",
    "aws:ec2/internetGateway:InternetGateway": "ec2:internet-gateway",
    "aws:ec2/keyPair:KeyPair": "ec2:key-pair",
    "aws:ec2/natGateway:NatGateway": "ec2:nat-gateway",
    "aws:ec2/networkAcl:NetworkAcl": "ec2:network-acl",
    "aws:ec2/routeTable:RouteTable": "ec2:route-table",
    "aws:ec2/securityGroup:SecurityGroup": "ec2:security-group",
    "aws:ec2/subnet:Subnet": "ec2:subnet",
    "aws:ec2/trafficMirrorFilter:TrafficMirrorFilter": "ec2:traffic-mirror-filter",
    "aws:ec2/trafficMirrorSession:TrafficMirrorSession": "ec2:traffic-mirror-session",
    "aws:ec2/trafficMirrorTarget:TrafficMirrorTarget": "ec2:traffic-mirror-target",
    "aws:ec2/vpc:Vpc": "ec2:vpc",
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": "ec2:dhcp-options",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "ec2:vpc-endpoint",
    "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint": "ec2:instance-connect-endpoint",
    "aws:ec2transitgateway/routeTable:RouteTable": "ec2:transit-gateway-route-table",
    "aws:ec2transitgateway/transitGateway:TransitGateway": "ec2:transit-gateway",
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": "ec2:transit-gateway-attachment",
    "aws:iam/instanceProfile:InstanceProfile": "iam:instance-profile",
    "aws:iam/policy:Policy": "iam:policy",
    "aws:iam/role:Role": "iam:role",
    "aws:kms/key:Key": "kms:key",
    "aws:organizations/policy:Policy": "organizations:policy",
    "aws:ram/resourceShare:ResourceShare": "ram:share",
    "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList": "route53resolver:firewall-domain-list",
    "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup": "route53resolver:firewall-rule-group",
    "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": (
        "route53resolver:firewall-association"
    ),
    "aws:route53/zone:Zone": "route53:zone",
    "aws:s3/bucket:Bucket": "s3:bucket",
    "aws:secretsmanager/secret:Secret": "secretsmanager:secret",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "ec2:security-group-rule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "ec2:security-group-rule",
}
"""The type that the resource table knows it by; there its tags are found."""

REPEATABLE = frozenset(
    {
        "aws:ebs/defaultKmsKey:DefaultKmsKey",
        "aws:ebs/encryptionByDefault:EncryptionByDefault",
        "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
        "aws:ec2/defaultRouteTable:DefaultRouteTable",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
        "aws:ec2/networkAclAssociation:NetworkAclAssociation",
        "aws:ec2/trafficMirrorFilterRule:TrafficMirrorFilterRule",
        "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:kms/grant:Grant",
        "aws:ram/principalAssociation:PrincipalAssociation",
        "aws:ram/resourceAssociation:ResourceAssociation",
        "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:secretsmanager/secretVersion:SecretVersion",
    }
)
"""Settings of something else, or things that AWS takes a second time without a word."""


def _undo(operation: str, service: str = "ec2", **parameters: str) -> Undo:
    """Undo by one call; each parameter takes the input of that name."""

    def undone(place: Place, inputs: Inputs) -> object:
        given = {name: inputs[key] for name, key in parameters.items() if inputs.get(key) is not None}
        return place.call(service, operation, **given)

    return undone


def _unless_gone(
    place: Place, service: str, operation: str, stays: Collection[str] = (), **parameters: Any
) -> dict[str, Any] | None:
    """Make a call on something that may not be there, or may stay for one of these codes; None where it wasn't made."""
    try:
        return place.call(service, operation, **parameters)
    except CloudError as refused:
        if not GONE.search(refused.code) and refused.code not in stays:
            raise
        return None


def _undo_subnet_association(place: Place, inputs: Inputs) -> None:
    """Take a subnet off the route table that it was being given."""
    tables = place.call("ec2", "describe_route_tables", RouteTableIds=[inputs["routeTableId"]])["RouteTables"]
    for association in tables[0].get("Associations", ()):
        if association.get("SubnetId") == inputs.get("subnetId") and not association.get("Main"):
            found = association["RouteTableAssociationId"]
            _unless_gone(place, "ec2", "disassociate_route_table", AssociationId=found)


def _undo_reservation(place: Place, inputs: Inputs) -> None:
    """Delete the reservation of addresses that a subnet was being given."""
    answer = place.call("ec2", "get_subnet_cidr_reservations", SubnetId=inputs["subnetId"])
    for reservation in answer["SubnetIpv4CidrReservations"]:
        if reservation["Cidr"] == inputs["cidrBlock"]:
            found = reservation["SubnetCidrReservationId"]
            _unless_gone(place, "ec2", "delete_subnet_cidr_reservation", SubnetCidrReservationId=found)


def _undo_gateway_association(place: Place, inputs: Inputs) -> None:
    """Take an attachment off a transit gateway's table, and wait until it is: until then it can have no other."""
    table, attachment = inputs["transitGatewayRouteTableId"], inputs["transitGatewayAttachmentId"]
    until = time.monotonic() + PATIENCE_S
    wait_s = 0.25
    while states := _associations(place, table, attachment):
        if "associated" in states:
            _unless_gone(
                place, "ec2", "disassociate_transit_gateway_route_table",
                TransitGatewayRouteTableId=table, TransitGatewayAttachmentId=attachment,
            )  # fmt: skip
        if time.monotonic() > until:
            raise CloudError(f"{attachment} stays associated with {table}", code="IncorrectState")
        time.sleep(wait_s)
        wait_s = min(wait_s * 2, 10.0)


def _associations(place: Place, table: str, attachment: str) -> list[str]:
    """List the states of the associations of an attachment with a table; at most one."""
    filters = [{"Name": "transit-gateway-attachment-id", "Values": [attachment]}]
    pages = place.pages(
        "ec2", "get_transit_gateway_route_table_associations", TransitGatewayRouteTableId=table, Filters=filters
    )
    return [
        each["State"]
        for page in pages
        for each in page["Associations"]
        if each["TransitGatewayAttachmentId"] == attachment and each["State"] != "disassociated"
    ]


def accepted_attachment(place: Place, inputs: Inputs) -> str:
    """Give the id of a transit gateway attachment whose acceptance took effect; empty when it must be done again."""
    identifier = str(inputs["transitGatewayAttachmentId"])
    answer = _unless_gone(
        place, "ec2", "describe_transit_gateway_vpc_attachments", TransitGatewayAttachmentIds=[identifier]
    )
    states = [each["State"] for each in (answer or {}).get("TransitGatewayVpcAttachments", ())]
    return identifier if states in (["available"], ["pending"], ["modifying"]) else ""


def _undo_record(place: Place, inputs: Inputs) -> None:
    """Delete a record set by its name and type."""
    zone, name = inputs["zoneId"], inputs["name"].rstrip(".") + "."
    for page in place.pages("route53", "list_resource_record_sets", HostedZoneId=zone):
        for record in page["ResourceRecordSets"]:
            if record["Type"] == inputs["type"] and (record["Name"] == name or record["Name"].startswith(name)):
                change = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]}
                place.call("route53", "change_resource_record_sets", HostedZoneId=zone, ChangeBatch=change)


def _undo_alias(place: Place, inputs: Inputs) -> None:
    """Delete an alias, if it is of the key that it was being given: another's may have the same name."""
    for page in place.pages("kms", "list_aliases"):
        for alias in page["Aliases"]:
            if alias["AliasName"] == inputs["name"] and alias.get("TargetKeyId") == inputs.get("targetKeyId"):
                _unless_gone(place, "kms", "delete_alias", AliasName=inputs["name"])


def _undo_zone(place: Place, inputs: Inputs) -> None:
    """Delete a private zone that has no tags yet: one of that name in a network of the stack is nobody else's."""
    name, networks = inputs["name"].rstrip(".") + ".", {each["vpcId"] for each in inputs.get("vpcs") or ()}
    for page in place.pages("route53", "list_hosted_zones"):
        for zone in page["HostedZones"]:
            if zone["Name"] != name or not zone["Config"].get("PrivateZone"):
                continue
            bare = zone["Id"].rpartition("/")[2]
            seen_by = {each["VPCId"] for each in place.call("route53", "get_hosted_zone", Id=bare).get("VPCs", ())}
            tags = place.call("route53", "list_tags_for_resource", ResourceType="hostedzone", ResourceId=bare)
            if networks & seen_by and not tags["ResourceTagSet"].get("Tags"):
                _unless_gone(place, "route53", "delete_hosted_zone", Id=bare)


def _undo_bucket(place: Place, inputs: Inputs) -> None:
    """Delete a bucket of that name that has no tags yet and nothing in it; another account's stays, and the create says so."""
    name = inputs["bucket"]
    try:
        place.call("s3", "get_bucket_tagging", Bucket=name)
    except CloudError as refused:
        if refused.code == "NoSuchTagSet":
            _unless_gone(place, "s3", "delete_bucket", ("BucketNotEmpty",), Bucket=name)
        elif refused.code not in ("NoSuchBucket", "AccessDenied"):
            raise


TAGGED_LATER: Mapping[str, Undo] = {
    "aws:route53/zone:Zone": _undo_zone,
    "aws:s3/bucket:Bucket": _undo_bucket,
}
"""What AWS tags in a call of its own: undone by its name where that call didn't come."""

ADOPTED: Mapping[str, Callable[[Place, Inputs], str]] = {
    "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter": accepted_attachment,
}
"""What can be neither repeated nor undone goes into the state, if it took effect, under the id that this gives."""

UNDONE: Mapping[str, Undo] = {
    "aws:ec2/networkAclRule:NetworkAclRule": _undo(
        "delete_network_acl_entry", NetworkAclId="networkAclId", RuleNumber="ruleNumber", Egress="egress"
    ),
    "aws:ec2/route:Route": _undo(
        "delete_route",
        RouteTableId="routeTableId",
        DestinationCidrBlock="destinationCidrBlock",
        DestinationIpv6CidrBlock="destinationIpv6CidrBlock",
        DestinationPrefixListId="destinationPrefixListId",
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _undo_subnet_association,
    "aws:ec2/subnetCidrReservation:SubnetCidrReservation": _undo_reservation,
    "aws:ec2transitgateway/route:Route": _undo(
        "delete_transit_gateway_route",
        TransitGatewayRouteTableId="transitGatewayRouteTableId",
        DestinationCidrBlock="destinationCidrBlock",
    ),
    "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation": _undo_gateway_association,
    "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation": _undo(
        "disable_transit_gateway_route_table_propagation",
        TransitGatewayRouteTableId="transitGatewayRouteTableId",
        TransitGatewayAttachmentId="transitGatewayAttachmentId",
    ),
    "aws:kms/alias:Alias": _undo_alias,
    "aws:organizations/policyAttachment:PolicyAttachment": _undo(
        "detach_policy", service="organizations", PolicyId="policyId", TargetId="targetId"
    ),
    "aws:route53/record:Record": _undo_record,
    "aws:route53/resolverFirewallRule:ResolverFirewallRule": _undo(
        "delete_firewall_rule",
        service="route53resolver",
        FirewallRuleGroupId="firewallRuleGroupId",
        FirewallDomainListId="firewallDomainListId",
    ),
}
"""What carries no tags: undone, so that it can be made again."""


def undo(type_: str, place: Place, inputs: Inputs) -> None:
    """Undo what carries no tags, or none yet. Where it is gone, or what it was to be a part of, nothing is to be done.

    Raises:
        CloudError: it can't be undone.
    """
    undone = UNDONE.get(type_) or TAGGED_LATER.get(type_)
    if undone is None:
        return
    try:
        undone(place, inputs)
    except CloudError as refused:
        if not GONE.search(refused.code):
            raise
