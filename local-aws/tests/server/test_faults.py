"""Faults that tests ask for: by action, counted, in the words of the service."""

import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local_aws.testing import Faults

pytestmark = pytest.mark.usefixtures("aws_env")

CALLS: list[tuple[str, Callable[[], Any], str, str]] = [
    (
        "dynamodb:GetItem",
        lambda: client("dynamodb").get_item(TableName="t", Key={"k": {"S": "k"}}),
        "ProvisionedThroughputExceededException",
        "InternalServerError",
    ),
    (
        "kinesis:PutRecord",
        lambda: client("kinesis").put_record(StreamName="s", Data=b"x", PartitionKey="k"),
        "ProvisionedThroughputExceededException",
        "InternalFailure",
    ),
    (
        "sns:Publish",
        lambda: client("sns").publish(TopicArn="arn:aws:sns:us-east-1:0:t", Message="m"),
        "Throttled",
        "InternalFailure",
    ),
    (
        "sqs:SendMessage",
        lambda: client("sqs").send_message(QueueUrl="http://localhost/0/q", MessageBody="m"),
        "RequestThrottled",
        "InternalFailure",
    ),
    (
        "s3:PutObject",
        lambda: client("s3").put_object(Bucket="bucket", Key="k", Body=b""),
        "SlowDown",
        "InternalError",
    ),
    (
        "lambda:InvokeFunction",
        lambda: client("lambda").invoke(FunctionName="f"),
        "TooManyRequestsException",
        "ServiceException",
    ),
    (
        "quicksight:DescribeDataSet",
        lambda: client("quicksight").describe_data_set(AwsAccountId="0" * 12, DataSetId="d"),
        "ThrottlingException",
        "InternalFailure",
    ),
    (
        "glue:GetTable",
        lambda: client("glue").get_table(DatabaseName="d", Name="t"),
        "ThrottlingException",
        "InternalFailure",
    ),
    (
        "athena:GetWorkGroup",
        lambda: client("athena").get_work_group(WorkGroup="primary"),
        "ThrottlingException",
        "InternalFailure",
    ),
    (
        "cloudwatch:PutMetricData",
        lambda: client("cloudwatch").put_metric_data(Namespace="n", MetricData=[]),
        "ThrottlingException",
        "InternalFailure",
    ),
    (
        "sts:GetCallerIdentity",
        lambda: client("sts").get_caller_identity(),
        "Throttling",
        "InternalFailure",
    ),
]


def client(service: Any) -> Any:
    return boto3.client(service, config=Config(retries={"total_max_attempts": 1}))


@pytest.mark.parametrize(
    ("action", "call", "throttled", "failed"), CALLS, ids=[c[0] for c in CALLS]
)
def test_a_call_is_refused_in_the_words_of_its_service(
    faults: Faults, action: str, call: Callable[[], Any], throttled: str, failed: str
) -> None:
    faults.throttle(action, times=1)
    faults.fail(action, times=1)
    with pytest.raises(ClientError) as refused:
        call()
    assert refused.value.response["Error"]["Code"] == throttled
    with pytest.raises(ClientError) as refused:
        call()
    assert refused.value.response["Error"]["Code"] == failed
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert faults.met(action) == 2


def test_a_fault_is_over_after_its_times_and_meets_no_other_action(faults: Faults) -> None:
    kinesis = client("kinesis")
    faults.fail("kinesis:ListStreams", times=1)
    kinesis.describe_limits()
    with pytest.raises(ClientError):
        kinesis.list_streams()
    kinesis.list_streams()
    assert faults.met("kinesis:ListStreams") == 1


def test_a_star_is_every_action_of_a_service_until_all_is_cleared(faults: Faults) -> None:
    faults.throttle("sqs:*")
    for _ in range(2):
        with pytest.raises(ClientError):
            client("sqs").list_queues()
    faults.clear()
    client("sqs").list_queues()


def test_a_delayed_call_is_carried_out(faults: Faults) -> None:
    faults.delay("sqs:ListQueues", seconds=0.5, times=1)
    begun = time.monotonic()
    client("sqs").list_queues()
    assert time.monotonic() - begun >= 0.5
