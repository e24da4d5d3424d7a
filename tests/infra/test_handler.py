"""The function in this process, over the local AWS: killed at every step, and fed with anything."""

import base64
import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import boto3
import pytest
from alert_function import digest, handler, metrics
from boto3.dynamodb.conditions import Key
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.deploy import stacks
from helpers.deploy.platform import TEMPLATES
from support import lake, topics

STAGE = "unit"
TABLE = f"ecommerce-{STAGE}-alerts"
USERS = itertools.count(1000)
CALL = BaseClient._make_api_call  # type: ignore[attr-defined]


class Killed(BaseException):
    """What stands for a process that ends at once: no error, for nothing may catch it."""


@pytest.fixture(scope="module")
def inbox(local_aws: str) -> Iterator[str]:
    """Table, poison queue and buckets of a stage, and a topic with a queue behind it."""
    with lake.at(local_aws), pytest.MonkeyPatch.context() as patch:
        outputs = stacks.deploy(
            f"ecommerce-{STAGE}-data",
            TEMPLATES / "data.yaml",
            {"Stage": STAGE, "DatabaseName": "db_commerce_unit"},
            lambda _line: None,
        ).outputs
        topic = boto3.client("sns").create_topic(Name="unit-alerts")["TopicArn"]
        queue = topics.inbox(topic, "unit-inbox")
        for name, value in {
            "ALERTS_TABLE": TABLE,
            "TOPIC_ARN": topic,
            "POISON_QUEUE_URL": outputs["PoisonQueueUrl"],
            "FAILURES_BUCKET": outputs["FailuresBucketName"],
            "MESSAGES_A_MINUTE": "100000",
            "LINK": "",
        }.items():
            patch.setenv(name, value)
        patch.setattr(digest, "PATIENCE", timedelta(0))
        handler._table.cache_clear()
        handler._client.cache_clear()
        yield queue
        handler._table.cache_clear()
        handler._client.cache_clear()


@pytest.fixture(autouse=True)
def empty(inbox: str) -> None:
    """Nothing is left in the inbox of the test before."""
    messages(inbox)


def detection(user: int, rule: str, begin: int, end: int, count: int = 11) -> dict[str, Any]:
    day = "2026-11-29T10:"
    return {
        "user_id": user,
        "rule": rule,
        "window_start": f"{day}{begin // 60:02}:{begin % 60:02}.000",
        "window_end": f"{day}{(begin + 10) // 60:02}:{(begin + 10) % 60:02}.000",
        "first_action": f"{day}{begin // 60:02}:{begin % 60:02}.500",
        "last_action": f"{day}{end // 60:02}:{end % 60:02}.900",
        "action_count": count,
    }


def batch(*records: dict[str, Any] | bytes) -> dict[str, Any]:
    """What the event source sends of records."""
    return {
        "Records": [
            {
                "eventID": f"shardId-000000000000:{place}",
                "eventSourceARN": "arn:aws:kinesis:us-east-1:000000000000:stream/two",
                "kinesis": {
                    "sequenceNumber": str(place),
                    "partitionKey": "k",
                    "data": base64.b64encode(
                        record if isinstance(record, bytes) else json.dumps(record).encode()
                    ).decode(),
                },
            }
            for place, record in enumerate(records)
        ]
    }


def messages(queue: str) -> list[dict[str, Any]]:
    sqs = boto3.client("sqs")
    got: list[dict[str, Any]] = []
    while found := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for each in found:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
            got.append(json.loads(each["Body"]))
    return got


def alerts(user: int) -> list[dict[str, Any]]:
    table = boto3.resource("dynamodb").Table(TABLE)
    return list(table.query(KeyConditionExpression=Key("user_id").eq(str(user)))["Items"])


