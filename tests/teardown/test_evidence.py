"""Kept evidence outlives the key of the enclave that it is of, and nothing else does."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from range.cloud.inventory import take
from range.cloud.sessions import Account
from range.errors import CloudError
from range.observe.door import Entry, House
from range.observe.look import look
from range.observe.table import TABLE
from range.rehearsal.accounts import ADMINISTRATOR_ROLE
from range.teardown.evidence import safeguard
from tests.cloud.conftest import HOME

TAGS = [
    {"Key": "range:evidence", "Value": "web"},
    {"Key": "range:exercise", "Value": "x"},
    {"Key": "range:stack", "Value": "x.est"},
]


@pytest.fixture
def hub(fresh: Iterator[Account]) -> Account:
    return next(fresh)


@pytest.fixture
def kept(account: Account) -> str:
    """A snapshot that was kept on request, of a disk under the account's own key, and one that wasn't."""
    key = account.call("kms", "create_key")["KeyMetadata"]["Arn"]
    volume = account.call(
        "ec2", "create_volume", AvailabilityZone=f"{HOME}a", Size=8, Encrypted=True, KmsKeyId=key
    )["VolumeId"]  # fmt: skip
    account.call("ec2", "create_snapshot", VolumeId=volume)
    tags = [{"ResourceType": "snapshot", "Tags": TAGS}]
    made = account.call("ec2", "create_snapshot", VolumeId=volume, Description="of web", TagSpecifications=tags)
    return str(made["SnapshotId"])


def roles(*accounts: Account) -> list[str]:
    return [f"arn:aws:iam::{each.id}:role/{ADMINISTRATOR_ROLE}" for each in accounts]


def evidence(account: Account) -> list[dict[str, object]]:
    filters = [{"Name": "tag-key", "Values": ["range:evidence"]}]
    return list(account.call("ec2", "describe_snapshots", OwnerIds=["self"], Filters=filters)["Snapshots"])


def test_what_was_kept_is_under_a_key_of_the_hub_and_its_original_is_gone(
    account: Account, hub: Account, kept: str
) -> None:
    saved = safeguard(account, hub, "x", roles(account, hub))

    (copy,) = evidence(account)
    assert {copy["SnapshotId"]: copy["KmsKeyId"]} == saved
    assert f":{hub.id}:key/" in str(copy["KmsKeyId"])
    assert (copy["Description"], copy["Tags"]) == ("of web", TAGS)
    assert copy["SnapshotId"] != kept


def test_allies_use_the_key_for_disks_alone_which_is_all_that_the_proof_takes_for_declared(
    account: Account, hub: Account, kept: str
) -> None:
    (key,) = set(safeguard(account, hub, "x", roles(account, hub)).values())

    policy = json.loads(hub.call("kms", "get_key_policy", KeyId=key, PolicyName="default")["Policy"])
    _, theirs = policy["Statement"]
    assert theirs["Principal"]["AWS"] == sorted(roles(account, hub))
    assert theirs["Condition"] == {"StringEquals": {"kms:ViaService": f"ec2.{HOME}.amazonaws.com"}}


def test_a_second_run_copies_nothing_and_further_evidence_goes_under_the_same_key(
    account: Account, hub: Account, kept: str
) -> None:
    first = safeguard(account, hub, "x", roles(account, hub))
    again = safeguard(account, hub, "x", roles(account, hub))
    volume = account.call("ec2", "create_volume", AvailabilityZone=f"{HOME}a", Size=8, Encrypted=True)["VolumeId"]
    tags = [{"ResourceType": "snapshot", "Tags": TAGS}]
    account.call("ec2", "create_snapshot", VolumeId=volume, TagSpecifications=tags)
    more = safeguard(account, hub, "x", roles(account, hub))

    assert again == first
    assert set(more.values()) == set(first.values())
    assert (len(more), len(evidence(account))) == (2, 2)


def test_what_another_exercise_kept_in_the_account_stays_as_it_is(account: Account, hub: Account, kept: str) -> None:
    assert safeguard(account, hub, "y", roles(account, hub)) == {}

    (original,) = evidence(account)
    assert original["SnapshotId"] == kept


def test_where_nothing_was_kept_no_key_is_made(account: Account, hub: Account) -> None:
    assert safeguard(account, hub, "x", roles(account, hub)) == {}
    assert hub.call("kms", "list_keys")["Keys"] == []


def test_a_copy_that_is_refused_leaves_the_original(
    account: Account, hub: Account, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Account.call

    def call(self: Account, service: str, operation: str, **parameters: object) -> object:
        if operation == "copy_snapshot":
            raise CloudError("ec2 copy_snapshot: not yours", code="UnauthorizedOperation")
        return asked(self, service, operation, **parameters)  # type: ignore[arg-type]

    monkeypatch.setattr(Account, "call", call)

    with pytest.raises(CloudError, match="not yours"):
        safeguard(account, hub, "x", roles(account, hub))
    assert [each["SnapshotId"] for each in evidence(account)] == [kept]


def test_it_is_residue_to_the_teardown_and_to_the_witness_and_swept_by_nobody(
    account: Account, hub: Account, kept: str
) -> None:
    before = take(account, regions=[HOME]), take(hub, regions=[HOME])
    saved = safeguard(account, hub, "x", roles(account, hub))
    role = f"arn:aws:iam::{hub.id}:role/{ADMINISTRATOR_ROLE}"
    door = House(HOME).enter(Entry(hub.id, role, "any-external-id"))
    seen = look(door, table=tuple(kind for kind in TABLE if kind.type == "kms:key"))

    now = take(account, regions=[HOME]), take(hub, regions=[HOME])
    assert now[0].since(before[0]) == now[1].since(before[1]) == ()
    assert {each.id for each in now[0].resources if "evidence of web" in each.residue} == set(saved)
    assert [each.why for each in seen.residue] == ["the key of evidence that was kept on request"]
