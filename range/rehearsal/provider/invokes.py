"""The questions that programs ask the provider."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from range.errors import CloudError
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


def _image(caller: Caller, given: Mapping[str, Any]) -> Answer:
    """Find one image; as the AWS provider, refuse to choose among several unless the latest is asked for."""
    asked: dict[str, Any] = {"IncludeDeprecated": bool(given.get("includeDeprecated"))}
    if given.get("owners"):
        asked["Owners"] = given["owners"]
    if given.get("filters"):
        asked["Filters"] = [{"Name": each["name"], "Values": each["values"]} for each in given["filters"]]
    found = caller.ask("ec2", "describe_images", asked, given.get("region") or "")["Images"]
    if not found:
        raise CloudError("no image is as asked for", hint="correct the image's owner and name in the exercise file")
    if len(found) > 1 and not given.get("mostRecent"):
        raise CloudError(f"{len(found)} images are as asked for", hint="name one image exactly in the exercise file")
    image = max(found, key=lambda each: str(each.get("CreationDate", "")))
    return {
        "id": image["ImageId"],
        "imageId": image["ImageId"],
        "name": image.get("Name", ""),
        "ownerId": image["OwnerId"],
        "architecture": image.get("Architecture", ""),
        "creationDate": str(image.get("CreationDate", "")),
        "rootDeviceName": image.get("RootDeviceName", ""),
        "region": given.get("region") or caller.region,
    }


def _random_password(caller: Caller, given: Mapping[str, Any]) -> Answer:
    """Have Secrets Manager make up a password."""
    names = {
        "passwordLength": "PasswordLength",
        "excludeCharacters": "ExcludeCharacters",
        "excludeNumbers": "ExcludeNumbers",
        "excludePunctuation": "ExcludePunctuation",
        "excludeLowercase": "ExcludeLowercase",
        "excludeUppercase": "ExcludeUppercase",
        "includeSpace": "IncludeSpace",
        "requireEachIncludedType": "RequireEachIncludedType",
    }
    asked = {names[name]: value for name, value in given.items() if name in names}
    if "PasswordLength" in asked:
        asked["PasswordLength"] = int(asked["PasswordLength"])
    found = caller.ask("secretsmanager", "get_random_password", asked, given.get("region") or "")
    return {"id": found["RandomPassword"], "randomPassword": found["RandomPassword"]}


INVOKES: dict[str, Callable[[Caller, Mapping[str, Any]], Answer]] = {
    "aws:ec2/getAmi:getAmi": _image,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:secretsmanager/getRandomPassword:getRandomPassword": _random_password,
}
