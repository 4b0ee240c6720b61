"""Simulated time: the calls of a run gone through again, by small cases whose times can be told by hand, and by laws."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from range.rehearsal.weather.latencies import Latencies
from range.rehearsal.weather.makespan import (
    Called,
    Task,
    Terms,
    buckets_bound_s,
    critical_path_s,
    ends,
    makespan_s,
    renamed,
)

TIMES = Latencies(
    {"ec2.*": 1.0, "ec2.CreateNatGateway": 2.0}, {"ec2.CreateTags": 7.0}, {"nat-gateway:pending": 100.0}, {}
)
TERMS = Terms(TIMES)
WHERE = ("200000000001", "eu-west-2")


def call(name: str = "ec2.CreateVpc") -> Called:
    """One call that takes a second, unless the name says otherwise."""
    return Called(name, *WHERE)


def test_calls_of_a_task_are_made_one_after_another() -> None:
    assert makespan_s([Task("a", (call(), call(), call()))], TERMS) == 3.0


def test_tasks_are_done_side_by_side_and_wait_for_those_they_come_after() -> None:
    tasks = [Task("a", (call(),)), Task("b", (call(),)), Task("c", (call(),), after=("a", "b"))]

    assert ends(tasks, TERMS) == {"a": 1.0, "b": 1.0, "c": 2.0}


def test_a_limit_makes_tasks_of_its_group_wait() -> None:
    tasks = [Task(name, (call(),), groups=("engines",)) for name in "abcde"]

    assert makespan_s(tasks, Terms(TIMES, limits={"engines": 2})) == 3.0
    assert critical_path_s(tasks, Terms(TIMES, limits={"engines": 2})) == 1.0


def test_who_finds_a_state_over_has_waited_for_it() -> None:
    made = Called("ec2.CreateNatGateway", *WHERE, entered=(("nat-gateway:pending", "nat-1"),))
    looked = Called("ec2.DescribeNatGateways", *WHERE, moved=("nat-1",))

    assert makespan_s([Task("a", (made, looked))], TERMS) == 102.0
    assert ends([Task("a", (made,)), Task("b", (looked,), after=("a",))], TERMS) == {"a": 2.0, "b": 102.0}


def test_who_waits_until_it_is_in_force_waits_longer() -> None:
    assert makespan_s([Task("a", (Called("ec2.CreateTags", *WHERE, settles=True),))], TERMS) == 8.0
    assert makespan_s([Task("a", (Called("ec2.CreateTags", *WHERE),))], TERMS) == 1.0


def test_a_slow_account_takes_longer_and_no_other_does() -> None:
    tasks = [Task("a", (call(),)), Task("b", (Called("ec2.CreateVpc", "200000000002", "eu-west-2"),))]

    assert ends(tasks, Terms(TIMES, slow={"200000000002": 10})) == {"a": 1.0, "b": 10.0}


def test_what_is_only_hoped_for_is_waited_for_as_long_as_patience_lasts() -> None:
    tasks = [
        Task("mine", (call(),) * 10),
        Task("near", (call(),) * 11),
        Task("far", (call(),) * 100),
        Task("beside the near", (call(),), after=("mine",), hoped=("near",)),
        Task("beside the far", (call(),), after=("mine",), hoped=("near", "far")),
        Task("beside what is over", (call(),), after=("near",), hoped=("mine",)),
    ]

    found = ends(tasks, Terms(TIMES, patience=0.5))

    assert [found[task.name] for task in tasks[3:]] == [12.0, 16.0, 12.0]
    assert ends(tasks, Terms(TIMES, patience=100.0))["beside the far"] == 101.0


def test_empty_buckets_bind_and_the_bound_that_they_give_is_told() -> None:
    tasks = [Task(str(number), (call("ec2.CreateNatGateway"),)) for number, _ in enumerate([None] * 20)]

    assert buckets_bound_s(tasks) == pytest.approx(10.0)
    assert makespan_s(tasks, Terms(TIMES, throttling=1.0)) == pytest.approx(12.0)
    assert makespan_s(tasks, TERMS) == 2.0


def test_tasks_that_wait_for_one_another_are_told_of() -> None:
    with pytest.raises(ValueError, match="wait for one another"):
        ends([Task("a", after=("b",)), Task("b", after=("a",))], TERMS)


def test_an_enclave_is_made_into_another_with_things_and_an_account_of_its_own() -> None:
    made = Called("ec2.CreateNatGateway", *WHERE, entered=(("nat-gateway:pending", "nat-1"),))
    tasks = [Task("est a", (made,), ("hub a",), ("est",)), Task("est b", (), ("est a",))]

    first, second = renamed(tasks, "est", "pol", accounts={WHERE[0]: "200000000009"})

    assert (first.name, first.after, first.groups) == ("pol a", ("hub a",), ("pol",))
    assert (first.calls[0].account, first.calls[0].entered) == ("200000000009", (("nat-gateway:pending", "pol nat-1"),))
    assert second.after == ("pol a",)


@st.composite
def graphs(draw: st.DrawFn) -> list[Task]:
    """Tasks of one to three calls, each after some of those before it."""
    made: list[Task] = []
    for number, _ in enumerate([None] * draw(st.integers(1, 12))):
        after = draw(st.lists(st.sampled_from([task.name for task in made]), max_size=3)) if made else []
        made.append(Task(str(number), (call(),) * draw(st.integers(1, 3)), tuple(after), ("all",)))
    return made


@settings(max_examples=60)
@given(tasks=graphs(), width=st.integers(1, 4))
def test_no_makespan_is_shorter_than_the_critical_path_or_than_its_work_shared_out(
    tasks: list[Task], width: int
) -> None:
    terms = Terms(TIMES, limits={"all": width})
    work_s = float(sum(len(task.calls) for task in tasks))
    whole_s, path_s = makespan_s(tasks, terms), critical_path_s(tasks, terms)

    assert path_s <= whole_s <= work_s
    assert whole_s >= work_s / width
    assert whole_s <= work_s / width + path_s  # Graham's bound for list scheduling


@settings(max_examples=30)
@given(tasks=graphs())
def test_one_at_a_time_takes_all_of_the_work(tasks: list[Task]) -> None:
    assert makespan_s(tasks, Terms(TIMES, limits={"all": 1})) == sum(len(task.calls) for task in tasks)
