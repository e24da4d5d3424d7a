"""Requests that DynamoDB refuses by their expressions, in the words of the service."""

import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

KEY = {"pk": {"S": "a"}}
ONE = {":v": {"N": "1"}}
OVERLAP = "Two document paths overlap with each other; must remove or rewrite one of these paths"


@pytest.fixture(scope="module")
def table(local_aws: str) -> Iterator[Any]:
    """Give a function that calls an operation on a table with an index of keys only."""
    client = boto3.client(
        "dynamodb",
        endpoint_url=local_aws,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    name = f"t-{uuid.uuid4()}"
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": "S"} for each in ("pk", "other")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-other",
                "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    item = {**KEY, "other": {"S": "o"}, "map": {"M": {"x": {"N": "0"}, "add": {"N": "0"}}}}
    client.put_item(TableName=name, Item=item)
    yield lambda operation, **asked: getattr(client, operation)(TableName=name, **asked)
    client.delete_table(TableName=name)


def refusal(call: Any, operation: str, **asked: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(operation, **asked)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    return str(caught.value.response["Error"]["Message"])


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("SET a = :v SET b = :v", 'The "SET" section can only be used once'),
        ("ADD a :v set b = :v add c :v", 'The "ADD" section can only be used once'),
        ("SET a = :v, a = :v", f"{OVERLAP}; path one: [a], path two: [a]"),
        ("SET a = :v, #n = :v", f"{OVERLAP}; path one: [a], path two: [a]"),
        ("REMOVE m SET m.x = :v", f"{OVERLAP}; path one: [m], path two: [m, x]"),
        ("SET l[1] = :v, l[1].x = :v", f"{OVERLAP}; path one: [l, [1]], path two: [l, [1], x]"),
        ("ADD a :v DELETE a :v", f"{OVERLAP}; path one: [a], path two: [a]"),
    ],
)
def test_a_section_comes_once_and_paths_are_apart(table: Any, expression: str, said: str) -> None:
    names = {"#n": "a"} if "#n" in expression else None
    asked: dict[str, Any] = {
        "Key": KEY,
        "UpdateExpression": expression,
        "ExpressionAttributeValues": ONE,
        **({"ExpressionAttributeNames": names} if names else {}),
    }
    message = refusal(table, "update_item", **asked)
    assert message.startswith(f"1 validation error detected: Invalid UpdateExpression: {said}")
    assert table("get_item", Key=KEY)["Item"].keys() == {"pk", "other", "map"}


def test_other_paths_and_sections_are_carried_out(table: Any) -> None:
    table(
        "update_item",
        Key={"pk": {"S": "b"}},
        UpdateExpression="SET a = if_not_exists(a, :v), l = :l, #dotted = :v ADD n :v",
        ExpressionAttributeNames={"#dotted": "a.b"},
        ExpressionAttributeValues={**ONE, ":l": {"L": [{"N": "1"}, {"N": "2"}]}},
    )
    table(
        "update_item",
        Key={"pk": {"S": "b"}},
        UpdateExpression="SET l[0] = :v, l[1] = l[0] + :v REMOVE a",
        ExpressionAttributeValues=ONE,
    )
    found = table("get_item", Key={"pk": {"S": "b"}})["Item"]
    assert found["l"] == {"L": [{"N": "1"}, {"N": "2"}]}
    assert found.keys() == {"pk", "l", "a.b", "n"}


@pytest.mark.parametrize("operation", ["scan", "query"])
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"Select": "ALL_ATTRIBUTES"}, "index by-other because its projection type is not ALL"),
        ({"Select": "count"}, "Value 'count' at 'select' failed to satisfy constraint"),
        ({"ProjectionExpression": ""}, "Invalid ProjectionExpression: The expression can not be"),
        ({"FilterExpression": " "}, "Invalid FilterExpression: The expression can not be empty;"),
        (
            {"FilterExpression": "a = v", "ExpressionAttributeValues": {"v": {"S": "o"}}},
            'ExpressionAttributeValues contains invalid key: Syntax error; key: "v"',
        ),
    ],
)
def test_what_no_read_can_answer_is_refused(
    table: Any, operation: str, asked: dict[str, Any], said: str
) -> None:
    if operation == "query":
        values = {":o": {"S": "o"}, **asked.get("ExpressionAttributeValues", {})}
        asked = {
            **asked,
            "KeyConditionExpression": "other = :o",
            "ExpressionAttributeValues": values,
        }
    assert said in refusal(table, operation, IndexName="by-other", **asked)


@pytest.mark.parametrize("select", ["ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "COUNT"])
def test_attributes_are_chosen_in_one_way(table: Any, select: str) -> None:
    asked = {"IndexName": "by-other", "AttributesToGet": ["pk"], "Select": select}
    said = "Cannot specify the AttributesToGet when choosing to get "
    assert said in refusal(table, "scan", **asked)


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (
            {"UpdateExpression": "SET a = :v SET b = :v", "ExpressionAttributeValues": ONE},
            'Invalid UpdateExpression: The "SET" section can only be used once',
        ),
        (
            {"UpdateExpression": "REMOVE a", "ExpressionAttributeValues": {}},
            "ExpressionAttributeValues must not be empty",
        ),
    ],
)
def test_a_transaction_is_refused_whole(
    aws_env: str, table: Any, action: dict[str, Any], said: str
) -> None:
    name = table("describe_table")["Table"]["TableName"]
    items = [
        {"Put": {"TableName": name, "Item": {"pk": {"S": "never"}}}},
        {"Update": {"TableName": name, "Key": KEY, **action}},
    ]
    with pytest.raises(ClientError, match=said):
        boto3.client("dynamodb").transact_write_items(TransactItems=items)
    assert "Item" not in table("get_item", Key={"pk": {"S": "never"}})
