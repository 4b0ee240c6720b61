"""What runs, what watches and what names, as the witness reads them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from range.observe.kinds import Detail, Item, Kind, state

_ZONE = {"HostedZoneId": "Id"}
_FIREWALL = "[?ManagedOwnerName==null && OwnerId!='Route 53 Resolver DNS Firewall']"
_OWN = {"Filters": [{"Key": "Owner", "Values": ["Self"]}]}


def _tags(service: str, arn: str) -> Detail:
    return Detail("Tags", "list_tags_for_resource", {"ResourceArn": arn}, "Tags", service=service)


def _system_rule(item: Item) -> bool:
    """Say whether a resolver rule, or its association, is the one that AWS has in every VPC."""
    return item.get("OwnerId") == "Route 53 Resolver" or "rslvr-autodefined" in str(item.get("ResolverRuleId", ""))


def _zones(pages: Iterable[dict[str, Any]]) -> Iterable[Item]:
    """List hosted zones by the ids that other calls take."""
    return ({**zone, "Id": zone["Id"].rpartition("/")[2]} for page in pages for zone in page["HostedZones"])


KINDS: tuple[Kind, ...] = (
    Kind("lambda:function", "lambda", "list_functions", "Functions", "FunctionName", name="FunctionName",
         also=("FunctionArn",), abroad=True,
         details=(Detail("Policy", "get_policy", {"FunctionName": "FunctionName"}, "Policy",
                         nothing=("ResourceNotFoundException",)),)),
    Kind("lambda:layer", "lambda", "list_layers", "Layers", "LayerName", name="LayerName"),
    Kind("lambda:event-source", "lambda", "list_event_source_mappings", "EventSourceMappings", "UUID",
         name="[FunctionArn, EventSourceArn]"),
    Kind("sqs:queue", "sqs", "list_queues", "QueueUrls[].{Url: @}", "Url", name="Url", abroad=True,
         details=(Detail("", "get_queue_attributes", {"QueueUrl": "Url"}, "Attributes", {"AttributeNames": ["All"]}),)),
    Kind("sns:topic", "sns", "list_topics", "Topics", "TopicArn", name="TopicArn", abroad=True,
         details=(Detail("", "get_topic_attributes", {"TopicArn": "TopicArn"}, "Attributes"),)),
    Kind("sns:subscription", "sns", "list_subscriptions", "Subscriptions", "SubscriptionArn",
         name="[TopicArn, Protocol, Endpoint]"),
    Kind("sns:platform-application", "sns", "list_platform_applications", "PlatformApplications",
         "PlatformApplicationArn", name="PlatformApplicationArn"),
    Kind("events:rule", "events", "list_rules", "Rules[?ManagedBy==null]", "Arn", name="[EventBusName, Name]",
         abroad=True,
         details=(Detail("Targets", "list_targets_by_rule", {"Rule": "Name", "EventBusName": "EventBusName"},
                         "Targets", paged=True),)),
    Kind("events:bus", "events", "list_event_buses", "EventBuses", "Arn", name="Name"),
    Kind("events:archive", "events", "list_archives", "Archives", "ArchiveName", name="ArchiveName"),
    Kind("events:connection", "events", "list_connections", "Connections", "ConnectionArn", name="Name"),
    Kind("events:api-destination", "events", "list_api_destinations", "ApiDestinations", "ApiDestinationArn",
         name="Name"),
    Kind("scheduler:schedule", "scheduler", "list_schedules", "Schedules", "Arn", name="[GroupName, Name]"),
    Kind("scheduler:group", "scheduler", "list_schedule_groups", "ScheduleGroups[?Name!='default']", "Arn",
         name="Name"),
    Kind("logs:log-group", "logs", "describe_log_groups", "logGroups", "logGroupName", name="logGroupName",
         also=("arn", "logGroupArn"), abroad=True,
         details=(Detail("Subscriptions", "describe_subscription_filters", {"logGroupName": "logGroupName"},
                         "subscriptionFilters[].[filterName, filterPattern, destinationArn, roleArn]", paged=True),
                  Detail("Tags", "list_tags_for_resource", {"resourceArn": "logGroupArn"}, "tags"))),
    Kind("logs:metric-filter", "logs", "describe_metric_filters", "metricFilters", "filterName",
         name="[logGroupName, filterName]"),
    Kind("logs:resource-policy", "logs", "describe_resource_policies", "resourcePolicies", "policyName",
         name="policyName"),
    Kind("logs:destination", "logs", "describe_destinations", "destinations", "destinationName",
         name="destinationName"),
    Kind("cloudtrail:trail", "cloudtrail", "describe_trails", "trailList", "TrailARN", name="Name", abroad=True,
         asked={"includeShadowTrails": False},
         details=(Detail("Logging", "get_trail_status", {"Name": "TrailARN"}, "IsLogging"),
                  Detail("Selectors", "get_event_selectors", {"TrailName": "TrailARN"},
                         "[EventSelectors, AdvancedEventSelectors]"),
                  Detail("Tags", "list_tags", {"ResourceIdList": "[TrailARN]"}, "ResourceTagList[0].TagsList"))),
    Kind("cloudwatch:alarm", "cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName", name="AlarmName",
         also=("AlarmArn",), abroad=True),
    Kind("cloudwatch:dashboard", "cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName",
         name="DashboardName", scope="global"),
    Kind("cloudwatch:insight-rule", "cloudwatch", "describe_insight_rules", "InsightRules", "Name", name="Name"),
    Kind("ssm:parameter", "ssm", "describe_parameters", "Parameters", "Name", name="Name", abroad=True),
    Kind("ssm:document", "ssm", "list_documents", "DocumentIdentifiers", "Name", name="Name", asked=_OWN, abroad=True,
         details=(Detail("SharedWith", "describe_document_permission", {"Name": "Name"}, "AccountIds",
                         {"PermissionType": "Share"}),)),
    Kind("ssm:maintenance-window", "ssm", "describe_maintenance_windows", "WindowIdentities", "WindowId", name="Name"),
    Kind("ssm:patch-baseline", "ssm", "describe_patch_baselines", "BaselineIdentities", "BaselineId",
         name="BaselineName", asked={"Filters": [{"Key": "OWNER", "Values": ["Self"]}]}),
    Kind("ecs:cluster", "ecs", "list_clusters", "clusterArns[].{Arn: @}", "Arn", name="Arn", abroad=True,
         leave=lambda item: item.get("Status") == "INACTIVE",
         details=(Detail("Status", "describe_clusters", {"clusters": "[Arn]"}, "clusters[0].status"),
                  Detail("Services", "list_services", {"cluster": "Arn"}, "serviceArns", paged=True))),
    Kind("ecs:task-definition", "ecs", "list_task_definitions", "taskDefinitionArns[].{Arn: @}", "Arn", name="Arn"),
    Kind("eks:cluster", "eks", "list_clusters", "clusters[].{Name: @}", "Name", name="Name"),
    Kind("cloudformation:stack", "cloudformation", "describe_stacks", "Stacks", "StackName", name="StackName",
         abroad=True, leave=state("StackStatus", "delete_complete", "delete_in_progress")),
    Kind("states:statemachine", "stepfunctions", "list_state_machines", "stateMachines", "stateMachineArn",
         name="name"),
    Kind("states:activity", "stepfunctions", "list_activities", "activities", "activityArn", name="name"),
    Kind("route53:zone", "route53", "list_hosted_zones", _zones, "Id", name="Name", scope="global",
         details=(Detail("Vpcs", "get_hosted_zone", {"Id": "Id"}, "VPCs"),
                  Detail("Records", "list_resource_record_sets", _ZONE, "ResourceRecordSets", paged=True),
                  Detail("Tags", "list_tags_for_resource", {"ResourceId": "Id"}, "ResourceTagSet.Tags",
                         {"ResourceType": "hostedzone"}))),
    Kind("route53:health-check", "route53", "list_health_checks", "HealthChecks", "Id", scope="global"),
    Kind("route53resolver:firewall-rule-group", "route53resolver", "list_firewall_rule_groups",
         f"FirewallRuleGroups{_FIREWALL}", "Id", name="Name", also=("Arn",),
         details=(Detail("Rules", "list_firewall_rules", {"FirewallRuleGroupId": "Id"}, "FirewallRules", paged=True),
                  _tags("route53resolver", "Arn"))),
    Kind("route53resolver:firewall-association", "route53resolver", "list_firewall_rule_group_associations",
         "FirewallRuleGroupAssociations", "Id", name="Name", also=("Arn",)),
    Kind("route53resolver:firewall-domain-list", "route53resolver", "list_firewall_domain_lists",
         f"FirewallDomainLists{_FIREWALL}", "Id", name="Name", also=("Arn",),
         details=(Detail("Domains", "list_firewall_domains", {"FirewallDomainListId": "Id"}, "Domains", paged=True),)),
    Kind("route53resolver:firewall-config", "route53resolver", "list_firewall_configs", "FirewallConfigs", "Id",
         name="[ResourceId, 'firewall config']"),
    Kind("route53resolver:endpoint", "route53resolver", "list_resolver_endpoints", "ResolverEndpoints", "Id",
         name="Name", leave=state("Status", "deleting")),
    Kind("route53resolver:rule", "route53resolver", "list_resolver_rules", "ResolverRules", "Id", name="Name",
         leave=_system_rule),
    Kind("route53resolver:rule-association", "route53resolver", "list_resolver_rule_associations",
         "ResolverRuleAssociations", "Id", name="[VPCId, ResolverRuleId]", leave=_system_rule),
    Kind("route53resolver:query-log-config", "route53resolver", "list_resolver_query_log_configs",
         "ResolverQueryLogConfigs", "Id", name="Name", leave=state("Status", "deleting")),
    Kind("acm:certificate", "acm", "list_certificates", "CertificateSummaryList", "CertificateArn",
         name="[DomainName, CertificateArn]"),
    Kind("kinesis:stream", "kinesis", "list_streams", "StreamNames[].{Name: @}", "Name", name="Name"),
    Kind("firehose:stream", "firehose", "list_delivery_streams", "DeliveryStreamNames[].{Name: @}", "Name",
         name="Name"),
    Kind("config:recorder", "config", "describe_configuration_recorders", "ConfigurationRecorders", "name",
         name="name"),
    Kind("config:rule", "config", "describe_config_rules", "ConfigRules", "ConfigRuleName", name="ConfigRuleName"),
    Kind("guardduty:detector", "guardduty", "list_detectors", "DetectorIds[].{Id: @}", "Id", name="'detector'"),
    Kind("codebuild:project", "codebuild", "list_projects", "projects[].{Name: @}", "Name", name="Name"),
    Kind("batch:compute-environment", "batch", "describe_compute_environments", "computeEnvironments",
         "computeEnvironmentName", name="computeEnvironmentName"),
    Kind("resource-groups:group", "resource-groups", "list_groups", "Groups", "Name", name="Name"),
    Kind("ses:identity", "ses", "list_identities", "Identities[].{Name: @}", "Name", name="Name"),
    Kind("cloudfront:distribution", "cloudfront", "list_distributions", "DistributionList.Items", "Id", scope="global"),
)  # fmt: skip
"""One row per type."""
