"""What an exercise costs per hour while it stands, from the price table."""

from __future__ import annotations

from collections import Counter

from range.errors import InputError
from range.facts import rows
from range.plan.sizes import larges
from range.records.plan import CostItem, Plan

HOURS_PER_MONTH = 730
"""AWS's own convention for monthly prices."""

PRICED_LIKE = "eu-west-2"
"""What is used for a Region without prices of its own."""

FLOW_LOG_GB_PER_HOST_H = 0.01
"""Assumed: a host with a few connections a second writes about 10 MB of flow logs an hour."""

SESSION_MANAGER_ENDPOINTS = 3
"""In the hub, each in every availability zone."""


def usd_per_h(plan: Plan) -> float:
    """Add up what all items cost per hour."""
    return round(sum(item.usd_per_h for item in cost_items(plan)), 4)


def enclave_usd_per_h(plan: Plan, name: str) -> float:
    """Give what one enclave costs per hour: what all of it would cost less without it."""
    without = plan.model_copy(update={"enclaves": tuple(each for each in plan.enclaves if each.name != name)})
    return round(usd_per_h(plan) - usd_per_h(without), 4)


def priced_region(plan: Plan) -> str:
    """Give the Region whose prices are used."""
    known = {row["region"] for row in rows("prices")} - {"global"}
    return plan.region if plan.region in known else PRICED_LIKE


def cost_items(plan: Plan) -> tuple[CostItem, ...]:
    """Give what is paid for, item by item, by the hour: machines and what is metered while nobody plays.

    Raises:
        InputError: an instance size has no price.
    """
    enclaves = (plan.hub, *plan.enclaves)
    hosts = [host for enclave in enclaves for host in enclave.hosts]
    places = len(plan.availability_zone_ids)
    nat = 1 if plan.egress else 0
    counts: list[tuple[str, float]] = [
        ("EBS gp3", sum(host.disk_gib for host in hosts)),
        ("Transit gateway attachment", len(enclaves)),
        ("Interface endpoint", SESSION_MANAGER_ENDPOINTS * places),
        ("NAT gateway", nat),
        ("Public IPv4 address in use or idle", nat),
        ("KMS customer managed key", len(enclaves)),
        ("Route 53 hosted zone first 25", len(plan.enclaves) + 1),
        ("Traffic mirroring session", sum(len(enclave.mirrors) for enclave in enclaves)),
        ("CloudWatch vended logs ingest first 10 TB", FLOW_LOG_GB_PER_HOST_H * len(hosts)),
    ]
    sizes = Counter(host.size for host in hosts)
    machines = [_machines(plan, size, count) for size, count in sorted(sizes.items())]
    return (*machines, *(_item(plan, item, count) for item, count in counts if count))


def priced_sizes(region: str) -> tuple[str, ...]:
    """Give the families that have a price, by the size whose price is known."""
    return tuple(row["item"].split()[1] for row in rows("prices") if _is_machine(row["item"], region, row["region"]))


def _is_machine(item: str, region: str, priced: str) -> bool:
    """Say whether a row is an instance's price in a Region."""
    return item.startswith("EC2 ") and priced == region


def _machines(plan: Plan, size: str, count: int) -> CostItem:
    """Price the hosts of one size; where only another size of the family is known, in proportion."""
    region = priced_region(plan)
    prices = {row["item"].split()[1]: row for row in rows("prices") if _is_machine(row["item"], region, row["region"])}
    units = larges(size)
    family = [known for known in prices if known.partition(".")[0] == size.partition(".")[0]]
    if units is None or not family:
        raise InputError(
            f"no price is known for {size}",
            hint=f"use the families of {', '.join(sorted(prices))}, or add its price to range/facts/prices.json",
        )
    known = size if size in prices else family[-1]
    scale = units / (larges(known) or units)
    scaled = "" if known == size else f", in proportion to {known}"
    return CostItem(
        item=f"EC2 {size}",
        count=count,
        usd_per_h=round(prices[known]["usd"] * scale * count, 6),
        source=_source(plan, prices[known]) + scaled,
    )


def _item(plan: Plan, item: str, count: float) -> CostItem:
    """Price anything but hosts."""
    region = priced_region(plan)
    (row,) = (row for row in rows("prices") if row["item"] == item and row["region"] in (region, "global"))
    hours = HOURS_PER_MONTH if "month" in row["unit"] else 1
    return CostItem(item=item, count=count, usd_per_h=round(row["usd"] * count / hours, 6), source=_source(plan, row))


def _source(plan: Plan, row: dict[str, str]) -> str:
    """Say where a price is from, how sure it is, and whether it is another Region's."""
    source = f"{row['source']} ({row['as_of']}, {row['confidence']})"
    region = priced_region(plan)
    return source if plan.region == region else f"{source}; priced as {region}"
