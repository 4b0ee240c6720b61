"""What is put back by hand, and what is left to the engine because it couldn't be, or not truly."""

from __future__ import annotations

from typing import Any, cast

import pytest

from range.cloud.sessions import Account
from range.errors import CloudError
from range.records.observation import Difference
from range.reset.settings import HOLDING, mend

IDS = {"ec2:dhcp-options/est": "dopt-1", "ec2:security-group/est-targets": "sg-1"}


class Called:
    """An account that writes down what it is told, and lists what a test has it list."""

    id = "200000000002"

    def __init__(self, **listed: list[dict[str, Any]]) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._listed = listed

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        self.calls.append((operation, parameters))
        return {}

    def pages(self, service: str, operation: str, **parameters: Any) -> list[dict[str, Any]]:
        return self._listed.get(operation, [])


def changed(type_: str, key: str, was: Any, now: Any) -> Difference:
    return Difference(
        kind="changed", region="eu-west-2", type=type_, name="n", id="i-1", property=key, was=was, now=now
    )


def mended(account: Called, each: Difference, menders: Any = None) -> bool:
    return mend(cast(Account, account), [each], IDS, menders) == (each,)


PUT_BACK: dict[str, tuple[Difference, str, dict[str, Any]]] = {
    "protection": (
        changed("ec2:instance", "DisableApiTermination", None, True),
        "modify_instance_attribute", {"DisableApiTermination": {"Value": False}},
    ),
    "usage metrics": (
        changed("ec2:vpc", "EnableNetworkAddressUsageMetrics", None, True),
        "modify_vpc_attribute", {"EnableNetworkAddressUsageMetrics": {"Value": False}},
    ),
    "tags": (
        changed("ec2:vpc", "Tags", {"Name": "est"}, {"Name": "mallory", "more": "1"}),
        "create_tags", {"Tags": [{"Key": "Name", "Value": "est"}]},
    ),
    "options": (
        changed("ec2:vpc", "DhcpOptionsId", "ec2:dhcp-options/est", "default"),
        "associate_dhcp_options", {"DhcpOptionsId": "dopt-1"},
    ),
    "groups": (
        changed("ec2:network-interface", "Groups", [{"GroupId": "ec2:security-group/est-targets"}], []),
        "modify_network_interface_attribute", {"Groups": ["sg-1"]},
    ),
    "a record": (
        changed("route53:zone", "Records", [], [{"Name": "x", "Type": "A"}]),
        "change_resource_record_sets", {"HostedZoneId": "i-1"},
    ),
    "a bucket's rules for others": (changed("s3:bucket", "Cors", None, [{}]), "delete_bucket_cors", {"Bucket": "i-1"}),
}  # fmt: skip


@pytest.mark.parametrize("what", PUT_BACK)
def test_it_is_put_back_by_hand(what: str) -> None:
    each, operation, parameters = PUT_BACK[what]
    account = Called()

    assert mended(account, each)
    assert operation in {name for name, _ in account.calls}
    told = next(given for name, given in account.calls if name == operation)
    assert parameters.items() <= told.items()


POLICY = {"PolicyName": "p", "PolicyDocument": {"Resource": "arn:aws:s3:::x"}}
LEFT: dict[str, Difference] = {
    "a policy that names the account": changed(
        "iam:role", "RolePolicyList", [{**POLICY, "PolicyDocument": {"Resource": "arn:aws:iam::{account}:role/x"}}], []
    ),
    "a policy that names a thing by its role": changed(
        "iam:role", "RolePolicyList", [{**POLICY, "PolicyDocument": {"Resource": "ec2:security-group/est-targets"}}], []
    ),
    "tags that name a thing by its role": changed("ec2:vpc", "Tags", {"A": "see ec2:dhcp-options/est"}, {}),
    "a managed policy that was detached": changed(
        "iam:role", "AttachedManagedPolicies", [{"PolicyName": "boundary"}], []
    ),
    "options that are gone": changed("ec2:vpc", "DhcpOptionsId", "ec2:dhcp-options/gone", "default"),
    "a group that is gone": changed("ec2:network-interface", "Groups", [{"GroupId": "ec2:security-group/gone"}], []),
    "a bucket's policy": changed("s3:bucket", "Policy", {"Statement": []}, None),
    "an object that was overwritten": changed("s3:bucket", "Objects", [["etag-1", "key", 1]], [["etag-2", "key", 1]]),
    "a folder that is gone": changed("s3:bucket", "Folders", ["kept/"], []),
    "a subscription that is gone": changed("logs:log-group", "Subscriptions", [["", "arn", "f"]], []),
    "a grant without a name": changed("kms:key", "Grants", [], [["arn:aws:iam::1:role/x", ["Decrypt"], None]]),
    "what nobody knows to put back": changed("ec2:vpc", "CidrBlock", "10.0.0.0/16", "10.1.0.0/16"),
}


@pytest.mark.parametrize("what", LEFT)
def test_it_is_left_to_the_engine_and_nothing_that_stands_for_an_id_is_written(what: str) -> None:
    account = Called()

    assert not mended(account, LEFT[what])
    assert not [name for name, _ in account.calls if name.startswith(("put_", "create_", "associate_", "modify_"))]


def test_only_what_was_added_is_taken_away() -> None:
    objects = [{"Contents": [{"Key": "kept"}, {"Key": "loot"}]}]
    filters = [{"subscriptionFilters": [{"filterName": "ours"}, {"filterName": "theirs"}]}]
    grants = [{"Grants": [{"Name": "ours", "GrantId": "1"}, {"Name": "theirs", "GrantId": "2"}, {"GrantId": "3"}]}]
    account = Called(list_objects_v2=objects, describe_subscription_filters=filters, list_grants=grants)
    ours, theirs = [["p"], "ours", None], [["q"], "theirs", None]

    assert mended(
        account, changed("s3:bucket", "Objects", [['"e"', "kept", 1]], [['"e"', "kept", 1], ['"f"', "loot", 1]])
    )
    assert mended(account, changed("logs:log-group", "Subscriptions", [ours], [ours, theirs]))
    assert mended(account, changed("kms:key", "Grants", [ours], [ours, theirs]))

    assert [(name, given.get("Key") or given.get("filterName") or given.get("GrantId")) for name, given in account.calls] == [
        ("delete_object", "loot"), ("delete_subscription_filter", "theirs"), ("revoke_grant", "2"),
    ]  # fmt: skip


def test_what_aws_refuses_is_not_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise CloudError("not yours", code="UnauthorizedOperation")

    account = Called()
    monkeypatch.setattr(account, "call", refused)

    assert not mended(account, changed("ec2:vpc", "EnableDnsSupport", True, None))


def test_before_the_sweep_only_that_is_put_back_which_would_hold_on_to_strays() -> None:
    assert not mended(Called(), changed("ec2:vpc", "EnableDnsSupport", True, None), HOLDING)
    assert mended(Called(), changed("ec2:vpc", "DhcpOptionsId", "ec2:dhcp-options/est", "default"), HOLDING)
