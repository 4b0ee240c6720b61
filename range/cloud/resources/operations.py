"""Functions, queues, logs, trails, parameters, budgets: what runs and what watches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from range.cloud.resources.kinds import Found, Item, Kind, Place, by, pages, tag_mapping, tagged


def _delete_rule(place: Place, found: Found) -> object:
    """Take the targets off an event rule, delete it."""
    where, name = {"EventBusName": found.item.get("EventBusName", "default")}, found.item["Name"]
    targets = [each["Id"] for each in pages("events", "list_targets_by_rule", "Targets", Rule=name, **where)(place)]
    if targets:
        place.call("events", "remove_targets", Rule=name, Ids=targets, **where)
    return place.call("events", "delete_rule", Name=name, **where)


def _budgets(place: Place) -> Iterator[Item]:
    yield from pages("budgets", "describe_budgets", "Budgets", AccountId=place.account.id)(place)


def _delete_budget(place: Place, found: Found) -> object:
    return place.call("budgets", "delete_budget", AccountId=found.resource.account, BudgetName=found.id)


def _trails(place: Place) -> Iterator[Item]:
    """List the trails that are at home here, and not their shadows in other Regions or of the organisation."""
    yield from place.call("cloudtrail", "describe_trails", includeShadowTrails=False)["trailList"]


def _delete_trail(place: Place, found: Found) -> object:
    return place.call("cloudtrail", "delete_trail", Name=found.item["Name"])


def _trail_tags(place: Place, found: Found) -> Mapping[str, str]:
    answer = place.call("cloudtrail", "list_tags", ResourceIdList=[found.id])["ResourceTagList"]
    return tag_mapping(answer[0].get("TagsList") if answer else None)


def _budget_tags(place: Place, found: Found) -> Mapping[str, str]:
    arn = f"arn:aws:budgets::{found.resource.account}:budget/{found.id}"
    return tag_mapping(place.call("budgets", "list_tags_for_resource", ResourceARN=arn).get("ResourceTags"))


def _delete_alarm(place: Place, found: Found) -> object:
    return place.call("cloudwatch", "delete_alarms", AlarmNames=[found.id])


def _clusters(place: Place) -> Iterator[Item]:
    """List clusters with their status: one that was deleted is listed for a while."""
    for page in place.pages("ecs", "list_clusters"):
        if page["clusterArns"]:
            yield from place.call("ecs", "describe_clusters", clusters=page["clusterArns"])["clusters"]


def _delete_cluster(place: Place, found: Found) -> object:
    """Stop and delete the services of a cluster, then the cluster."""
    for page in place.pages("ecs", "list_services", cluster=found.id):
        for service in page["serviceArns"]:
            place.call("ecs", "delete_service", cluster=found.id, service=service, force=True)
    for page in place.pages("ecs", "list_tasks", cluster=found.id):
        for task in page["taskArns"]:
            place.call("ecs", "stop_task", cluster=found.id, task=task)
    return place.call("ecs", "delete_cluster", cluster=found.id)


KINDS = (
    Kind("lambda:function", "lambda", pages("lambda", "list_functions", "Functions"), "FunctionName",
         by("lambda", "delete_function", "FunctionName"), parent="VpcConfig.VpcId", abroad=True),
    Kind("sqs:queue", "sqs", pages("sqs", "list_queues", "QueueUrls"), "Id", by("sqs", "delete_queue", "QueueUrl")),
    Kind("sns:topic", "sns", pages("sns", "list_topics", "Topics"), "TopicArn", by("sns", "delete_topic", "TopicArn")),
    Kind("events:rule", "events", pages("events", "list_rules", "Rules[?ManagedBy==null]"), "Arn", _delete_rule,
         after=("autoscaling:group",)),
    Kind("logs:log-group", "logs", pages("logs", "describe_log_groups", "logGroups"), "logGroupName",
         by("logs", "delete_log_group", "logGroupName"),
         tagger=tagged("logs", "list_tags_for_resource", "resourceArn", key="logGroupArn", path="tags"),
         after=("ec2:flow-log", "cloudtrail:trail", "lambda:function")),
    Kind("logs:resource-policy", "logs", pages("logs", "describe_resource_policies", "resourcePolicies"), "policyName",
         by("logs", "delete_resource_policy", "policyName")),
    Kind("cloudtrail:trail", "cloudtrail", _trails, "TrailARN", _delete_trail,
         tagger=_trail_tags),
    Kind("cloudwatch:alarm", "cloudwatch", pages("cloudwatch", "describe_alarms", "MetricAlarms"), "AlarmName",
         _delete_alarm),
    Kind("ssm:parameter", "ssm", pages("ssm", "describe_parameters", "Parameters"), "Name",
         by("ssm", "delete_parameter", "Name")),
    Kind("ssm:document", "ssm",
         pages("ssm", "list_documents", "DocumentIdentifiers", Filters=[{"Key": "Owner", "Values": ["Self"]}]), "Name",
         by("ssm", "delete_document", "Name")),
    Kind("ecs:cluster", "ecs", _clusters, "clusterArn", _delete_cluster, state="status",
         ended=frozenset({"inactive"})),
    Kind("cloudformation:stack", "cloudformation", pages("cloudformation", "describe_stacks", "Stacks"), "StackName",
         by("cloudformation", "delete_stack", "StackName"), state="StackStatus", ended=frozenset({"delete_complete"}),
         ending=frozenset({"delete_in_progress"})),
    Kind("states:statemachine", "stepfunctions", pages("stepfunctions", "list_state_machines", "stateMachines"),
         "stateMachineArn", by("stepfunctions", "delete_state_machine", "stateMachineArn")),
    Kind("budgets:budget", "budgets", _budgets, "BudgetName", _delete_budget, scope="global", tagger=_budget_tags),
)  # fmt: skip
"""One row per type of what runs and what watches."""
