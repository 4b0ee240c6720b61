"""Cutting an enclave's network off, and undoing exactly that: one entry before all others in each of its ACLs.

Network ACLs keep no state, so what is connected is cut too; nothing else of the enclave is touched, and AWS's own API,
by which the controller cleans up, isn't reached through the network.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from range.cloud.sessions import Account
from range.errors import CloudError
from range.plan.rules import CUT
from range.records.session import Entry

_AT_ONCE = 8
_EVERYTHING = {"CidrBlock": "0.0.0.0/0", "Protocol": "-1", "RuleAction": "deny"}
_TAKEN = ("NetworkAclEntryAlreadyExists",)
_GONE = ("InvalidNetworkAclEntry.NotFound", "InvalidNetworkAclID.NotFound")


def cut(account: Account, stack: str) -> tuple[Entry, ...]:
    """Cut every subnet of a stack's networks off; gives what does so. A second run adds what is missing.

    Raises:
        CloudError: AWS refused an entry, there is no network to cut, or somebody's own entry is where ours would be.
    """
    entries = [Entry(acl=acl, egress=egress) for acl in _acls(account, stack) for egress in (False, True)]
    if not entries:
        raise CloudError(f"account {account.id} has no network of {stack}", code="NoNetwork")
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="cut") as pool:
        made = [
            entry
            for entry, new in zip(entries, pool.map(lambda each: _refuse(account, each), entries), strict=True)
            if new
        ]
    if len(made) < len(entries) and not is_cut(account, stack):
        restore(account, made)
        raise CloudError(
            f"{stack} isn't cut off: entry {CUT} of one of its ACLs is somebody's who lets traffic through",
            code="NotCut",
            hint=f"delete that entry of account {account.id}, then type the same command again",
        )
    return tuple(entries)


def restore(account: Account, entries: Sequence[Entry]) -> None:
    """Take away exactly what cuts; an entry that is gone already, maybe with its ACL, is fine."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="thaw") as pool:
        list(pool.map(lambda entry: _unless(account, "delete_network_acl_entry", _GONE, **_where(entry)), entries))


def is_cut(account: Account, stack: str) -> bool:
    """Say whether every subnet of a stack's networks is cut off."""
    found = _described(account, stack)
    return bool(found) and all(
        {entry["Egress"] for entry in acl["Entries"] if entry["RuleNumber"] == CUT and _stops_all(entry)}
        == {False, True}
        for acl in found
    )


def _stops_all(entry: Mapping[str, Any]) -> bool:
    """Say whether an entry lets nothing at all through."""
    return {name: entry.get(name) for name in _EVERYTHING} == _EVERYTHING


def _refuse(account: Account, entry: Entry) -> bool:
    """Let nothing through; False where there is such an entry, whatever it does."""
    return _unless(account, "create_network_acl_entry", _TAKEN, **_where(entry), **_EVERYTHING)


def _where(entry: Entry) -> dict[str, Any]:
    return {"NetworkAclId": entry.acl, "RuleNumber": CUT, "Egress": entry.egress}


def _unless(account: Account, operation: str, codes: Collection[str], **parameters: Any) -> bool:
    """Call; False where AWS refuses with one of these codes."""
    try:
        account.call("ec2", operation, **parameters)
    except CloudError as refused:
        if refused.code not in codes:
            raise
        return False
    return True


def _acls(account: Account, stack: str) -> Iterable[str]:
    return [acl["NetworkAclId"] for acl in _described(account, stack)]


def _described(account: Account, stack: str) -> list[dict[str, Any]]:
    """Describe all ACLs of the networks that carry a stack's tag, whoever made them."""
    filters = [{"Name": "tag:range:stack", "Values": [stack]}]
    vpcs = [vpc["VpcId"] for page in account.pages("ec2", "describe_vpcs", Filters=filters) for vpc in page["Vpcs"]]
    if not vpcs:
        return []
    within = [{"Name": "vpc-id", "Values": vpcs}]
    pages = account.pages("ec2", "describe_network_acls", Filters=within)
    return [acl for page in pages for acl in page["NetworkAcls"]]
