"""What no stack declares and players may make: swept where the witness names it, and nothing else of its type."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from range.cloud import sweep as sweeping
from range.cloud.inventory import take
from range.cloud.resources.table import STRAYS
from range.cloud.sessions import Account
from range.observe.door import Entry, House
from range.observe.kinds import Kind
from range.observe.look import look
from range.observe.table import TABLE
from range.records.baseline import Baseline
from range.records.observation import Observation
from range.rehearsal.accounts import ADMINISTRATOR_ROLE
from range.rehearsal.server import Front
from range.reset.sweeping import clear, undeclared
from range.verify.baseline import differences
from tests.cloud.conftest import HOME

QUERY = '{"ResourceTypeFilters": ["AWS::AllSupported"], "TagFilters": [{"Key": "k", "Values": ["v"]}]}'
CODE = b"PK\x05\x06" + b"\x00" * 18
MADE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "acm:certificate": ("acm", "request_certificate", {"DomainName": "{}.example"}),
    "backup:vault": ("backup", "create_backup_vault", {"BackupVaultName": "{}"}),
    "cloudwatch:dashboard": ("cloudwatch", "put_dashboard", {"DashboardName": "{}", "DashboardBody": "{{}}"}),
    "codebuild:project": (
        "codebuild", "create_project",
        {"name": "{}", "source": {"type": "S3", "location": "b/k"}, "artifacts": {"type": "NO_ARTIFACTS"},
         "environment": {"type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL"},
         "serviceRole": "arn:aws:iam::{account}:role/service-role/x"},
    ),
    "ec2:carrier-gateway": ("ec2", "create_carrier_gateway", {"VpcId": "{vpc}"}),
    "ec2:dedicated-host": ("ec2", "allocate_hosts", {"AvailabilityZone": f"{HOME}a", "InstanceType": "c5.large", "Quantity": 1}),
    "ecs:task-definition": (
        "ecs", "register_task_definition",
        {"family": "{}", "containerDefinitions": [{"name": "c", "image": "i", "memory": 128}]},
    ),
    "elasticloadbalancing:classic": (
        "elb", "create_load_balancer",
        {"LoadBalancerName": "{}", "AvailabilityZones": [f"{HOME}a"],
         "Listeners": [{"Protocol": "tcp", "LoadBalancerPort": 80, "InstancePort": 80}]},
    ),
    "events:archive": (
        "events", "create_archive",
        {"ArchiveName": "{}", "EventSourceArn": f"arn:aws:events:{HOME}:{{account}}:event-bus/default"},
    ),
    "events:bus": ("events", "create_event_bus", {"Name": "{}"}),
    "events:connection": (
        "events", "create_connection",
        {"Name": "{}", "AuthorizationType": "BASIC",
         "AuthParameters": {"BasicAuthParameters": {"Username": "u", "Password": "p"}}},
    ),
    "guardduty:detector": ("guardduty", "create_detector", {"Enable": True}),
    "iam:mfa-device": ("iam", "create_virtual_mfa_device", {"VirtualMFADeviceName": "{}"}),
    "kinesis:stream": ("kinesis", "create_stream", {"StreamName": "{}", "ShardCount": 1}),
    "lambda:layer": ("lambda", "publish_layer_version", {"LayerName": "{}", "Content": {"ZipFile": CODE}}),
    "resource-groups:group": (
        "resource-groups", "create_group", {"Name": "{}", "ResourceQuery": {"Type": "TAG_FILTERS_1_0", "Query": QUERY}}
    ),
    "route53:health-check": (
        "route53", "create_health_check",
        {"CallerReference": "{}", "HealthCheckConfig": {"IPAddress": "192.0.2.1", "Port": 80, "Type": "TCP"}},
    ),
    "scheduler:group": ("scheduler", "create_schedule_group", {"Name": "{}"}),
    "ses:identity": ("ses", "verify_email_identity", {"EmailAddress": "{}@example.test"}),
    "sns:platform-application": (
        "sns", "create_platform_application",
        {"Name": "{}", "Platform": "APNS", "Attributes": {"PlatformCredential": "c", "PlatformPrincipal": "p"}},
    ),
    "ssm:maintenance-window": (
        "ssm", "create_maintenance_window",
        {"Name": "{}", "Schedule": "rate(1 day)", "Duration": 2, "Cutoff": 1, "AllowUnassociatedTargets": True},
    ),
    "ssm:patch-baseline": ("ssm", "create_patch_baseline", {"Name": "{}"}),
    "states:activity": ("stepfunctions", "create_activity", {"name": "{}"}),
}  # fmt: skip
"""How one is made, by type: service, call, parameters, with `{}` for a name."""


class Ground:
    """An account, seen by the witness and changed by somebody who may do anything."""

    def __init__(self, account: Account, front: Front) -> None:
        self.account = account
        role = f"arn:aws:iam::{account.id}:role/{ADMINISTRATOR_ROLE}"
        self._door = House(HOME).enter(Entry(account.id, role, "any-external-id"))
        keys = account.credentials
        self._session = boto3.Session(keys.access_key, keys.secret_key, keys.token, region_name=HOME)
        self._endpoint = f"http://127.0.0.1:{front.port}"
        self.vpc = account.call("ec2", "create_vpc", CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]

    def make(self, type_: str, name: str) -> None:
        service, operation, parameters = MADE[type_]
        client = self._session.client(service, endpoint_url=self._endpoint)
        getattr(client, operation)(**{key: self._filled(value, name) for key, value in parameters.items()})

    def _filled(self, value: Any, name: str) -> Any:
        return value.format(name, account=self.account.id, vpc=self.vpc) if isinstance(value, str) else value

    def look(self) -> Observation:
        table = tuple(Kind(**{**vars(kind), "abroad": False}) for kind in TABLE if kind.type in MADE)
        return look(self._door, table=table)


@pytest.fixture(scope="module")
def ground(fresh: Iterator[Account], front: Front) -> Ground:
    return Ground(next(fresh), front)


@pytest.fixture(scope="module")
def spoilt(ground: Ground) -> tuple[Baseline, Observation]:
    """A baseline of an account that has one of each type already, and what a look shows after another of each was made."""
    for type_ in MADE:
        if type_ != "guardduty:detector":  # an account has one at most
            ground.make(type_, "before")
    recorded = Baseline(
        exercise="x", enclave="est", account=ground.account.id, recorded=datetime.now(UTC), versions={}, plan={}, state="",
        playbooks="", observation=ground.look(), inventory=take(ground.account),
    )  # fmt: skip
    for type_ in MADE:
        ground.make(type_, "after")
    return recorded, ground.look()


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_FIRST_WAIT_S", 0.01)


def test_the_witness_sees_each_of_them(spoilt: tuple[Baseline, Observation]) -> None:
    recorded, now = spoilt

    assert {each.type for each in differences(recorded.observation, now) if each.kind == "added"} == set(MADE)
    assert set(MADE) <= {kind.type for kind in STRAYS}


def test_each_is_swept_and_those_that_were_there_before_stay(
    ground: Ground, spoilt: tuple[Baseline, Observation]
) -> None:
    recorded, now = spoilt
    found = differences(recorded.observation, now)

    targets = undeclared(ground.account, recorded, (), found)
    swept = clear(ground.account, targets, 5)

    assert {each.type for each in targets} >= set(MADE)  # a detector and a connection make more
    assert swept.left == (), swept.reasons
    assert differences(recorded.observation, ground.look()) == ()
