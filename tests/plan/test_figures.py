"""Quotas and prices: from the tables, with their sources, and said when they are another Region's."""

from __future__ import annotations

import json

import pytest

from range.errors import InputError
from range.facts import rows
from range.plan.cost import cost_items, usd_per_h
from range.plan.quotas import quota_uses, tightest
from range.plan.sizes import larges, vcpus
from range.plan.summary import summary
from range.records.plan import Plan, QuotaUse
from tests.plan.exercises import content, example, exercise_of, planned, with_egress


def use(plan: Plan, quota: str, account: str) -> QuotaUse:
    (found,) = (use for use in quota_uses(plan) if use.quota.startswith(quota) and use.account == account)
    return found


@pytest.mark.parametrize("table", ["quotas", "prices"])
def test_every_figure_has_a_source_and_says_how_sure_it_is(table: str) -> None:
    for row in rows(table):
        assert row["source"]
        assert row["confidence"] in {"documented", "measured_by_others", "assumed"}


def test_an_ally_s_vcpus_are_counted_and_what_to_ask_for_is_said() -> None:
    plan = planned(example("steadfast"))
    needed = use(plan, "running On-Demand Standard", "200000000002")

    assert (needed.default, needed.needed, needed.within, needed.code) == (5, 8, False, "L-1216C47A")
    (row,) = (row for row in summary(plan)["quotas"] if row["code"] == "L-1216C47A")
    assert row["ask"] == 8
    assert len(row["short"]) == 4


def test_thirty_six_nations_need_more_accounts_than_an_organisation_has_by_default() -> None:
    needed = use(planned(example("nations36")), "accounts per organisation", "100000000001")

    assert (needed.default, needed.needed) == (10, 40)


@pytest.mark.parametrize(
    ("quota", "needed"),
    [
        ("attachments per transit gateway", 39),
        ("route tables per transit gateway", 8),
        ("transit gateways per account", 1),
        ("S3 general purpose buckets", 38 + 1),
    ],
)
def test_the_hub_s_gateway_and_archives_are_counted(quota: str, needed: int) -> None:
    assert use(planned(example("nations36")), quota, "100000000002").needed == needed


def test_what_is_nearest_to_its_quota_comes_first() -> None:
    ordered = tightest(quota_uses(planned(example("nations36"))))

    nearness = [use.needed / use.default for use in ordered]
    assert nearness == sorted(nearness, reverse=True)
    assert len({use.quota for use in ordered}) == len(ordered)


def test_what_aws_granted_counts_instead_of_the_default() -> None:
    granted = exercise_of(content(example("steadfast")) | {"quotas": {"VPCs per Region": 0}})

    hub = use(planned(granted), "VPCs per Region", "100000000002")

    assert (hub.default, hub.limit, hub.within) == (5, 0, False)
    assert use(planned(example("steadfast")), "VPCs per Region", "100000000002").within


def test_an_address_is_counted_only_with_egress() -> None:
    plain = planned(example("steadfast"))
    outward = planned(with_egress(example("steadfast"), "hub.services"))

    assert not [use for use in quota_uses(plain) if use.quota.startswith("Elastic IPs")]
    assert use(outward, "Elastic IPs", "100000000002").needed == 1


def test_hosts_cost_what_the_table_says() -> None:
    items = {item.item: item for item in cost_items(planned(example("steadfast")))}

    assert items["EC2 t3.micro"].count == 11
    assert items["EC2 t3.micro"].usd_per_h == pytest.approx(11 * 0.0118)
    assert items["Transit gateway attachment"].usd_per_h == pytest.approx(6 * 0.05)
    assert items["EBS gp3"].usd_per_h == pytest.approx(200 * 0.0928 / 730, abs=1e-6)


def test_the_total_is_the_sum_of_the_items() -> None:
    plan = planned(example("nations36"))

    assert usd_per_h(plan) == pytest.approx(sum(item.usd_per_h for item in cost_items(plan)), abs=1e-3)


def test_egress_costs_a_nat_gateway_and_its_address() -> None:
    dear, cheap = planned(with_egress(example("steadfast"), "hub.services")), planned(example("steadfast"))

    assert usd_per_h(dear) - usd_per_h(cheap) == pytest.approx(0.05 + 0.005)


def in_region(region: str, zone: str) -> Plan:
    return planned(
        exercise_of(content(example("steadfast")) | {"region": region, "availability_zones": [f"{zone}-az1"]})
    )


def test_virginia_has_prices_of_its_own() -> None:
    items = {item.item: item for item in cost_items(in_region("us-east-1", "use1"))}

    assert items["EC2 t3.micro"].usd_per_h == pytest.approx(11 * 0.0104)


def test_a_region_without_prices_is_priced_as_london_and_says_so() -> None:
    plan = in_region("eu-north-1", "eun1")

    assert summary(plan)["priced_as"] == "eu-west-2"
    assert all("priced as eu-west-2" in item.source for item in cost_items(plan))


def with_size(size: str) -> Plan:
    written = content(example("steadfast"))
    written["hub"]["hosts"]["intel"]["size"] = size
    return planned(exercise_of(written))


def test_a_size_without_a_price_is_priced_in_proportion_to_its_family() -> None:
    items = {item.item: item for item in cost_items(with_size("m5.4xlarge"))}

    assert items["EC2 m5.4xlarge"].usd_per_h == pytest.approx(0.111 * 8)
    assert "in proportion to m5.large" in items["EC2 m5.4xlarge"].source


@pytest.mark.parametrize("size", ["x9.large", "t3.enormous"])
def test_a_size_that_can_t_be_priced_is_refused_naming_those_that_can(size: str) -> None:
    with pytest.raises(InputError, match=size) as caught:
        cost_items(with_size(size))

    assert "t3.micro" in str(caught.value)


@pytest.mark.parametrize(
    ("size", "count"),
    [("t3.micro", 2), ("t3.large", 2), ("t2.micro", 1), ("t2.medium", 2), ("m5.xlarge", 4), ("c5.9xlarge", 36),
     ("m6g.medium", 1), ("m5.metal", 96)],
)  # fmt: skip
def test_vcpus_follow_from_the_size(size: str, count: int) -> None:
    assert vcpus(size) == count


def test_a_bare_metal_size_is_no_multiple_of_large() -> None:
    assert larges("m5.metal") is None


def test_the_summary_is_json_with_the_keys_that_are_promised() -> None:
    written = json.loads(json.dumps(summary(planned(example("steadfast")))))

    assert set(written) >= {"accounts", "flows", "quotas", "usd_per_h"}
    assert set(written["accounts"][0]) == {"name", "account", "role_arn", "external_id"}
    assert [account["name"] for account in written["accounts"]] == ["hub", "gbr", "est", "pol", "red", "white"]
    assert {"from", "to", "protocol", "ports", "kind", "why"} == set(written["flows"][0])
    assert isinstance(written["usd_per_h"], float)
