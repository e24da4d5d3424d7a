"""What runs in the stacks: from a record of stream 2 to an alert, a message, a row of history."""

import base64
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import polars as pl
import pytest
from alert_function import digest
from alert_function.detections import read
from alert_function.table import record

from helpers import alert_table, athena, redrive
from helpers.deploy import platform
from helpers.deploy.platform import Platform
from helpers.errors import InputError, ServiceError
from helpers.kinesis import streams
from support import topics

PATIENCE_S = 60
TABLE = "ecommerce-dev-alerts"


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


def poison_left() -> set[str]:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=f"{TABLE}-poison")["QueueUrl"]
    left = []
    while found := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=1
    ).get("Messages"):
        left += [message["Body"] for message in found]
        if len(left) > 20:
            break
    return set(left)


def batch(*records: dict[str, Any] | bytes) -> list[dict[str, Any]]:
    return [
        {
            "eventID": f"shardId-000000000000:{number}",
            "eventSourceARN": "arn:aws:kinesis:us-east-1:000000000000:stream/two",
            "kinesis": {
                "sequenceNumber": str(number),
                "partitionKey": "k",
                "data": base64.b64encode(
                    record if isinstance(record, bytes) else json.dumps(record).encode()
                ).decode(),
            },
        }
        for number, record in enumerate(records)
    ]


def put_aside(*records: dict[str, Any] | bytes) -> None:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=f"{TABLE}-poison")["QueueUrl"]
    for each in batch(*records):
        names = ("data", "partitionKey", "sequenceNumber")
        letter = {name: each["kinesis"][name] for name in names} | {
            name: each[name] for name in ("eventID", "eventSourceARN")
        }
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(letter | {"reason": "then"}))


@pytest.fixture
def failures(inbox: str) -> Any:
    """The bucket of what Lambda gave up, and an empty poison queue."""
    bucket = boto3.resource("s3").Bucket("ecommerce-dev-failures-000000000000-us-east-1")
    sqs = boto3.client("sqs")
    sqs.purge_queue(QueueUrl=sqs.get_queue_url(QueueName=f"{TABLE}-poison")["QueueUrl"])
    yield bucket
    bucket.object_versions.delete()


