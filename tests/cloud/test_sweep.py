"""What a sweep deletes, in which order, and what it says of what stays."""

from __future__ import annotations

import pytest

from range.cloud import sweep as sweeping
from range.cloud.inventory import take
from range.cloud.resources.kinds import Found, Place
from range.cloud.resources.table import BY_TYPE
from range.cloud.sessions import Account
from range.cloud.sweep import sweep
from range.errors import CloudError
from range.records.inventory import Inventory, Resource
from tests.cloud.conftest import HOME
from tests.cloud.vandal import make_belongings, make_network


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_FIRST_WAIT_S", 0.01)


@pytest.fixture
def before(account: Account) -> Inventory:
    """What was there before the vandal."""
    return take(account, regions=[HOME])


@pytest.fixture
def volume(account: Account) -> Resource:
    """Something that takes one call to delete."""
    made = account.call("ec2", "create_volume", AvailabilityZone=f"{HOME}a", Size=8)["VolumeId"]
    return Resource(account=account.id, region=HOME, type="ec2:volume", id=made)


def test_everything_that_a_vandal_made_is_gone_afterwards(account: Account, before: Inventory) -> None:
    make_network(account)
    make_belongings(account)
    made = take(account, regions=[HOME]).since(before)

    swept = sweep(account, made, patience_s=1)

    assert take(account, regions=[HOME]).since(before) == (), swept.reasons
    assert len(made) > 40


def test_nothing_else_is_touched(account: Account, before: Inventory) -> None:
    theirs = make_network(account)
    there = take(account, regions=[HOME])
    make_network(account)
    made = take(account, regions=[HOME]).since(there)

    sweep(account, made, patience_s=1)

    now = {resource.key for resource in take(account, regions=[HOME]).resources}
    assert {resource.key for resource in there.resources} <= now
    assert any(resource.id == theirs for resource in there.resources)


def test_what_is_gone_already_counts_as_removed(account: Account) -> None:
    gone = Resource(account=account.id, region=HOME, type="ec2:vpc", id="vpc-0123456789abcdef0")

    assert sweep(account, [gone]).removed == (gone,)


def test_what_aws_forbids_is_left_with_its_reason_at_once(
    account: Account, volume: Resource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Account, "call", refusing("delete_volume", "UnauthorizedOperation", Account.call))

    swept = sweep(account, [volume], patience_s=60)

    assert [resource.key for resource in swept.left] == [volume.key]
    assert "UnauthorizedOperation" in swept.reasons[str(swept.left[0])]


def test_what_is_in_use_is_tried_again_until_it_goes(
    account: Account, volume: Resource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Account, "call", refusing("delete_volume", "VolumeInUse", Account.call, times=2))

    swept = sweep(account, [volume], patience_s=60)

    assert len(swept.removed) == 1
    assert not swept.failed


def test_residue_is_not_even_asked_for(account: Account) -> None:
    key = Resource(account=account.id, region=HOME, type="kms:key", id="key", residue="waits")

    swept = sweep(account, [key])

    assert swept.removed == swept.left == ()


def test_each_removal_is_told_when_it_is_done(account: Account, volume: Resource) -> None:
    told: list[Resource] = []

    sweep(account, [volume], told.append)

    assert [resource.key for resource in told] == [volume.key]


def test_a_batch_call_s_refusal_inside_its_answer_is_a_refusal(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = {"Unsuccessful": [{"ResourceId": "vpce-1", "Error": {"Code": "DependencyViolation", "Message": "no"}}]}
    monkeypatch.setattr(Account, "call", lambda *_, **__: refusal)
    kind = BY_TYPE["ec2:vpc-endpoint"]
    found = Found(Resource(account=account.id, region=HOME, type=kind.type, id="vpce-1"), {})

    assert kind.delete is not None
    with pytest.raises(CloudError, match="DependencyViolation"):
        kind.delete(Place(account, HOME, HOME), found)


def refusing(operation: str, code: str, call: object, times: int = 1_000_000) -> object:
    """Refuse one operation for some times."""
    left = [times]

    def refused(self: Account, service: str, name: str, /, **parameters: object) -> object:
        if name == operation and left[0]:
            left[0] -= 1
            raise CloudError(f"{service} {name}: {code}", code=code)
        return call(self, service, name, **parameters)  # type: ignore[operator]

    return refused
