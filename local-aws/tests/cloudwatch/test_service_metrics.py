"""Metrics that services send of themselves."""

import time
from typing import Any

import boto3

from cloudwatch_client import Move


def statistics(
    cloudwatch: Any, namespace: str, name: str, statistic: str, **dimensions: str
) -> list[float]:
    found = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=time.time() - 600,
        EndTime=time.time() + 1200,
        Period=60,
        Statistics=[statistic],
    )["Datapoints"]
    return [point[statistic] for point in sorted(found, key=lambda point: point["Timestamp"])]


def test_a_queue_tells_its_depth_and_age_every_minute(cloudwatch: Any, move_clock: Move) -> None:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="depth")["QueueUrl"]
    for number in range(3):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=600)
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=900)
    move_clock(130)

    def last(name: str) -> float:
        return statistics(cloudwatch, "AWS/SQS", name, "Maximum", QueueName="depth")[-1]

    assert last("ApproximateNumberOfMessagesVisible") == 2
    assert last("ApproximateNumberOfMessagesNotVisible") == 1
    assert last("ApproximateNumberOfMessagesDelayed") == 1
    assert 60 < last("ApproximateAgeOfOldestMessage") < 300
    sqs.purge_queue(QueueUrl=url)
    move_clock(60)
    assert last("ApproximateNumberOfMessagesVisible") == 0
    assert last("ApproximateAgeOfOldestMessage") == 0


def test_an_alarm_on_the_depth_of_a_queue_rings_and_goes_back(
    cloudwatch: Any, move_clock: Move
) -> None:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="poison")["QueueUrl"]
    cloudwatch.put_metric_alarm(
        AlarmName="poison",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": "poison"}],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )

    def state() -> str:
        return str(
            cloudwatch.describe_alarms(AlarmNames=["poison"])["MetricAlarms"][0]["StateValue"]
        )

    move_clock(60)
    assert state() == "OK"
    sqs.send_message(QueueUrl=url, MessageBody="unreadable")
    move_clock(70)
    assert state() == "ALARM"
    sqs.purge_queue(QueueUrl=url)
    move_clock(70)
    assert state() == "OK"


def test_a_stream_tells_what_comes_in_and_how_far_behind_its_readers_are(
    cloudwatch: Any, move_clock: Move
) -> None:
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName="told", ShardCount=1)
    records = [{"Data": b"12345", "PartitionKey": "abc"}] * 10
    kinesis.put_records(StreamName="told", Records=records)
    shard = kinesis.list_shards(StreamName="told")["Shards"][0]["ShardId"]
    place = kinesis.get_shard_iterator(
        StreamName="told", ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    time.sleep(0.05)
    first = kinesis.get_records(ShardIterator=place, Limit=4)
    kinesis.get_records(ShardIterator=first["NextShardIterator"])
    move_clock(20)  # what a busy service counts is fetched every 10 s

    def told(name: str, statistic: str) -> float:
        values = statistics(cloudwatch, "AWS/Kinesis", name, statistic, StreamName="told")
        return max(values) if statistic == "Maximum" else sum(values)

    assert told("IncomingRecords", "Sum") == 10
    assert told("IncomingBytes", "Sum") == 80
    assert told("WriteProvisionedThroughputExceeded", "Sum") == 0
    assert told("GetRecords.Records", "Sum") == 10
    assert told("GetRecords.IteratorAgeMilliseconds", "Maximum") >= 50
    ages = statistics(
        cloudwatch,
        "AWS/Kinesis",
        "GetRecords.IteratorAgeMilliseconds",
        "Minimum",
        StreamName="told",
    )
    assert min(ages) == 0
