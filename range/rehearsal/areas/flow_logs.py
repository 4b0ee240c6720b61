"""Flow logs: what AWS says of one that there is, and the log groups that they make again after their deletion."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends

from range.rehearsal.call import Call, Shape
from range.rehearsal.callers import PARTITION
from range.rehearsal.messages import Answer
from range.rehearsal.refusals import Refusal
from range.rehearsal.states.passing import enter

KIND = "log-group"
_ACTION = "logs:CreateLogGroup"


def create(call: Call) -> Shape | Answer:
    """Make flow logs, one resource after the other; what can't be made is told of in the answer, which is a success."""
    made: Shape = {"FlowLogIds": [], "Unsuccessful": []}
    for resource in call.params["ResourceIds"]:
        try:
            one = call.result_by_moto({**call.params, "ResourceIds": [resource]})
        except Refusal as refused:
            if refused.code != "FlowLogAlreadyExists":
                raise
            error = {"Code": refused.code, "Message": refused.message}
            made["Unsuccessful"].append({"ResourceId": resource, "Error": error})
        else:
            made["FlowLogIds"] += one.get("FlowLogIds", [])
            made["Unsuccessful"] += one.get("Unsuccessful", [])
    return made


def make_again(call: Call, name: str) -> None:
    """Let a deleted log group come back with the next look, if a flow log writes to it whose role may make log groups.

    Source: https://github.com/hashicorp/terraform/issues/14750 (read 2026-11-22).
    """
    for writer in ec2_backends[call.account][call.region].flow_logs.values():
        into = writer.log_group_name or str(writer.log_destination or "").partition(":log-group:")[2].removesuffix(":*")
        if into == name and _may_make_groups(call.account, writer.deliver_logs_permission_arn):
            enter(KIND, "written-to", name, logs_backends[call.account][call.region])
            return


def _may_make_groups(account: str, role_arn: str | None) -> bool:
    """Say whether a policy of a role allows to make log groups."""
    roles = iam_backends[account][PARTITION].roles.values()
    role = next((each for each in roles if each.arn == role_arn), None)
    allowed = (each for each in _allowed(role) if fnmatchcase(_ACTION.lower(), each.lower()))
    return next(allowed, None) is not None


def _allowed(role: Any) -> Iterator[str]:
    """Give the actions that the policies of a role allow, as they are written."""
    if role is None:
        return
    for document in (*role.policies.values(), *(each.document for each in role.managed_policies.values())):
        written = json.loads(document)["Statement"]
        for statement in written if isinstance(written, list) else [written]:
            actions = statement.get("Action", []) if statement["Effect"] == "Allow" else []
            yield from [actions] if isinstance(actions, str) else actions


OPERATIONS = {"CreateFlowLogs": create}
