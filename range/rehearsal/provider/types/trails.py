"""What is written down: CloudTrail trails and CloudWatch log groups."""

from __future__ import annotations

from typing import Any

from range.rehearsal.provider.rows import (
    DROP,
    ID,
    PUT,
    TAGS,
    Call,
    Field,
    Mark,
    Row,
    Tags,
    call,
    changed,
    fixed,
    later,
    local,
    mutable,
    output,
    the,
)
from range.rehearsal.provider.shapes import Block, Document, Flag, Many, Part, Shape, Text, Whole
from range.rehearsal.provider.work import Work

_UPDATE = call(
    "update_trail",
    Name=ID,
    S3BucketName=changed("s3BucketName"),
    S3KeyPrefix=changed("s3KeyPrefix"),
    KmsKeyId=changed("kmsKeyId"),
    IncludeGlobalServiceEvents=changed("includeGlobalServiceEvents"),
    IsMultiRegionTrail=changed("isMultiRegionTrail"),
    IsOrganizationTrail=changed("isOrganizationTrail"),
    EnableLogFileValidation=changed("enableLogFileValidation"),
    CloudWatchLogsLogGroupArn=changed("cloudWatchLogsGroupArn"),
    CloudWatchLogsRoleArn=changed("cloudWatchLogsRoleArn"),
)


def _switch(work: Work) -> None:
    work.ask("start_logging" if work.sent("enableLogging") else "stop_logging", Name=work.id)


def _select(work: Work) -> None:
    """Say which events the trail keeps."""
    for name, aws in (("eventSelectors", "EventSelectors"), ("advancedEventSelectors", "AdvancedEventSelectors")):
        if work.value(name):
            work.ask("put_event_selectors", TrailName=work.id, **{aws: work.sent(name)})


def _setting(name: str, aws: str = "", shape: Shape = Text(), **more: Any) -> Field:
    return mutable(name, _UPDATE, aws, shape, **more)


_KEYS = Mark(lambda work: [{"Key": key} for key in work.tags_to_drop])
_SELECTORS = Many(
    Block(
        (
            Part("readWriteType", default="All"),
            Part("includeManagementEvents", shape=Flag(), default=True),
            Part("excludeManagementEventSources", shape=Many()),
            Part(
                "dataResources",
                shape=Many(Block((Part("type", required=True), Part("values", shape=Many(), required=True)))),
            ),
        )
    )
)
_ADVANCED = Many(
    Block(
        (
            Part("name"),
            Part(
                "fieldSelectors",
                shape=Many(
                    Block(
                        (
                            Part("field", required=True),
                            *(Part(name, shape=Many()) for name in ("equals", "notEquals", "startsWith", "endsWith")),
                        )
                    )
                ),
            ),
        )
    )
)

TRAIL = Row(
    "aws:cloudtrail/trail:Trail",
    "CloudTrail Trail",
    "cloudtrail",
    create=call("create_trail"),
    id="TrailARN",
    read=call("describe_trails", "trailList[0]", trailNameList=[ID], includeShadowTrails=False),
    also={
        "IsLogging": call("get_trail_status", "IsLogging", Name=ID),
        "Selectors": call("get_event_selectors", TrailName=ID),
        "Tags": call("list_tags", "ResourceTagList[0].TagsList", ResourceIdList=[ID]),
    },
    delete=(call("delete_trail", Name=the("name")),),
    absent=("TrailNotFoundException",),
    tags=Tags(
        put=call("add_tags", ResourceId=ID, TagsList=PUT),
        drop=call("remove_tags", ResourceId=ID, TagsList=_KEYS),
        create={"TagsList": TAGS},
    ),
    fields=(
        fixed("name", auto=str),
        _setting("s3BucketName", "S3BucketName", required=True),
        _setting("s3KeyPrefix", "S3KeyPrefix", default=""),
        _setting("kmsKeyId", default=""),
        _setting("includeGlobalServiceEvents", shape=Flag(), default=True),
        _setting("isMultiRegionTrail", shape=Flag(), default=False),
        _setting("isOrganizationTrail", shape=Flag(), default=False),
        _setting("enableLogFileValidation", shape=Flag(), default=False, read="LogFileValidationEnabled"),
        _setting("cloudWatchLogsGroupArn", "CloudWatchLogsLogGroupArn", default=""),
        _setting("cloudWatchLogsRoleArn", default=""),
        later("eventSelectors", _select, shape=_SELECTORS, read="Selectors.EventSelectors"),
        later("advancedEventSelectors", _select, shape=_ADVANCED, read="Selectors.AdvancedEventSelectors"),
        later("enableLogging", _switch, shape=Flag(), read="IsLogging", default=True),
        output("arn", "TrailARN"),
        output("homeRegion"),
    ),
)


