"""Records of a stream reach the function: starts, resharding, destinations, pushes, metrics."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from event_source.test_mappings import SAYING, a_mapping, a_stream, put, said, settled
from iam_roles import from_service
from lambda_functions import ROLE, deploy, printed, wait_for
from local_aws.testing import Faults

pytestmark = pytest.mark.usefixtures("aws_env")

FAILING = """
def handle(event, context):
    raise ValueError("never")
"""
TELLING = """
import json

def handle(event, context):
    print("SAID", json.dumps(event))
"""


def a_queue() -> tuple[str, str]:
    """Make a queue that topics may send to, and give its URL and ARN."""
    name = f"q-{uuid.uuid4().hex[:8]}"
    sends = {"Policy": from_service("sqs:SendMessage", "sns")}
    url = boto3.client("sqs").create_queue(QueueName=name, Attributes=sends)["QueueUrl"]
    return url, f"arn:aws:sqs:us-east-1:000000000000:{name}"


def received(queue: str) -> dict[str, Any]:
    """Wait for a message, and read its body."""

    def look() -> list[Any]:
        return boto3.client("sqs").receive_message(QueueUrl=queue).get("Messages", [])

    return dict(json.loads(wait_for(look)[0]["Body"]))


def test_a_record_has_the_shape_that_lambda_gives_it() -> None:
    own, source = deploy(TELLING), a_stream()
    a_mapping(own, source)
    put(source, "ü")
    ((event,),) = [wait_for(lambda: printed(own))]
    (record,) = event["Records"]
    kinesis = record.pop("kinesis")
    shard, _, number = record["eventID"].partition(":")
    assert record == {
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-000000000000:{number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": ROLE,
        "awsRegion": "us-east-1",
        "eventSourceARN": source,
    }
    assert shard == "shardId-000000000000"
    assert kinesis.pop("approximateArrivalTimestamp") > 1.7e9
    assert kinesis == {
        "kinesisSchemaVersion": "1.0",
        "partitionKey": "k",
        "sequenceNumber": number,
        "data": "w7w=",
    }


def test_the_newest_is_what_came_after_the_creation_not_after_the_first_look() -> None:
    own, source = deploy(SAYING), a_stream()
    put(source, "before")
    a_mapping(own, source, StartingPosition="LATEST")
    put(source, "after")
    wait_for(lambda: said(own))
    assert said(own) == ["after"]


def test_reading_begins_at_a_time() -> None:
    own, source = deploy(SAYING), a_stream()
    put(source, "before")
    kinesis = boto3.client("kinesis")
    wait_for(lambda: datetime.now(UTC).microsecond < 200_000)
    now = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    wait_for(lambda: datetime.now(UTC) > now)
    put(source, "after")
    a_mapping(own, source, StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=now)
    wait_for(lambda: said(own))
    assert said(own) == ["after"]
    assert kinesis.describe_stream_summary(StreamARN=source)


def test_children_are_read_after_their_parents_and_nothing_is_skipped() -> None:
    kinesis = boto3.client("kinesis")
    own, source = deploy(SAYING), a_stream()
    identifier = a_mapping(own, source, Enabled=False)["UUID"]
    settled(identifier)
    put(source, *[f"a{n}" for n in range(5)])
    middle = str(1 << 127)
    kinesis.split_shard(
        StreamARN=source, ShardToSplit="shardId-000000000000", NewStartingHashKey=middle
    )
    put(source, *[f"b{n}" for n in range(5)])
    kinesis.merge_shards(
        StreamARN=source,
        ShardToMerge="shardId-000000000001",
        AdjacentShardToMerge="shardId-000000000002",
    )
    put(source, *[f"c{n}" for n in range(5)])
    boto3.client("lambda").update_event_source_mapping(UUID=identifier, Enabled=True)
    expected = [f"{letter}{n}" for letter in "abc" for n in range(5)]
    wait_for(lambda: len(said(own)) >= len(expected))
    assert said(own) == expected


def test_switched_on_again_it_goes_on_where_it_was() -> None:
    client = boto3.client("lambda")
    own, source = deploy(SAYING), a_stream()
    identifier = a_mapping(own, source)["UUID"]
    put(source, "1")
    wait_for(lambda: said(own) == ["1"])
    client.update_event_source_mapping(UUID=identifier, Enabled=False)
    settled(identifier)
    put(source, "2")
    client.update_event_source_mapping(UUID=identifier, Enabled=True, ParallelizationFactor=2)
    wait_for(lambda: len(said(own)) > 1)
    assert said(own) == ["1", "2"]
    wait_for(
        lambda: client.get_event_source_mapping(UUID=identifier)["LastProcessingResult"] == "OK"
    )


def test_what_is_given_up_is_told_to_a_queue_and_to_a_topic_without_its_data() -> None:
    sns = boto3.client("sns")
    queue, queue_arn = a_queue()
    inbox, inbox_arn = a_queue()
    topic = sns.create_topic(Name=f"t-{uuid.uuid4().hex[:8]}")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=inbox_arn)
    for destination in (queue_arn, topic):
        own, source = deploy(FAILING), a_stream()
        config = {"OnFailure": {"Destination": destination}}
        identifier = a_mapping(own, source, MaximumRetryAttempts=0, DestinationConfig=config)[
            "UUID"
        ]
        put(source, "given up")
        document = received(queue if destination == queue_arn else inbox)
        if destination == topic:
            assert "Subject" not in document
            document = json.loads(document["Message"])
        batch = document["KinesisBatchInfo"]
        assert set(document) == {
            "requestContext",
            "responseContext",
            "version",
            "timestamp",
            "KinesisBatchInfo",
        }
        assert (batch["batchSize"], batch["streamArn"]) == (1, source)
        assert batch["startSequenceNumber"] == batch["endSequenceNumber"]
        assert document["requestContext"]["functionArn"].endswith(own)
        result = boto3.client("lambda").get_event_source_mapping(UUID=identifier)
        assert result["LastProcessingResult"] == "PROBLEM: Function call failed"


def test_what_is_given_up_lies_in_a_bucket_with_its_data_also_after_the_bucket_failed(
    faults: Faults,
) -> None:
    s3 = boto3.client("s3")
    bucket = f"failures-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket)
    faults.fail("s3:PutObject", times=2)
    own, source = deploy(FAILING), a_stream()
    config = {"OnFailure": {"Destination": f"arn:aws:s3:::{bucket}"}}
    identifier = a_mapping(own, source, MaximumRetryAttempts=0, DestinationConfig=config)["UUID"]
    put(source, "given up")
    (found,) = wait_for(lambda: s3.list_objects_v2(Bucket=bucket).get("Contents", []))
    assert faults.met("s3:PutObject") == 2
    today = datetime.now(UTC).strftime("%Y/%m/%d")
    assert found["Key"].startswith(f"aws/lambda/{identifier}/shardId-000000000000/{today}/")
    document = json.loads(s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read())
    assert document["payload"]["Records"][0]["kinesis"]["data"] == "Z2l2ZW4gdXA="
    assert document["requestContext"]["condition"] == "RetryAttemptsExhausted"


def test_a_consumers_records_are_pushed() -> None:
    own, source = deploy(TELLING), a_stream()
    consumer = boto3.client("kinesis").register_stream_consumer(
        StreamARN=source, ConsumerName="fast"
    )["Consumer"]["ConsumerARN"]
    a_mapping(own, consumer)
    for n in range(3):
        put(source, str(n))
        wait_for(lambda n=n: len([r for e in printed(own) for r in e["Records"]]) == n + 1)
    assert {r["eventSourceARN"] for e in printed(own) for r in e["Records"]} == {consumer}


def test_the_stream_path_has_metrics() -> None:
    own, source = deploy(FAILING), a_stream()
    metrics = {"Metrics": ["EventCount"]}
    identifier = a_mapping(own, source, MaximumRetryAttempts=1, MetricsConfig=metrics)["UUID"]
    put(source, "x")

    def statistic(metric: str, name: str, value: str, kind: Any) -> float:
        now = datetime.now(UTC)
        points = boto3.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName=metric,
            Dimensions=[{"Name": name, "Value": value}],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            Period=7200,
            Statistics=[kind],
        )["Datapoints"]
        return float(sum(point[kind] for point in points))

    counted = "EventSourceMappingUUID"
    wait_for(lambda: statistic("DroppedEventCount", counted, identifier, "Sum") == 1)
    assert statistic("PolledEventCount", counted, identifier, "Sum") == 1
    assert statistic("InvokedEventCount", counted, identifier, "Sum") == 2
    assert statistic("FailedInvokeEventCount", counted, identifier, "Sum") == 2
    assert statistic("Errors", "FunctionName", own, "Sum") == 2
    assert statistic("Invocations", "FunctionName", own, "Sum") == 2
    assert statistic("IteratorAge", "FunctionName", own, "SampleCount") == 2
    assert statistic("IteratorAge", "FunctionName", own, "Maximum") > 0


def test_a_stream_that_is_deleted_is_told_and_one_made_again_is_read_from_its_start() -> None:
    kinesis, client = boto3.client("kinesis"), boto3.client("lambda")
    own, source = deploy(SAYING), a_stream()
    identifier = a_mapping(own, source)["UUID"]
    put(source, "1")
    wait_for(lambda: said(own) == ["1"])
    kinesis.delete_stream(StreamARN=source)

    def result() -> str:
        return str(client.get_event_source_mapping(UUID=identifier)["LastProcessingResult"])

    wait_for(lambda: "Stream not found" in result())
    kinesis.create_stream(StreamName=source.rpartition("/")[2], ShardCount=1)
    put(source, "2")
    wait_for(lambda: said(own) == ["1", "2"])
