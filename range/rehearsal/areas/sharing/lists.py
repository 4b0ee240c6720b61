"""Who shares what with whom, as RAM lists it."""

from __future__ import annotations

from range.rehearsal.areas.sharing.associations import own_share, shape
from range.rehearsal.areas.sharing.models import Share, kept_by, shares_for, type_of
from range.rehearsal.areas.sharing.shares import lower_page
from range.rehearsal.call import Call, Shape
from range.rehearsal.callers import PARTITION


def associations(call: Call) -> Shape:
    """List what is in the caller's shares, or in one of others."""
    params = call.params
    wanted = params.get("principal") or params.get("resourceArn")
    found = [
        shape(share, association)
        for share in kept_by(call.account, call.region).shares.values()
        for association in share.associations.values()
        if association.kind == params["associationType"]
        and share.arn in params.get("resourceShareArns", [share.arn])
        and association.entity == (wanted or association.entity)
        and association.status == params.get("associationStatus", association.status)
    ]
    return lower_page(params, "resourceShareAssociations", found)


def resources(call: Call) -> Shape:
    """List the resources that the caller shares, or that others share with the caller."""
    params = call.params
    found = [
        {
            "arn": association.entity,
            "type": type_of(association.entity),
            "resourceShareArn": share.arn,
            "status": "AVAILABLE",
            "creationTime": association.created,
            "lastUpdatedTime": association.created,
            "resourceRegionScope": "REGIONAL",
        }
        for share in _shares(call)
        for association in share.of_kind("RESOURCE")
        if association.entity in params.get("resourceArns", [association.entity])
        and type_of(association.entity) == params.get("resourceType", type_of(association.entity))
    ]
    return lower_page(params, "resources", found)


def principals(call: Call) -> Shape:
    """List whom the caller shares with, or who shares with the caller."""
    params = call.params
    found = [
        {
            "id": share.owner if params["resourceOwner"] == "OTHER-ACCOUNTS" else association.entity,
            "resourceShareArn": share.arn,
            "creationTime": association.created,
            "lastUpdatedTime": association.created,
            "external": association.external,
        }
        for share in _shares(call)
        for association in share.of_kind("PRINCIPAL")
        if association.entity in params.get("principals", [association.entity])
    ]
    return lower_page(params, "principals", found)


def _shares(call: Call) -> list[Share]:
    """Give the shares that a list is about."""
    if call.params["resourceOwner"] == "OTHER-ACCOUNTS":
        shares = shares_for(call.account, call.region)
    else:
        shares = [each for each in kept_by(call.account, call.region).shares.values() if each.status == "ACTIVE"]
    return [share for share in shares if share.arn in call.params.get("resourceShareArns", [share.arn])]


def permissions(call: Call) -> Shape:
    """List the permissions of a share: those that were given, or AWS's own for the types in it."""
    share = own_share(call)
    types = {type_of(each.entity) for each in share.of_kind("RESOURCE")}
    defaults = [f"arn:{PARTITION}:ram::aws:permission/{_default_permission(each)}" for each in types if each]
    found = [
        {
            "arn": arn,
            "version": "1",
            "defaultVersion": True,
            "name": arn.rpartition("/")[2],
            "resourceType": next((each for each in types if each and _default_permission(each) in arn), ""),
            "status": "ASSOCIATED",
            "creationTime": share.created,
            "lastUpdatedTime": share.created,
            "isResourceTypeDefault": arn in defaults,
            "permissionType": "AWS_MANAGED",
            "featureSet": "STANDARD",
        }
        for arn in share.permissions or sorted(defaults)
    ]
    return lower_page(call.params, "permissions", found)


def _default_permission(resource_type: str) -> str:
    """Name the permission that AWS gives a share for a type unless another is asked for."""
    return "AWSRAMDefaultPermission" + resource_type.partition(":")[2]


OPERATIONS = {
    "GetResourceShareAssociations": associations,
    "ListResources": resources,
    "ListPrincipals": principals,
    "ListResourceSharePermissions": permissions,
}
