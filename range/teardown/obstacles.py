"""What stands in the way of a teardown: things that nobody declared, in our networks or hanging on them."""

from __future__ import annotations

import re
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

from range.cloud.inventory import WORKERS, look, within
from range.cloud.resources.kinds import Found, Place, pages
from range.cloud.resources.table import TABLE
from range.cloud.sessions import Account
from range.cloud.sweep import GONE, OnRemoved, sweep
from range.errors import CloudError
from range.records.inventory import Swept

ROOTS = ("ec2:vpc", "ec2:transit-gateway")
"""What others can be inside of, or attached to."""

PARTS = ("ec2:route", "ec2:network-acl-entry", "ec2:security-group-rule", "ec2:transit-gateway-route")
"""What goes with the table or group that it is a line of, and is in nobody's way there."""


_POLICY = re.compile(r"p-[0-9a-zA-Z_]{8,128}")
"""Source: AWS Organizations API Reference, "DetachPolicy" (read 2026-11-28)."""
PATIENCE_S = 120.0
"""How long AWS may go on refusing: what ours hold on to goes only after ours."""


def clear_the_way(
    account: Account, known: Collection[str], on_removed: OnRemoved | None = None, patience_s: float = PATIENCE_S
) -> Swept:
    """Delete what lives in our networks, or hangs on them, without being ours.

    Our instances are freed from what others did to them: protection from termination, and groups that aren't ours.

    `known` is every id that the state has. A network is ours if the state knows it, whatever else the account is used
    for: what stands beside our networks is never touched, though it may be newer. Attachments to our transit gateway,
    peerings with our VPCs and rules of other groups that name ours hang on them.
    """
    kinds = [kind for kind in TABLE if kind.scope == "region" and (kind.hangs or kind.type in ROOTS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        found, unlisted = look(account, (account.region,), pool.map, kinds=kinds)
    if unlisted:
        raise CloudError(f"can't tell what is in the way: {unlisted[0].why}", code=unlisted[0].code)
    roots = [each.id for each in found if each.resource.type in ROOTS and each.id in known]
    if not roots:
        return Swept()
    ours = [each for each in found if each.resource.type == "ec2:instance" and each.id in known]
    for instance in ours:
        place = Place(account, instance.resource.region, account.region)
        _lift_protection(place, instance.id)
        _take_out_of_groups(place, instance, known)
    strangers = [each.resource for each in within(found, roots) if not (each.id in known or each.managed)]
    parts = [each for each in strangers if each.type in PARTS and each.parent in known]
    return sweep(account, [each for each in strangers if each not in parts], on_removed, patience_s)


def detach_policies(account: Account, known: Collection[str]) -> None:
    """Take the organisation's policies that the hub's state knows off whatever a state that was lost put them on.

    `account` is the hub's, which may do that. An attachment that is in this state is called `TARGET:POLICY` there, and goes
    with it. A policy that is gone is on nothing any more.
    """
    place = Place(account, account.region, account.region)
    for policy in sorted(filter(_POLICY.fullmatch, known)):
        try:
            targets = list(pages("organizations", "list_targets_for_policy", "Targets", PolicyId=policy)(place))
        except CloudError as refused:
            if not GONE.search(refused.code):
                raise
            continue
        for target in targets:
            if f"{target['TargetId']}:{policy}" not in known:
                place.call("organizations", "detach_policy", PolicyId=policy, TargetId=target["TargetId"])


def _lift_protection(place: Place, instance: str) -> None:
    """Let an instance be terminated, where somebody protected it."""
    for name in ("disableApiTermination", "disableApiStop"):
        attribute = name[0].upper() + name[1:]
        answer = place.call("ec2", "describe_instance_attribute", InstanceId=instance, Attribute=name)
        if answer.get(attribute, {}).get("Value"):
            place.call("ec2", "modify_instance_attribute", InstanceId=instance, **{attribute: {"Value": False}})


def _take_out_of_groups(place: Place, instance: Found, known: Collection[str]) -> None:
    """Leave an instance in those of its groups that are ours, or in the VPC's default one, which nobody can delete."""
    for interface in instance.item.get("NetworkInterfaces", ()):
        groups = [group["GroupId"] for group in interface.get("Groups", ())]
        kept = [group for group in groups if group in known]
        if len(kept) == len(groups):
            continue
        kept = kept or [_default_group(place, instance.resource.parent)]
        place.call(
            "ec2",
            "modify_network_interface_attribute",
            NetworkInterfaceId=interface["NetworkInterfaceId"],
            Groups=kept,
        )


def _default_group(place: Place, vpc: str) -> str:
    """Find a VPC's default group."""
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    return str(place.call("ec2", "describe_security_groups", Filters=filters)["SecurityGroups"][0]["GroupId"])
