"""Taking a snapshot: asking every account what there is, twice, until two looks one after the other agree.

What two agreeing looks saw was there when the first had ended and the second begun: one moment for all accounts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

from range.cloud.codes import tried
from range.cloud.sessions import Account, Sessions
from range.errors import CloudError
from range.records.plan import Plan
from range.records.snapshot import GLOBAL, Answer, Page, Refusal, Snapshot, canonical, order
from range.threads import stay_on_one_core
from range.verify.calls import CALLS, Call
from range.verify.gathering import as_item, next_token
from range.verify.identity.calls import QUESTIONS, Asking, Question, items_of, once

MOST_LOOKS = 3
"""A range at rest agrees with itself the second time; one that still changes should be asked later."""
ACCOUNTS_AT_ONCE = 40
"""They wait for AWS more than they compute, each for half a minute, and thirty-six allies are to wait no longer than one."""
QUESTIONS_AT_ONCE = 4
"""Of one account, where a question doesn't want to know what another was answered."""
_MOST_PAGES = 1000
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def take(plan: Plan, sessions: Sessions, *, without: Collection[str] = ()) -> Snapshot:
    """Give a snapshot of the hub's account and every enclave's, `without` those of some. Read-only rights suffice."""
    told = _told(look(plan, sessions, without=without))
    for _ in range(MOST_LOOKS - 1):
        before, seen = told, look(plan, sessions, without=without)
        told = _told(seen)
        if told == before:
            return seen
    return seen.model_copy(update={"steady": False})


def look(plan: Plan, sessions: Sessions, *, without: Collection[str] = ()) -> Snapshot:
    """Ask every account everything, once; whether it holds still is for a second look to say."""
    accounts = [enclave.account for enclave in (plan.hub, *plan.enclaves)]
    asked = [accounts[0], *(enclave.account for enclave in plan.enclaves if enclave.name not in without)]
    with ThreadPoolExecutor(ACCOUNTS_AT_ONCE, "snapshot", stay_on_one_core) as threads:
        looks = threads.map(lambda account: _look_at(sessions.account(account), plan.region, tuple(accounts)), asked)
        seen = sorted((answer for answers in looks for answer in answers), key=order)
    return Snapshot(
        exercise=plan.exercise, region=plan.region, taken=datetime.now(UTC), steady=True, answers=tuple(seen)
    )


def _told(seen: Snapshot) -> list[bytes]:
    """Give what two looks are compared by, in little memory; of a refusal the code only, since its text names the request."""

    def digest(answer: Answer) -> bytes:
        said = (
            answer.refusal.code if answer.refusal is not None else [(page.token, page.result) for page in answer.pages]
        )
        return hashlib.sha256(canonical([*order(answer), said]).encode("utf-8", "surrogatepass")).digest()

    return [digest(answer) for answer in seen.answers]


def _look_at(account: Account, region: str, accounts: tuple[str, ...]) -> list[Answer]:
    """Ask one account everything; what one call says tells what others ask for."""
    found: list[Answer] = []
    listed: dict[str, tuple[dict[str, Any], ...]] = {}
    with ThreadPoolExecutor(QUESTIONS_AT_ONCE, f"snapshot-{account.id}", stay_on_one_core) as threads:

        def ask(call: Call, parameters: dict[str, Any]) -> Future[Answer]:
            return threads.submit(_asked, account, region, call, parameters)

        ahead = {call.operation: ask(call, {}) for call in CALLS if call.per is None}
        for call in CALLS:
            one = ahead.get(call.operation)
            asked = [one] if one is not None else [ask(call, parameters) for parameters in call.wanted(listed)]
            said = [each.result() for each in asked]
            found += said
            pages = [page for answer in said for page in answer.pages]
            listed[call.operation] = tuple(
                as_item(item) for page in pages for item in page.result.get(call.items) or ()
            )
    return [*found, *about_identities(account, region, accounts, listed["ListBuckets"])]


def about_identities(
    account: Account, region: str, accounts: tuple[str, ...], buckets: tuple[dict[str, Any], ...]
) -> list[Answer]:
    """Ask one account who may do what; a call that asks about what it listed itself is asked until there is no more."""
    found: list[Answer] = []
    listed: dict[str, tuple[dict[str, Any], ...]] = {"s3:ListBuckets": buckets}
    with ThreadPoolExecutor(QUESTIONS_AT_ONCE, f"identities-{account.id}", stay_on_one_core) as threads:

        def ask(question: Question, parameters: dict[str, Any]) -> Future[Answer]:
            return threads.submit(_asked, account, region, question, parameters)

        ahead = {question.name: ask(question, {}) for question in QUESTIONS if question.per is once}
        for question in QUESTIONS:
            done: set[str] = set()
            while True:
                wanted = question.per(Asking(account.id, accounts, listed))
                left = [parameters for parameters in wanted if canonical(parameters) not in done]
                if not left:
                    break
                done |= {canonical(parameters) for parameters in left}
                one = ahead.get(question.name)
                asked = [one] if one is not None else [ask(question, parameters) for parameters in left]
                said = [each.result() for each in asked]
                found += said
                new = [item for answer in said for page in answer.pages for item in items_of(question, page.result)]
                listed[question.name] = (*listed.get(question.name, ()), *new)
    return found


def _asked(account: Account, region: str, call: Call | Question, parameters: dict[str, Any]) -> Answer:
    """Make one call to its last page; where AWS refuses, and not for a reason that passes, say so instead."""
    method = _CAPITAL.sub("_", call.operation).lower()
    pages: list[Page] = []
    refusal, token = None, None
    try:
        while not pages or (token is not None and len(pages) < _MOST_PAGES):
            more: dict[str, Any] = {} if token is None else {call.token: token}
            said = tried(partial(account.call, call.service, method, **parameters, **more))
            said.pop("ResponseMetadata", None)
            pages.append(Page(token=token, result=json.loads(canonical(said))))
            token = next_token(said)
    except CloudError as error:
        refusal = Refusal(code=error.code, message=error.message)
    return Answer(
        account=account.id,
        region=GLOBAL if call.of_no_region else region,
        service=call.service,
        operation=call.operation,
        parameters=parameters,
        pages=() if refusal is not None else tuple(pages),
        refusal=refusal,
    )
