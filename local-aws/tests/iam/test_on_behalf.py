"""What services do for somebody is checked against the role or policy that lets them."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from iam_roles import ACCOUNT, Server, allow, arn, document
from local_aws.iam import recording

pytestmark = pytest.mark.server

LONGEST_S = 60
SCHEDULER = {"Service": "scheduler.amazonaws.com"}
FIREHOSE = {"Service": "firehose.amazonaws.com"}


def role_arn(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def until(found: Callable[[], Any]) -> Any:
    """Wait until something is found."""
    deadline = time.monotonic() + LONGEST_S
    while time.monotonic() < deadline:
        if value := found():
            return value
        time.sleep(0.1)
    raise TimeoutError


def decided(decisions: Path, action: str, resource: str) -> list[recording.Decision]:
    """Return the decisions on an action on a resource."""
    read = recording.read(decisions)
    return [each for each in read if (each.action, each.resource) == (action, resource)]


def test_a_bucket_sends_to_a_queue_that_lets_it_and_to_no_other(enforcing: Server) -> None:
    s3, sqs = enforcing.root("s3"), enforcing.root("sqs")
    s3.create_bucket(Bucket="telling")
    url = sqs.create_queue(QueueName="told")["QueueUrl"]
    queue = arn("sqs", "told")
    notify = {"QueueConfigurations": [{"QueueArn": queue, "Events": ["s3:ObjectCreated:*"]}]}
    with pytest.raises(ClientError, match="Unable to validate the following destination"):
        s3.put_bucket_notification_configuration(Bucket="telling", NotificationConfiguration=notify)

    lets = allow("sqs:SendMessage", queue, Principal={"Service": "s3.amazonaws.com"})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document(lets)})
    s3.put_bucket_notification_configuration(Bucket="telling", NotificationConfiguration=notify)
    s3.put_object(Bucket="telling", Key="a", Body=b"1")
    assert until(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))


def test_a_role_that_does_not_trust_the_service_is_refused_at_creation(enforcing: Server) -> None:
    role = enforcing.role(trusts=FIREHOSE)
    with pytest.raises(ClientError, match=r"must allow AWS EventBridge Scheduler to assume"):
        enforcing.root("scheduler").create_schedule(
            Name="untrusted",
            ScheduleExpression="rate(1 minute)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": arn("sqs", "any"), "RoleArn": role_arn(role)},
        )


def test_a_schedule_acts_in_its_role(enforcing: Server, decisions: Path) -> None:
    sqs, scheduler = enforcing.root("sqs"), enforcing.root("scheduler")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("may", "may-not")}
    role = enforcing.role(allow("sqs:SendMessage", arn("sqs", "may")), trusts=SCHEDULER)
    for name in urls:
        scheduler.create_schedule(
            Name=name,
            ScheduleExpression="at(2020-01-01T00:00:00)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": arn("sqs", name), "RoleArn": role_arn(role), "Input": "now"},
        )

    assert until(lambda: sqs.receive_message(QueueUrl=urls["may"]).get("Messages"))
    denied = until(lambda: decided(decisions, "sqs:SendMessage", arn("sqs", "may-not")))
    assert [each.allowed for each in denied] == [False]
    assert denied[0].principal == f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/scheduler"
    assert "Messages" not in sqs.receive_message(QueueUrl=urls["may-not"])


def test_a_delivery_stream_reads_and_writes_in_its_role(enforcing: Server, decisions: Path) -> None:
    kinesis, s3 = enforcing.root("kinesis"), enforcing.root("s3")
    kinesis.create_stream(StreamName="delivered", ShardCount=1)
    s3.create_bucket(Bucket="delivered-to")
    stream, bucket = arn("kinesis", "stream/delivered"), "arn:aws:s3:::delivered-to"
    may = enforcing.role(
        allow("kinesis:GetRecords", stream), allow("s3:PutObject", f"{bucket}/*"), trusts=FIREHOSE
    )
    enforcing.root("firehose").create_delivery_stream(
        DeliveryStreamName="delivery",
        DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration={"KinesisStreamARN": stream, "RoleARN": role_arn(may)},
        ExtendedS3DestinationConfiguration={"BucketARN": bucket, "RoleARN": role_arn(may)},
    )

    kinesis.put_record(StreamName="delivered", Data=b"1", PartitionKey="a")
    until(lambda: s3.list_objects_v2(Bucket="delivered-to").get("Contents"))
    enforcing.root("iam").delete_role_policy(RoleName=may, PolicyName="own")
    kinesis.put_record(StreamName="delivered", Data=b"2", PartitionKey="a")

    told = until(
        lambda: [
            each for each in decided(decisions, "kinesis:GetRecords", stream) if not each.allowed
        ]
    )
    assert told[0].principal == f"arn:aws:sts::{ACCOUNT}:assumed-role/{may}/firehose"
    assert len(s3.list_objects_v2(Bucket="delivered-to")["Contents"]) == 1
