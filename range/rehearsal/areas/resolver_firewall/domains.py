"""Lists of domains."""

from __future__ import annotations

import hashlib

from range.rehearsal.areas.resolver_firewall.records import (
    DOMAIN_LISTS,
    RULE_GROUPS,
    found,
    listed,
    made,
    moment,
    removed,
)
from range.rehearsal.areas.shelves import new_id, shelf
from range.rehearsal.call import Call, Shape
from range.rehearsal.refusals import Refusal

_MANAGED_BY = "Route 53 Resolver DNS Firewall"
_MANAGED = (
    "AWSManagedDomainsAggregateThreatList",
    "AWSManagedDomainsAmazonGuardDutyThreatList",
    "AWSManagedDomainsBotnetCommandandControl",
    "AWSManagedDomainsMalwareDomainList",
)
"""Source: Route 53 Developer Guide, "Managed Domain Lists"; from memory, 2026-11-22."""


def create(call: Call) -> Shape:
    """Make a list without domains."""
    made_list = made(call, DOMAIN_LISTS, new_id("rslvr-fdl"), DomainCount=0, Domains=[])
    return {"FirewallDomainList": _shape(made_list)}


def get(call: Call) -> Shape:
    """Show a list."""
    return {"FirewallDomainList": _shape(domain_list(call, call.params["FirewallDomainListId"]))}


def domain_list(call: Call, list_id: str) -> Shape:
    """Find a list of the caller, or one of AWS's own."""
    managed = {each["Id"]: each for each in _managed(call)}
    return managed[list_id] if list_id in managed else found(call, DOMAIN_LISTS, list_id)


def _managed(call: Call) -> list[Shape]:
    """Give the lists that AWS keeps; their ids differ between Regions."""
    return [
        {
            "Id": "rslvr-fdl-" + hashlib.sha256(f"{call.region}/{name}".encode()).hexdigest()[:16],
            "Arn": "",
            "Name": name,
            "Status": "COMPLETE",
            "ManagedOwnerName": _MANAGED_BY,
            "CreatorRequestId": "",
            "DomainCount": 0,
        }
        for name in _MANAGED
    ]


def change(call: Call) -> Shape:
    """Add, remove or replace the domains of a list. AWS writes each with a dot at its end."""
    changed = found(call, DOMAIN_LISTS, call.params["FirewallDomainListId"])
    asked = [domain.rstrip(".") + "." for domain in call.params["Domains"]]
    if call.params["Operation"] == "ADD":
        domains = dict.fromkeys([*changed["Domains"], *asked])
    elif call.params["Operation"] == "REMOVE":
        domains = dict.fromkeys(each for each in changed["Domains"] if each not in asked)
    else:
        domains = dict.fromkeys(asked)
    changed |= {"Domains": list(domains), "DomainCount": len(domains), "ModificationTime": moment()}
    return {"Id": changed["Id"], "Name": changed["Name"], "Status": "UPDATING", "StatusMessage": ""}


def domains_of(call: Call) -> Shape:
    """List the domains of a list of the caller."""
    return listed(call, "Domains", found(call, DOMAIN_LISTS, call.params["FirewallDomainListId"])["Domains"])


def describe(call: Call) -> Shape:
    """List the lists."""
    lists = [*shelf(call, DOMAIN_LISTS).values(), *_managed(call)]
    return listed(call, "FirewallDomainLists", [_shape(each) for each in lists])


def delete(call: Call) -> Shape:
    """Delete a list, unless a rule uses it."""
    list_id = found(call, DOMAIN_LISTS, call.params["FirewallDomainListId"])["Id"]
    groups = shelf(call, RULE_GROUPS).values()
    if any(rule.get("FirewallDomainListId") == list_id for group in groups for rule in group["Rules"]):
        raise Refusal("ConflictException", f"[RSLVR-02007] Domain list {list_id} is used by a rule.")
    return {"FirewallDomainList": _shape(removed(call, DOMAIN_LISTS, list_id))}


def _shape(each: Shape) -> Shape:
    """Give a list as the calls return it."""
    return {key: value for key, value in each.items() if key != "Domains"}


OPERATIONS = {
    "CreateFirewallDomainList": create,
    "GetFirewallDomainList": get,
    "UpdateFirewallDomains": change,
    "ListFirewallDomains": domains_of,
    "ListFirewallDomainLists": describe,
    "DeleteFirewallDomainList": delete,
}
