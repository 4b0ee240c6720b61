"""What stands in the way of a teardown: things that nobody declared, in our networks or hanging on them."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

from range.cloud.inventory import WORKERS, look, within
from range.cloud.resources.kinds import Place
from range.cloud.resources.table import TABLE
from range.cloud.sessions import Account
from range.cloud.sweep import OnRemoved, sweep
from range.errors import CloudError
from range.records.inventory import Swept

ROOTS = ("ec2:vpc", "ec2:transit-gateway")
"""What others can be inside of, or attached to."""

PARTS = ("ec2:route", "ec2:network-acl-entry", "ec2:security-group-rule", "ec2:transit-gateway-route")
"""What goes with the table or group that it is a line of, and is in nobody's way there."""


def clear_the_way(account: Account, known: Collection[str], on_removed: OnRemoved | None = None) -> Swept:
    """Delete what lives in our networks, or hangs on them, without being ours; and lift what protects our instances.

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
    for each in found:
        if each.resource.type == "ec2:instance" and each.id in known:
            _lift_protection(Place(account, each.resource.region, account.region), each.id)
    strangers = [each.resource for each in within(found, roots) if not (each.id in known or each.managed)]
    parts = [each for each in strangers if each.type in PARTS and each.parent in known]
    return sweep(account, [each for each in strangers if each not in parts], on_removed)


def _lift_protection(place: Place, instance: str) -> None:
    """Let an instance be terminated, where somebody protected it."""
    for name in ("disableApiTermination", "disableApiStop"):
        attribute = name[0].upper() + name[1:]
        answer = place.call("ec2", "describe_instance_attribute", InstanceId=instance, Attribute=name)
        if answer.get(attribute, {}).get("Value"):
            place.call("ec2", "modify_instance_attribute", InstanceId=instance, **{attribute: {"Value": False}})
