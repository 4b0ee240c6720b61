"""Who can do an action to the things of one enclave: every role, user, root user and service is asked about, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from range.policy.decision import Verdict
from range.policy.kinds import Kind
from range.policy.layers import Layers
from range.policy.request import Principal, PrincipalKind, anonymous, root_user, service, user
from range.policy.sets.question import Question, session_of
from range.policy.sets.search import may
from range.records.answers import Able, WhoCan
from range.records.plan import INTERNET, Plan
from range.records.snapshot import Snapshot, digest
from range.verify.identity.asking import ready, told
from range.verify.identity.beyond import handed_out, outsiders
from range.verify.identity.estate import Identity, Thing
from range.verify.identity.judgement import realm_of
from range.verify.identity.realm import Realm

_EVERY = "*"


def who_can(plan: Plan, snapshot: Snapshot, action: str, on: str) -> WhoCan:
    """Answer for an action, such as `kms:Decrypt`, and the name of an enclave."""
    realm = realm_of(plan, snapshot.answers)
    account = plan.enclave(on).account
    targets = list(_targets(realm, account, action))
    askers = [*_people(realm), *_services(realm, account)]
    able = [found for asker in askers for target in targets if (found := _asked(realm, asker, target, action))]
    able += [found for target in targets for found in outsiders(realm, target, action)]
    able += handed_out(realm, account, action)
    doubts = [f"{resource}: {why}" for _, resource, why in realm.doubts()]
    if not snapshot.steady:
        doubts.append("something changed while the snapshot was taken")
    return WhoCan(
        exercise=plan.exercise,
        action=action,
        on=on,
        able=tuple(dict.fromkeys(able)),
        asked=len(askers),
        doubts=tuple(doubts),
        snapshot_sha256=digest(snapshot),
    )


@dataclass(frozen=True)
class _Asker:
    """Somebody, with the policies that are its own."""

    principal: Principal
    identity: Identity | None = None


def _targets(realm: Realm, account: str, action: str) -> Iterator[Thing]:
    """Give the things that an action may be done to: those with policies of their own one by one, all others together."""
    prefix = action.partition(":")[0].lower()
    yield from (each for each in realm.estates[account].things if _same(prefix, each.actions[0]))
    if prefix not in ("kms", "sts"):
        yield Thing(account, "other things", _EVERY, "", Kind.RESOURCE, (action,))


def _same(prefix: str, actions: str) -> bool:
    return actions.partition(":")[0] == prefix or prefix == _EVERY


def _people(realm: Realm) -> Iterator[_Asker]:
    for account, estate in sorted(realm.estates.items()):
        yield _Asker(root_user(account))
        for each in estate.identities:
            yield _Asker(session_of(each.arn) if ":role/" in each.arn else user(each.arn), each)
    yield _Asker(anonymous())


def _services(realm: Realm, account: str) -> Iterator[_Asker]:
    """Give the services that some policy of the account names."""
    named = {
        name
        for thing in realm.estates[account].things
        for statement in ready(thing.arn, thing.policy, thing.kind).policy.statements
        if statement.principals is not None
        for name in statement.principals.service
    }
    yield from (_Asker(service(name)) for name in sorted(named))


def _asked(realm: Realm, asker: _Asker, target: Thing, action: str) -> Able | None:
    """Ask about one and one thing; None where it can't."""
    principal = asker.principal
    if principal.account != target.account and not target.policy:
        return None
    answer = told(may(_question(target, action, principal), _layers(realm, asker, target)))
    if answer.verdict is Verdict.DENIED:
        return None
    sure = answer.verdict is Verdict.ALLOWED and realm.guardrails_are_seen
    name = principal.issuer or principal.arn
    who = "" if principal.kind is PrincipalKind.SERVICE else realm.name_of(principal.account)
    return Able(
        who=name,
        enclave=INTERNET if principal.kind is PrincipalKind.ANONYMOUS else who,
        verdict="ALLOWED" if sure else "UNKNOWN",
        resource=target.arn,
        why=answer.words,
        chain=answer.chain,
    )


def _question(target: Thing, action: str, principal: Principal) -> Question:
    unsigned = ("aws:principalaccount", "aws:principalarn", "aws:principalorgid", "kms:calleraccount")
    context = dict.fromkeys(unsigned) if principal.kind is PrincipalKind.ANONYMOUS else {}
    return Question(target.account, (action,), target.about, principal, context=context)


def _layers(realm: Realm, asker: _Asker, target: Thing) -> Layers:
    identity, account = asker.identity, asker.principal.account
    return Layers(
        identity=tuple(ready(*each, Kind.MANAGED) for each in identity.policies) if identity else (),
        boundary=ready(*identity.boundary, Kind.MANAGED) if identity and identity.boundary else None,
        resource=ready(target.arn, target.policy, target.kind) if target.policy else None,
        service_control=realm.levels(Kind.SERVICE_CONTROL, account) if account else (),
        resource_control=realm.levels(Kind.RESOURCE_CONTROL, target.account),
    )


def lines(answer: WhoCan) -> Iterator[str]:
    """Give an answer line by line."""
    can = {each.who for each in answer.able if each.verdict == "ALLOWED"}
    outside = [each.who for each in answer.able if each.enclave == INTERNET]
    besides = f", {len(set(outside))} from outside among them" if outside else ""
    yield f"{answer.exercise}: {answer.action} on {answer.on}: {len(can)} can{besides}; {answer.asked} of the exercise were asked"
    yield f"snapshot {answer.snapshot_sha256[:16]}"
    for each in answer.able:
        yield ""
        yield f"{each.enclave or 'a service'}  {each.who}{'' if each.verdict == 'ALLOWED' else '  can not be told'}"
        yield f"  {each.why}"
        yield from (f"  {number:3}  {rule}" for number, rule in enumerate(each.chain, 1))
    for doubt in answer.doubts:
        yield ""
        yield f"can't be told: {doubt}"
