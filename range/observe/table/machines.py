"""Machines, their disks and images, what launches them, and what stands between networks, as the witness reads them."""

from __future__ import annotations

from range.observe.kinds import Detail, Item, Kind, ec2, state

_GONE = state("State", "deleted", "deleting", "failed", "rejected")
_ENDED = state("State.Name", "terminated", "shutting-down")
_BY_TABLE = {"TransitGatewayRouteTableId": "TransitGatewayRouteTableId"}


def _attribute(name: str, gives: str = "") -> Detail:
    """Read one attribute of an instance, which listing doesn't show."""
    key = name[0].upper() + name[1:]
    fixed = {"Attribute": name}
    return Detail(key, "describe_instance_attribute", {"InstanceId": "InstanceId"}, gives or f"{key}.Value", fixed)


def _permission(operation: str, parameter: str, attribute: str, gives: str) -> Detail:
    """Read with whom an image or a snapshot is shared."""
    return Detail("SharedWith", operation, {parameter: parameter}, gives, {"Attribute": attribute})


def _evidence(item: Item) -> str:
    """Say that a snapshot is evidence that somebody asked to keep."""
    tags = {tag["Key"]: tag["Value"] for tag in item.get("Tags") or ()}
    return f"evidence of {tags['range:evidence']}, kept on request" if tags.get("range:evidence") else ""


def _shadow(item: Item) -> bool:
    """Say whether a spot request is over."""
    return str(item.get("State", "")).lower() in ("cancelled", "closed", "failed")


