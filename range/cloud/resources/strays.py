"""What players may make and no stack declares: looked for only where the witness saw that one was added.

An id here is what the witness calls it, too: only that very thing is deleted, and never another of its type.
"""

from __future__ import annotations

from collections.abc import Iterator

from range.cloud.resources.kinds import Deleter, Found, Item, Kind, Place, by, ec2, pages
from range.errors import CloudError

_GONE = frozenset({"deleted", "failed", "cancelled", "released"})
_GOING = frozenset({"deleting", "delete-in-progress"})


def _listed(service: str, operation: str, parameter: str) -> Deleter:
    """Delete by one call that takes a list."""

    def deleted(place: Place, found: Found) -> object:
        return place.call(service, operation, **{parameter: [found.id]})

    return deleted


def _also(service: str, operation: str, **taken: str) -> Deleter:
    """Delete by one call that takes more than the id: properties of the thing, by parameter."""

    def deleted(place: Place, found: Found) -> object:
        return place.call(service, operation, **{key: found.item[name] for key, name in taken.items()})

    return deleted


def _access_points(place: Place) -> Iterator[Item]:
    listed = pages("s3control", "list_access_points", "AccessPointList", AccountId=place.account.id)
    return ({**each, "Account": place.account.id} for each in listed(place))


def _delete_layer(place: Place, found: Found) -> object:
    """Delete every version of a layer."""
    for version in pages("lambda", "list_layer_versions", "LayerVersions", LayerName=found.id)(place):
        place.call("lambda", "delete_layer_version", LayerName=found.id, VersionNumber=version["Version"])
    return None


def _delete_recorder(place: Place, found: Found) -> object:
    place.call("config", "stop_configuration_recorder", ConfigurationRecorderName=found.id)
    return place.call("config", "delete_configuration_recorder", ConfigurationRecorderName=found.id)


def _password_policy(place: Place) -> Iterator[Item]:
    """Give the account's password policy, if it has one of its own."""
    try:
        place.call("iam", "get_account_password_policy")
    except CloudError as refused:
        if refused.code != "NoSuchEntity":
            raise
        return
    yield {"Setting": "password policy"}


def _forget_passwords(place: Place, found: Found) -> object:
    return place.call("iam", "delete_account_password_policy")


