"""The stacks on a local AWS: deployed, deployed again, removed, and what runs in them."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from alert_function import digest
from alert_function.detections import read
from alert_function.table import record

from helpers import aws
from helpers.deploy import code
from helpers.deploy.__main__ import main
from helpers.kinesis import streams

PATIENCE_S = 30
TABLE = "ecommerce-dev-alerts"


@pytest.fixture(scope="module")
def inbox(local_aws: str) -> Iterator[str]:
    """The platform deployed, and a queue that gets each message of its topic."""
    from local_aws.testing import environment

    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(local_aws).items():
            patch.setenv(name, value)
        aws.client.cache_clear()
        assert main(["--stage", "dev"]) == 0
        queue_arn = "arn:aws:sqs:us-east-1:000000000000:inbox"
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue_arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        queue = boto3.client("sqs").create_queue(QueueName="inbox", Attributes={"Policy": policy})[
            "QueueUrl"
        ]
        boto3.client("sns").subscribe(
            TopicArn="arn:aws:sns:us-east-1:000000000000:ecommerce-dev-alerts",
            Protocol="sqs",
            Endpoint=queue_arn,
        )
        yield queue
        assert main(["--stage", "dev", "--destroy", "--yes"]) == 0
        aws.client.cache_clear()


def detection(user: int, rule: str, begin: int, end: int, count: int = 11) -> dict[str, Any]:
    return {
        "user_id": user,
        "rule": rule,
        "window_start": f"2026-11-29T10:00:{begin:02}.000",
        "window_end": f"2026-11-29T10:00:{begin + 10:02}.000",
        "first_action": f"2026-11-29T10:00:{begin:02}.500",
        "last_action": f"2026-11-29T10:00:{end:02}.000",
        "action_count": count,
    }


def put(*records: dict[str, Any] | bytes) -> None:
    entries = [
        {"Data": record, "PartitionKey": "poison"}
        if isinstance(record, bytes)
        else {"Data": json.dumps(record).encode(), "PartitionKey": str(record["user_id"])}
        for record in records
    ]
    answer = boto3.client("kinesis").put_records(StreamName=streams.ALERTS, Records=entries)
    assert answer["FailedRecordCount"] == 0


def messages(queue: str, least: int, quiet_s: float = 2) -> list[dict[str, Any]]:
    """What a queue gets until there are as many and then none for a while."""
    sqs = boto3.client("sqs")
    got: list[dict[str, Any]] = []
    deadline = time.monotonic() + PATIENCE_S
    while True:
        wait = int(quiet_s) if len(got) >= least else 5
        found = sqs.receive_message(
            QueueUrl=queue, WaitTimeSeconds=wait, MaxNumberOfMessages=10
        ).get("Messages", [])
        for each in found:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
        got += [json.loads(each["Body"]) for each in found]
        if (not found and len(got) >= least) or time.monotonic() > deadline:
            return got


def alerts_of(user: int) -> list[dict[str, Any]]:
    found = (
        boto3.resource("dynamodb")
        .Table(TABLE)
        .query(
            KeyConditionExpression="user_id = :user", ExpressionAttributeValues={":user": str(user)}
        )
    )
    return list(found["Items"])


def test_what_all_rules_say_of_a_burst_is_one_alert_and_one_message(inbox: str) -> None:
    records = [detection(7, "early", 1, 5), detection(7, "sliding", 1, 5)]
    put(*records, detection(7, "tumbling", 0, 9, 22))
    (message,) = messages(inbox, 1)
    assert message["Subject"].startswith("Bot: user 7, ")
    (alert,) = alerts_of(7)
    assert alert["rules"] == {"early", "sliding", "tumbling"}
    assert (alert["action_count"], alert["status"]) == (22, "open")
    assert "outbox" not in alert
    put(*records)
    assert messages(inbox, 0) == []
    assert alerts_of(7) == [alert]


def test_poison_is_put_aside_with_its_bytes_and_what_is_behind_it_goes_on(inbox: str) -> None:
    put(b"{cut off", detection(8, "early", 1, 5))
    assert len(messages(inbox, 1)) == 1
    poison = boto3.client("sqs").get_queue_url(QueueName="ecommerce-dev-alerts-poison")["QueueUrl"]
    (letter,) = messages(poison, 1)
    assert letter["data"] == "e2N1dCBvZmY="
    assert "no JSON" in letter["reason"]


def test_what_a_storm_left_in_the_outbox_is_one_message_of_the_digest(
    inbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALERTS_TABLE", TABLE)
    monkeypatch.setenv("TOPIC_ARN", "arn:aws:sns:us-east-1:000000000000:ecommerce-dev-alerts")
    monkeypatch.setenv("LINK", "")
    table = boto3.resource("dynamodb").Table(TABLE)
    # the deployed digest would come first
    boto3.client("scheduler").delete_schedule(Name="ecommerce-dev-digest")
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    for user in range(100, 130):
        record(table, read(json.dumps(detection(user, "early", 1, 5)).encode()), long_ago)
    young = read(json.dumps(detection(99, "early", 1, 5)).encode())
    record(table, young, datetime.now(UTC))
    assert digest.handle({}, None) == {"told": 30}
    (message,) = messages(inbox, 1)
    assert message["Subject"] == "Bots: 30 alerts of 30 users at once"
    assert digest.handle({}, None) == {"told": 0}
    assert "outbox" in alerts_of(99)[0]


def test_deployed_again_nothing_changes(inbox: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--stage", "dev"]) == 0
    assert capsys.readouterr().out.count("nothing changed") == 4


def test_what_was_removed_is_made_again_and_finds_its_alerts(inbox: str) -> None:
    before = alerts_of(7)
    assert main(["--stage", "dev", "--destroy", "--yes"]) == 0
    assert main(["--stage", "dev"]) == 0
    assert alerts_of(7) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--stage", "Dev"], "the stage 'Dev' is none"),
        (["--stage", "dev", "--email", "nobody"], "'nobody' is no address"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_asked(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_the_archive_is_the_same_bytes_wherever_it_is_made() -> None:
    assert code.archive() == code.archive()
    assert b"alert_function/handler.py" in code.archive()
