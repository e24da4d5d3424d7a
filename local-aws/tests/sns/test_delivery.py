"""What becomes of messages: to the web of this machine, to dead letters, and counted."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from cloudwatch_client import Move
from iam_roles import from_service


class Web:
    """A web server of this machine, and what it was told."""

    def __init__(self, status: int) -> None:
        self.told: list[dict[str, Any]] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                web.told.append(json.loads(body))
                self.send_response(status)
                self.send_header("location", "http://127.0.0.1:1/")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait(self, kind: str) -> dict[str, Any]:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            found = [each for each in self.told if each["Type"] == kind]
            if found:
                return found[0]
            time.sleep(0.02)
        raise AssertionError(f"no {kind} came, only {self.told}")

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def sns(aws_env: str) -> Any:
    return boto3.client("sns")


@pytest.fixture
def queue(aws_env: str, request: pytest.FixtureRequest) -> tuple[str, str]:
    """Give the address and the ARN of a queue."""
    sqs = boto3.client("sqs")
    name = f"dead-{abs(hash(request.node.name))}"
    sends = {"Policy": from_service("sqs:SendMessage", "sns")}
    url = sqs.create_queue(QueueName=name, Attributes=sends)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    return url, found["QueueArn"]


def dead_letter(url: str) -> dict[str, Any]:
    answer = boto3.client("sqs").receive_message(
        QueueUrl=url, MessageAttributeNames=["All"], WaitTimeSeconds=20
    )
    return dict(answer["Messages"][0])


@pytest.fixture
def web(request: pytest.FixtureRequest) -> Iterator[Web]:
    server = Web(getattr(request, "param", 200))
    yield server
    server.close()


def test_a_web_server_of_this_machine_confirms_and_gets_messages(sns: Any, web: Web) -> None:
    topic = sns.create_topic(Name="web")["TopicArn"]
    answer = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=web.address)
    assert answer["SubscriptionArn"] == "pending confirmation"
    sns.publish(TopicArn=topic, Message="too early")
    token = web.wait("SubscriptionConfirmation")["Token"]
    sns.confirm_subscription(TopicArn=topic, Token=token)
    sns.publish(TopicArn=topic, Message="now")
    assert web.wait("Notification")["Message"] == "now"


@pytest.mark.parametrize("web", [500, 302], indirect=True)
def test_what_a_web_server_refuses_becomes_a_dead_letter(
    sns: Any, web: Web, queue: tuple[str, str]
) -> None:
    topic = sns.create_topic(Name="refusing")["TopicArn"]
    policy = json.dumps({"deadLetterTargetArn": queue[1]})
    sns.subscribe(
        TopicArn=topic,
        Protocol="http",
        Endpoint=web.address,
        Attributes={"RedrivePolicy": policy},
    )
    token = web.wait("SubscriptionConfirmation")["Token"]
    sns.confirm_subscription(TopicArn=topic, Token=token)
    sns.publish(TopicArn=topic, Message="kept")
    letter = dead_letter(queue[0])
    assert json.loads(letter["Body"])["Message"] == "kept"
    code = letter["MessageAttributes"]["ErrorCode"]["StringValue"]
    assert code in ("500", "302")


def test_what_finds_no_queue_becomes_a_dead_letter_and_is_counted(
    sns: Any, queue: tuple[str, str], move_clock: Move
) -> None:
    topic = sns.create_topic(Name="counted")["TopicArn"]
    gone = "arn:aws:sqs:us-east-1:000000000000:gone"
    policy = json.dumps({"deadLetterTargetArn": queue[1]})
    sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=gone, Attributes={"RedrivePolicy": policy}
    )
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue[1])
    never = json.dumps({"kind": ["never"]})
    other = "arn:aws:lambda:us-east-1:000000000000:function:absent"
    sns.subscribe(
        TopicArn=topic, Protocol="lambda", Endpoint=other, Attributes={"FilterPolicy": never}
    )
    sns.publish(TopicArn=topic, Message="twice")
    letters = [dead_letter(queue[0]) for _ in range(2)]
    told = [each["MessageAttributes"] for each in letters if "MessageAttributes" in each]
    assert [each["ErrorCode"]["StringValue"] for each in told] == [
        "AWS.SimpleQueueService.NonExistentQueue"
    ]
    move_clock(20)

    def total(name: str) -> float:
        points = boto3.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/SNS",
            MetricName=name,
            Dimensions=[{"Name": "TopicName", "Value": "counted"}],
            StartTime=time.time() - 600,
            EndTime=time.time() + 600,
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        return float(sum(point["Sum"] for point in points))

    assert total("NumberOfMessagesPublished") == 1
    assert total("NumberOfNotificationsDelivered") == 1
    assert total("NumberOfNotificationsFailed") == 1
    assert total("NumberOfNotificationsFilteredOut") == 1
    assert total("NumberOfNotificationsRedrivenToDlq") == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"Protocol": "http", "Endpoint": "http://example.org/"}, "HTTP to example.org"),
        ({"Protocol": "https", "Endpoint": "https://10.0.0.1/"}, "HTTP to 10.0.0.1"),
        ({"Protocol": "http", "Endpoint": "https://127.0.0.1/"}, "must match the specified"),
        ({"Protocol": "sms", "Endpoint": "+4912345"}, "protocol sms"),
        ({"Protocol": "carrier pigeon", "Endpoint": "x"}, "Does not support this protocol"),
        (
            {
                "Protocol": "email",
                "Endpoint": "a@example.org",
                "Attributes": {"DeliveryPolicy": "{}"},
            },
            "DeliveryPolicy",
        ),
        (
            {
                "Protocol": "email",
                "Endpoint": "a@example.org",
                "Attributes": {"RedrivePolicy": "{}"},
            },
            "deadLetterTargetArn is an invalid arn",
        ),
    ],
)
def test_what_is_not_delivered_is_refused(sns: Any, asked: dict[str, Any], said: str) -> None:
    topic = sns.create_topic(Name="refused")["TopicArn"]
    with pytest.raises(ClientError, match=said):
        sns.subscribe(TopicArn=topic, **asked)
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def test_text_messages_are_refused_by_name(sns: Any) -> None:
    with pytest.raises(ClientError, match="PhoneNumber of sns's Publish"):
        sns.publish(PhoneNumber="+4912345", Message="x")
