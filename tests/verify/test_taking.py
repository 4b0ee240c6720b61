"""Taking a snapshot: to the last page, twice, side by side, with rights to read only; and what can't be had is said."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any, cast

import pytest

from range.cloud.sessions import Sessions
from range.errors import CloudError
from range.records.snapshot import Snapshot
from range.verify.calls import CALLS
from range.verify.decision import prove
from range.verify.taking import take
from tests.verify.cloud.whole import Cloud
from tests.verify.exercises import steadfast
from tests.verify.identity.accounts import Told
from tests.verify.ranges import range_of

Parameters = dict[str, Any]
TOKENS = {call.operation: call.token for call in CALLS}
ITEMS = {call.operation: call.items for call in CALLS}


class Paged:
    """The accounts of a small cloud as boto3 shows them: two items a page, and the token of the next one."""

    def __init__(self, cloud: Cloud, before: Callable[[str, str, str], None] = lambda *_: None) -> None:
        self.cloud, self.before = cloud, before
        self.asked: list[tuple[str, str]] = []
        self.at_once: set[int] = set()
        self.looks = 0

    def account(self, account: str) -> PagedAccount:
        """Enter an account."""
        self.looks += account == self.cloud.accounts[0]
        return PagedAccount(account, self)


class PagedAccount:
    """One account."""

    def __init__(self, account: str, cloud: Paged) -> None:
        self.id, self._cloud = account, cloud

    def call(self, service: str, method: str, /, **parameters: Any) -> dict[str, Any]:
        """Answer a call as boto3 does."""
        operation = "".join(part.capitalize() for part in method.split("_"))
        found = next((name for name in TOKENS if name.lower() == operation.lower()), None)
        if found is None:
            told = Told(self.id, self._cloud.cloud.region, self._cloud.cloud.identities[self.id])
            return told.call(service, method, **parameters)
        operation = found
        self._cloud.asked.append((service, method))
        self._cloud.at_once.add(threading.get_ident())
        self._cloud.before(self.id, operation, str(self._cloud.looks))
        start = int(parameters.pop(TOKENS[operation], 0))
        said = next(
            answer.pages[0].result
            for answer in self._cloud.cloud.answers(self.id)
            if (answer.service, answer.operation, answer.parameters) == (service, operation, parameters)
        )
        key = ITEMS[operation]
        page = {**said, key: said.get(key, [])[start : start + 2], "ResponseMetadata": {"RequestId": "r"}}
        if start + 2 < len(said.get(key, [])):
            spelled = {"Marker": "NextMarker"}.get(TOKENS[operation], TOKENS[operation])
            page[spelled] = str(start + 2)
        return page


def taken(cloud: Paged) -> Snapshot:
    return take(steadfast(), cast("Sessions", cloud))


@pytest.fixture
def cloud() -> Cloud:
    return range_of(steadfast()).cloud


def test_a_snapshot_of_many_pages_proves_what_one_of_few_does(cloud: Cloud) -> None:
    seen = taken(Paged(cloud))
    proof, other = prove(steadfast(), seen), prove(steadfast(), cloud.snapshot())

    assert max(len(answer.pages) for answer in seen.answers) > 5
    assert proof.verdict == "PROVEN"
    assert (proof.findings, proof.matrix, proof.interfaces) == (other.findings, other.matrix, other.interfaces)


def test_accounts_are_asked_side_by_side_and_only_to_read(cloud: Cloud) -> None:
    paged = Paged(cloud)
    taken(paged)

    assert len(paged.at_once) > 1
    assert all(re.match(r"(describe|get|list|search)_", method) for _, method in paged.asked)
    assert paged.looks == 2


@pytest.mark.parametrize("operation", ["DescribeSubnets", "SearchTransitGatewayRoutes", "ListFirewallRules"])
def test_a_call_that_one_account_refuses_leaves_it_unknown_with_the_reason(cloud: Cloud, operation: str) -> None:
    def refuse(account: str, asked: str, _: str) -> None:
        if (account, asked) == (steadfast().hub.account, operation):
            raise CloudError("no", code="AccessDeniedException")

    proof = prove(steadfast(), taken(Paged(cloud, refuse)))

    assert proof.verdict == "UNKNOWN"
    assert any(operation in finding.resource and "AccessDenied" in finding.why for finding in proof.findings)


def _changing(cloud: Cloud, until: int) -> Callable[[str, str, str], None]:
    """Give an account another address at every look, up to one."""
    done: set[str] = set()

    def change(account: str, operation: str, look: str) -> None:
        if operation == "DescribeAddresses" and look not in done and int(look) <= until:
            done.add(look)
            cloud.call(account, "ec2.allocate_address", {})

    return change


def test_a_range_that_changed_is_looked_at_again_until_it_rests(cloud: Cloud) -> None:
    paged = Paged(cloud, _changing(cloud, until=2))
    seen = taken(paged)

    assert (seen.steady, paged.looks) == (True, 3)
    assert prove(steadfast(), seen).verdict == "PROVEN"


def test_a_range_that_never_rests_is_unknown(cloud: Cloud) -> None:
    paged = Paged(cloud, _changing(cloud, until=99))
    seen = taken(paged)
    proof = prove(steadfast(), seen)

    assert (seen.steady, paged.looks) == (False, 3)
    assert proof.verdict == "UNKNOWN"
    assert "something changed while it was taken" in proof.findings[0].why


def test_machines_that_come_and_go_while_they_are_looked_at_are_no_violation(cloud: Cloud) -> None:
    hub = steadfast().hub.account
    machines = [one for one in cloud.own("NetworkInterfaces", hub) if one["InterfaceType"] == "interface"]
    gone: dict[str, str] = {}

    def vanish(account: str, operation: str, look: str) -> None:
        if (account, operation) == (hub, "DescribeNetworkInterfaces") and look not in gone:
            gone[look] = machines.pop()["NetworkInterfaceId"]
            cloud.call(hub, "ec2.delete_network_interface", {"NetworkInterfaceId": gone[look]})

    assert prove(steadfast(), taken(Paged(cloud, vanish))).verdict == "UNKNOWN"
    assert len(gone) == 3