def _group(work: Work) -> Any:
    """Find a log group by its name."""
    for page in work.pages("describe_log_groups", logGroupNamePrefix=work.id):
        for group in page["logGroups"]:
            if group["logGroupName"] == work.id:
                return {**group, "arn": group["arn"].removesuffix(":*")}
    return None


def _retain(work: Work) -> None:
    days = work.sent("retentionInDays")
    if days:
        work.ask("put_retention_policy", logGroupName=work.id, retentionInDays=days)
    else:
        work.ask("delete_retention_policy", logGroupName=work.id)


def _encrypt(work: Work) -> None:
    if work.value("kmsKeyId"):
        work.ask("associate_kms_key", logGroupName=work.id, kmsKeyId=work.value("kmsKeyId"))
    else:
        work.ask("disassociate_kms_key", logGroupName=work.id)


def _delete_group(work: Work) -> None:
    if not work.old.get("skipDestroy"):
        work.ask("delete_log_group", logGroupName=work.id)


_GROUP_ARN = "arn:{partition}:logs:{region}:{account}:log-group:{id}"


def _of_group(operation: str, result: str = "", **params: Any) -> Call:
    return call(operation, result, resourceArn=Mark(lambda work: _GROUP_ARN.format(**work.names)), **params)


LOG_GROUP = Row(
    "aws:cloudwatch/logGroup:LogGroup",
    "CloudWatch Logs Log Group",
    "logs",
    create=call("create_log_group"),
    id="{name}",
    read=_group,
    also={"tags": _of_group("list_tags_for_resource", "tags")},
    delete=(_delete_group,),
    absent=("ResourceNotFoundException",),
    tags=Tags(
        put=_of_group("tag_resource", tags=PUT),
        drop=_of_group("untag_resource", tagKeys=DROP),
        form=None,
        read="tags",
        create={"tags": TAGS},
    ),
    fields=(
        fixed("name", "logGroupName", auto=str),
        fixed("logGroupClass", "logGroupClass"),
        mutable("kmsKeyId", _encrypt, "kmsKeyId", default=""),
        later("retentionInDays", _retain, "retentionInDays", Whole(), default=0),
        local("skipDestroy", Flag(), False),
        output("arn", "arn"),
    ),
)


def _log_policy(work: Work) -> Any:
    """Find a resource policy by its name."""
    for page in work.pages("describe_resource_policies"):
        for policy in page["resourcePolicies"]:
            if policy["policyName"] == work.id:
                return policy
    return None


_PUT_LOG_POLICY = call("put_resource_policy", policyName=the("policyName"), policyDocument=the("policyDocument"))

LOG_RESOURCE_POLICY = Row(
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    "CloudWatch Logs Resource Policy",
    "logs",
    create=call("put_resource_policy"),
    id="{policyName}",
    read=_log_policy,
    delete=(call("delete_resource_policy", policyName=ID),),
    absent=("ResourceNotFoundException",),
    fields=(
        fixed("policyName", "policyName", required=True),
        mutable("policyDocument", _PUT_LOG_POLICY, "policyDocument", Document(), required=True),
    ),
)

ROWS = (TRAIL, LOG_GROUP, LOG_RESOURCE_POLICY)
