"""What an account may cost, and whom to tell."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from range.rehearsal.provider.rows import DROP, PUT, Field, Mark, Row, Tags, call, fixed, mutable, output
from range.rehearsal.provider.shapes import CHOSEN, Block, Flag, Many, Part, Shape, Text
from range.rehearsal.provider.work import Work


@dataclass(frozen=True)
class Amount(Text):
    """A decimal number in a string."""

    def same(self, new: Any, old: Any) -> bool:
        """Compare as numbers."""
        try:
            return Decimal(str(new)) == Decimal(str(old))
        except InvalidOperation:
            return bool(new == old)


@dataclass(frozen=True)
class Number(Shape):
    """A number, whole or not."""

    def sent(self, value: Any) -> Any:
        """Give a float."""
        return float(value)


_SUBSCRIBERS = {"subscriberEmailAddresses": "EMAIL", "subscriberSnsTopicArns": "SNS"}
_NOTIFICATION = (
    Part("comparisonOperator", required=True),
    Part("notificationType", required=True),
    Part("threshold", shape=Number(), required=True),
    Part("thresholdType", required=True),
)
_NOTIFICATIONS = Many(Block((*_NOTIFICATION, *(Part(name, shape=Many()) for name in _SUBSCRIBERS))))
_COST_TYPES = (
    "includeCredit",
    "includeDiscount",
    "includeOtherSubscription",
    "includeRecurring",
    "includeRefund",
    "includeSubscription",
    "includeSupport",
    "includeTax",
    "includeUpfront",
    "useAmortized",
    "useBlended",
)


def _budget(work: Work) -> dict[str, Any]:
    """Describe the budget that is wanted."""
    filters = {item["name"]: item["values"] for item in work.value("costFilters") or []}
    limit = (
        {"Amount": str(work.value("limitAmount")), "Unit": work.value("limitUnit")}
        if work.value("limitAmount")
        else None
    )
    described = {
        "BudgetName": work.value("name"),
        "BudgetType": work.value("budgetType"),
        "TimeUnit": work.value("timeUnit"),
        "BudgetLimit": limit,
        "CostFilters": filters or None,
        "CostTypes": work.sent("costTypes"),
    }
    return {name: value for name, value in described.items() if value is not None}


def _make(work: Work) -> Any:
    """Make a budget, and say whom it tells."""
    account = work.given("accountId") or work.caller.account
    told = [
        {"Notification": _sent(item), "Subscribers": _subscribers(item)} for item in work.given("notifications") or []
    ]
    tags = {"ResourceTags": work.row.tags.listed(work.tags_all)} if work.row.tags and work.tags_all else {}
    work.ask("create_budget", AccountId=account, Budget=_budget(work), NotificationsWithSubscribers=told, **tags)
    return {"Id": f"{account}:{work.given('name')}"}


def _sent(item: dict[str, Any]) -> dict[str, Any]:
    return dict(Block(_NOTIFICATION).sent({part.name: item.get(part.name) for part in _NOTIFICATION}))


def _subscribers(item: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {"SubscriptionType": kind, "Address": address}
        for name, kind in _SUBSCRIBERS.items()
        for address in item.get(name) or []
    ]


def _of(work: Work) -> dict[str, str]:
    account, _, name = work.id.partition(":")
    return {"AccountId": account, "BudgetName": name}


def _look(work: Work) -> Any:
    """Look at a budget, its notifications and their subscribers."""
    budget = work.ask("describe_budget", **_of(work))["Budget"]
    told = []
    for notification in work.ask("describe_notifications_for_budget", **_of(work)).get("Notifications", []):
        bare = {part.path: notification[part.path] for part in _NOTIFICATION if part.path in notification}
        found = work.ask("describe_subscribers_for_notification", **_of(work), Notification=bare)["Subscribers"]
        addresses = {
            name[0].upper() + name[1:]: [item["Address"] for item in found if item["SubscriptionType"] == kind]
            for name, kind in _SUBSCRIBERS.items()
        }
        told.append({**notification, **{name: some for name, some in addresses.items() if some}})
    filters = [{"name": name, "values": values} for name, values in (budget.get("CostFilters") or {}).items()]
    tags = work.ask("list_tags_for_resource", ResourceARN=_arn(work)).get("ResourceTags", [])
    return {**budget, "Told": told, "Filters": filters, "Tags": tags, "Account": _of(work)["AccountId"]}


def _arn(work: Work) -> str:
    of = _of(work)
    return f"arn:{work.caller.partition}:budgets::{of['AccountId']}:budget/{of['BudgetName']}"


def _update(work: Work) -> None:
    work.ask("update_budget", AccountId=_of(work)["AccountId"], NewBudget=_budget(work))


def _change_notifications(work: Work) -> None:
    """Replace the notifications that aren't as wanted."""
    new, old = work.value("notifications") or [], work.old.get("notifications") or []
    for item in _NOTIFICATIONS.extra(new, old):
        work.ask("delete_notification", **_of(work), Notification=_sent(item))
    for item in _NOTIFICATIONS.missing(new, old):
        work.ask("create_notification", **_of(work), Notification=_sent(item), Subscribers=_subscribers(item))


def _delete(work: Work) -> None:
    work.ask("delete_budget", **_of(work))


def _field(name: str, shape: Shape = Text(), read: str = "", **more: Any) -> Field:
    return mutable(name, _update, "", shape, read=read or name[0].upper() + name[1:], **more)


_ARN = Mark(_arn)

BUDGET = Row(
    "aws:budgets/budget:Budget",
    "Budgets Budget",
    "budgets",
    create=_make,
    id="Id",
    read=_look,
    delete=(_delete,),
    absent=("NotFoundException",),
    tags=Tags(
        put=call("tag_resource", ResourceARN=_ARN, ResourceTags=PUT),
        drop=call("untag_resource", ResourceARN=_ARN, ResourceTagKeys=DROP),
    ),
    regional=False,
    fields=(
        fixed("name", "BudgetName", auto=str),
        fixed("accountId", read="Account"),
        fixed("budgetType", required=True),
        fixed("timeUnit", required=True),
        _field("limitAmount", Amount(), "BudgetLimit.Amount"),
        _field("limitUnit", read="BudgetLimit.Unit"),
        _field(
            "costFilters",
            Many(Block((Part("name", "name", required=True), Part("values", "values", Many(), required=True)))),
            "Filters",
        ),
        _field("costTypes", Block(tuple(Part(name, shape=Flag(), default=CHOSEN) for name in _COST_TYPES))),
        mutable("notifications", _change_notifications, "", _NOTIFICATIONS, read="Told", default=[]),
        output("arn", made="arn:{partition}:budgets::{accountId}:budget/{name}"),
    ),
)

ROWS = (BUDGET,)
