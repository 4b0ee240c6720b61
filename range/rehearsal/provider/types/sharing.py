"""What is shared between accounts, and what an organisation forbids them."""

from __future__ import annotations

from typing import Any

from range.rehearsal.provider.rows import (
    DROP,
    ID,
    PUT,
    TAGS,
    Call,
    Mark,
    Row,
    Tags,
    call,
    changed,
    fixed,
    local,
    mutable,
    output,
    status,
    the,
)
from range.rehearsal.provider.shapes import Document, Flag, Many
from range.rehearsal.provider.work import Work

_SHARE = Mark(lambda work: [work.value("resourceShareArn")])
_UNKNOWN = ("UnknownResourceException", "ResourceShareNotFoundException")
_UPDATE = call(
    "update_resource_share",
    resourceShareArn=ID,
    name=changed("name"),
    allowExternalPrincipals=changed("allowExternalPrincipals"),
)

RESOURCE_SHARE = Row(
    "aws:ram/resourceShare:ResourceShare",
    "RAM Resource Share",
    "ram",
    create=call("create_resource_share", "resourceShare"),
    id="resourceShareArn",
    read=call("get_resource_shares", "resourceShares[0]", resourceOwner="SELF", resourceShareArns=[ID]),
    delete=(call("delete_resource_share", resourceShareArn=ID),),
    absent=_UNKNOWN,
    tags=Tags(
        put=call("tag_resource", resourceShareArn=ID, tags=PUT),
        drop=call("untag_resource", resourceShareArn=ID, tagKeys=DROP),
        form=("key", "value"),
        read="tags",
        create={"tags": TAGS},
    ),
    status=status("status", "ACTIVE", gone="DELETED", failed="FAILED"),
    fields=(
        mutable("name", _UPDATE, "name", auto=str),
        mutable("allowExternalPrincipals", _UPDATE, "allowExternalPrincipals", Flag(), default=False),
        fixed("permissionArns", "permissionArns", Many(), read=None),
        output("arn", "resourceShareArn"),
    ),
)


def _association(kind: str, **more: Any) -> Call:
    return call(
        "get_resource_share_associations",
        "resourceShareAssociations[0]",
        associationType=kind,
        resourceShareArns=_SHARE,
        **more,
    )


_STATUS = status("status", "ASSOCIATED", gone="DISASSOCIATED", failed="FAILED")

RESOURCE_ASSOCIATION = Row(
    "aws:ram/resourceAssociation:ResourceAssociation",
    "RAM Resource Association",
    "ram",
    create=lambda work: work.make(
        call("associate_resource_share", resourceShareArn=the("resourceShareArn"), resourceArns=[the("resourceArn")])
    ),
    id="{resourceShareArn},{resourceArn}",
    imports="{resourceShareArn},{resourceArn}",
    read=_association("RESOURCE", resourceArn=the("resourceArn")),
    delete=(
        call(
            "disassociate_resource_share", resourceShareArn=the("resourceShareArn"), resourceArns=[the("resourceArn")]
        ),
    ),
    absent=_UNKNOWN,
    status=_STATUS,
    fields=(
        fixed("resourceArn", "associatedEntity", required=True),
        fixed("resourceShareArn", "resourceShareArn", required=True),
    ),
)

PRINCIPAL_ASSOCIATION = Row(
    "aws:ram/principalAssociation:PrincipalAssociation",
    "RAM Principal Association",
    "ram",
    create=lambda work: work.make(
        call("associate_resource_share", resourceShareArn=the("resourceShareArn"), principals=[the("principal")])
    ),
    id="{resourceShareArn},{principal}",
    imports="{resourceShareArn},{principal}",
    read=_association("PRINCIPAL", principal=the("principal")),
    delete=(
        call("disassociate_resource_share", resourceShareArn=the("resourceShareArn"), principals=[the("principal")]),
    ),
    absent=_UNKNOWN,
    status=_STATUS,
    fields=(
        fixed("principal", "associatedEntity", required=True),
        fixed("resourceShareArn", "resourceShareArn", required=True),
    ),
)


def _destroy_policy(work: Work) -> None:
    if not work.value("skipDestroy"):
        work.ask("delete_policy", PolicyId=work.id)


_UPDATE_POLICY = call(
    "update_policy", PolicyId=ID, Name=changed("name"), Description=changed("description"), Content=changed("content")
)

POLICY = Row(
    "aws:organizations/policy:Policy",
    "Organizations Policy",
    "organizations",
    create=call("create_policy", "Policy.PolicySummary", Description=the("description")),
    id="Id",
    read=call("describe_policy", "Policy", PolicyId=ID),
    also={"Tags": call("list_tags_for_resource", "Tags", ResourceId=ID)},
    delete=(_destroy_policy,),
    absent=("PolicyNotFoundException",),
    busy=("PolicyInUseException",),
    tags=Tags(
        put=call("tag_resource", ResourceId=ID, Tags=PUT),
        drop=call("untag_resource", ResourceId=ID, TagKeys=DROP),
    ),
    regional=False,
    fields=(
        mutable("name", _UPDATE_POLICY, read="PolicySummary.Name", auto=str),
        mutable("content", _UPDATE_POLICY, "", Document(), required=True),
        mutable("description", _UPDATE_POLICY, read="PolicySummary.Description", default=""),
        fixed("type", fill="SERVICE_CONTROL_POLICY", read="PolicySummary.Type"),
        local("skipDestroy", Flag(), False),
        output("arn", "PolicySummary.Arn"),
    ),
)


def _attached(work: Work) -> Any:
    """Find the attachment among the policy's targets."""
    for page in work.pages("list_targets_for_policy", PolicyId=work.value("policyId")):
        for target in page["Targets"]:
            if target["TargetId"] == work.value("targetId"):
                return {**target, "PolicyId": work.value("policyId")}
    return None


def _detach(work: Work) -> None:
    if not work.value("skipDestroy"):
        work.ask("detach_policy", PolicyId=work.value("policyId"), TargetId=work.value("targetId"))


POLICY_ATTACHMENT = Row(
    "aws:organizations/policyAttachment:PolicyAttachment",
    "Organizations Policy Attachment",
    "organizations",
    create=call("attach_policy"),
    id="{targetId}:{policyId}",
    imports="{targetId}:{policyId}",
    read=_attached,
    delete=(_detach,),
    absent=("PolicyNotFoundException", "PolicyNotAttachedException", "TargetNotFoundException"),
    regional=False,
    fields=(
        fixed("policyId", required=True),
        fixed("targetId", required=True),
        local("skipDestroy", Flag(), False),
    ),
)

ROWS = (RESOURCE_SHARE, RESOURCE_ASSOCIATION, PRINCIPAL_ASSOCIATION, POLICY, POLICY_ATTACHMENT)
