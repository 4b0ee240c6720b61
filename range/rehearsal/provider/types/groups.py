"""Security groups: groups, the default one, and their rules one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from range.errors import CloudError
from range.rehearsal.provider.rows import (
    ID,
    Act,
    Call,
    Field,
    Mark,
    Row,
    call,
    fixed,
    later,
    local,
    mutable,
    output,
    the,
)
from range.rehearsal.provider.shapes import Block, Flag, Many, Part, Shape, Whole
from range.rehearsal.provider.types.ec2 import arn, tagged
from range.rehearsal.provider.work import Work

_INLINE = Many(
    Block(
        (
            Part("protocol", required=True),
            Part("fromPort", shape=Whole(), required=True),
            Part("toPort", shape=Whole(), required=True),
            Part("cidrBlocks", shape=Many()),
            Part("ipv6CidrBlocks", shape=Many()),
            Part("prefixListIds", shape=Many()),
            Part("securityGroups", shape=Many()),
            Part("self", shape=Flag()),
            Part("description"),
        )
    )
)
_SOURCES = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}
_NUMBERS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
_SELF = "self"


@dataclass(frozen=True)
class Permissions(Shape):
    """The rules inside a group: what counts is which source may use which ports, however the rules are bundled."""

    permissions: str

    def problems(self, value: Any, where: str) -> Iterator[tuple[str, str]]:
        """What is wrong with the rules."""
        return _INLINE.problems(value, where)

    def seen(self, value: Any) -> Any:
        """Read a whole group: one rule per protocol, ports and description."""
        bundles: dict[tuple[Any, ...], dict[str, Any]] = {}
        for item in value.get(self.permissions) or []:
            for name, (plural, singular) in _SOURCES.items():
                for source in item.get(plural) or []:
                    ports = (
                        item["IpProtocol"],
                        item.get("FromPort", 0),
                        item.get("ToPort", 0),
                        source.get("Description"),
                    )
                    rule = bundles.setdefault(ports, {})
                    if source[singular] == value["GroupId"]:
                        rule[_SELF] = True
                    else:
                        rule.setdefault(name, []).append(source[singular])
        return [_rule(ports, sources) for ports, sources in sorted(bundles.items(), key=str)]

    def same(self, new: Any, old: Any) -> bool:
        """Compare single permissions."""
        return atoms(new) == atoms(old)


def _rule(ports: tuple[Any, ...], sources: Mapping[str, Any]) -> dict[str, Any]:
    protocol, start, end, description = ports
    rule = {"protocol": protocol, "fromPort": start, "toPort": end, **sources}
    return rule if description is None else {**rule, "description": description}


def atoms(rules: Any) -> set[tuple[Any, ...]]:
    """Take rules apart into (protocol, from, to, kind of source, source, description)."""
    found = set()
    for rule in rules or []:
        protocol = _protocol(rule["protocol"])
        ports = (0, 0) if protocol == "-1" else (int(rule["fromPort"]), int(rule["toPort"]))
        sources = [(name, source) for name in _SOURCES for source in rule.get(name) or []]
        if rule.get(_SELF):
            sources.append((_SELF, ""))
        found |= {(protocol, *ports, name, source, rule.get("description") or None) for name, source in sources}
    return found


def _permission(atom: tuple[Any, ...], group: str) -> dict[str, Any]:
    """Give a single permission as AWS takes it."""
    protocol, start, end, name, source, description = atom
    plural, singular = _SOURCES["securityGroups" if name == _SELF else name]
    entry = {singular: group if name == _SELF else source}
    permission = {"IpProtocol": protocol, plural: [{**entry, "Description": description} if description else entry]}
    return permission if protocol == "-1" else {**permission, "FromPort": start, "ToPort": end}


def _protocol(text: Any) -> str:
    return _NUMBERS.get(str(text).lower(), str(text).lower())


def _change_rules(direction: str) -> Act:
    """Revoke what is too much and authorise what is missing."""

    def change(work: Work) -> None:
        wanted, there = atoms(work.value(direction)), atoms(work.old.get(direction))
        for verb, some in (("revoke", there - wanted), ("authorize", wanted - there)):
            if some:
                permissions = [_permission(atom, work.id) for atom in sorted(some, key=str)]
                work.ask(f"{verb}_security_group_{direction}", GroupId=work.id, IpPermissions=permissions)

    return change


_RULES = (
    later("ingress", _change_rules("ingress"), shape=Permissions("IpPermissions"), read=""),
    later("egress", _change_rules("egress"), shape=Permissions("IpPermissionsEgress"), read=""),
)
_READ = call("describe_security_groups", "SecurityGroups[0]", GroupIds=[ID])


def _revoke_all(work: Work) -> None:
    """Take every rule out of a group: AWS gives a new one leave to reach everything."""
    group = work.seen or work.make(_READ) or {}
    for direction, permissions in (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress")):
        if group.get(permissions):
            work.ask(f"revoke_security_group_{direction}", GroupId=work.id, IpPermissions=group[permissions])


def _revoke_before_deleting(work: Work) -> None:
    if work.old.get("revokeRulesOnDelete"):
        _revoke_all(work)


GROUP = Row(
    "aws:ec2/securityGroup:SecurityGroup",
    "EC2 Security Group",
    "ec2",
    create=call("create_security_group"),
    id="GroupId",
    after=(_revoke_all,),
    read=_READ,
    delete=(_revoke_before_deleting, call("delete_security_group", GroupId=ID)),
    absent=("InvalidGroup.NotFound", "InvalidGroupId.NotFound"),
    busy=("DependencyViolation", "InvalidGroup.InUse"),
    tags=tagged("security-group"),
    fields=(
        fixed("name", "GroupName", auto=str),
        fixed("description", fill="Managed by Pulumi"),
        fixed("vpcId"),
        *_RULES,
        local("revokeRulesOnDelete", Flag(), False),
        output("ownerId"),
        arn("security-group", "ownerId"),
    ),
)


def _adopt(work: Work) -> Any:
    """Take a VPC's default group over, with no rule in it."""
    filters = [{"Name": "vpc-id", "Values": [work.given("vpcId")]}, {"Name": "group-name", "Values": ["default"]}]
    group = work.ask("describe_security_groups", Filters=filters)["SecurityGroups"][0]
    _revoke_all(work.with_(id=group["GroupId"]))
    return group


