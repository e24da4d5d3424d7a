"""Budgets are stored with their notifications, and what is none is refused."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

ACCOUNT = "000000000000"
MONTHLY = {
    "BudgetLimit": {"Amount": "100", "Unit": "USD"},
    "TimeUnit": "MONTHLY",
    "BudgetType": "COST",
}
FULL = {
    "NotificationType": "ACTUAL",
    "ComparisonOperator": "GREATER_THAN",
    "Threshold": 80.0,
    "ThresholdType": "PERCENTAGE",
}
MAIL = {"SubscriptionType": "EMAIL", "Address": "cfo@example.org"}
TOPIC = {"SubscriptionType": "SNS", "Address": f"arn:aws:sns:us-east-1:{ACCOUNT}:costs"}


@pytest.fixture
def budgets(aws_env: str) -> Any:
    return boto3.client("budgets")


def create(budgets: Any, name: str, subscribers: list[dict[str, str]], **more: Any) -> None:
    budgets.create_budget(
        AccountId=ACCOUNT,
        Budget=MONTHLY | {"BudgetName": name} | more,
        NotificationsWithSubscribers=[{"Notification": FULL, "Subscribers": subscribers}],
    )


def test_a_budget_is_stored_described_and_deleted_with_its_notifications(budgets: Any) -> None:
    create(
        budgets, "platform", [MAIL, TOPIC], TimePeriod={"Start": datetime(2026, 1, 1, tzinfo=UTC)}
    )
    asked = {"AccountId": ACCOUNT, "BudgetName": "platform"}
    found = budgets.describe_budget(**asked)["Budget"]
    assert found["BudgetLimit"] == {"Amount": "100", "Unit": "USD"}
    assert found["CalculatedSpend"]["ActualSpend"] == {"Amount": "0", "Unit": "USD"}
    assert found["TimePeriod"]["Start"] == datetime(2026, 1, 1, tzinfo=UTC)
    (notification,) = budgets.describe_notifications_for_budget(**asked)["Notifications"]
    assert notification == FULL | {"NotificationState": "OK"}
    people = budgets.describe_subscribers_for_notification(Notification=FULL, **asked)
    assert people["Subscribers"] == [MAIL, TOPIC]
    with pytest.raises(budgets.exceptions.DuplicateRecordException):
        create(budgets, "platform", [MAIL])
    budgets.delete_budget(**asked)
    with pytest.raises(budgets.exceptions.NotFoundException):
        budgets.describe_budget(**asked)


@pytest.mark.parametrize(
    ("subscribers", "more", "code"),
    [
        ([MAIL | {"Address": "cfo"}], {}, "InvalidParameterException"),
        ([TOPIC | {"Address": "costs"}], {}, "InvalidParameterException"),
        (
            [TOPIC, TOPIC | {"Address": TOPIC["Address"] + "2"}],
            {},
            "CreationLimitExceededException",
        ),
        ([MAIL, MAIL], {}, "DuplicateRecordException"),
        ([MAIL], {"BudgetName": "a:b"}, "InvalidParameterException"),
        ([MAIL], {"TimeUnit": "HOURLY"}, "InvalidParameterException"),
        ([MAIL], {"BudgetLimit": {"Amount": "much", "Unit": "USD"}}, "InvalidParameterException"),
        ([MAIL], {"AutoAdjustData": {"AutoAdjustType": "FORECAST"}}, "NotImplementedException"),
    ],
)
def test_what_no_budget_can_be_is_refused(
    budgets: Any, subscribers: list[dict[str, str]], more: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError) as refused:
        create(budgets, "refused", subscribers, **more)
    assert refused.value.response["Error"]["Code"] == code
    names = [each["BudgetName"] for each in budgets.describe_budgets(AccountId=ACCOUNT)["Budgets"]]
    assert "refused" not in names


def test_another_accounts_budgets_are_not_seen(budgets: Any) -> None:
    with pytest.raises(budgets.exceptions.AccessDeniedException):
        budgets.describe_budgets(AccountId="1" * 12)


def test_actions_of_budgets_are_refused_by_name(budgets: Any) -> None:
    with pytest.raises(ClientError, match="budgets' DescribeBudgetActionsForAccount"):
        budgets.describe_budget_actions_for_account(AccountId=ACCOUNT)
