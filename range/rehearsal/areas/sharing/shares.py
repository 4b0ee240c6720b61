"""CreateResourceShare and what changes, lists and deletes one."""

from __future__ import annotations

from moto.moto_api._internal import mock_random

from range.rehearsal.areas.filters import page
from range.rehearsal.areas.organisation_records import RAM, organisation_of
from range.rehearsal.areas.sharing.associations import associate, end_all, own_share
from range.rehearsal.areas.sharing.models import Share, kept_by, shares_for
from range.rehearsal.call import Call, Shape
from range.rehearsal.callers import PARTITION
from range.rehearsal.refusals import Refusal

_LINKED_ROLE = "AWSServiceRoleForResourceAccessManager"
"""Source: AWS RAM User Guide, "Using service-linked roles for AWS RAM"; from memory, 2026-11-22."""


def create(call: Call) -> Shape:
    """Make a share, with the principals and resources that are given at once."""
    arn = f"arn:{PARTITION}:ram:{call.region}:{call.account}:resource-share/{mock_random.uuid4()}"
    tags = {each["key"]: each.get("value", "") for each in call.params.get("tags", [])}
    allowed = call.params.get("allowExternalPrincipals", True)
    permissions = list(call.params.get("permissionArns", []))
    share = Share(arn, call.params["name"], call.account, allowed, tags, permissions)
    associate(call, share)
    kept_by(call.account, call.region).shares[arn] = share
    return {"resourceShare": shape(share)}


def update(call: Call) -> Shape:
    """Rename a share, or open it to, or close it for, accounts outside of the organisation."""
    share = own_share(call)
    share.name = call.params.get("name", share.name)
    share.external_allowed = call.params.get("allowExternalPrincipals", share.external_allowed)
    return {"resourceShare": shape(share)}


def delete(call: Call) -> Shape:
    """Delete a share; what others have attached meanwhile stays."""
    share = own_share(call)
    end_all(share)
    share.status = "DELETED"
    return {"returnValue": True}


def describe(call: Call) -> Shape:
    """List the caller's shares, or those that others let the caller use."""
    params = call.params
    if params["resourceOwner"] == "SELF":
        shares = list(kept_by(call.account, call.region).shares.values())
    else:
        shares = shares_for(call.account, call.region)
    arns = params.get("resourceShareArns")
    for arn in arns or ():
        if arn not in {share.arn for share in shares}:
            raise Refusal("UnknownResourceException", f"ResourceShare {arn} could not be found.")
    found = [share for share in shares if (arns is None or share.arn in arns) and _wanted(share, params)]
    return lower_page(params, "resourceShares", [shape(share) for share in found])


def _wanted(share: Share, params: Shape) -> bool:
    """Say whether a share passes the call's filters."""
    if params.get("resourceShareStatus", share.status) != share.status or params.get("name", share.name) != share.name:
        return False
    wanted = params.get("tagFilters", [])
    return all(
        share.tags.get(each["tagKey"]) in each.get("tagValues", [share.tags.get(each["tagKey"])]) for each in wanted
    )


def tag(call: Call) -> Shape:
    """Tag a share."""
    own_share(call).tags.update((each["key"], each.get("value", "")) for each in call.params["tags"])
    return {}


def untag(call: Call) -> Shape:
    """Remove tags of a share."""
    tags = own_share(call).tags
    for key in call.params["tagKeys"]:
        tags.pop(key, None)
    return {}


def enable_within_organisation(call: Call) -> Shape:
    """Let the organisation's accounts share with one another without invitations."""
    records = organisation_of(call.account)
    if records is None or records.account_id != call.account:
        message = (
            "Unable to enable sharing with AWS Organizations. The caller must be the organization's management account."
        )
        raise Refusal("OperationNotPermittedException", message)
    records.enable_aws_service_access(ServicePrincipal=RAM)
    _make_linked_role(call.account)
    return {"returnValue": True}


def _make_linked_role(account: str) -> None:
    """Make the role that the service works with, as it does itself; Terraform looks for it by name."""
    from moto.iam.models import iam_backends

    backend = iam_backends[account][PARTITION]
    if not any(role.name == _LINKED_ROLE for role in backend.roles.values()):
        backend.create_service_linked_role(RAM, "", "").name = _LINKED_ROLE


def lower_page(params: Shape, name: str, things: list[Shape]) -> Shape:
    """Give one page the way RAM spells it: nextToken, maxResults."""
    spelled = {key[0].upper() + key[1:]: value for key, value in params.items()}
    result = page(spelled, name, things, most=500)
    return {("nextToken" if key == "NextToken" else key): value for key, value in result.items()}


def shape(share: Share) -> Shape:
    """Give a share as the calls return it."""
    return {
        "resourceShareArn": share.arn,
        "name": share.name,
        "owningAccountId": share.owner,
        "allowExternalPrincipals": share.external_allowed,
        "status": share.status,
        "tags": [{"key": key, "value": value} for key, value in share.tags.items()],
        "creationTime": share.created,
        "lastUpdatedTime": share.created,
        "featureSet": "STANDARD",
    }


OPERATIONS = {
    "CreateResourceShare": create,
    "UpdateResourceShare": update,
    "DeleteResourceShare": delete,
    "GetResourceShares": describe,
    "TagResource": tag,
    "UntagResource": untag,
    "EnableSharingWithAwsOrganization": enable_within_organisation,
}
