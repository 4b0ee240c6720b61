"""Security groups: what keeps one from being deleted, and which names and rules AWS doesn't take."""

from __future__ import annotations

from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Truth
from range.rehearsal.truths.stores import store

_MODEL = "botocore 1.44.5, EC2 2016-11-15, DeleteSecurityGroup (read 2026-11-22)"
_TERRAFORM = "hashicorp/terraform-provider-aws, internal/service/ec2/errors.go (read 2026-11-22)"
_MEMORY = "none opened (general knowledge)"


def _group(call: Call) -> Any:
    """Find the group that a call names by id or, in a default VPC, by name; None where there is none."""
    named, name = call.params.get("GroupId"), call.params.get("GroupName")
    if named:
        return group_of(store(call), named)
    return store(call).get_security_group_from_name(name) if name else None


def group_of(ec2: Any, group_id: str) -> Any:
    """Find a group by its id, or give None. moto looks through copies of all groups for each."""
    return next((groups[group_id] for groups in ec2.groups.values() if group_id in groups), None)


def _dependent(group: Any) -> str:
    """Word the refusal to delete a group that something depends on."""
    return f"resource {group.id} has a dependent object"


def _holds_interfaces(call: Call) -> str | None:
    group = _group(call)
    if group is None or not any(group.id in _group_ids(interface) for interface in store(call).enis.values()):
        return None
    return _dependent(group)


def _holds_instances(call: Call) -> str | None:
    group = _group(call)
    if group is None:
        return None
    living = (instance for instance in store(call).all_instances() if instance.state != "terminated")
    held = any(group.id in {held.id for held in instance.security_groups} for instance in living)
    return _dependent(group) if held else None


def _group_ids(interface: Any) -> set[str]:
    return {group if isinstance(group, str) else group.id for group in interface.group_set}


def _named_by_another(call: Call) -> str | None:
    group = _group(call)
    if group is None:
        return None
    others = (other for other in store(call).groups[group.vpc_id].values() if other.id != group.id)
    rules = (rule for other in others for rule in (*other.ingress_rules, *other.egress_rules))
    return _dependent(group) if any((rule.source_group or {}).get("GroupId") == group.id for rule in rules) else None


def _of_a_load_balancer(call: Call) -> str | None:
    group = _group(call)
    if group is None:
        return None
    balancers = store(call, "elbv2").load_balancers.values()
    return _dependent(group) if any(group.id in (balancer.security_groups or ()) for balancer in balancers) else None


def _is_default(call: Call) -> str | None:
    group = _group(call)
    if group is None or not group.is_default:
        return None
    return f'the specified group: "{group.id}" name: "default" cannot be deleted by a user'


def _nowhere(call: Call) -> str | None:
    has_default = any(vpc.is_default for vpc in store(call).vpcs.values())
    return None if call.params.get("VpcId") or has_default else "No default VPC for this user"


def _reserved_name(call: Call) -> str | None:
    return "Cannot use reserved security group name: default" if call.params.get("GroupName") == "default" else None


def _looks_like_an_id(call: Call) -> str | None:
    name = call.params.get("GroupName", "")
    if not name.startswith("sg-"):
        return None
    return f"Invalid value '{name}' for groupName. Group names may not be in the format sg-*."


def _group_of_an_unpeered_vpc(call: Call) -> str | None:
    permissions = call.params.get("IpPermissions", ())
    named = {pair.get("GroupId", "") for permission in permissions for pair in permission.get("UserIdGroupPairs", ())}
    group = _group(call) if named else None
    if group is None:
        return None
    ec2 = store(call)
    others = [other for other in (group_of(ec2, each) for each in named) if other and other.vpc_id != group.vpc_id]
    peers = _peers(call, group.vpc_id) if others else set()
    stranger = next((other for other in others if other.vpc_id not in peers), None)
    if stranger is None:
        return None
    return f"You have specified two resources that belong to different networks: {group.id} and {stranger.id}"


def _peers(call: Call, vpc_id: str) -> set[str]:
    """Collect the VPCs that a VPC has an active peering with."""
    active = (peering for peering in store(call).vpc_pcxs.values() if peering._status.code == "active")
    pairs = ({peering.vpc.id, peering.peer_vpc.id} for peering in active)
    return {other for pair in pairs if vpc_id in pair for other in pair - {vpc_id}}


def _unknown_rule(call: Call) -> str | None:
    asked, group = call.params.get("SecurityGroupRuleIds", ()), _group(call)
    if group is None or not asked:
        return None
    rules = group.ingress_rules if call.operation.endswith("Ingress") else group.egress_rules
    unknown = next((each for each in asked if each not in {rule.id for rule in rules}), None)
    return None if unknown is None else f"The security group rule ID '{unknown}' does not exist"


