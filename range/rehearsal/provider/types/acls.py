"""Network ACLs: lists, the default one, their entries one by one, and which subnet follows which list."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from range.errors import CloudError
from range.rehearsal.provider.rows import ID, Act, Row, call, fixed, later, output, the
from range.rehearsal.provider.shapes import Block, Flag, Many, Part, Shape, Whole
from range.rehearsal.provider.types.ec2 import arn, tagged
from range.rehearsal.provider.work import Work

_LAST = 32767
"""The number of the entry that refuses everything; AWS makes it, and nobody can change it."""
_NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58", "ipv6-icmp": "58", "all": "-1"}


@dataclass(frozen=True)
class Protocol(Shape):
    """A protocol by its number, which is all that an ACL knows."""

    def sent(self, value: Any) -> Any:
        """Give the number, as a string."""
        return _NUMBERS.get(str(value).lower(), str(value))

    def same(self, new: Any, old: Any) -> bool:
        """Compare numbers."""
        return bool(self.sent(new) == self.sent(old))


_ENTRY = Block(
    (
        Part("ruleNo", "RuleNumber", Whole(), required=True),
        Part("action", "RuleAction", required=True),
        Part("protocol", shape=Protocol(), required=True),
        Part("fromPort", "PortRange.From", Whole(), default=0, required=True),
        Part("toPort", "PortRange.To", Whole(), default=0, required=True),
        Part("cidrBlock"),
        Part("ipv6CidrBlock"),
        Part("icmpType", "IcmpTypeCode.Type", Whole(), default=0),
        Part("icmpCode", "IcmpTypeCode.Code", Whole(), default=0),
    )
)


@dataclass(frozen=True)
class Entries(Many):
    """The entries of one direction."""

    item: Shape = _ENTRY
    egress: bool = False

    def seen(self, value: Any) -> Any:
        """Read a whole list's entries, but for AWS's own."""
        return [
            self.item.seen(entry) for entry in value if entry["Egress"] == self.egress and entry["RuleNumber"] < _LAST
        ]


def _change_entries(name: str) -> Act:
    """Replace, make and delete entries until a list has those that are wanted; an entry is known by its number."""
    egress = name == "egress"

    def change(work: Work) -> None:
        wanted = {entry["ruleNo"]: entry for entry in work.value(name) or []}
        there = {entry["ruleNo"]: entry for entry in work.old.get(name) or []}
        for number in sorted(there.keys() - wanted.keys()):
            work.ask("delete_network_acl_entry", NetworkAclId=work.id, RuleNumber=number, Egress=egress)
        for number in sorted(wanted):
            if number not in there or not _ENTRY.same(wanted[number], there[number]):
                verb = "replace" if number in there else "create"
                entry = _ENTRY.sent(wanted[number])
                work.ask(f"{verb}_network_acl_entry", NetworkAclId=work.id, Egress=egress, **entry)

    return change


def _lead(work: Work) -> None:
    """Have the subnets that are wanted follow this list; AWS knows no subnet without one, so the others keep it."""
    new, _ = work.delta("subnetIds")
    for subnet in new:
        _follow(work, subnet, work.id)


def _lead_only(work: Work) -> None:
    """Have the subnets that are wanted follow this list, and the others the VPC's default one."""
    _lead(work)
    for subnet in work.delta("subnetIds")[1]:
        _follow(work, subnet, _default_list(work, work.value("vpcId")))


def _follow(work: Work, subnet: str, acl: str) -> Any:
    """Have a subnet follow a list, and give the new association's id."""
    association = _association(work, "subnet-id", subnet)
    return work.ask(
        "replace_network_acl_association", AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl
    )


def _association(work: Work, by: str, what: str) -> dict[str, Any]:
    """Find which list a subnet follows, by the `subnet-id` or the `association-id`.

    Raises:
        CloudError: there is no such subnet or association.
    """
    key = {"subnet-id": "SubnetId", "association-id": "NetworkAclAssociationId"}[by]
    lists = work.ask("describe_network_acls", Filters=[{"Name": f"association.{by}", "Values": [what]}])["NetworkAcls"]
    for acl in lists:
        for association in acl["Associations"]:
            if association[key] == what:
                return {**association, "VpcId": acl["VpcId"]}
    raise CloudError(f"{what} follows no network ACL", code="InvalidAssociationID.NotFound")


def _default_list(work: Work, vpc: str) -> str:
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "default", "Values": ["true"]}]
    return str(work.ask("describe_network_acls", Filters=filters)["NetworkAcls"][0]["NetworkAclId"])


_READ = call("describe_network_acls", "NetworkAcls[0]", NetworkAclIds=[ID])


def _release(work: Work) -> None:
    """Have the subnets follow the VPC's default list again."""
    acl = work.make(_READ)
    for association in acl["Associations"] if acl else []:
        _follow(work, association["SubnetId"], _default_list(work, acl["VpcId"]))


NETWORK_ACL = Row(
    "aws:ec2/networkAcl:NetworkAcl",
    "EC2 Network ACL",
    "ec2",
    create=call("create_network_acl", "NetworkAcl"),
    id="NetworkAclId",
    read=_READ,
    delete=(_release, call("delete_network_acl", NetworkAclId=ID)),
    absent=("InvalidNetworkAclID.NotFound",),
    tags=tagged("network-acl"),
    fields=(
        fixed("vpcId", required=True),
        later("ingress", _change_entries("ingress"), shape=Entries(), read="Entries"),
        later("egress", _change_entries("egress"), shape=Entries(egress=True), read="Entries"),
        later("subnetIds", _lead_only, shape=Many(), read="Associations[].SubnetId"),
        output("ownerId"),
        arn("network-acl", "ownerId"),
    ),
)


