"""Budgets with their notifications, subscribers and tags."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from range.rehearsal.areas.clock import now
from range.rehearsal.areas.filters import page
from range.rehearsal.areas.shelves import EVERYWHERE, shelf
from range.rehearsal.call import Call, Shape
from range.rehearsal.callers import PARTITION
from range.rehearsal.refusals import Refusal

_COST_TYPES = {
    "IncludeTax": True,
    "IncludeSubscription": True,
    "UseBlended": False,
    "IncludeRefund": True,
    "IncludeCredit": True,
    "IncludeUpfront": True,
    "IncludeRecurring": True,
    "IncludeOtherSubscription": True,
    "IncludeSupport": True,
    "IncludeDiscount": True,
    "UseAmortized": False,
}
_FOR_EVER = datetime(2087, 6, 15, tzinfo=UTC).replace(tzinfo=None)
"""Source of both: AWS Billing API Reference, "CostTypes" and "TimePeriod"; from memory, 2026-11-22."""
_MOST_SUBSCRIBERS = 11
_MOST_NOTIFICATIONS = 10
"""Source: botocore's model of budgets (CreateNotification, Subscribers); from memory, 2026-11-22."""


def _budgets(call: Call) -> dict[str, Shape]:
    """Give the budgets of the account that a call names, which must be the caller's."""
    if call.params["AccountId"] != call.account:
        message = f"Account {call.account} is not authorized to access the budgets of {call.params['AccountId']}."
        raise Refusal("AccessDeniedException", message)
    return shelf(call, "budgets", region=EVERYWHERE)


def _kept(call: Call, name: str | None = None) -> Shape:
    """Find the budget that a call names."""
    wanted = name or call.params["BudgetName"]
    found = _budgets(call).get(wanted)
    if found is None:
        message = f"Unable to get budget: {wanted} - the budget doesn't exist."
        raise Refusal("NotFoundException", message)
    return found


def create(call: Call) -> Shape:
    """Make a budget, with the notifications that are given at once."""
    asked, budgets = call.params["Budget"], _budgets(call)
    name = asked["BudgetName"]
    if name in budgets:
        raise Refusal("DuplicateRecordException", f"Error creating budget: {name} - the budget already exists.")
    kept: Shape = {"budget": _complete(asked), "notifications": [], "tags": {}}
    for each in call.params.get("NotificationsWithSubscribers", []):
        _add(kept, each["Notification"], each["Subscribers"])
    kept["tags"] = {tag["Key"]: tag["Value"] for tag in call.params.get("ResourceTags", [])}
    budgets[name] = kept
    return {}


def _complete(asked: Shape) -> Shape:
    """Fill in what AWS fills in."""
    unit = asked.get("BudgetLimit", {}).get("Unit", "USD")
    month = now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return {
        "CostFilters": {},
        "CalculatedSpend": {"ActualSpend": {"Amount": "0.0", "Unit": unit}},
        **asked,
        "CostTypes": {**_COST_TYPES, **asked.get("CostTypes", {})},
        "TimePeriod": {"Start": month, "End": _FOR_EVER, **asked.get("TimePeriod", {})},
        "LastUpdatedTime": now(),
    }


def update(call: Call) -> Shape:
    """Replace what a budget says; its notifications stay."""
    asked = call.params["NewBudget"]
    kept = _kept(call, asked["BudgetName"])
    kept["budget"] = _complete({"TimePeriod": kept["budget"]["TimePeriod"], **asked})
    return {}


def get(call: Call) -> Shape:
    """Show a budget."""
    return {"Budget": _kept(call)["budget"]}


def describe(call: Call) -> Shape:
    """List the budgets."""
    return page(call.params, "Budgets", [kept["budget"] for kept in _budgets(call).values()], most=100)


def delete(call: Call) -> Shape:
    """Delete a budget with its notifications."""
    _kept(call)
    del _budgets(call)[call.params["BudgetName"]]
    return {}


def _add(kept: Shape, notification: Shape, subscribers: list[Shape]) -> None:
    """Add a notification to a budget."""
    if _index(kept, notification) is not None:
        raise Refusal("DuplicateRecordException", "The notification already exists.")
    if len(kept["notifications"]) >= _MOST_NOTIFICATIONS or len(subscribers) > _MOST_SUBSCRIBERS:
        raise Refusal("CreationLimitExceededException", "Too many notifications or subscribers.")
    full = {"ThresholdType": "PERCENTAGE", "NotificationState": "OK", **notification}
    kept["notifications"].append({"notification": full, "subscribers": list(subscribers)})


