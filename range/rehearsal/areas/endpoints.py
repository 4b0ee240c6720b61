"""Deleting VPC endpoints: of each that isn't there the answer tells, which is a success."""

from __future__ import annotations

from range.rehearsal.areas.ec2_records import records
from range.rehearsal.call import Call, Shape

_MESSAGE = "The Vpc Endpoint Id '{}' does not exist"


def delete(call: Call) -> Shape:
    """Delete those endpoints that there are."""
    known, wanted = records(call).vpc_end_points, call.params["VpcEndpointIds"]
    there = [each for each in wanted if each in known]
    left: list[Shape] = []
    if there:
        left = call.result_by_moto({**call.params, "VpcEndpointIds": there}).get("Unsuccessful", [])
    unknown = (each for each in wanted if each not in known)
    error = "InvalidVpcEndpointId.NotFound"
    gone = [{"ResourceId": each, "Error": {"Code": error, "Message": _MESSAGE.format(each)}} for each in unknown]
    return {"Unsuccessful": [*left, *gone]}


OPERATIONS = {"DeleteVpcEndpoints": delete}