def _adopt(work: Work) -> Any:
    """Take a VPC's default list over, with no entry in it but AWS's own."""
    acl = work.ask("describe_network_acls", NetworkAclIds=[work.given("defaultNetworkAclId")])["NetworkAcls"][0]
    if not acl["IsDefault"]:
        raise CloudError(f"{acl['NetworkAclId']} is no VPC's default network ACL", hint="use aws.ec2.NetworkAcl for it")
    for entry in acl["Entries"]:
        if entry["RuleNumber"] < _LAST:
            work.ask(
                "delete_network_acl_entry",
                NetworkAclId=acl["NetworkAclId"],
                RuleNumber=entry["RuleNumber"],
                Egress=entry["Egress"],
            )
    return acl


DEFAULT_NETWORK_ACL = Row(
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
    "EC2 Default Network ACL",
    "ec2",
    create=_adopt,
    id="NetworkAclId",
    read=_READ,
    delete=(),
    absent=("InvalidNetworkAclID.NotFound",),
    tags=tagged("network-acl"),
    fields=(
        fixed("defaultNetworkAclId", "NetworkAclId", required=True),
        later("ingress", _change_entries("ingress"), shape=Entries(), read="Entries", default=[]),
        later("egress", _change_entries("egress"), shape=Entries(egress=True), read="Entries", default=[]),
        later("subnetIds", _lead, shape=Many(), read="Associations[].SubnetId", default=[]),
        output("vpcId"),
        output("ownerId"),
        arn("network-acl", "ownerId"),
    ),
)


def _entry(work: Work) -> Any:
    """Find an entry by its number and direction."""
    lists = work.ask("describe_network_acls", NetworkAclIds=[work.value("networkAclId")])["NetworkAcls"]
    wanted = (work.sent("ruleNumber"), bool(work.sent("egress")))
    for acl in lists:
        for entry in acl["Entries"]:
            if (entry["RuleNumber"], entry["Egress"]) == wanted:
                return {**entry, "NetworkAclId": acl["NetworkAclId"]}
    return None


def _entry_id(work: Work, answer: Any) -> str:
    """Name an entry as the real provider does: by the CRC-32 of what identifies it."""
    egress = str(bool(work.value("egress"))).lower()
    text = f"{work.value('networkAclId')}-{work.value('ruleNumber')}-{egress}-{work.value('protocol')}-"
    return f"nacl-{zlib.crc32(text.encode())}"


NETWORK_ACL_RULE = Row(
    "aws:ec2/networkAclRule:NetworkAclRule",
    "EC2 Network ACL Rule",
    "ec2",
    create=call("create_network_acl_entry", Egress=the("egress")),
    id=_entry_id,
    imports="{networkAclId}:{ruleNumber}:{protocol}:{egress}",
    read=_entry,
    delete=(
        call(
            "delete_network_acl_entry",
            NetworkAclId=the("networkAclId"),
            RuleNumber=the("ruleNumber"),
            Egress=the("egress"),
        ),
    ),
    absent=("InvalidNetworkAclID.NotFound", "InvalidNetworkAclEntry.NotFound"),
    fields=(
        fixed("networkAclId", required=True),
        fixed("ruleNumber", shape=Whole(), required=True),
        fixed("egress", shape=Flag(), default=False),
        fixed("protocol", shape=Protocol(), required=True),
        fixed("ruleAction", required=True),
        fixed("cidrBlock", default=None),
        fixed("ipv6CidrBlock", default=None),
        fixed("fromPort", "PortRange.From", Whole(), default=0),
        fixed("toPort", "PortRange.To", Whole(), default=0),
        fixed("icmpType", "IcmpTypeCode.Type", Whole(), default=0),
        fixed("icmpCode", "IcmpTypeCode.Code", Whole(), default=0),
    ),
)


def _associate(work: Work) -> Any:
    made = _follow(work, work.value("subnetId"), work.value("networkAclId"))
    return {"NetworkAclAssociationId": made["NewAssociationId"]}


def _associated(work: Work) -> Any:
    """Find the association, if the subnet still follows the list."""
    subnet = work.value("subnetId")
    if subnet is None:
        return _association(work, "association-id", work.id)
    found = _association(work, "subnet-id", subnet)
    return found if found["NetworkAclId"] == work.value("networkAclId") else None


def _dissociate(work: Work) -> None:
    found = _associated(work)
    if found is not None:
        _follow(work, work.value("subnetId"), _default_list(work, found["VpcId"]))


NETWORK_ACL_ASSOCIATION = Row(
    "aws:ec2/networkAclAssociation:NetworkAclAssociation",
    "EC2 Network ACL Association",
    "ec2",
    create=_associate,
    id="NetworkAclAssociationId",
    read=_associated,
    delete=(_dissociate,),
    absent=("InvalidAssociationID.NotFound", "InvalidNetworkAclID.NotFound"),
    fields=(fixed("networkAclId", required=True), fixed("subnetId", required=True)),
)

ROWS = (NETWORK_ACL, DEFAULT_NETWORK_ACL, NETWORK_ACL_RULE, NETWORK_ACL_ASSOCIATION)
