"""Invitations to accounts outside of the organisation."""

from __future__ import annotations

from range.rehearsal.areas.sharing.models import Invitation, Shares, all_kept
from range.rehearsal.areas.sharing.shares import lower_page
from range.rehearsal.call import Call, Shape
from range.rehearsal.refusals import Refusal

_ANSWERED = {
    "ACCEPTED": "ResourceShareInvitationAlreadyAcceptedException",
    "REJECTED": "ResourceShareInvitationAlreadyRejectedException",
}


def describe(call: Call) -> Shape:
    """List the invitations that the caller sent or got."""
    arns = call.params.get("resourceShareInvitationArns")
    shares = call.params.get("resourceShareArns")
    found = [
        _shape(kept, invitation)
        for kept in all_kept(call.region)
        for invitation in kept.invitations.values()
        if call.account in (invitation.sender, invitation.receiver)
        and (arns is None or invitation.arn in arns)
        and (shares is None or invitation.share_arn in shares)
    ]
    return lower_page(call.params, "resourceShareInvitations", found)


def accept(call: Call) -> Shape:
    """Accept an invitation: from now on the caller sees what is shared."""
    kept, invitation = _pending(call)
    kept.shares[invitation.share_arn].associations["PRINCIPAL", call.account].status = "ASSOCIATED"
    invitation.status = "ACCEPTED"
    return {"resourceShareInvitation": _shape(kept, invitation)}


def reject(call: Call) -> Shape:
    """Reject an invitation."""
    kept, invitation = _pending(call)
    kept.shares[invitation.share_arn].associations["PRINCIPAL", call.account].status = "DISASSOCIATED"
    invitation.status = "REJECTED"
    return {"resourceShareInvitation": _shape(kept, invitation)}


def _pending(call: Call) -> tuple[Shares, Invitation]:
    """Find an invitation that the caller has not answered yet."""
    arn = call.params["resourceShareInvitationArn"]
    for kept in all_kept(call.region):
        invitation = kept.invitations.get(arn)
        if invitation is not None and invitation.receiver == call.account:
            if invitation.status in _ANSWERED:
                message = f"The invitation {arn} was {invitation.status.lower()} already."
                raise Refusal(_ANSWERED[invitation.status], message)
            return kept, invitation
    message = f"ResourceShareInvitation {arn} could not be found."
    raise Refusal("ResourceShareInvitationArnNotFoundException", message)


def _shape(kept: Shares, invitation: Invitation) -> Shape:
    """Give an invitation as the calls return it."""
    return {
        "resourceShareInvitationArn": invitation.arn,
        "resourceShareName": kept.shares[invitation.share_arn].name,
        "resourceShareArn": invitation.share_arn,
        "senderAccountId": invitation.sender,
        "receiverAccountId": invitation.receiver,
        "invitationTimestamp": invitation.created,
        "status": invitation.status,
    }


OPERATIONS = {
    "GetResourceShareInvitations": describe,
    "AcceptResourceShareInvitation": accept,
    "RejectResourceShareInvitation": reject,
}