def test_a_redrive_says_first_and_then_puts_through_what_can_be_read(
    inbox: str, failures: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    put_aside(detection(201, "early", 1, 5), b"{cut off")
    whole = {"Records": batch(detection(202, "early", 1, 5), detection(203, "early", 1, 5))}
    half = {"Records": batch(detection(204, "early", 1, 5), b"[]")}
    failures.put_object(Key="aws/lambda/u/s/one", Body=json.dumps({"payload": whole}))
    failures.put_object(Key="aws/lambda/u/s/two", Body=json.dumps({"payload": json.dumps(half)}))
    failures.put_object(Key="aws/lambda/u/s/odd", Body=b"no JSON")

    assert redrive.main(["--stage", "dev"]) == 0
    said = capsys.readouterr().out
    assert "4 records would go through, 2 cannot be read and stay, 0 have to wait" in said
    assert "odd is no batch of records" in said
    assert "`make redrive STAGE=dev AGAIN=yes` does it" in said
    assert [alerts_of(user) for user in range(201, 205)] == [[]] * 4

    assert redrive.main(["--stage", "dev", "--again"]) == 0
    said = capsys.readouterr().out
    assert "4 records went through, 2 cannot be read and stay" in said
    assert "it is no JSON" in said
    assert [len(alerts_of(user)) for user in range(201, 205)] == [1] * 4
    assert {each.key[-3:] for each in failures.objects.all()} == {"two", "odd"}
    (left,) = poison_left()
    assert json.loads(left)["sequenceNumber"] == "1"
    assert len(messages(inbox, 4)) == 4


def test_a_redrive_that_the_table_refuses_waits(
    inbox: str, failures: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = {"batchItemFailures": [{"itemIdentifier": "1"}], "poison": []}
    monkeypatch.setattr(redrive, "_asked", lambda *_: failed)
    body = {"payload": {"Records": batch(*(detection(u, "early", 1, 5) for u in range(3)))}}
    failures.put_object(Key="aws/lambda/u/s/one", Body=json.dumps(body))
    assert redrive.main(["--stage", "dev", "--again"]) == 1
    said = capsys.readouterr().out
    assert "1 record went through, 0 cannot be read and stay, 2 have to wait" in said
    assert len(list(failures.objects.all())) == 1


def test_a_redrive_of_a_stage_that_is_not_deployed_names_what_is_missing(
    inbox: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert redrive.main(["--stage", "none"]) == 2
    assert "queue ecommerce-none-alerts-poison does not exist: `make deploy STAGE=none`" in (
        capsys.readouterr().err
    )


def test_people_see_what_is_open_and_mark_it_as_handled(inbox: str) -> None:
    began = datetime.now(UTC) - timedelta(minutes=1)
    put(*(detection(user, "early", 1, 5) for user in (301, 302)))
    found = pl.DataFrame({"user_id": [301, 302], "rule": ["early", "early"]})
    alerts = alert_table.settled(TABLE, found, began, PATIENCE_S)
    ids = alerts.filter(pl.col("user_id").is_in([301, 302]))["alert_id"].to_list()
    assert ids == ["301@2026-11-29T10:00:01.500Z", "302@2026-11-29T10:00:01.500Z"]
    alert_table.mark_handled(TABLE, ids[:1])
    left = alert_table.open_alerts(TABLE, began)
    assert 301 not in left["user_id"]
    assert 302 in left["user_id"]
    (handled,) = alerts_of(301)
    assert handled["status"] == "handled"
    with pytest.raises(ServiceError, match="has not written all of 1 user after 0 s"):
        alert_table.settled(TABLE, found, began, 0)
    for wrong in ("nobody", "", "301@yesterday"):
        with pytest.raises(InputError, match="is no alert of"):
            alert_table.mark_handled(TABLE, [wrong])
    with pytest.raises(InputError, match="table nowhere does not exist: `make deploy"):
        alert_table.open_alerts("nowhere", began)


def test_alerts_stay_queryable_in_athena(inbox: str) -> None:
    put(detection(401, "early", 1, 5), b"{cut off", detection(401, "tumbling", 0, 9, 22))
    deadline = time.monotonic() + PATIENCE_S
    rows = []
    while len(rows) < 2 and time.monotonic() < deadline:
        rows = athena.query(
            "SELECT rule, action_count FROM alert_history WHERE user_id = 401 AND day >= :day",
            database="db_commerce",
            bucket="ecommerce-dev-lake-000000000000-us-east-1",
            params={"day": f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"},
        )
    assert sorted(rows.itertuples(index=False)) == [("early", 11), ("tumbling", 22)]


def states() -> dict[str, str]:
    found = boto3.client("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    every = [*found["MetricAlarms"], *found["CompositeAlarms"]]
    return {each["AlarmName"].removeprefix("ecommerce-dev-"): each["StateValue"] for each in every}


def test_the_alarms_ring_and_go_back(inbox: str, move_clock: Callable[[float], float]) -> None:
    sqs = boto3.client("sqs")
    topic = "arn:aws:sns:us-east-1:000000000000:ecommerce-dev-operations"
    operators = topics.inbox(topic, "operators")
    messages(inbox, 0)
    put(detection(601, "early", 1, 5), b"{cut off")
    assert len(messages(inbox, 1)) == 1
    move_clock(90)
    assert states()["bots-seen"] == "ALARM"
    move_clock(600)  # the depth of a queue is told every five minutes
    assert states()["poison-found"] == states()["alert-path-is-broken"] == "ALARM"
    sqs.purge_queue(QueueUrl=sqs.get_queue_url(QueueName=f"{TABLE}-poison")["QueueUrl"])
    move_clock(3600)
    assert states()["bots-seen"] == states()["poison-found"] == "OK"
    said = [json.loads(each["Message"]) for each in messages(operators, 1)]
    changes = {(each["AlarmName"], each["NewStateValue"]) for each in said}
    assert ("ecommerce-dev-bots-seen", "OK") in changes
    # they may have rung before anybody listened: by other tests, or where the first digest is late
    for name in ("bots-seen", "alert-path-is-broken"):
        told = boto3.client("cloudwatch").describe_alarm_history(
            AlarmName=f"ecommerce-dev-{name}",
            AlarmTypes=["MetricAlarm", "CompositeAlarm"],
            HistoryItemType="Action",
        )["AlarmHistoryItems"]
        assert any(f"executed action {topic}" in each["HistorySummary"] for each in told)


def test_with_fan_out_the_stream_is_pushed(inbox: str) -> None:
    messages(inbox, 0)
    platform.deploy(Platform(fan_out=True))
    (source,) = boto3.client("lambda").list_event_source_mappings(FunctionName=TABLE)[
        "EventSourceMappings"
    ]
    assert "/consumer/ecommerce-dev-alerts:" in source["EventSourceArn"]
    put(detection(701, "early", 1, 5))
    # all records come again from the stream's beginning, and nobody is told twice
    (message,) = messages(inbox, 1, quiet_s=5)
    assert message["Subject"].startswith("Bot: user 701, ")
    assert len(alerts_of(701)) == 1


def test_a_table_that_is_deleted_under_the_function_loses_nothing(inbox: str) -> None:
    function = boto3.client("lambda")
    event = {"Records": batch(detection(501, "early", 1, 5), detection(502, "early", 1, 5))}
    boto3.client("dynamodb").delete_table(TableName=TABLE)
    said = function.invoke(FunctionName=TABLE, Payload=json.dumps(event))
    assert json.loads(said["Payload"].read()) == {"batchItemFailures": [{"itemIdentifier": "0"}]}