@contextmanager
def each_call(before: Callable[[int, str], None]) -> Iterator[list[str]]:
    """Look at each call to AWS, by its number and name, before it is made."""
    made: list[str] = []

    def call(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        before(len(made), operation)
        made.append(operation)
        return CALL(self, operation, parameters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", call)
        yield made


def killed_before(number: int, function: Callable[[], Any]) -> list[str] | None:
    """Run until a call, and end there; gives the calls made, or None where there were fewer."""

    def end(at: int, _name: str) -> None:
        if at == number:
            raise Killed

    with each_call(end) as made:
        try:
            function()
        except Killed:
            return made
    return None


@pytest.mark.parametrize("digest_first", [False, True], ids=["retried", "told by the digest"])
def test_killed_before_any_call_no_alert_is_lost_and_none_is_doubled(
    inbox: str, digest_first: bool
) -> None:
    in_doubt, of_user = set(), {}
    for number in itertools.count():
        one, two = next(USERS), next(USERS)
        event = batch(
            detection(one, "early", 1, 5),
            detection(one, "sliding", 1, 5),
            b"{cut off",
            detection(one, "tumbling", 0, 9, 22),
            detection(two, "early", 1, 5),
        )
        made = killed_before(number, lambda event=event: handler.handle(event, None))  # type: ignore[misc]
        of_user[number] = (one, two)
        if made is not None and made and made[-1] == "Publish":
            in_doubt.add(one if made.count("Publish") == 1 else two)
        if digest_first:
            digest.handle({}, None)
        assert handler.handle(event, None) == {"batchItemFailures": []}
        digest.handle({}, None)
        if made is None:
            break
    assert number > 12
    texts = [found["Message"] for found in messages(inbox)]
    for one, two in of_user.values():
        for user, rules in ((one, {"early", "sliding", "tumbling"}), (two, {"early"})):
            (alert,) = alerts(user)
            assert alert["rules"] == rules
            assert "outbox" not in alert
            named = sum(alert["alert_id"] in text for text in texts)
            assert named == (2 if user in in_doubt else 1)
    assert in_doubt


def test_a_digest_that_is_killed_tells_again_and_only_what_it_did_not_mark(
    inbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MESSAGES_A_MINUTE", "0")
    for number in itertools.count():
        users = [next(USERS) for _ in range(3)]
        handler.handle(batch(*(detection(user, "early", 1, 5) for user in users)), None)
        made = killed_before(number, lambda: digest.handle({}, None))
        digest.handle({}, None)
        texts = [found["Message"] for found in messages(inbox)]
        marked = made[made.index("Publish") + 1 :] if made and "Publish" in made else []
        for place, user in enumerate(users):
            (alert,) = alerts(user)
            again = made is not None and "Publish" in made and place >= len(marked)
            assert sum(alert["alert_id"] in text for text in texts) == (2 if again else 1)
        assert digest.handle({}, None) == {"told": 0}
        if made is None:
            break
    assert number > 4


def test_a_storm_is_one_message_a_digest(inbox: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESSAGES_A_MINUTE", "0")
    users = [next(USERS) for _ in range(250)]
    handler.handle(batch(*(detection(user, "early", 1, 5) for user in users)), None)
    assert digest.handle({}, None) == {"told": 250}
    (message,) = messages(inbox)
    assert message["Subject"] == "Bots: 250 alerts of 250 users at once"


_RULES = st.sampled_from(["early", "sliding", "tumbling", "hopping"])
_DETECTIONS = st.builds(
    detection, st.integers(0, 3), _RULES, st.integers(0, 40), st.integers(0, 59), st.integers(0, 40)
)
_ANY = st.binary(max_size=40) | _DETECTIONS | st.just({"user_id": 10**30}) | st.just({"version": 2})


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_ANY, max_size=12), st.sets(st.integers(0, 40), max_size=3))
def test_whatever_comes_in_alerts_joined_poison_and_failed_are_what_was_received(
    monkeypatch: pytest.MonkeyPatch, records: list[Any], throttled: set[int]
) -> None:
    base = next(USERS) * 1000
    for record in records:
        if isinstance(record, dict) and record.get("user_id", 9) < 9:
            record["user_id"] += base
    told: list[Counter[str]] = []
    monkeypatch.setattr(metrics, "emit", lambda counts, opened, now: told.append(counts))

    def throttle(number: int, operation: str) -> None:
        if number in throttled:
            error = {"Error": {"Code": "ThrottlingException", "Message": "too fast"}}
            raise ClientError(error, operation)  # type: ignore[arg-type]

    with each_call(throttle):
        first = handler.handle(batch(*records), None)
    names = ("Opened", "Joined", "Poison", "Failed")
    assert told[0]["Received"] == len(records) == sum(told[0][name] for name in names)
    assert bool(first["batchItemFailures"]) == bool(told[0]["Failed"])
    left = records[len(records) - told[0]["Failed"] :]
    assert handler.handle(batch(*left), None) == {"batchItemFailures": []}
    found = sum(len(alerts(base + user)) for user in range(4))
    assert found == sum(counts["Opened"] for counts in told)


@settings(max_examples=10, deadline=None)
@given(st.lists(_ANY, max_size=8), st.lists(st.integers(0, 30), min_size=1, max_size=3))
def test_whatever_comes_in_is_accounted_for_once_also_where_the_function_is_killed(
    inbox: str, records: list[Any], kills: list[int]
) -> None:
    messages(inbox)
    letters()
    killed, whole = next(USERS) * 1000, next(USERS) * 1000

    def of(base: int) -> dict[str, Any]:
        return batch(
            *(
                each | {"user_id": base + each["user_id"]}
                if isinstance(each, dict) and each.get("user_id", 9) < 9
                else each
                for each in records
            )
        )

    def effects(base: int) -> list[list[dict[str, Any]]]:
        said = ("started_at", "first_seen", "last_seen", "action_count", "rules", "windows")
        return [
            [{name: alert[name] for name in said} for alert in alerts(base + user)]
            for user in range(4)
        ]

    unread = handler.handle(of(whole) | {"redrive": "look"}, None)["poison"]
    for number in kills:
        killed_before(number, lambda: handler.handle(of(killed), None))
    assert handler.handle(of(killed), None) == {"batchItemFailures": []}
    digest.handle({}, None)
    assert {letter["sequenceNumber"] for letter in letters()} == {
        each["itemIdentifier"] for each in unread
    }
    texts = [found["Message"] for found in messages(inbox)]
    for alert in (alert for user in range(4) for alert in alerts(killed + user)):
        told = sum(alert["alert_id"] in text for text in texts)
        assert 1 <= told <= 1 + len(kills)
        assert "outbox" not in alert
    assert handler.handle(of(whole), None) == {"batchItemFailures": []}
    assert effects(killed) == effects(whole)


def letters() -> list[dict[str, Any]]:
    """Empty the poison queue."""
    sqs, got = boto3.client("sqs"), []
    url = sqs.get_queue_url(QueueName=f"{TABLE}-poison")["QueueUrl"]
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for each in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
            got.append(json.loads(each["Body"]))
    return got


def test_a_record_that_is_larger_than_a_letter_lies_whole_in_s3(inbox: str) -> None:
    huge = b"[" + b"1," * 200_000 + b"1]"
    assert handler.handle(batch(huge), None) == {"batchItemFailures": []}
    (address,) = [letter["address"] for letter in letters() if "address" in letter]
    bucket, _, key = address.removeprefix("s3://").partition("/")
    kept = json.loads(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    assert base64.b64decode(kept["data"]) == huge


def test_a_log_quotes_nothing_of_a_record(inbox: str, caplog: pytest.LogCaptureFixture) -> None:
    record = detection(next(USERS), "early", 1, 5) | {"rule": "somebody@example.org"}
    handler.handle(batch(record), None)
    assert "is poison" in caplog.text
    assert "somebody" not in caplog.text
