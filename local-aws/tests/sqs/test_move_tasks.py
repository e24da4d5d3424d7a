"""Tasks that move messages out of a dead-letter queue, with the errors of the service."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import boto3
import pytest
import urllib3
from botocore.exceptions import ClientError

ARN = "arn:aws:sqs:us-east-1:000000000000:"


class Queues:
    """A queue with a dead-letter queue behind it, of names that no other test has."""

    def __init__(self, client: Any, fifo: bool = False) -> None:
        self.client = client
        self.name = uuid4().hex
        self.end = ".fifo" if fifo else ""
        self.dead = self.make("dead")
        policy = json.dumps({"deadLetterTargetArn": self.arn("dead"), "maxReceiveCount": 1})
        self.source = self.make("source", RedrivePolicy=policy)

    def make(self, name: str, **attributes: str) -> str:
        fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if self.end else {}
        return str(
            self.client.create_queue(
                QueueName=f"{name}-{self.name}{self.end}", Attributes=fifo | attributes
            )["QueueUrl"]
        )

    def arn(self, name: str) -> str:
        return f"{ARN}{name}-{self.name}{self.end}"

    def die(self, *bodies: str) -> None:
        """Let messages of the source reach the dead-letter queue."""
        group = {"MessageGroupId": "one"} if self.end else {}
        for body in bodies:
            self.client.send_message(QueueUrl=self.source, MessageBody=body, **group)
            self.client.receive_message(QueueUrl=self.source, VisibilityTimeout=0)
        self.client.receive_message(QueueUrl=self.source)

    def bodies(self, url: str) -> list[str]:
        found = []
        while True:
            answer = self.client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
            if not answer.get("Messages"):
                return sorted(found)
            for message in answer["Messages"]:
                found.append(message["Body"])
                handle = message["ReceiptHandle"]
                self.client.delete_message(QueueUrl=url, ReceiptHandle=handle)

    def start(self, **more: Any) -> str:
        answer = self.client.start_message_move_task(SourceArn=self.arn("dead"), **more)
        return str(answer["TaskHandle"])

    def newest(self) -> dict[str, Any]:
        found = self.client.list_message_move_tasks(SourceArn=self.arn("dead"))["Results"]
        assert len(found) == 1  # the default
        return dict(found[0])

    def wait(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            task = self.newest()
            if fits(task):
                return task
            time.sleep(0.05)
        raise AssertionError(task)

    def ended(self) -> dict[str, Any]:
        return self.wait(lambda task: task["Status"] not in ("RUNNING", "CANCELLING"))


@pytest.fixture
def queues(aws_env: str) -> Queues:
    return Queues(boto3.client("sqs"))


def refused(call: Callable[[], Any]) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as error:
        call()
    said = error.value.response
    status = said["ResponseMetadata"]["HTTPStatusCode"]
    return said["Error"]["Code"], said["Error"]["Message"], status


@pytest.mark.parametrize("fifo", [False, True])
def test_messages_go_back_to_where_they_came_from(aws_env: str, fifo: bool) -> None:
    queues = Queues(boto3.client("sqs"), fifo)
    queues.die("a", "b")
    queues.start()
    task = queues.ended()
    assert task["Status"] == "COMPLETED"
    assert task["ApproximateNumberOfMessagesMoved"] == 2
    assert task["ApproximateNumberOfMessagesToMove"] == 2
    assert task["SourceArn"] == queues.arn("dead")
    assert not {"TaskHandle", "DestinationArn", "FailureReason"} & task.keys()
    assert queues.bodies(queues.dead) == []
    assert queues.bodies(queues.source) == ["a", "b"]


def test_messages_go_elsewhere_as_new_ones(queues: Queues) -> None:
    other = queues.make("other")
    queues.die("a")
    before = queues.client.receive_message(QueueUrl=queues.dead, VisibilityTimeout=0)["Messages"]
    queues.start(DestinationArn=queues.arn("other"))
    assert queues.ended()["DestinationArn"] == queues.arn("other")
    (after,) = queues.client.receive_message(QueueUrl=other, AttributeNames=["All"])["Messages"]
    assert after["MessageId"] != before[0]["MessageId"]
    assert after["Attributes"]["ApproximateReceiveCount"] == "1"
    assert "DeadLetterQueueSourceArn" not in after["Attributes"]


def test_a_task_moves_as_fast_as_it_was_told_and_stops_when_cancelled(queues: Queues) -> None:
    queues.make("other")
    queues.die(*"abcdefgh")
    handle = queues.start(DestinationArn=queues.arn("other"), MaxNumberOfMessagesPerSecond=1)
    task = queues.wait(lambda task: task["ApproximateNumberOfMessagesMoved"] >= 1)
    assert (task["Status"], task["TaskHandle"]) == ("RUNNING", handle)
    assert refused(queues.start)[1] == (
        "There is already a task running. Only one active task is allowed for a source queue arn "
        "at a given time."
    )
    moved = queues.client.cancel_message_move_task(TaskHandle=handle)
    task = queues.ended()
    assert task["Status"] == "CANCELLED"
    assert 1 <= moved["ApproximateNumberOfMessagesMoved"] < 8
    assert len(queues.bodies(queues.dead)) == 8 - task["ApproximateNumberOfMessagesMoved"]
    assert refused(lambda: queues.client.cancel_message_move_task(TaskHandle=handle))[2] == 400


def test_a_task_fails_where_its_destination_goes_or_is_unknown(queues: Queues) -> None:
    other = queues.make("other")
    queues.die("a", "b", "c")
    queues.start(DestinationArn=queues.arn("other"), MaxNumberOfMessagesPerSecond=1)
    queues.client.delete_queue(QueueUrl=other)
    task = queues.ended()
    assert task["Status"] == "FAILED"
    assert task["FailureReason"] == "AWS.SimpleQueueService.NonExistentQueue"
    queues.bodies(queues.dead)
    queues.client.send_message(QueueUrl=queues.dead, MessageBody="straight into it")
    queues.start()
    assert queues.ended()["FailureReason"] == "CouldNotDetermineMessageSource"
    assert queues.bodies(queues.dead) == ["straight into it"]


def test_the_ten_newest_tasks_are_remembered(queues: Queues) -> None:
    for _ in range(11):
        queues.start()
        queues.ended()
    listed = queues.client.list_message_move_tasks(SourceArn=queues.arn("dead"), MaxResults=10)
    starts = [task["StartedTimestamp"] for task in listed["Results"]]
    assert len(starts) == 10
    assert starts == sorted(starts, reverse=True)


def test_what_no_task_can_be_is_refused_in_the_services_words(queues: Queues) -> None:
    start = queues.client.start_message_move_task
    cancel = queues.client.cancel_message_move_task
    gone = f"{ARN}gone-{queues.name}"
    dead = queues.arn("dead")
    assert refused(lambda: start(SourceArn=queues.arn("source"))) == (
        "InvalidParameterValue",
        "Source queue must be configured as a Dead Letter Queue.",
        400,
    )
    assert refused(lambda: start(SourceArn=dead, DestinationArn=gone)) == (
        "ResourceNotFoundException",
        "The resource that you specified for the DestinationArn parameter doesn't exist.",
        404,
    )
    source = "The resource that you specified for the SourceArn parameter doesn't exist."
    assert refused(lambda: start(SourceArn=gone))[1] == source
    assert refused(lambda: queues.client.list_message_move_tasks(SourceArn=gone))[1] == source
    assert (
        "between 1 and 500"
        in refused(lambda: start(SourceArn=dead, MaxNumberOfMessagesPerSecond=501))[1]
    )

    def handle(**said: str) -> str:
        return base64.b64encode(json.dumps(said).encode()).decode()

    assert refused(lambda: cancel(TaskHandle="mine")) == (
        "InvalidParameterValue",
        "Value for parameter TaskHandle is invalid.",
        400,
    )
    assert refused(lambda: cancel(TaskHandle=handle(taskId="x", sourceArn=gone)))[1] == source
    assert refused(lambda: cancel(TaskHandle=handle(taskId="x", sourceArn=dead))) == (
        "ResourceNotFoundException",
        "Task does not exist.",
        404,
    )


def test_clients_of_before_ask_by_form(queues: Queues, local_aws: str) -> None:
    fields = {"Action": "StartMessageMoveTask", "SourceArn": queues.arn("dead")}
    scope = "Credential=test/20261129/us-east-1/sqs/aws4_request"
    headers = {"authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}
    headers["content-type"] = "application/x-www-form-urlencoded"
    answer = urllib3.request("POST", local_aws, body=urlencode(fields), headers=headers)
    assert b"<StartMessageMoveTaskResult><TaskHandle>" in answer.data
    queues.ended()
    fields["Action"] = "ListMessageMoveTasks"
    answer = urllib3.request("POST", local_aws, body=urlencode(fields), headers=headers)
    assert b"<Status>COMPLETED</Status>" in answer.data
