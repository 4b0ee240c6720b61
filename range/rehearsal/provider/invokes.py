"""The questions that programs ask the provider."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from range.rehearsal.provider.clients import Caller

Answer: TypeAlias = dict[str, Any]


def _caller_identity(caller: Caller, given: Mapping[str, Any]) -> Answer:
    found = caller.ask("sts", "get_caller_identity", {})
    return {"id": found["Account"], "accountId": found["Account"], "arn": found["Arn"], "userId": found["UserId"]}


def _partition(caller: Caller, given: Mapping[str, Any]) -> Answer:
    return {
        "id": caller.partition,
        "partition": caller.partition,
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
        "region": given.get("region") or caller.region,
    }


INVOKES: dict[str, Callable[[Caller, Mapping[str, Any]], Answer]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
}
