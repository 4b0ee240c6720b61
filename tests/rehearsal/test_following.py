"""Whoever follows the cloud is told of every change, and may make some from inside, which are kept like any other."""

from __future__ import annotations

from moto.ec2.models import ec2_backends

from range.rehearsal.door import Cloud
from range.rehearsal.keeping.reach import touch
from tests.rehearsal.conftest import EST, REGION, RELAY, Exercise


def test_a_change_is_seen_by_who_follows_and_a_look_is_not(exercise: Exercise) -> None:
    seen: list[int] = []
    ec2 = exercise.client("ec2")
    follower = exercise.cloud.follow("counter", lambda: seen.append(len(ec2_backends[EST][REGION].vpcs)))
    assert follower.await_done()
    before = len(seen)

    ec2.describe_vpcs()
    assert follower.await_done()
    assert len(seen) == before

    ec2.create_vpc(CidrBlock="10.1.0.0/16")
    assert follower.await_done()
    assert seen[-1] == seen[0] + 1
    follower.close()


def test_a_change_from_inside_is_kept_and_told(kept_exercise: Exercise) -> None:
    vpc = kept_exercise.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    told: list[int] = []
    follower = kept_exercise.cloud.follow("counter", lambda: told.append(1))
    assert follower.await_done()

    with kept_exercise.cloud.changing():
        records = ec2_backends[EST][REGION]
        records.vpcs[vpc].add_tag("from", "inside")
        touch(records)

    assert follower.await_done()
    assert len(told) == 2
    home = kept_exercise.cloud.home
    kept_exercise.cloud.close()
    RELAY.cloud = kept_exercise.cloud = Cloud(home)
    (seen,) = kept_exercise.client("ec2").describe_vpcs(VpcIds=[vpc])["Vpcs"]
    assert {"Key": "from", "Value": "inside"} in seen["Tags"]
