"""What a kill -9 leaves of the path of an alert: nothing is lost, nothing doubled but as promised.

Effects are counted, never invocations: alerts in the table, messages in a queue, letters of poison.
"""

import itertools
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest

from helpers import aws
from helpers.deploy import platform
from helpers.kinesis import streams
from local_aws.testing import Faults
from support import lake, topics
from support.killable import Killable

PATIENCE_S = 240
FUNCTION = TABLE = "ecommerce-dev-alerts"
USERS = itertools.count(7000)


class Deployed(NamedTuple):
    """The deployed path: its server, and the queue behind its topic."""

    server: Killable
    inbox: str
    faults: Faults


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder: Path = tmp_path_factory.mktemp("killed")
    with Killable(folder) as server, lake.at(server.endpoint):
        aws.client.cache_clear()
        topic = platform.deploy()["TopicArn"]
        yield Deployed(server, topics.inbox(topic, "killed-inbox"), Faults(server.endpoint))
        aws.client.cache_clear()


def detection(user: int, rule: str) -> dict[str, Any]:
    return {
        "user_id": user,
        "rule": rule,
        "window_start": "2026-11-29T10:00:00.000",
        "window_end": "2026-11-29T10:00:10.000",
        "first_action": "2026-11-29T10:00:01.500",
        "last_action": "2026-11-29T10:00:05.000",
        "action_count": 11,
    }


def put(users: list[int], poison: list[bytes]) -> set[str]:
    """Three detections of each user, and poison among them; returns where the poison lies."""
    records = [
        (str(user), json.dumps(detection(user, rule)).encode())
        for rule in ("early", "sliding", "tumbling")
        for user in users
    ]
    records[1:1] = [(str(users[0]), each) for each in poison]
    answer = boto3.client("kinesis").put_records(
        StreamName=streams.ALERTS,
        Records=[{"PartitionKey": key, "Data": data} for key, data in records],
    )
    assert answer["FailedRecordCount"] == 0
    placed = [each["SequenceNumber"] for each in answer["Records"]]
    return set(placed[1 : 1 + len(poison)])


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def alerts_of(user: int) -> list[dict[str, Any]]:
    table = boto3.resource("dynamodb").Table(TABLE)
    asked = {":user": str(user)}
    return list(
        table.query(
            KeyConditionExpression="user_id = :user",
            ExpressionAttributeValues=asked,
            ConsistentRead=True,
        )["Items"]
    )


def are_told(users: list[int]) -> bool:
    found = [alert for user in users for alert in alerts_of(user)]
    rules = {"early", "sliding", "tumbling"}
    return len(found) >= len(users) and all(
        alert["rules"] == rules and "outbox" not in alert for alert in found
    )


def emptied(queue: str) -> list[dict[str, Any]]:
    sqs, got = boto3.client("sqs"), []
    while found := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for each in found:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
            got.append(json.loads(each["Body"]))
    return got


def counted(path: Deployed, users: list[int], poison: set[str]) -> Counter[str]:
    """Wait until all is done; the messages of each alert, every record being accounted for.

    What a test before this one left under way, when its function was killed, may come yet.
    """
    until(lambda: are_told(users))
    url = boto3.client("sqs").get_queue_url(QueueName=f"{TABLE}-poison")["QueueUrl"]
    assert poison <= {each["sequenceNumber"] for each in emptied(url)}
    texts = [each["Message"] for each in emptied(path.inbox)]
    told: Counter[str] = Counter()
    for user in users:
        (alert,) = alerts_of(user)  # one opened, what else came of the user joined it
        told[alert["alert_id"]] = sum(alert["alert_id"] in text for text in texts)
    return told


# in the order in which the function makes them
STEPS = ["sqs:SendMessage", "dynamodb:Query", "dynamodb:UpdateItem", "sns:Publish"]


@pytest.mark.parametrize("action", STEPS)
def test_a_function_that_is_killed_in_a_call_is_run_again(path: Deployed, action: str) -> None:
    # of one key, so that one process has them all
    users, poison = [next(USERS)], [b"{cut off"]
    path.faults.delay(action, seconds=2, times=1)
    try:
        lies = put(users, poison)
        until(lambda: path.faults.met(action) == 1)
        path.server.kill_function(FUNCTION)
        told = counted(path, users, lies)
    finally:
        path.faults.clear()
    # the service may have answered whom nobody listened to any more
    (number,) = told.values()
    assert 1 <= number <= (2 if action == "sns:Publish" else 1)


def test_a_local_aws_that_is_killed_loses_no_alert_and_tells_each(path: Deployed) -> None:
    # with those before them fewer than a storm, which would wait for the digest
    users = [next(USERS) for _ in range(10)]
    poison = [b"{", b"[]"]
    lies = put(users[:5], poison[:1])
    until(lambda: any(alerts_of(user) for user in users[:5]))
    path.server.kill_and_start_again()
    lies |= put(users[5:], poison[1:])
    until(lambda: any(alerts_of(user) for user in users[5:]))
    path.server.kill_and_start_again()
    told = counted(path, users, lies)
    # told twice are at most those of the batches that were at work
    assert all(1 <= number <= 2 for number in told.values())
