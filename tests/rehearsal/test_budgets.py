"""Budgets, with who is told when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.rehearsal.conftest import EST, HUB

Refused = Callable[[str], Any]
NAMED = {"AccountId": EST, "BudgetName": "est"}
LIMIT = {
    "BudgetName": "est",
    "BudgetLimit": {"Amount": "400.0", "Unit": "USD"},
    "TimeUnit": "MONTHLY",
    "BudgetType": "COST",
}
AT_80 = {
    "NotificationType": "ACTUAL",
    "ComparisonOperator": "GREATER_THAN",
    "Threshold": 80,
    "ThresholdType": "PERCENTAGE",
}
LEAD = {"SubscriptionType": "EMAIL", "Address": "lead@range.example"}
OTHER = {"SubscriptionType": "EMAIL", "Address": "other@range.example"}


@pytest.fixture
def budgets(client: Callable[..., Any]) -> Any:
    """The ally's budgets, with one budget and one notification."""
    made = client("budgets", EST, "us-east-1")
    made.create_budget(
        AccountId=EST,
        Budget=LIMIT,
        NotificationsWithSubscribers=[{"Notification": AT_80, "Subscribers": [LEAD]}],
        ResourceTags=[{"Key": "range:ally", "Value": "est"}],
    )
    return made


def test_a_budget_is_shown_with_what_aws_fills_in(budgets: Any) -> None:
    seen = budgets.describe_budget(**NAMED)["Budget"]

    assert seen.items() >= LIMIT.items()
    assert seen["CostTypes"]["IncludeTax"]
    assert (seen["TimePeriod"]["Start"].day, seen["TimePeriod"]["End"].year) == (1, 2087)
    assert budgets.describe_budgets(AccountId=EST)["Budgets"] == [seen]


def test_a_budget_is_changed_and_keeps_its_notifications(budgets: Any, refused: Refused) -> None:
    budgets.update_budget(AccountId=EST, NewBudget={**LIMIT, "BudgetLimit": {"Amount": "500.0", "Unit": "USD"}})

    assert budgets.describe_budget(**NAMED)["Budget"]["BudgetLimit"]["Amount"] == "500.0"
    assert len(budgets.describe_notifications_for_budget(**NAMED)["Notifications"]) == 1
    with refused("DuplicateRecordException"):
        budgets.create_budget(AccountId=EST, Budget=LIMIT)


def test_subscribers_come_and_go_and_the_last_takes_the_notification_along(budgets: Any, refused: Refused) -> None:
    which = {**NAMED, "Notification": AT_80}
    budgets.create_subscriber(**which, Subscriber=OTHER)
    with refused("DuplicateRecordException"):
        budgets.create_subscriber(**which, Subscriber=OTHER)
    both = budgets.describe_subscribers_for_notification(**which)["Subscribers"]

    budgets.delete_subscriber(**which, Subscriber=LEAD)
    budgets.update_subscriber(**which, OldSubscriber=OTHER, NewSubscriber=LEAD)
    budgets.delete_subscriber(**which, Subscriber=LEAD)

    assert both == [LEAD, OTHER]
    assert budgets.describe_notifications_for_budget(**NAMED)["Notifications"] == []
    with refused("NotFoundException"):
        budgets.describe_subscribers_for_notification(**which)


def test_notifications_are_made_changed_and_removed(budgets: Any, refused: Refused) -> None:
    forecast = {**AT_80, "NotificationType": "FORECASTED"}
    budgets.create_notification(**NAMED, Notification=forecast, Subscribers=[LEAD])
    with refused("DuplicateRecordException"):
        budgets.create_notification(**NAMED, Notification=forecast, Subscribers=[LEAD])
    budgets.update_notification(**NAMED, OldNotification=forecast, NewNotification={**forecast, "Threshold": 90})

    budgets.delete_notification(**NAMED, Notification=AT_80)

    left = budgets.describe_notifications_for_budget(**NAMED)["Notifications"]
    assert [(each["NotificationType"], each["Threshold"]) for each in left] == [("FORECASTED", 90.0)]


def test_a_budget_is_tagged_by_its_arn(budgets: Any) -> None:
    arn = f"arn:aws:budgets::{EST}:budget/est"
    budgets.tag_resource(ResourceARN=arn, ResourceTags=[{"Key": "a", "Value": "b"}])
    budgets.untag_resource(ResourceARN=arn, ResourceTagKeys=["range:ally"])

    assert budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == [{"Key": "a", "Value": "b"}]


def test_a_deleted_budget_and_one_of_others_are_out_of_reach(budgets: Any, refused: Refused) -> None:
    budgets.delete_budget(**NAMED)

    with refused("NotFoundException"):
        budgets.describe_budget(**NAMED)
    with refused("AccessDeniedException"):
        budgets.describe_budgets(AccountId=HUB)
