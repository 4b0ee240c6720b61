"""CloudWatch log groups and their subscriptions, and VPC flow logs."""

from __future__ import annotations

from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Truth
from range.rehearsal.truths.stores import store

_MODEL = "botocore 1.44.5, CloudWatch Logs 2014-03-28, {} (read 2026-11-22)"
_MEMORY = "none opened (general knowledge)"
RETENTIONS_D = frozenset(
    {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
)
"""The retention times that there are, in days."""


def _odd_retention(call: Call) -> str | None:
    days = call.params.get("retentionInDays")
    if days in RETENTIONS_D:
        return None
    allowed = ", ".join(map(str, sorted(RETENTIONS_D)))
    return f"1 validation error detected: Value '{days}' at 'retentionInDays' must be one of [{allowed}]"


def _reserved_name(call: Call) -> str | None:
    name = call.params.get("logGroupName", "")
    return "Log groups starting with AWS/ are reserved for AWS." if name.startswith("aws/") else None


def _unusable_key(call: Call) -> str | None:
    arn = call.params.get("kmsKeyId")
    if not arn:
        return None
    account = arn.split(":")[4] if arn.startswith("arn:") else call.account
    key = store(call, "kms", account=account).keys.get(arn.rpartition("/")[2])
    if key is not None and key.key_state == "Enabled" and "logs" in key.policy:
        return None
    return f"The specified KMS Key Id could not be found, is not enabled, or does not let CloudWatch Logs use it: {arn}"


def _uncalled_function(call: Call) -> str | None:
    arn = call.params.get("destinationArn", "")
    if ":lambda:" not in arn:
        return None
    name = arn.split(":function:")[1].partition(":")[0]
    functions = store(call, "lambda", account=arn.split(":")[4]).list_functions()
    function = next((each for each in functions if each.function_name == name), None)
    if function is not None and function.policy is not None and "logs." in str(function.policy.wire_format()):
        return None
    return (
        "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to "
        "execute your function."
    )


TRUTHS = (
    Truth(
        name="log-group-twice",
        calls=("logs.CreateLogGroup",),
        when="it exists, often because flow logs, Lambda or another writer made it again",
        code="ResourceAlreadyExistsException",
        source="https://github.com/hashicorp/terraform/issues/14750",
        confidence="seen_in_issue",
    ),
    Truth(
        name="log-group-absent",
        calls=("logs.DeleteLogGroup",),
        when="there is none of that name",
        code="ResourceNotFoundException",
        source=_MODEL.format("DeleteLogGroup"),
        confidence="documented",
    ),
    Truth(
        name="log-group-protected",
        calls=("logs.DeleteLogGroup",),
        when="it is protected from deletion",
        code="InvalidOperationException",
        source=f"{_MODEL.format('PutLogGroupDeletionProtection')}; the code is from memory",
        confidence="general_knowledge",
    ),
    Truth(
        name="log-group-retention",
        calls=("logs.PutRetentionPolicy",),
        when="the number of days isn't one of the allowed",
        code="InvalidParameterException",
        source=_MODEL.format("PutRetentionPolicy"),
        confidence="documented",
        check=_odd_retention,
    ),
    Truth(
        name="log-group-reserved-name",
        calls=("logs.CreateLogGroup",),
        when="the name begins with `aws/`",
        code="InvalidParameterException",
        source=f"{_MODEL.format('CreateLogGroup')}; the condition is from memory",
        confidence="general_knowledge",
        check=_reserved_name,
    ),
    Truth(
        name="subscription-third",
        calls=("logs.PutSubscriptionFilter",),
        when="the group has two",
        code="LimitExceededException",
        source="localstack/localstack, tests/aws/services/logs: recorded from AWS (read 2026-11-22)",
        confidence="seen_in_issue",
    ),
    Truth(
        name="subscription-to-a-deaf-function",
        calls=("logs.PutSubscriptionFilter",),
        when="the function doesn't let CloudWatch Logs call it",
        code="InvalidParameterException",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_uncalled_function,
    ),
    Truth(
        name="log-group-key-unusable",
        calls=("logs.CreateLogGroup", "logs.AssociateKmsKey"),
        when="the key is missing or disabled, or its policy doesn't name the logs service",
        code="InvalidParameterException",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_unusable_key,
    ),
    Truth(
        name="flow-log-twice",
        calls=("ec2.CreateFlowLogs",),
        when="the resource has one of that traffic and destination: the call succeeds, and the answer names it",
        code="FlowLogAlreadyExists (Unsuccessful)",
        source=_MEMORY,
        confidence="general_knowledge",
    ),
)
