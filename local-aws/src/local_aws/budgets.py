"""Budgets: stored and described with their notifications by ministack, checked here.

Nothing costs anything here, so what was spent is 0 and no notification is ever sent.
"""

import json
from typing import Any

from local_aws.ministack.foreign import arn as arns
from local_aws.ministack.foreign import budgets
from local_aws.protocol.errors import ServiceError, not_supported
from local_aws.protocol.model import input_shape, operations
from local_aws.protocol.validate import checked
from local_aws.sns.endpoints import is_address
from local_aws.tenant import current

Record = dict[str, Any]

SERVICE = "budgets"
MOST_MAIL = 10
LIMITED = ("COST", "USAGE")
NOT_CARRIED_OUT = ("AutoAdjustData", "BillingViewArn")


class BudgetsError(ServiceError):
    """A request that Budgets refuses."""


def invalid(message: str) -> BudgetsError:
    """Make the error for a parameter that breaks a rule."""
    return BudgetsError("InvalidParameterException", message)


def install() -> None:
    """Check requests before ministack carries them out."""

    async def handle_request(
        _method: str, _path: str, headers: dict[str, str], body: bytes, _query: Record
    ) -> tuple[int, dict[str, str], bytes]:
        name = headers.get("x-amz-target", "").partition(".")[2]
        try:
            answer = call(name, json.loads(body or b"{}"))
        except json.JSONDecodeError as error:
            return _refused(ServiceError("SerializationException", str(error)))
        except ServiceError as error:
            return _refused(error)
        return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(answer).encode()

    budgets.replace("handle_request", handle_request)


def call(name: str, request: Record) -> Record:
    """Carry an operation out for the present request's account.

    Parameters
    ----------
    name : str
        Such as ``CreateBudget``.
    request : dict
        Its arguments, times in seconds since 1970.

    Returns
    -------
    dict
        The answer.

    Raises
    ------
    ServiceError
        For whatever Budgets refuses, and by name for what is not carried out here.
    """
    carry_out = budgets._DISPATCH.get(name)
    if carry_out is None or name not in operations(SERVICE):
        raise not_supported(f"budgets' {name}")
    given = checked(input_shape(SERVICE, name), request, invalid)
    if given.get("AccountId", current().account) != current().account:
        raise BudgetsError("AccessDeniedException", "Account does not match the caller's.")
    for budget in (given.get("Budget"), given.get("NewBudget")):
        if budget is not None:
            _check_budget(budget)
    for each in given.get("NotificationsWithSubscribers", ()):
        _check_subscribers(each["Subscribers"])
    _check_subscribers(given.get("Subscribers", []))
    for subscriber in (given.get("Subscriber"), given.get("NewSubscriber")):
        if subscriber is not None:
            _check_subscribers([subscriber])
    status, headers, body = carry_out(request)
    answer: Record = json.loads(body)
    if status >= 400:
        code = headers.get("x-amzn-errortype") or answer["__type"]
        raise BudgetsError(code, answer.get("message") or answer.get("Message", ""), status)
    return answer


def _check_budget(budget: Record) -> None:
    for member in NOT_CARRIED_OUT:
        if member in budget:
            raise not_supported(f"{member} of a budget")
    limits = [name for name in ("BudgetLimit", "PlannedBudgetLimits") if name in budget]
    if len(limits) > 1:
        raise invalid("Only one of BudgetLimit and PlannedBudgetLimits can be present.")
    if not limits and budget["BudgetType"] in LIMITED:
        raise invalid("BudgetLimit or PlannedBudgetLimits is required for cost or usage budgets.")
    if ("CostFilters" in budget or "CostTypes" in budget) and (
        "FilterExpression" in budget or "Metrics" in budget
    ):
        raise invalid("Either FilterExpression and Metrics or CostFilters and CostTypes, not both.")


def _check_subscribers(subscribers: list[Record]) -> None:
    addresses = [(each["SubscriptionType"], each["Address"]) for each in subscribers]
    if len(set(addresses)) < len(addresses):
        raise BudgetsError("DuplicateRecordException", "A subscriber is named twice.")
    kinds = [kind for kind, _ in addresses]
    if kinds.count("SNS") > 1 or kinds.count("EMAIL") > MOST_MAIL:
        raise BudgetsError(
            "CreationLimitExceededException",
            f"A notification has at most one SNS topic and {MOST_MAIL} addresses.",
        )
    for kind, address in addresses:
        if kind == "EMAIL" and not is_address(address):
            raise invalid(f"Invalid email address: {address}")
        if kind == "SNS" and not _is_topic(address):
            raise invalid(f"Invalid SNS topic ARN: {address}")


def _is_topic(text: str) -> bool:
    try:
        return bool(arns.parse_arn(text).service == "sns")
    except arns.ArnParseError:
        return False


def _refused(error: ServiceError) -> tuple[int, dict[str, str], bytes]:
    headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": error.code}
    body = {"__type": error.code, "Message": error.message, "message": error.message}
    return error.status, headers, json.dumps(body).encode()
