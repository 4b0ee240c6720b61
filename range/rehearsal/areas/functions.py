"""Lambda functions in a VPC: they have interfaces in its subnets, which are still there for a while when a function is gone.

Source: AWS Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC"; from memory, 2026-11-22.
"""

from __future__ import annotations

from range.rehearsal.areas.ec2_records import records, remove_interface, service_interface, subnets
from range.rehearsal.areas.shelves import shelf
from range.rehearsal.call import Call
from range.rehearsal.messages import Answer
from range.rehearsal.states.passing import enter

KIND = "function-interface"
_SHELF = "function-interfaces"


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


OPERATIONS = {"CreateFunction": create, "UpdateFunctionConfiguration": update, "DeleteFunction": delete}
