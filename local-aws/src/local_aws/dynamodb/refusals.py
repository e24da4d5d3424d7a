"""Requests that DynamoDB refuses and ministack would carry out, or answer with other attributes.

API reference of Query, Scan, UpdateItem and TransactWriteItems; the words are those that moto's
tests have seen on the service in us-east-1.
"""

from collections.abc import Callable, Iterator
from typing import Any

from local_aws.dynamodb import updates
from local_aws.ministack.foreign import dynamodb, responses

Record = dict[str, Any]

_DETECTED = "1 validation error detected: "
_SELECT = ("SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES")
_CHOSEN = {
    "ALL_ATTRIBUTES": "ALL_ATTRIBUTES",
    "ALL_PROJECTED_ATTRIBUTES": "ALL_PROJECTED_ATTRIBUTES",
    "COUNT": "only the Count",
}
_EXPRESSIONS = (
    "KeyConditionExpression",
    "ProjectionExpression",
    "FilterExpression",
    "ConditionExpression",
)


def install() -> None:
    """Look at requests before ministack does."""
    _check_first("_query", _of_read)
    _check_first("_scan", _of_read)
    _check_first("_get_item", _of_expressions)
    _check_first("_put_item", _of_expressions)
    _check_first("_delete_item", _of_expressions)
    _check_first("_update_item", _of_update)
    _check_first("_transact_write_items", _of_transaction)


def _check_first(name: str, faults: Callable[[Record], Iterator[str]]) -> None:
    handle = getattr(dynamodb, name)

    def checked(data: Record) -> Any:
        said = next(faults(data), None)
        if said is None:
            return handle(data)
        return responses.error_response_json("ValidationException", said, 400)

    dynamodb.replace(name, checked)


def _of_expressions(data: Record) -> Iterator[str]:
    for name in _EXPRESSIONS:
        text = data.get(name)
        if isinstance(text, str) and not text.strip():
            yield f"Invalid {name}: The expression can not be empty;"
    for name, sign in (("ExpressionAttributeNames", "#"), ("ExpressionAttributeValues", ":")):
        for key in data.get(name) or {}:
            if not key.startswith(sign):
                yield f'{name} contains invalid key: Syntax error; key: "{key}"'


def _of_read(data: Record) -> Iterator[str]:
    yield from _of_expressions(data)
    select = data.get("Select")
    if select is not None and select not in _SELECT:
        yield (
            f"{_DETECTED}Value '{select}' at 'select' failed to satisfy constraint: Member must "
            f"satisfy enum value set: [{', '.join(_SELECT)}]"
        )
    if data.get("AttributesToGet") and select in _CHOSEN:
        yield (
            f"{_DETECTED}Cannot specify the AttributesToGet when choosing to get {_CHOSEN[select]}"
        )
    if select == "ALL_ATTRIBUTES" and (index := data.get("IndexName")):
        table = dynamodb._tables.get(dynamodb._normalize_table_name(data.get("TableName"))) or {}
        for each in table.get("GlobalSecondaryIndexes") or []:
            if each["IndexName"] == index and each["Projection"]["ProjectionType"] != "ALL":
                yield (
                    "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not "
                    f"supported for global secondary index {index} because its projection type is "
                    "not ALL"
                )


def _of_update(data: Record, prefix: str = _DETECTED) -> Iterator[str]:
    yield from _of_expressions(data)
    names = data.get("ExpressionAttributeNames") or {}
    if said := updates.fault(data.get("UpdateExpression") or "", names):
        yield f"{prefix}Invalid UpdateExpression: {said}"


def _of_transaction(data: Record) -> Iterator[str]:
    for item in data.get("TransactItems") or []:
        for action in item.values():
            for name in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
                if action.get(name) == {}:
                    yield f"{name} must not be empty"
            yield from _of_update(action, prefix="")