DEFAULT_GROUP = Row(
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "EC2 Default Security Group",
    "ec2",
    create=_adopt,
    id="GroupId",
    read=_READ,
    delete=(),
    absent=("InvalidGroup.NotFound", "InvalidGroupId.NotFound"),
    tags=tagged("security-group"),
    fields=(
        fixed("vpcId"),
        *_RULES,
        local("revokeRulesOnDelete", Flag(), False),
        output("name", "GroupName"),
        output("description"),
        output("ownerId"),
        arn("security-group", "ownerId"),
    ),
)

_TAGS = tagged("security-group-rule")
_SINGLE = {
    "cidrIpv4": ("IpRanges", "CidrIp"),
    "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListId": ("PrefixListIds", "PrefixListId"),
    "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
}


@dataclass(frozen=True)
class Protocol(Shape):
    """A protocol by its name or number."""

    def sent(self, value: Any) -> Any:
        """Give a string."""
        return str(value)

    def same(self, new: Any, old: Any) -> bool:
        """Compare what the names and numbers stand for."""
        return _protocol(new) == _protocol(old)


def _one_permission(work: Work) -> list[dict[str, Any]]:
    """Give the permission that a rule is made with."""
    name = next((name for name in _SINGLE if work.value(name)), None)
    if name is None:
        raise CloudError(f"a rule needs a source or destination: one of {', '.join(_SINGLE)}")
    plural, singular = _SINGLE[name]
    source = {singular: work.value(name), "Description": work.value("description")}
    permission = {
        "IpProtocol": work.sent("ipProtocol"),
        "FromPort": work.given("fromPort"),
        "ToPort": work.given("toPort"),
        plural: [{key: value for key, value in source.items() if value}],
    }
    return [{key: value for key, value in permission.items() if value is not None}]


def _another_source(new: Mapping[str, Any], old: Mapping[str, Any]) -> frozenset[str]:
    """A rule can change its source's value, but not its kind."""
    kinds = [{name for name in _SINGLE if side.get(name) is not None} for side in (new, old)]
    return frozenset(kinds[0] | kinds[1]) if kinds[0] != kinds[1] else frozenset()


_MODIFY = call(
    "modify_security_group_rules",
    GroupId=the("securityGroupId"),
    SecurityGroupRules=[
        {
            "SecurityGroupRuleId": ID,
            "SecurityGroupRule": {
                "IpProtocol": the("ipProtocol"),
                "FromPort": the("fromPort"),
                "ToPort": the("toPort"),
                "CidrIpv4": the("cidrIpv4"),
                "CidrIpv6": the("cidrIpv6"),
                "PrefixListId": the("prefixListId"),
                "ReferencedGroupId": the("referencedSecurityGroupId"),
                "Description": Mark(
                    lambda work: work.value("description") or ("" if "description" in work.changed else None)
                ),
            },
        }
    ],
)


def _rule_field(name: str, shape: Shape | None = None, **more: Any) -> Field:
    return mutable(name, _MODIFY, shape=shape or Field.shape, **more)


def _rule_row(direction: str) -> Row:
    """Describe the rules of one direction."""
    made: Call = call(
        f"authorize_security_group_{direction}",
        "SecurityGroupRules[0]",
        GroupId=the("securityGroupId"),
        IpPermissions=Mark(_one_permission),
        TagSpecifications=_TAGS.create["TagSpecifications"],
    )
    name = direction.capitalize()
    return Row(
        f"aws:vpc/securityGroup{name}Rule:SecurityGroup{name}Rule",
        f"VPC Security Group {name} Rule",
        "ec2",
        create=lambda work: work.make(made),
        id="SecurityGroupRuleId",
        read=call("describe_security_group_rules", "SecurityGroupRules[0]", SecurityGroupRuleIds=[ID]),
        delete=(call(f"revoke_security_group_{direction}", GroupId=the("securityGroupId"), SecurityGroupRuleIds=[ID]),),
        absent=("InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound", "InvalidGroup.NotFound"),
        tags=_TAGS,
        replaces=_another_source,
        fields=(
            fixed("securityGroupId", "GroupId", required=True),
            _rule_field("ipProtocol", Protocol(), required=True),
            _rule_field("fromPort", Whole(), default=-1),
            _rule_field("toPort", Whole(), default=-1),
            _rule_field("cidrIpv4", default=None),
            _rule_field("cidrIpv6", default=None),
            _rule_field("prefixListId", default=None),
            _rule_field("referencedSecurityGroupId", default=None, read="ReferencedGroupInfo.GroupId"),
            _rule_field("description", default=None),
            output("securityGroupRuleId"),
            arn("security-group-rule", "account"),
        ),
    )


ROWS = (GROUP, DEFAULT_GROUP, _rule_row("ingress"), _rule_row("egress"))
