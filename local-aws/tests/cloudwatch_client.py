"""What tests of alarms share: a topic, with a queue behind it that hears what alarms say."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3

from iam_roles import from_service

Move = Callable[[float], float]


@dataclass(frozen=True)
class Listener:
    """A topic, and the queue that is subscribed to it."""

    topic: str
    queue: str

    def heard(self) -> list[dict[str, Any]]:
        """Return the alarms' messages since the last time, in their order."""
        sqs, found = boto3.client("sqs"), []
        while True:
            answer = sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
            if not answer.get("Messages"):
                return found
            for message in answer["Messages"]:
                found.append(json.loads(json.loads(message["Body"])["Message"]))
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])


def listen(name: str) -> Listener:
    """Make a topic and the queue behind it."""
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    rings = {"Policy": from_service("sns:Publish", "cloudwatch")}
    topic = sns.create_topic(Name=name, Attributes=rings)["TopicArn"]
    sends = {"Policy": from_service("sqs:SendMessage", "sns")}
    queue = sqs.create_queue(QueueName=name, Attributes=sends)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    arn = attributes["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return Listener(topic, queue)
