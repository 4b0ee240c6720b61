"""The questions that programs ask the provider: a table of functions by their tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from range.errors import CloudError
from range.rehearsal.provider.clients import Caller

Answer: TypeAlias = dict[str, Any]
Given: TypeAlias = Mapping[str, Any]


def answer(token: str, caller: Caller, given: Given) -> Answer:
    """Answer a program's question.

    Raises:
        CloudError: there is no such function, or AWS refused what it asks.
    """
    ask = INVOKES.get(token)
    if ask is None:
        raise CloudError(f"the rehearsal doesn't serve the function {token}; it does: {', '.join(sorted(INVOKES))}")
    try:
        return ask(caller, given)
    except CloudError as error:
        raise CloudError(f"{token}: {error.message}", code=error.code, hint=error.hint) from error


def _caller_identity(caller: Caller, given: Given) -> Answer:
    found = caller.ask("sts", "get_caller_identity", {})
    return {"id": found["Account"], "accountId": found["Account"], "arn": found["Arn"], "userId": found["UserId"]}


def _partition(caller: Caller, given: Given) -> Answer:
    return {
        "id": caller.partition,
        "partition": caller.partition,
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
        "region": _region(caller, given),
    }


def _availability_zones(caller: Caller, given: Given) -> Answer:
    """List the zones that an account can use, by name."""
    asked = {"AllAvailabilityZones": bool(given.get("allAvailabilityZones"))} | _filters(given)
    states = {given["state"]} if given.get("state") else {"available", "information", "impaired", "unavailable"}
    zones = caller.ask("ec2", "describe_availability_zones", asked, _region(caller, given))["AvailabilityZones"]
    kept = sorted((zone for zone in zones if zone["State"] in states), key=lambda zone: str(zone["ZoneName"]))
    return {
        "id": _region(caller, given),
        "names": [zone["ZoneName"] for zone in kept],
        "zoneIds": [zone["ZoneId"] for zone in kept],
        "groupNames": sorted({zone.get("GroupName") or zone["RegionName"] for zone in kept}),
        "region": _region(caller, given),
    }


def _organization(caller: Caller, given: Given) -> Answer:
    """Describe the organisation that the caller belongs to."""
    found = caller.ask("organizations", "describe_organization", {})["Organization"]
    return {
        "id": found["Id"],
        "arn": found["Arn"],
        "featureSet": found["FeatureSet"],
        "masterAccountArn": found["MasterAccountArn"],
        "masterAccountEmail": found["MasterAccountEmail"],
        "masterAccountId": found["MasterAccountId"],
    }


def _image(caller: Caller, given: Given) -> Answer:
    """Find one image; as the AWS provider, refuse to choose among several unless the latest is asked for."""
    asked = {"IncludeDeprecated": bool(given.get("includeDeprecated"))} | _filters(given)
    if given.get("owners"):
        asked["Owners"] = given["owners"]
    found = caller.ask("ec2", "describe_images", asked, _region(caller, given))["Images"]
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
        "region": _region(caller, given),
    }


def _images(caller: Caller, given: Given) -> Answer:
    """List images, the latest first, as the AWS provider does; none is no error."""
    asked = {"IncludeDeprecated": bool(given.get("includeDeprecated")), "Owners": given["owners"]} | _filters(given)
    found = caller.ask("ec2", "describe_images", asked, _region(caller, given))["Images"]
    found.sort(key=lambda each: str(each.get("CreationDate", "")), reverse=not given.get("sortAscending"))
    ids = [each["ImageId"] for each in found]
    return {"id": ",".join(ids), "ids": ids, "owners": given["owners"], "region": _region(caller, given)}


def _random_password(caller: Caller, given: Given) -> Answer:
    """Have Secrets Manager make up a password."""
    asked = {name[0].upper() + name[1:]: value for name, value in given.items() if name != "region"}
    found = caller.ask("secretsmanager", "get_random_password", asked, _region(caller, given))
    return {"id": found["RandomPassword"], "randomPassword": found["RandomPassword"]}


def _region(caller: Caller, given: Given) -> str:
    return str(given.get("region") or caller.region)


def _filters(given: Given) -> dict[str, Any]:
    filters = [{"Name": each["name"], "Values": each["values"]} for each in given.get("filters") or []]
    return {"Filters": filters} if filters else {}


INVOKES: dict[str, Callable[[Caller, Given], Answer]] = {
    "aws:ec2/getAmi:getAmi": _image,
    "aws:ec2/getAmiIds:getAmiIds": _images,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:organizations/getOrganization:getOrganization": _organization,
    "aws:secretsmanager/getRandomPassword:getRandomPassword": _random_password,
}
