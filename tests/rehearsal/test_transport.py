"""Clients that are answered in this process."""

from __future__ import annotations

from moto import mock_aws

from range.rehearsal.door import Cloud
from range.rehearsal.transport import session
from tests.rehearsal.conftest import EST, MANAGEMENT, REGION, Exercise


def test_a_request_is_carried_out_once_while_moto_mocks_aws() -> None:
    with mock_aws():
        cloud = Cloud()
        operator = Exercise(cloud).operator
        ec2 = session(cloud, operator.access_key, operator.secret).client("ec2", region_name=REGION)
        before = len(ec2.describe_vpcs()["Vpcs"])
        made = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]
        assert made["OwnerId"] == MANAGEMENT
        assert len(ec2.describe_vpcs()["Vpcs"]) == before + 1


def test_after_moto_has_mocked_aws_a_cloud_begins_anew() -> None:
    with mock_aws():
        Exercise(Cloud())

    after = Exercise(Cloud())

    assert after.client("ec2").describe_vpcs()["Vpcs"]
    assert after.client("ec2", account=EST).describe_vpcs()["Vpcs"]
