"""Quotas of what an account has beside its networks: machines, names, keys, buckets, zones, filters, shares."""

from __future__ import annotations

from collections.abc import Callable

from range.rehearsal.areas.resolver_firewall.records import ASSOCIATIONS, DOMAIN_LISTS, RULE_GROUPS
from range.rehearsal.areas.sharing.models import shares_backends
from range.rehearsal.call import Call
from range.rehearsal.quotas.counting import on_shelf, one_more
from range.rehearsal.quotas.rows import MEMORY, Quota
from range.rehearsal.truths.stores import store

_MODEL = "botocore 1.44.5, {} (read 2026-11-22)"
_ENDED = ("terminated", "stopped", "shutting-down", "stopping")


def _vcpus(call: Call) -> int:
    """Count the vCPUs of what runs, and of what a launch asks for; the families that Standard means."""
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    def vcpus(type_: str) -> int:
        known = INSTANCE_TYPES.get(type_) if type_[:1] in "acdhimrtz" else None
        return int(known["VCpuInfo"]["DefaultVCpus"]) if known else 0

    running = sum(vcpus(each.instance_type) for each in store(call).all_instances() if each.state not in _ENDED)
    return running + int(call.params.get("MaxCount", 1)) * vcpus(call.params.get("InstanceType", "m1.small"))


def _named(attribute: str) -> Callable[[Call], int]:
    """Make what counts one kind of things of IAM."""
    return lambda call: one_more(getattr(store(call), attribute))


def _own_policies(call: Call) -> int:
    return one_more(arn for arn in store(call).managed_policies if f"::{call.account}:" in arn)


def _aliases(call: Call) -> int:
    key = store(call).keys.get(call.params.get("TargetKeyId", "").rpartition("/")[2])
    return 0 if key is None else one_more(key.aliases)


def _vpcs_of_a_zone(call: Call) -> int:
    zone = store(call).zones.get(call.params.get("HostedZoneId", "").rpartition("/")[2])
    return 0 if zone is None else one_more(zone.vpcs)


def _shares(call: Call) -> int:
    kept = shares_backends[call.account][call.region]
    return one_more(each for each in kept.shares.values() if each.status == "ACTIVE")


def _of_iam(name: str, call: str, things: str, needed: Callable[[Call], int]) -> Quota:
    """Make a quota of IAM, which names it in its refusal."""
    message = f"Cannot exceed quota for {things}PerAccount: {{limit}}"
    return Quota(name, (f"iam.{call}",), "LimitExceeded", message, needed, _MODEL.format(f"IAM, {call}"), status=409)


def _of_dns_firewall(name: str, call: str, needed: Callable[[Call], int]) -> Quota:
    """Make a quota of DNS Firewall."""
    message = f"[RSLVR-02405] Limit exceeded: {name}, {{limit}}."
    source = _MODEL.format(f"Route 53 Resolver, {call}")
    return Quota(name, (f"route53resolver.{call}",), "LimitExceededException", message, needed, source)


QUOTAS = (
    Quota(
        "running On-Demand Standard (A C D H I M R T Z) vCPUs",
        ("ec2.RunInstances",),
        "VcpuLimitExceeded",
        "You have requested more vCPU capacity than your current vCPU limit of {limit} allows for the instance bucket "
        "that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to "
        "request an adjustment to this limit.",
        _vcpus,
        held=False,
    ),
    _of_iam("IAM roles per account", "CreateRole", "Roles", _named("roles")),
    _of_iam("IAM users per account", "CreateUser", "Users", _named("users")),
    _of_iam("IAM groups per account", "CreateGroup", "Groups", _named("groups")),
    _of_iam("IAM customer managed policies per account", "CreatePolicy", "Policies", _own_policies),
    _of_iam(
        "IAM instance profiles per account", "CreateInstanceProfile", "InstanceProfiles", _named("instance_profiles")
    ),
    Quota(
        "KMS customer managed keys per Region",
        ("kms.CreateKey",),
        "LimitExceededException",
        "You have reached the limit of {limit} customer managed keys.",
        lambda call: one_more(each for each in store(call).keys.values() if each.key_manager == "CUSTOMER"),
        _MODEL.format("KMS, CreateKey"),
    ),
    Quota(
        "KMS aliases per key",
        ("kms.CreateAlias",),
        "LimitExceededException",
        "You have reached the limit of {limit} aliases of this key.",
        _aliases,
        _MODEL.format("KMS, CreateAlias"),
    ),
    Quota(
        "S3 general purpose buckets per account",
        ("s3.CreateBucket",),
        "TooManyBuckets",
        "You have attempted to create more buckets than allowed",
        lambda call: one_more(store(call).buckets),
        "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (from memory, 2026-11-22)",
    ),
    Quota(
        "Route 53 hosted zones per account",
        ("route53.CreateHostedZone",),
        "TooManyHostedZones",
        "Limits Exceeded: MAX_HOSTED_ZONES_BY_ACCOUNT - Cannot create more hosted zones.",
        lambda call: one_more(store(call).zones),
        _MODEL.format("Route 53, CreateHostedZone"),
    ),
    Quota(
        "VPCs per private hosted zone",
        ("route53.AssociateVPCWithHostedZone",),
        "LimitsExceeded",
        "Limits Exceeded: MAX_VPCS_BY_HOSTED_ZONE - the hosted zone has {limit} VPCs.",
        _vpcs_of_a_zone,
        _MODEL.format("Route 53, AssociateVPCWithHostedZone"),
    ),
    _of_dns_firewall(
        "DNS Firewall rule groups associated per VPC", "AssociateFirewallRuleGroup", on_shelf(ASSOCIATIONS, "VpcId")
    ),
    _of_dns_firewall("DNS Firewall rule groups per Region", "CreateFirewallRuleGroup", on_shelf(RULE_GROUPS)),
    _of_dns_firewall("DNS Firewall domain lists per Region", "CreateFirewallDomainList", on_shelf(DOMAIN_LISTS)),
    Quota(
        "RAM resource shares per Region",
        ("ram.CreateResourceShare",),
        "ResourceShareLimitExceededException",
        "You have reached the limit of {limit} resource shares.",
        _shares,
        MEMORY,
        "general_knowledge",
    ),
)