TRUTHS = (
    Truth(
        name="security-group-of-an-instance",
        calls=("ec2.DeleteSecurityGroup",),
        when="an instance that isn't terminated has the group",
        code="DependencyViolation",
        source=_MODEL,
        confidence="documented",
        check=_holds_instances,
    ),
    Truth(
        name="security-group-of-an-interface",
        calls=("ec2.DeleteSecurityGroup",),
        when="a network interface has the group, also one that a service made",
        code="DependencyViolation",
        source=_MODEL,
        confidence="documented",
        check=_holds_interfaces,
    ),
    Truth(
        name="security-group-named-by-another",
        calls=("ec2.DeleteSecurityGroup",),
        when="a rule of another group of the VPC names it; rules of the default group count, those of a peer's don't",
        code="DependencyViolation",
        source=f"{_MODEL}; https://github.com/rebuy-de/aws-nuke/issues/410",
        confidence="documented",
        check=_named_by_another,
    ),
    Truth(
        name="security-group-of-a-load-balancer",
        calls=("ec2.DeleteSecurityGroup",),
        when="a load balancer has the group",
        code="DependencyViolation",
        source=_MODEL,
        confidence="documented",
        check=_of_a_load_balancer,
    ),
    Truth(
        name="security-group-default",
        calls=("ec2.DeleteSecurityGroup",),
        when="it is the default group of a VPC",
        code="CannotDelete",
        source="alchemy-run/distilled, packages/aws/patches/ec2.json: codes seen from live calls (read 2026-11-22)",
        confidence="seen_in_issue",
        check=_is_default,
    ),
    Truth(
        name="security-group-without-a-network",
        calls=("ec2.CreateSecurityGroup",),
        when="no VPC is given and the Region has no default VPC",
        code="VPCIdNotSpecified",
        source="https://github.com/gruntwork-io/infrastructure-as-code-training/issues/1",
        confidence="seen_in_issue",
        check=_nowhere,
    ),
    Truth(
        name="security-group-name-taken",
        calls=("ec2.CreateSecurityGroup",),
        when="the VPC has a group of that name",
        code="InvalidGroup.Duplicate",
        source="https://github.com/kubernetes-sigs/cluster-api-provider-aws/issues/890",
        confidence="general_knowledge",
    ),
    Truth(
        name="security-group-name-reserved",
        calls=("ec2.CreateSecurityGroup",),
        when="the name is `default`",
        code="InvalidGroup.Reserved",
        source="https://www.rubydoc.info/gems/amazon-ec2/AWS/InvalidGroupReserved",
        confidence="general_knowledge",
        check=_reserved_name,
    ),
    Truth(
        name="security-group-name-like-an-id",
        calls=("ec2.CreateSecurityGroup",),
        when="the name starts with `sg-`",
        code="InvalidParameterValue",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_looks_like_an_id,
    ),
    Truth(
        name="security-group-rule-twice",
        calls=("ec2.AuthorizeSecurityGroupIngress", "ec2.AuthorizeSecurityGroupEgress"),
        when="the group has the same rule",
        code="InvalidPermission.Duplicate",
        source=_TERRAFORM,
        confidence="seen_in_issue",
    ),
    Truth(
        name="security-group-rule-absent",
        calls=("ec2.RevokeSecurityGroupIngress", "ec2.RevokeSecurityGroupEgress"),
        when="the group has no such rule",
        code="InvalidPermission.NotFound",
        source=_TERRAFORM,
        confidence="seen_in_issue",
    ),
    Truth(
        name="security-group-rule-id-unknown",
        calls=("ec2.RevokeSecurityGroupIngress", "ec2.RevokeSecurityGroupEgress"),
        when="the group has no rule of that id in that direction",
        code="InvalidSecurityGroupRuleId.NotFound",
        source=_TERRAFORM,
        confidence="seen_in_issue",
        check=_unknown_rule,
    ),
    Truth(
        name="security-group-rules-over-quota",
        calls=("ec2.AuthorizeSecurityGroupIngress",),
        when="it would have more than 60 rules (the default quota)",
        code="RulesPerSecurityGroupLimitExceeded",
        source=_MEMORY,
        confidence="general_knowledge",
    ),
    Truth(
        name="security-group-rule-names-a-stranger",
        calls=("ec2.AuthorizeSecurityGroupIngress", "ec2.AuthorizeSecurityGroupEgress"),
        when="it names a group of a VPC that isn't peered with this one",
        code="InvalidGroup.NotFound",
        source=_TERRAFORM,
        confidence="general_knowledge",
        check=_group_of_an_unpeered_vpc,
    ),
)
