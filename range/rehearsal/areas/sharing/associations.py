"""What is in a share: principals who may use it, resources that they may use."""

from __future__ import annotations

import re

from moto.moto_api._internal import mock_random

from range.rehearsal.areas.gateways.models import kept_by as gateways_kept_by
from range.rehearsal.areas.organisation_records import manager_of, organisation_of, shares_within
from range.rehearsal.areas.sharing.models import Association, Invitation, Share, kept_by, type_of
from range.rehearsal.call import Call, Shape
from range.rehearsal.callers import PARTITION
from range.rehearsal.refusals import Refusal

_ACCOUNT = re.compile(r"\d{12}")
_IAM = re.compile(r"arn:aws:iam::(\d{12}):(?:role|user)/.+")
_ORGANISATION = re.compile(r"arn:aws:organizations::\d{12}:organization/(?P<organisation>o-\w+)")
_UNIT = re.compile(r"arn:aws:organizations::\d{12}:ou/(?P<organisation>o-\w+)/(?P<unit>ou-[\w-]+)")
_OUTSIDE = (
    "The resource you are attempting to share can only be shared within your AWS Organization. This error may also occur "
    "if you have not enabled sharing with your AWS organization, or that onboarding process is still in progress."
)


def associate(call: Call, share: Share) -> list[Association]:
    """Put the call's principals and resources into a share; what is in it stays as it is.

    Raises:
        Refusal: a principal or a resource isn't one, or may not be in this share. Nothing was put in then.
    """
    made = [_resource(call, arn) for arn in call.params.get("resourceArns", [])]
    made += [_principal(call, share, principal) for principal in call.params.get("principals", [])]
    for each in made:
        known = share.associations.get((each.kind, each.entity))
        if known is None or known.status == "DISASSOCIATED":
            share.associations[each.kind, each.entity] = each
            if each.status == "ASSOCIATING":
                _invite(call, share, each.entity)
    return made


def _resource(call: Call, arn: str) -> Association:
    """Check that a resource is the caller's, is there, and can be shared."""
    resource_type = type_of(arn)
    if resource_type is None:
        raise Refusal(
            "MalformedArnException", f"The specified resource ARN {arn} is not valid. Verify the ARN and try again."
        )
    _, _, _, region, owner, path = arn.split(":", 5)
    gateways = gateways_kept_by(call.account, call.region).gateways
    if resource_type == "ec2:TransitGateway" and path.rpartition("/")[2] not in gateways:
        raise Refusal("UnknownResourceException", f"Resource {arn} could not be found.")
    if (region, owner) != (call.region, call.account):
        raise Refusal("OperationNotPermittedException", f"You do not own the resource {arn}.")
    return Association(arn, "RESOURCE", "ASSOCIATED")


def _principal(call: Call, share: Share, principal: str) -> Association:
    """Check that a principal is one; who isn't of the organisation must be allowed, and is invited."""
    group = _ORGANISATION.fullmatch(principal) or _UNIT.fullmatch(principal)
    if group is not None:
        _check_group(call.account, group)
        return Association(principal, "PRINCIPAL", "ASSOCIATED")
    user = _IAM.fullmatch(principal)
    if not _ACCOUNT.fullmatch(principal) and user is None:
        raise Refusal(
            "InvalidParameterException", f"Principal ID {principal} is malformed. Verify the ID and try again."
        )
    account = user[1] if user is not None else principal
    internal = manager_of(account) is not None and manager_of(account) == manager_of(call.account)
    if internal and shares_within(call.account):
        return Association(principal, "PRINCIPAL", "ASSOCIATED")
    if not share.external_allowed:
        raise Refusal("OperationNotPermittedException", _OUTSIDE)
    return Association(principal, "PRINCIPAL", "ASSOCIATING", external=not internal)


def _check_group(account: str, group: re.Match[str]) -> None:
    """Check that an organisation or a unit is the caller's, and shares within itself."""
    records = organisation_of(account)
    named = group.groupdict()
    ours = records is not None and records.org.id == named["organisation"] and shares_within(account)
    if not ours:
        raise Refusal("UnknownResourceException", f"Organization {named['organisation']} could not be found.")
    unit = named.get("unit")
    if unit is not None and unit not in {each.id for each in records.ou}:
        raise Refusal("UnknownResourceException", f"OrganizationalUnit {unit} could not be found.")


def _invite(call: Call, share: Share, receiver: str) -> None:
    """Invite an account from outside."""
    arn = f"arn:{PARTITION}:ram:{call.region}:{call.account}:resource-share-invitation/{mock_random.uuid4()}"
    kept_by(call.account, call.region).invitations[arn] = Invitation(arn, share.arn, call.account, receiver)


def end_all(share: Share) -> None:
    """End every association of a share."""
    for each in share.associations.values():
        each.status = "DISASSOCIATED"


def shape(share: Share, association: Association) -> Shape:
    """Give an association as the calls return it."""
    return {
        "resourceShareArn": share.arn,
        "resourceShareName": share.name,
        "associatedEntity": association.entity,
        "associationType": association.kind,
        "status": association.status,
        "creationTime": association.created,
        "lastUpdatedTime": association.created,
        "external": association.external,
    }


def own_share(call: Call) -> Share:
    """Find the share that a call names, which must be the caller's.

    Raises:
        Refusal: there is none, or it was deleted.
    """
    arn = call.params["resourceShareArn"]
    share = kept_by(call.account, call.region).shares.get(arn)
    if share is None or share.status == "DELETED":
        raise Refusal("UnknownResourceException", f"ResourceShare {arn} could not be found.")
    return share


def add(call: Call) -> Shape:
    """Put principals and resources into a share."""
    share = own_share(call)
    made = associate(call, share)
    return {"resourceShareAssociations": [{**shape(share, each), "status": "ASSOCIATING"} for each in made]}


def remove(call: Call) -> Shape:
    """Take principals and resources out of a share."""
    share, ended = own_share(call), []
    for kind, name in (("PRINCIPAL", "principals"), ("RESOURCE", "resourceArns")):
        for entity in call.params.get(name, []):
            association = share.associations.get((kind, entity))
            if association is None or association.status == "DISASSOCIATED":
                message = f"{entity} is not associated with the resource share {share.arn}."
                raise Refusal("UnknownResourceException", message)
            ended.append(association)
    for association in ended:
        association.status = "DISASSOCIATED"
    return {"resourceShareAssociations": [{**shape(share, each), "status": "DISASSOCIATING"} for each in ended]}


OPERATIONS = {"AssociateResourceShare": add, "DisassociateResourceShare": remove}
