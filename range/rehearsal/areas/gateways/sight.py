"""Which gateways and attachments an account sees: its own, and what is shared with it."""

from __future__ import annotations

from range.rehearsal.areas.gateways.models import Attachment, Gateway, Gateways, Table, kept_by
from range.rehearsal.areas.sharing.models import shared_with
from range.rehearsal.call import Call
from range.rehearsal.refusals import Refusal


def gateways_seen(call: Call) -> list[Gateway]:
    """Give the caller's gateways and those that others share with the caller."""
    own = list(kept_by(call.account, call.region).gateways.values())
    arns = shared_with(call.account, call.region, "ec2:TransitGateway")
    others = (_shared(arn) for arn in arns)
    return own + [gateway for gateway in others if gateway is not None]


def _shared(arn: str) -> Gateway | None:
    """Find a gateway by its ARN."""
    _, _, _, region, owner, path = arn.split(":", 5)
    return kept_by(owner, region).gateways.get(path.rpartition("/")[2])


def gateway_seen(call: Call, gateway_id: str) -> Gateway:
    """Find a gateway that the caller sees.

    Raises:
        Refusal: the caller sees none of that id, or it was deleted.
    """
    for gateway in gateways_seen(call):
        if gateway.id == gateway_id and gateway.state != "deleted":
            return gateway
    message = f"Transit Gateway {gateway_id} was deleted or does not exist."
    raise Refusal("InvalidTransitGatewayID.NotFound", message)


def usable(gateway: Gateway) -> Gateway:
    """Give a gateway that can be attached to and changed.

    Raises:
        Refusal: it isn't available, or no longer.
    """
    if gateway.state != "available":
        raise Refusal("IncorrectState", f"{gateway.id} is in invalid state {gateway.state}.")
    return gateway


def own_gateway(call: Call, gateway_id: str) -> tuple[Gateways, Gateway]:
    """Find a gateway of the caller's own; others see it, but only its owner changes it.

    Raises:
        Refusal: it is somebody else's, or there is none.
    """
    gateway = gateway_seen(call, gateway_id)
    if gateway.owner != call.account:
        raise Refusal("UnauthorizedOperation", "You are not authorized to perform this operation.", status=403)
    return kept_by(call.account, call.region), gateway


def own_table(call: Call, table_id: str) -> tuple[Gateways, Table]:
    """Find a route table of a gateway of the caller's own; nobody else sees it.

    Raises:
        Refusal: there is none.
    """
    kept = kept_by(call.account, call.region)
    table = kept.tables.get(table_id)
    if table is None or table.state == "deleted":
        message = f"Transit Gateway Route Table {table_id} was deleted or does not exist."
        raise Refusal("InvalidRouteTableID.NotFound", message)
    return kept, table


def attachments_seen(call: Call) -> list[Attachment]:
    """Give the attachments to the caller's gateways, and those of the caller's VPCs to other gateways."""
    kept = kept_by(call.account, call.region)
    elsewhere = (kept_by(owner, call.region).attachments.get(id_) for id_, owner in kept.attached_elsewhere.items())
    return list(kept.attachments.values()) + [attachment for attachment in elsewhere if attachment is not None]


def attachment_seen(call: Call, attachment_id: str) -> Attachment:
    """Find an attachment that the caller sees and that is there.

    Raises:
        Refusal: the caller sees none of that id, or it was deleted.
    """
    for attachment in attachments_seen(call):
        if attachment.id == attachment_id and attachment.state != "deleted":
            return attachment
    raise no_attachment(attachment_id)


def no_attachment(attachment_id: str) -> Refusal:
    """Word the refusal for an attachment that isn't there."""
    message = f"Transit Gateway Attachment {attachment_id} was deleted or does not exist."
    return Refusal("InvalidTransitGatewayAttachmentID.NotFound", message)
