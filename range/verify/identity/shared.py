"""Whether what was handed out without a policy is declared; who comes in by the identity centre; what endpoints let out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from range.policy.decision import Verdict
from range.policy.kinds import Kind
from range.policy.layers import Layers
from range.policy.sets.question import Question
from range.records.plan import INTERNET
from range.verify.identity.asking import everything, masked, ready
from range.verify.identity.estate import Share, Thing
from range.verify.identity.handed import GOLDEN
from range.verify.identity.leak import EVERYBODY, Leak
from range.verify.identity.realm import OUTSIDER, Realm

_ACCOUNT = re.compile(r"[0-9]{12}")
_ORGANISATION = re.compile(r"arn:aws[a-z-]*:organizations::[0-9]{12}:(organization|ou)/.+")
_WITHOUT_STRANGERS = frozenset({"ssm", "ssmmessages", "ec2messages"})
"""Services whose things are only ever the caller's own, so that nothing of another account is reached through them."""
_LETS_ANYBODY = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}'


def shared(realm: Realm) -> Iterator[Leak]:
    """Give every share that isn't declared."""
    for account, estate in sorted(realm.estates.items()):
        for share in estate.shares:
            if not _is_declared(realm, share):
                for source, sure in _reached(realm, account, share):
                    label = f"{share.means}: {share.thing}"
                    yield Leak(source, realm.name_of(account), share.means, share.thing, share.why, (label,), sure)


def _is_declared(realm: Realm, share: Share) -> bool:
    """Say whether it is the hub's gateway or golden image, shared with accounts of the exercise; or stays in its account."""
    inside = share.to in realm.names or bool(_ORGANISATION.fullmatch(share.to))
    if share.means == "gateway shared by RAM":
        return share.account == realm.plan.hub.account and inside
    if share.means == GOLDEN and share.account == realm.plan.hub.account:
        return share.to in realm.names
    return _account_of(realm, share.to) == share.account


def _account_of(realm: Realm, to: str) -> str:
    """Give the account that something was shared with; empty where it isn't one."""
    if _ACCOUNT.fullmatch(to):
        return to
    if to.startswith("bucket "):
        owners = [account for account, estate in realm.estates.items() if to.removeprefix("bucket ") in estate.buckets]
        return owners[0] if owners else OUTSIDER
    if to.startswith("arn:") and not _ORGANISATION.fullmatch(to):
        return to.split(":")[4]
    return ""


def _reached(realm: Realm, account: str, share: Share) -> Iterator[tuple[str, bool]]:
    """Give whom a share reaches, and whether that is sure."""
    if share.to == "all":
        yield from ((INTERNET, True), (EVERYBODY, True))
    elif _ORGANISATION.fullmatch(share.to):
        yield EVERYBODY, True
    else:
        other = _account_of(realm, share.to)
        if other:
            yield realm.name_of(other), True
        else:
            yield EVERYBODY, False


def entered(realm: Realm) -> Iterator[Leak]:
    """Give everybody of the identity centre who may enter two enclaves: they carry between them what they like."""
    into: dict[str, dict[str, str]] = {}
    for estate in realm.estates.values():
        for each in estate.assignments:
            if each.account in realm.names:
                into.setdefault(each.person, {})[realm.name_of(each.account)] = each.permissions
    for person, enclaves in sorted(into.items()):
        names = sorted(enclaves)
        for one in names:
            for other in names:
                if one != other:
                    why = (
                        f"{person} may enter {' and '.join(names)}: assigned with {enclaves[one]} and {enclaves[other]}"
                    )
                    yield Leak(one, other, "identity centre", enclaves[other], why, (f"assignment of {person}",))


def let_out(realm: Realm) -> Iterator[Leak]:
    """Give every VPC endpoint through which something gets to a thing, or from a person, of another enclave."""
    for account, estate in sorted(realm.estates.items()):
        for endpoint in estate.endpoints:
            yield from _through(realm, account, endpoint)


def _through(realm: Realm, account: str, endpoint: Thing) -> Iterator[Leak]:
    policy = endpoint.policy or _LETS_ANYBODY
    layers = Layers(
        identity=(everything(),),
        endpoint=ready(endpoint.arn, policy, Kind.ENDPOINT),
        resource=ready("", _LETS_ANYBODY, Kind.RESOURCE),
    )
    askers: list[tuple[str, str | None]] = [("somebody of another account", None)]
    askers += [("somebody of its own account", account)] if endpoint.what not in _WITHOUT_STRANGERS else []
    for who, asker in askers:
        for other in _others(realm, account, policy):
            names = [("{own}", account), ("{other}", other)]
            key = ("endpoint", who, masked(policy, names), endpoint.what == "s3")
            actions = (f"{endpoint.what}:*",) if endpoint.what in ("s3", "dynamodb") else ("*",)
            question = Question(other, actions, account=asker or other)
            answer = realm.memo.ask(key, names, question, lambda: layers)
            if answer.verdict is not Verdict.DENIED:
                target = realm.name_of(other) if other in policy else EVERYBODY
                why = f"{who} gets to things of other accounts through it: {answer.words}"
                yield Leak(
                    realm.name_of(account), target, f"VPC endpoint of {endpoint.what}", endpoint.arn,
                    f"{why}, by {'; '.join(answer.chain)}", answer.chain, answer.verdict is Verdict.ALLOWED,
                )  # fmt: skip
                break


def _others(realm: Realm, account: str, policy: str) -> list[str]:
    """Give the accounts that a policy names, and one that stands for all that it doesn't."""
    named = [number for number in realm.others(account) if number in policy]
    unnamed = [number for number in realm.others(account) if number not in policy]
    return [*named, *unnamed[:1]]
