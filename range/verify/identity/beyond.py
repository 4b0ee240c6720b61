"""Who can do an action to an enclave's things without being anybody of the exercise, or without any policy that lets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from range.policy.decision import Verdict
from range.policy.kinds import Kind
from range.policy.layers import Layers
from range.policy.sets.question import Question
from range.policy.sets.search import may
from range.records.answers import Able
from range.records.plan import INTERNET
from range.verify.identity.asking import everything, ready, told
from range.verify.identity.estate import Share, Thing
from range.verify.identity.realm import OUTSIDER, Realm

_ACCOUNT = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_ANY_ACCOUNT = "arn:aws:iam::*:root"
_BY_PROVIDERS = "sts:assumerolewith"


def outsiders(realm: Realm, target: Thing, action: str) -> Iterator[Able]:
    """Give the accounts outside the exercise whose people a thing's policy lets in, and whom providers vouch for.

    The management account is one of them; the account that stands for all that nobody names is told as any account.
    """
    if not target.policy:
        return
    named = set(_ACCOUNT.findall(target.policy)) - realm.names.keys()
    rules = ready(target.arn, target.policy, target.kind)
    layers = Layers(
        identity=(everything(),), resource=rules, resource_control=realm.levels(Kind.RESOURCE_CONTROL, target.account)
    )
    for account in (*sorted(named), OUTSIDER):
        question = Question(
            target.account, (action,), target.about, account=account, context=realm.organisation_of(account)
        )
        answer = told(may(question, layers))
        if answer.verdict is not Verdict.DENIED:
            who = _ANY_ACCOUNT if account == OUTSIDER else f"arn:aws:iam::{account}:root"
            yield _able(who, INTERNET, target.arn, answer.words, answer.chain, sure=answer.verdict is Verdict.ALLOWED)
    if fnmatchcase(_BY_PROVIDERS + "saml", action.lower()) or action.lower().startswith(_BY_PROVIDERS):
        for statement in rules.policy.statements:
            for provider in statement.principals.federated if statement.principals is not None else ():
                why = f"whomever {provider} vouches for may take it, and who that is nobody here can tell"
                label = f"role trust policy: {target.arn}, {statement.label}"
                yield _able(provider, INTERNET, target.arn, why, (label,), sure=False)


def handed_out(realm: Realm, account: str, action: str) -> list[Able]:
    """Give whom grants on keys let do an action: no policy says that."""
    shares = (each for each in realm.estates[account].shares if _lets(each, action))
    return [
        _able(each.to, realm.name_of(_account_of(each.to)), each.thing, each.why, (f"{each.means}: {each.thing}",))
        for each in shares
    ]


def _lets(share: Share, action: str) -> bool:
    return any(fnmatchcase(each.lower(), action.lower()) for each in share.actions)


def _account_of(arn: str) -> str:
    return arn.split(":")[4] if arn.count(":") > 4 else ""


def _able(who: str, enclave: str, resource: str, why: str, chain: tuple[str, ...], *, sure: bool = True) -> Able:
    verdict = "ALLOWED" if sure else "UNKNOWN"
    return Able.model_validate(
        {"who": who, "enclave": enclave, "verdict": verdict, "resource": resource, "why": why, "chain": chain}
    )