KINDS: tuple[Kind, ...] = (
    ec2("instance", "instances", "Reservations[].Instances[]", "InstanceId", abroad=True, leave=_ENDED,
        details=(_attribute("disableApiTermination"), _attribute("disableApiStop"),
                 _attribute("instanceInitiatedShutdownBehavior"), _attribute("userData"))),
    ec2("volume", "volumes", "Volumes", "VolumeId", abroad=True, leave=_GONE,
        name="(Tags[?Key=='Name'].Value | [0]) || Attachments[0] && [Attachments[0].InstanceId, Attachments[0].Device]"),
    ec2("image", "images", "Images", "ImageId", name="Name", asked={"Owners": ["self"]}, abroad=True,
        leave=state("State", "deregistered", "failed"),
        details=(_permission("describe_image_attribute", "ImageId", "launchPermission", "LaunchPermissions"),)),
    ec2("snapshot", "snapshots", "Snapshots", "SnapshotId", asked={"OwnerIds": ["self"]}, abroad=True, residue=_evidence,
        details=(_permission("describe_snapshot_attribute", "SnapshotId", "createVolumePermission",
                             "CreateVolumePermissions"),)),
    ec2("key-pair", "key_pairs", "KeyPairs", "KeyPairId", name="KeyName", abroad=True),
    ec2("launch-template", "launch_templates", "LaunchTemplates", "LaunchTemplateId", name="LaunchTemplateName",
        abroad=True,
        details=(Detail("Versions", "describe_launch_template_versions", {"LaunchTemplateId": "LaunchTemplateId"},
                        "LaunchTemplateVersions[].[VersionNumber, DefaultVersion, LaunchTemplateData]", paged=True),)),
    ec2("placement-group", "placement_groups", "PlacementGroups", "GroupName", name="GroupName",
        leave=_GONE),
    ec2("spot-request", "spot_instance_requests", "SpotInstanceRequests", "SpotInstanceRequestId",
        leave=_shadow),
    ec2("spot-fleet", "spot_fleet_requests", "SpotFleetRequestConfigs", "SpotFleetRequestId",
        leave=state("SpotFleetRequestState", "cancelled", "cancelled_terminating", "cancelled_running")),
    ec2("fleet", "fleets", "Fleets", "FleetId",
        leave=state("FleetState", "deleted", "deleted_running", "deleted_terminating")),
    ec2("capacity-reservation", "capacity_reservations", "CapacityReservations", "CapacityReservationId",
        leave=state("State", "cancelled", "expired")),
    ec2("dedicated-host", "hosts", "Hosts", "HostId", leave=state("State", "released")),
    Kind("ec2:profile-association", "ec2", "describe_iam_instance_profile_associations",
         "IamInstanceProfileAssociations", "AssociationId", name="[InstanceId, 'profile']",
         leave=state("State", "disassociated", "disassociating")),
    Kind("autoscaling:group", "autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups",
         "AutoScalingGroupName", name="AutoScalingGroupName", abroad=True, also=("AutoScalingGroupARN",)),
    Kind("autoscaling:launch-configuration", "autoscaling", "describe_launch_configurations", "LaunchConfigurations",
         "LaunchConfigurationName", name="LaunchConfigurationName"),
    Kind("autoscaling:policy", "autoscaling", "describe_policies", "ScalingPolicies", "PolicyARN",
         name="[AutoScalingGroupName, PolicyName]"),
    ec2("transit-gateway", "transit_gateways", "TransitGateways", "TransitGatewayId", abroad=True, leave=_GONE,
        also=("TransitGatewayArn",)),
    ec2("transit-gateway-attachment", "transit_gateway_attachments", "TransitGatewayAttachments",
        "TransitGatewayAttachmentId", leave=_GONE,
        name="(Tags[?Key=='Name'].Value | [0]) || [TransitGatewayId, ResourceType, ResourceOwnerId, ResourceId]"),
    ec2("transit-gateway-route-table", "transit_gateway_route_tables", "TransitGatewayRouteTables",
        "TransitGatewayRouteTableId", leave=_GONE,
        details=(
            Detail("Routes", "search_transit_gateway_routes", _BY_TABLE,
                   "Routes[].[DestinationCidrBlock, PrefixListId, Type, State, "
                   "TransitGatewayAttachments[].TransitGatewayAttachmentId]",
                   {"Filters": [{"Name": "state", "Values": ["active", "blackhole"]}]}),
            Detail("Associated", "get_transit_gateway_route_table_associations", _BY_TABLE,
                   "Associations[?State=='associated'].TransitGatewayAttachmentId", paged=True),
            Detail("Learns", "get_transit_gateway_route_table_propagations", _BY_TABLE,
                   "TransitGatewayRouteTablePropagations[?State=='enabled'].TransitGatewayAttachmentId", paged=True),
        )),
    ec2("transit-gateway-multicast-domain", "transit_gateway_multicast_domains", "TransitGatewayMulticastDomains",
        "TransitGatewayMulticastDomainId", leave=_GONE),
    ec2("transit-gateway-connect", "transit_gateway_connects", "TransitGatewayConnects", "TransitGatewayAttachmentId",
        leave=_GONE),
    ec2("traffic-mirror-session", "traffic_mirror_sessions", "TrafficMirrorSessions", "TrafficMirrorSessionId"),
    ec2("traffic-mirror-target", "traffic_mirror_targets", "TrafficMirrorTargets", "TrafficMirrorTargetId"),
    ec2("traffic-mirror-filter", "traffic_mirror_filters", "TrafficMirrorFilters", "TrafficMirrorFilterId"),
    Kind("elasticloadbalancing:loadbalancer", "elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerArn",
         name="LoadBalancerName", abroad=True,
         details=(Detail("Listeners", "describe_listeners", {"LoadBalancerArn": "LoadBalancerArn"},
                         "Listeners[].[Port, Protocol, DefaultActions]", paged=True),)),
    Kind("elasticloadbalancing:targetgroup", "elbv2", "describe_target_groups", "TargetGroups", "TargetGroupArn",
         name="TargetGroupName"),
    Kind("elasticloadbalancing:classic", "elb", "describe_load_balancers", "LoadBalancerDescriptions",
         "LoadBalancerName", name="LoadBalancerName"),
)  # fmt: skip
"""One row per type."""