def _index(kept: Shape, notification: Shape) -> int | None:
    """Find a notification among a budget's, by all that names it."""

    def key(each: Shape) -> tuple[Any, ...]:
        threshold = float(each["Threshold"])
        return each["NotificationType"], each["ComparisonOperator"], threshold, each.get("ThresholdType", "PERCENTAGE")

    keys = [key(each["notification"]) for each in kept["notifications"]]
    return keys.index(key(notification)) if key(notification) in keys else None


def _notification(call: Call, name: str = "Notification") -> Shape:
    """Find the notification that a call names."""
    kept = _kept(call)
    index = _index(kept, call.params[name])
    if index is None:
        raise Refusal("NotFoundException", "Unable to get notification: the notification doesn't exist.")
    found: Shape = kept["notifications"][index]
    return found


def create_notification(call: Call) -> Shape:
    """Add a notification."""
    _add(_kept(call), call.params["Notification"], call.params["Subscribers"])
    return {}


def update_notification(call: Call) -> Shape:
    """Replace what a notification says; its subscribers stay."""
    found = _notification(call, "OldNotification")
    found["notification"] = {**found["notification"], **call.params["NewNotification"]}
    return {}


def delete_notification(call: Call) -> Shape:
    """Remove a notification."""
    _kept(call)["notifications"].remove(_notification(call))
    return {}


def notifications(call: Call) -> Shape:
    """List the notifications of a budget."""
    return page(call.params, "Notifications", [each["notification"] for each in _kept(call)["notifications"]], most=100)


def create_subscriber(call: Call) -> Shape:
    """Let somebody be notified."""
    subscribers = _notification(call)["subscribers"]
    if call.params["Subscriber"] in subscribers:
        raise Refusal("DuplicateRecordException", "The subscriber already exists.")
    subscribers.append(call.params["Subscriber"])
    return {}


def update_subscriber(call: Call) -> Shape:
    """Notify somebody else instead."""
    subscribers = _notification(call)["subscribers"]
    subscribers[_position(subscribers, call.params["OldSubscriber"])] = call.params["NewSubscriber"]
    return {}


def delete_subscriber(call: Call) -> Shape:
    """Notify somebody no longer; without any subscriber the notification goes."""
    found = _notification(call)
    del found["subscribers"][_position(found["subscribers"], call.params["Subscriber"])]
    if not found["subscribers"]:
        _kept(call)["notifications"].remove(found)
    return {}


def _position(subscribers: list[Shape], subscriber: Shape) -> int:
    """Find a subscriber."""
    if subscriber not in subscribers:
        raise Refusal("NotFoundException", "The subscriber doesn't exist.")
    return subscribers.index(subscriber)


def subscribers_of(call: Call) -> Shape:
    """List who is notified."""
    return page(call.params, "Subscribers", _notification(call)["subscribers"], most=100)


def _tags(call: Call) -> dict[str, str]:
    """Find the tags of the budget that an ARN names."""
    arn = call.params["ResourceARN"]
    prefix = f"arn:{PARTITION}:budgets::{call.account}:budget/"
    kept = shelf(call, "budgets", region=EVERYWHERE).get(arn.removeprefix(prefix))
    if kept is None:
        raise Refusal("NotFoundException", f"{arn} doesn't exist.")
    tags: dict[str, str] = kept["tags"]
    return tags


def tag(call: Call) -> Shape:
    """Tag a budget."""
    _tags(call).update((each["Key"], each["Value"]) for each in call.params["ResourceTags"])
    return {}


def untag(call: Call) -> Shape:
    """Remove tags of a budget."""
    tags = _tags(call)
    for key in call.params["ResourceTagKeys"]:
        tags.pop(key, None)
    return {}


def tags_of_budget(call: Call) -> Shape:
    """List the tags of a budget."""
    return {"ResourceTags": [{"Key": key, "Value": value} for key, value in _tags(call).items()]}


def actions(_: Call) -> Shape:
    """List the actions of budgets: none can be made here."""
    return {"Actions": []}


OPERATIONS = {
    "CreateBudget": create,
    "UpdateBudget": update,
    "DescribeBudget": get,
    "DescribeBudgets": describe,
    "DeleteBudget": delete,
    "CreateNotification": create_notification,
    "UpdateNotification": update_notification,
    "DeleteNotification": delete_notification,
    "DescribeNotificationsForBudget": notifications,
    "CreateSubscriber": create_subscriber,
    "UpdateSubscriber": update_subscriber,
    "DeleteSubscriber": delete_subscriber,
    "DescribeSubscribersForNotification": subscribers_of,
    "TagResource": tag,
    "UntagResource": untag,
    "ListTagsForResource": tags_of_budget,
    "DescribeBudgetActionsForAccount": actions,
    "DescribeBudgetActionsForBudget": actions,
}
