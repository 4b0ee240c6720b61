"""The gateway's route tables: who learns whom, and where everything else ends."""

from __future__ import annotations

from ipaddress import IPv4Network

from range.records.plan import GatewayTable, Plan
from tests.plan.exercises import content, example, exercise_of, planned, with_allies, with_egress, with_flow

SUPERNET = IPv4Network("10.64.0.0/16")


def table(plan: Plan, name: str) -> GatewayTable:
    (found,) = (table for table in plan.tables if table.name == name)
    return found


def test_every_enclave_and_the_hub_look_up_in_one_table() -> None:
    plan = planned(example("nations36"))

    associated = [name for table in plan.tables for name in table.associated]

    assert sorted(associated) == sorted(["hub", *(enclave.name for enclave in plan.enclaves)])


def test_the_hub_and_white_reach_all() -> None:
    plan = planned(example("steadfast"))

    assert (
        set(table(plan, "hub").learns)
        == set(table(plan, "white").learns)
        == {"hub", "gbr", "est", "pol", "red", "white"}
    )
    assert table(plan, "hub").blackholes == table(plan, "white").blackholes == ()


def test_enclaves_reach_hub_white_and_red_and_the_rest_of_the_supernet_is_a_blackhole() -> None:
    shared = table(planned(example("steadfast")), "enclaves")

    assert shared.associated == ("gbr",)
    assert set(shared.learns) == {"hub", "white", "red"}
    assert shared.blackholes == (SUPERNET,)
    assert not shared.default_to_hub


def test_two_allies_with_a_flow_have_a_table_each_and_learn_one_another() -> None:
    plan = planned(example("steadfast"))

    assert set(table(plan, "est").learns) == {"hub", "white", "red", "pol"}
    assert set(table(plan, "pol").learns) == {"hub", "white", "red", "est"}
    assert "gbr" not in {*table(plan, "est").learns, *table(plan, "pol").learns}


def test_without_a_flow_between_them_allies_share_a_table() -> None:
    plan = planned(with_allies(example("steadfast"), ["gbr", "est", "pol"]))

    assert [table.name for table in plan.tables] == ["hub", "white", "red", "enclaves"]


def test_red_learns_only_whom_the_flow_table_exposes_to_it() -> None:
    written = content(example("steadfast"))
    written["flows"] = [flow for flow in written["flows"] if flow["from"] != "red.attackers"]
    quiet = exercise_of(written)

    assert set(table(planned(quiet), "red").learns) == {"hub"}
    one = with_flow(quiet, source="red.attackers", to="est.targets", protocol="tcp", ports=[80])
    assert set(table(planned(one), "red").learns) == {"hub", "est"}


def test_red_learns_those_who_reach_it_for_the_sake_of_replies() -> None:
    written = content(example("steadfast"))
    written["flows"] = []
    back = with_flow(exercise_of(written), source="pol.targets", to="red.attackers", protocol="tcp", ports=[8443])

    assert set(table(planned(back), "red").learns) == {"hub", "pol"}


def test_with_egress_the_internet_lies_behind_the_hub_and_other_private_networks_nowhere() -> None:
    plan = planned(with_egress(example("steadfast"), "allies.targets"))

    for name in ("enclaves", "est", "pol"):
        assert table(plan, name).default_to_hub
        assert {str(network) for network in table(plan, name).blackholes} == {
            "10.64.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"
        }  # fmt: skip
    assert not table(plan, "red").default_to_hub
    assert not table(plan, "hub").default_to_hub


def test_another_ally_changes_only_the_tables_that_learn_all() -> None:
    exercise = with_allies(example("steadfast"), ["gbr", "est"])
    more = with_allies(exercise, ["gbr", "est", "pol"])

    before, after = (planned(e) for e in (exercise, more))

    assert table(before, "enclaves").learns == table(after, "enclaves").learns
    assert table(before, "enclaves").blackholes == table(after, "enclaves").blackholes
