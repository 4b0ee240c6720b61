"""Lambda functions: their interfaces in a VPC, which linger when a function is gone, and who may invoke them.

Source: AWS Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC"; from memory, 2026-11-22.
The statements that AddPermission makes: the same, "Viewing resource-based IAM policies in Lambda" (read 2026-11-28).
"""

from __future__ import annotations

import json
import re
from typing import Any

from moto.awslambda.models import lambda_backends

from range.rehearsal.areas.ec2_records import records, remove_interface, service_interface, subnets
from range.rehearsal.areas.shelves import shelf
from range.rehearsal.call import Call, Shape
from range.rehearsal.callers import PARTITION
from range.rehearsal.messages import Answer
from range.rehearsal.states.passing import enter

KIND = "function-interface"
_SHELF = "function-interfaces"
_ACCOUNT = re.compile(r"[0-9]{12}")
_CONDITIONS = {
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}
"""Parameters that become conditions, and that moto leaves as they are."""


def create(call: Call) -> Answer:
    """Make a function, and interfaces for it where it is in a VPC."""
    answer = call.by_moto()
    if answer.status < 300:
        _place(call)
    return answer


def update(call: Call) -> Answer:
    """Change a function; into another VPC, subnet or group it gets other interfaces."""
    answer = call.by_moto()
    if answer.status < 300 and "VpcConfig" in call.params:
        for interface in shelf(call, _SHELF).pop(_name(call), ()):
            remove_interface(call.account, call.region, interface)
        _place(call)
    return answer


def delete(call: Call) -> Answer:
    """Delete a function; its interfaces linger."""
    answer = call.by_moto()
    if answer.status < 300 and "Qualifier" not in call.params:
        for interface in shelf(call, _SHELF).pop(_name(call), ()):
            enter(KIND, "lingering", interface, records(call))
    return answer


def permit(call: Call) -> Shape:
    """Let somebody at a function, by a statement as AWS writes it."""
    _permitted_by_moto(call)
    named = str(call.params["FunctionName"])
    function = lambda_backends[call.account][call.region].get_function(named, call.params.get("Qualifier"))
    return _written(call, function.policy)


def permit_layer(call: Call) -> Shape:
    """Let somebody at a layer, by a statement as AWS writes it."""
    _permitted_by_moto(call)
    asked = call.params
    layer = lambda_backends[call.account][call.region].get_layer_version(asked["LayerName"], asked["VersionNumber"])
    return _written(call, layer.policy)


def _permitted_by_moto(call: Call) -> None:
    """Let moto keep the statement; an account that is named by its id stands for its root."""
    who = str(call.params["Principal"])
    root = f"arn:{PARTITION}:iam::{who}:root"
    call.result_by_moto({**call.params, "Principal": root if _ACCOUNT.fullmatch(who) else who})


def _written(call: Call, policy: Any) -> Shape:
    """Write the statement that was just kept as AWS does."""
    statement = next(each for each in reversed(policy.statements) if each["Sid"] == call.params["StatementId"])
    if str(statement["Principal"]).startswith("arn:"):
        statement["Principal"] = {"AWS": statement["Principal"]}
    for parameter, (operator, key) in _CONDITIONS.items():
        if parameter in statement:
            value = statement.pop(parameter)
            told = str(value).lower() if isinstance(value, bool) else value
            statement.setdefault("Condition", {}).setdefault(operator, {})[key] = told
    return {"Statement": json.dumps(statement)}


def urls(call: Call) -> Shape:
    """List the URLs of a function: one, or none."""
    function = lambda_backends[call.account][call.region].get_function(_name(call))
    config = function.url_config
    return {"FunctionUrlConfigs": [] if config is None else [config.to_dict()]}


def _place(call: Call) -> None:
    """Give a function an interface in each of its subnets."""
    wanted = call.params.get("VpcConfig") or {}
    groups, name = wanted.get("SecurityGroupIds") or None, _name(call)
    shelf(call, _SHELF)[name] = [
        service_interface(subnet, kind="lambda", description=f"AWS Lambda VPC ENI-{name}", group_ids=groups)
        for subnet in subnets(call, wanted.get("SubnetIds", ()))
    ]


def _name(call: Call) -> str:
    """Give the bare name of the function that a call names, be it by name, with a qualifier, or by ARN."""
    named: str = call.params["FunctionName"]
    return named.rpartition(":function:")[2].partition(":")[0]


OPERATIONS = {
    "AddLayerVersionPermission": permit_layer,
    "AddPermission": permit,
    "CreateFunction": create,
    "DeleteFunction": delete,
    "ListFunctionUrlConfigs": urls,
    "UpdateFunctionConfiguration": update,
}
