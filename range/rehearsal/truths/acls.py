"""Network ACLs and their entries."""

from __future__ import annotations

from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Truth
from range.rehearsal.truths.stores import store

_TERRAFORM = "hashicorp/terraform-provider-aws, internal/service/ec2/errors.go (read 2026-11-22)"


def _is_default(call: Call) -> str | None:
    acl = store(call).network_acls.get(call.params.get("NetworkAclId"))
    if acl is None or str(acl.default).lower() != "true":
        return None
    return f"cannot delete default network ACL {acl.id}"


def _no_such_entry(call: Call) -> str | None:
    acl = store(call).network_acls.get(call.params.get("NetworkAclId"))
    number, egress = call.params.get("RuleNumber"), bool(call.params.get("Egress"))
    if acl is None or any(_place(entry) == (number, egress) for entry in acl.network_acl_entries):
        return None
    return f"The network acl entry identified by {number} {'egress' if egress else 'ingress'} does not exist"


def _place(entry: object) -> tuple[int, bool]:
    """Give what names an entry in its list: number and direction."""
    return int(entry.rule_number), str(entry.egress).lower() == "true"  # type: ignore[attr-defined]


TRUTHS = (
    Truth(
        name="acl-default",
        calls=("ec2.DeleteNetworkAcl",),
        when="it is the VPC's default ACL",
        code="InvalidParameterValue",
        source="botocore 1.44.5, EC2 2016-11-15, DeleteNetworkAcl; floci-io/floci, Ec2Service.java (read 2026-11-22)",
        confidence="seen_in_issue",
        check=_is_default,
    ),
    Truth(
        name="acl-in-use",
        calls=("ec2.DeleteNetworkAcl",),
        when="a subnet is associated with it",
        code="DependencyViolation",
        source="alchemy-run/distilled, packages/aws/patches/ec2.json: codes seen from live calls (read 2026-11-22)",
        confidence="seen_in_issue",
    ),
    Truth(
        name="acl-entry-twice",
        calls=("ec2.CreateNetworkAclEntry",),
        when="the number is taken in that direction",
        code="NetworkAclEntryAlreadyExists",
        source=_TERRAFORM,
        confidence="seen_in_issue",
    ),
    Truth(
        name="acl-entry-absent",
        calls=("ec2.DeleteNetworkAclEntry",),
        when="the ACL has no entry of that number in that direction",
        code="InvalidNetworkAclEntry.NotFound",
        source=_TERRAFORM,
        confidence="seen_in_issue",
        check=_no_such_entry,
    ),
)