KINDS = (
    Kind("iam:password-policy", "iam", _password_policy, "Setting", _forget_passwords, scope="global"),
    Kind("acm:certificate", "acm", pages("acm", "list_certificates", "CertificateSummaryList"), "CertificateArn",
         by("acm", "delete_certificate", "CertificateArn"), after=("elasticloadbalancing:loadbalancer",)),
    Kind("autoscaling:policy", "autoscaling", pages("autoscaling", "describe_policies", "ScalingPolicies"), "PolicyARN",
         by("autoscaling", "delete_policy", "PolicyName")),
    Kind("backup:plan", "backup", pages("backup", "list_backup_plans", "BackupPlansList"), "BackupPlanId",
         by("backup", "delete_backup_plan", "BackupPlanId")),
    Kind("backup:vault", "backup", pages("backup", "list_backup_vaults", "BackupVaultList"), "BackupVaultName",
         by("backup", "delete_backup_vault", "BackupVaultName"), after=("backup:plan",)),
    Kind("cloudwatch:dashboard", "cloudwatch", pages("cloudwatch", "list_dashboards", "DashboardEntries"),
         "DashboardName", _listed("cloudwatch", "delete_dashboards", "DashboardNames"), scope="global"),
    Kind("cloudwatch:insight-rule", "cloudwatch", pages("cloudwatch", "describe_insight_rules", "InsightRules"), "Name",
         _listed("cloudwatch", "delete_insight_rules", "RuleNames")),
    Kind("codebuild:project", "codebuild", pages("codebuild", "list_projects", "projects"), "Id",
         by("codebuild", "delete_project", "name")),
    Kind("config:recorder", "config", pages("config", "describe_configuration_recorders", "ConfigurationRecorders"),
         "name", _delete_recorder),
    Kind("config:rule", "config", pages("config", "describe_config_rules", "ConfigRules"), "ConfigRuleName",
         by("config", "delete_config_rule", "ConfigRuleName")),
    Kind("dynamodb:backup", "dynamodb", pages("dynamodb", "list_backups", "BackupSummaries"), "BackupArn",
         by("dynamodb", "delete_backup", "BackupArn")),
    ec2("capacity-reservation", "capacity_reservations", "CapacityReservations", "CapacityReservationId",
        "cancel_capacity_reservation", state="State", ended=_GONE),
    ec2("carrier-gateway", "carrier_gateways", "CarrierGateways", "CarrierGatewayId", "delete_carrier_gateway",
        state="State", ended=_GONE, ending=_GOING),
    ec2("dedicated-host", "hosts", "Hosts", "HostId", _listed("ec2", "release_hosts", "HostIds"), state="State",
        ended=_GONE),
    ec2("ipam", "ipams", "Ipams", "IpamId", by("ec2", "delete_ipam", "IpamId", Cascade=True), state="State",
        ended=frozenset({"delete-complete"}), ending=_GOING),
    ec2("network-insights-path", "network_insights_paths", "NetworkInsightsPaths", "NetworkInsightsPathId",
        "delete_network_insights_path"),
    ec2("spot-fleet", "spot_fleet_requests", "SpotFleetRequestConfigs", "SpotFleetRequestId",
        by("ec2", "cancel_spot_fleet_requests", "SpotFleetRequestIds", TerminateInstances=True)),
    ec2("vpn-connection", "vpn_connections", "VpnConnections", "VpnConnectionId", "delete_vpn_connection",
        state="State", ended=_GONE, ending=_GOING),
    Kind("ecs:task-definition", "ecs", pages("ecs", "list_task_definitions", "taskDefinitionArns"), "Id",
         by("ecs", "deregister_task_definition", "taskDefinition"), after=("ecs:cluster",)),
    Kind("eks:cluster", "eks", pages("eks", "list_clusters", "clusters"), "Id", by("eks", "delete_cluster", "name")),
    Kind("elasticfilesystem:access-point", "efs", pages("efs", "describe_access_points", "AccessPoints"),
         "AccessPointId", by("efs", "delete_access_point", "AccessPointId")),
    Kind("elasticloadbalancing:classic", "elb", pages("elb", "describe_load_balancers", "LoadBalancerDescriptions"),
         "LoadBalancerName", by("elb", "delete_load_balancer", "LoadBalancerName")),
    Kind("events:api-destination", "events", pages("events", "list_api_destinations", "ApiDestinations"),
         "ApiDestinationArn", _also("events", "delete_api_destination", Name="Name")),
    Kind("events:archive", "events", pages("events", "list_archives", "Archives"), "ArchiveName",
         by("events", "delete_archive", "ArchiveName")),
    Kind("events:bus", "events", pages("events", "list_event_buses", "EventBuses[?Name!='default']"), "Arn",
         _also("events", "delete_event_bus", Name="Name"), after=("events:rule", "events:archive")),
    Kind("events:connection", "events", pages("events", "list_connections", "Connections"), "ConnectionArn",
         _also("events", "delete_connection", Name="Name"), after=("events:api-destination",)),
    Kind("firehose:stream", "firehose", pages("firehose", "list_delivery_streams", "DeliveryStreamNames"), "Id",
         by("firehose", "delete_delivery_stream", "DeliveryStreamName")),
    Kind("guardduty:detector", "guardduty", pages("guardduty", "list_detectors", "DetectorIds"), "Id",
         by("guardduty", "delete_detector", "DetectorId")),
    Kind("iam:mfa-device", "iam", pages("iam", "list_virtual_mfa_devices", "VirtualMFADevices"), "SerialNumber",
         by("iam", "delete_virtual_mfa_device", "SerialNumber"), scope="global", after=("iam:user",)),
    Kind("kinesis:stream", "kinesis", pages("kinesis", "list_streams", "StreamNames"), "Id",
         by("kinesis", "delete_stream", "StreamName", EnforceConsumerDeletion=True)),
    Kind("lambda:event-source", "lambda", pages("lambda", "list_event_source_mappings", "EventSourceMappings"), "UUID",
         by("lambda", "delete_event_source_mapping", "UUID"), state="State", ending=_GOING),
    Kind("lambda:layer", "lambda", pages("lambda", "list_layers", "Layers"), "LayerName", _delete_layer,
         after=("lambda:function",)),
    Kind("logs:destination", "logs", pages("logs", "describe_destinations", "destinations"), "destinationName",
         by("logs", "delete_destination", "destinationName")),
    Kind("logs:metric-filter", "logs", pages("logs", "describe_metric_filters", "metricFilters"), "filterName",
         _also("logs", "delete_metric_filter", logGroupName="logGroupName", filterName="filterName")),
    Kind("rds:subnet-group", "rds", pages("rds", "describe_db_subnet_groups", "DBSubnetGroups"), "DBSubnetGroupName",
         by("rds", "delete_db_subnet_group", "DBSubnetGroupName"), after=("rds:db",)),
    Kind("resource-groups:group", "resource-groups", pages("resource-groups", "list_groups", "Groups"), "Name",
         by("resource-groups", "delete_group", "Group")),
    Kind("route53:health-check", "route53", pages("route53", "list_health_checks", "HealthChecks"), "Id",
         by("route53", "delete_health_check", "HealthCheckId"), scope="global", after=("route53:zone",)),
    Kind("s3:access-point", "s3control", _access_points, "AccessPointArn",
         _also("s3control", "delete_access_point", AccountId="Account", Name="Name")),
    Kind("scheduler:group", "scheduler", pages("scheduler", "list_schedule_groups", "ScheduleGroups[?Name!='default']"),
         "Arn", _also("scheduler", "delete_schedule_group", Name="Name"), after=("scheduler:schedule",)),
    Kind("scheduler:schedule", "scheduler", pages("scheduler", "list_schedules", "Schedules"), "Arn",
         _also("scheduler", "delete_schedule", Name="Name", GroupName="GroupName")),
    Kind("ses:identity", "ses", pages("ses", "list_identities", "Identities"), "Id",
         by("ses", "delete_identity", "Identity")),
    Kind("sns:platform-application", "sns", pages("sns", "list_platform_applications", "PlatformApplications"),
         "PlatformApplicationArn", by("sns", "delete_platform_application", "PlatformApplicationArn")),
    Kind("sns:subscription", "sns", pages("sns", "list_subscriptions", "Subscriptions"), "SubscriptionArn",
         by("sns", "unsubscribe", "SubscriptionArn"), after=("sns:topic",)),
    Kind("ssm:maintenance-window", "ssm", pages("ssm", "describe_maintenance_windows", "WindowIdentities"), "WindowId",
         by("ssm", "delete_maintenance_window", "WindowId")),
    Kind("ssm:patch-baseline", "ssm",
         pages("ssm", "describe_patch_baselines", "BaselineIdentities",
               Filters=[{"Key": "OWNER", "Values": ["Self"]}]), "BaselineId",
         by("ssm", "delete_patch_baseline", "BaselineId")),
    Kind("states:activity", "stepfunctions", pages("stepfunctions", "list_activities", "activities"), "activityArn",
         by("stepfunctions", "delete_activity", "activityArn")),
)  # fmt: skip
"""One row per type."""
