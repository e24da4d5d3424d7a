"""Attributes of queues, as GetQueueAttributes tells them."""

import uuid
from typing import Any

import boto3
import pytest


@pytest.fixture
def sqs(aws_env: str) -> Any:
    return boto3.client("sqs")


def test_a_fifo_queue_tells_its_defaults_and_what_was_set(sqs: Any) -> None:
    given = {"FifoQueue": "true", "FifoThroughputLimit": "perMessageGroupId"}
    given["DeduplicationScope"] = "messageGroup"
    for asked, scope, limit in (
        ({"FifoQueue": "true"}, "queue", "perQueue"),
        (given, "messageGroup", "perMessageGroupId"),
    ):
        url = sqs.create_queue(QueueName=f"{uuid.uuid4()}.fifo", Attributes=asked)["QueueUrl"]
        told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert (told["DeduplicationScope"], told["FifoThroughputLimit"]) == (scope, limit)
        one = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DeduplicationScope"])
        assert one["Attributes"] == {"DeduplicationScope": scope}


def test_no_attributes_are_told_unless_they_are_asked_for(sqs: Any) -> None:
    url = sqs.create_queue(QueueName=str(uuid.uuid4()))["QueueUrl"]
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=url)
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert not told.keys() & {"DeduplicationScope", "FifoThroughputLimit"}


def test_a_fifo_queue_is_subscribed_to_fifo_topics_only(sqs: Any) -> None:
    sns, name = boto3.client("sns"), f"{uuid.uuid4()}.fifo"
    url = sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    where = {"Protocol": "sqs", "Endpoint": arn["QueueArn"]}
    standard = sns.create_topic(Name=name.removesuffix(".fifo"))["TopicArn"]
    said = "FIFO SQS Queues can not be subscribed to standard SNS topics"
    with pytest.raises(sns.exceptions.InvalidParameterException, match=said):
        sns.subscribe(TopicArn=standard, **where)
    assert sns.list_subscriptions_by_topic(TopicArn=standard)["Subscriptions"] == []
    fifo = sns.create_topic(Name=name, Attributes={"FifoTopic": "true"})["TopicArn"]
    assert sns.subscribe(TopicArn=fifo, **where)["SubscriptionArn"].startswith(fifo)


def test_an_error_names_its_kind_as_the_service_does(sqs: Any) -> None:
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
        sqs.get_queue_url(QueueName=str(uuid.uuid4()))
    said = caught.value.response
    assert said["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"
    headers = said["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amzn-errortype"] == "com.amazonaws.sqs#QueueDoesNotExist"
