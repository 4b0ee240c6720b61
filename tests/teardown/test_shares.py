"""An account is taken out of what the hub's stack shares, of nobody else's shares, and waited for."""

from __future__ import annotations

from typing import Any

import pytest

from range.cloud.sessions import Account
from range.errors import CloudError
from range.teardown import shares
from range.teardown.shares import leave

EST = "200000000002"


class Hub(Account):
    """Has two shares, of which one is another exercise's; leaving takes a while."""

    def __init__(self, *members: str, takes: int = 2) -> None:
        self.inside = {"ours": dict.fromkeys(members, "ASSOCIATED"), "theirs": {EST: "ASSOCIATED"}}
        self._takes = takes

    def pages(
        self, service: str, operation: str, /, *, region: str | None = None, **asked: Any
    ) -> list[dict[str, Any]]:
        if operation == "get_resource_shares":
            stacks = {"ours": "x.hub", "theirs": "y.hub"}
            return [
                {
                    "resourceShares": [
                        {"resourceShareArn": arn, "tags": [{"key": "range:stack", "value": stack}]}
                        for arn, stack in stacks.items()
                    ]
                }
            ]
        (share,) = asked["resourceShareArns"]
        told = [{"associatedEntity": who, "status": status} for who, status in self.inside[share].items()]
        leaving = [who for who, status in self.inside[share].items() if status == "DISASSOCIATING"]
        self._takes -= bool(leaving)
        if self._takes <= 0:
            self.inside[share].update(dict.fromkeys(leaving, "DISASSOCIATED"))
        return [{"resourceShareAssociations": told}]

    def call(self, service: str, operation: str, /, *, region: str | None = None, **asked: Any) -> dict[str, Any]:
        (who,) = asked["principals"]
        self.inside[asked["resourceShareArn"]][who] = "DISASSOCIATING"
        return {}


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "_FIRST_WAIT_S", 0.001)


def test_it_is_out_of_ours_alone_when_that_is_over() -> None:
    hub = Hub(EST, "300000000001")

    assert leave(hub, EST, "x.hub")

    assert hub.inside == {
        "ours": {EST: "DISASSOCIATED", "300000000001": "ASSOCIATED"},
        "theirs": {EST: "ASSOCIATED"},
    }


def test_one_that_is_in_none_is_left_alone() -> None:
    assert not leave(Hub("300000000001"), EST, "x.hub")


def test_one_that_does_not_come_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "PATIENCE_S", 0.01)

    with pytest.raises(CloudError, match=f"account {EST} is still in the hub's shares"):
        leave(Hub(EST, takes=10**9), EST, "x.hub")
