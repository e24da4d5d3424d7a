"""Subscriptions by e-mail: pending, confirmed by the link, suspended when too much comes."""

import email
import email.policy
import json
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import boto3
import pytest
import urllib3
from botocore.exceptions import ClientError

from cloudwatch_client import Move

ARN = "arn:aws:sns:us-east-1:000000000000"


@pytest.fixture
def sns(aws_env: str) -> Any:
    return boto3.client("sns")


@pytest.fixture
def outbox(local_aws: str, local_aws_folder: Path) -> Callable[[str], list[EmailMessage]]:
    """Give a function that reads what was sent to an address, oldest first."""

    def read(address: str) -> list[EmailMessage]:
        files = sorted((local_aws_folder / "outbox").glob("*.eml"))
        messages = [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for file in files
        ]
        return [message for message in messages if message["To"] == address]

    return read


def link(message: EmailMessage, action: str) -> str:
    found = re.search(rf"http://\S+Action={action}\S+", message.get_content())
    assert found
    return found[0]


def subscriptions(sns: Any, topic: str) -> list[str]:
    found = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return [each["SubscriptionArn"] for each in found]


def test_nothing_is_delivered_before_the_link_was_opened(
    sns: Any, outbox: Callable[[str], list[EmailMessage]]
) -> None:
    topic = sns.create_topic(Name="asked")["TopicArn"]
    asked = {"TopicArn": topic, "Protocol": "email", "Endpoint": "asked@example.org"}
    assert sns.subscribe(**asked)["SubscriptionArn"] == "pending confirmation"
    assert subscriptions(sns, topic) == ["PendingConfirmation"]
    counts = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert (counts["SubscriptionsPending"], counts["SubscriptionsConfirmed"]) == ("1", "0")
    sns.publish(TopicArn=topic, Message="too early")
    (only,) = outbox("asked@example.org")
    assert only["Subject"] == "AWS Notification - Subscription Confirmation"

    answer = urllib3.request("GET", link(only, "ConfirmSubscription"))
    assert answer.status == 200
    (arn,) = subscriptions(sns, topic)
    assert arn.startswith(f"{topic}:")
    assert arn in answer.data.decode()
    sns.publish(TopicArn=topic, Message="Grüße\nzweite Zeile", Subject="A burst")
    sns.publish(TopicArn=topic, Message="no subject")
    _, first, second = outbox("asked@example.org")
    assert first["Subject"] == "A burst"
    assert first.get_content().splitlines()[:2] == ["Grüße", "zweite Zeile"]
    assert second["Subject"] == "AWS Notification Message"

    assert urllib3.request("GET", link(second, "Unsubscribe")).status == 200
    assert subscriptions(sns, topic) == []
    sns.publish(TopicArn=topic, Message="nobody hears")
    assert len(outbox("asked@example.org")) == 3


def test_asked_again_it_waits_still_and_gets_another_mail(
    aws_env: str, outbox: Callable[[str], list[EmailMessage]]
) -> None:
    there = boto3.client("sns", region_name="eu-central-1")
    topic = there.create_topic(Name="again")["TopicArn"]
    asked = {"TopicArn": topic, "Protocol": "email-json", "Endpoint": "again@example.org"}
    there.subscribe(**asked)
    answer = there.subscribe(**asked, ReturnSubscriptionArn=True)
    assert answer["SubscriptionArn"].startswith(f"{topic}:")
    assert subscriptions(there, topic) == ["PendingConfirmation"]
    _, second = outbox("again@example.org")
    assert urllib3.request("GET", link(second, "ConfirmSubscription")).status == 200
    there.publish(TopicArn=topic, Message="as JSON", Subject="s")
    told = json.loads(outbox("again@example.org")[-1].get_content().partition("--")[0])
    assert (told["Message"], told["Subject"], told["TopicArn"]) == ("as JSON", "s", topic)


def test_a_wrong_token_confirms_nothing(sns: Any) -> None:
    topic = sns.create_topic(Name="wrong")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="wrong@example.org")
    with pytest.raises(ClientError, match="Invalid token"):
        sns.confirm_subscription(TopicArn=topic, Token="0" * 32)
    assert subscriptions(sns, topic) == ["PendingConfirmation"]


def test_eleven_messages_in_a_second_suspend_the_subscription(
    sns: Any, outbox: Callable[[str], list[EmailMessage]]
) -> None:
    topic = sns.create_topic(Name="storm")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="storm@example.org")
    urllib3.request("GET", link(outbox("storm@example.org")[0], "ConfirmSubscription"))
    entries = [{"Id": str(n), "Message": f"alert {n}"} for n in range(10)]
    published = 0
    # a call has ten messages, sent within milliseconds of each other, unless the machine is busy
    while published < 400 and subscriptions(sns, topic) != ["PendingConfirmation"]:
        for _ in range(2):
            sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
            published += 10
    assert subscriptions(sns, topic) == ["PendingConfirmation"]
    messages = outbox("storm@example.org")
    sent = [m for m in messages if m["Subject"] == "AWS Notification Message"]
    assert 10 <= len(sent) < published
    urllib3.request("GET", link(messages[-1], "ConfirmSubscription"))
    sns.publish(TopicArn=topic, Message="again")
    assert outbox("storm@example.org")[-1].get_content().splitlines()[0] == "again"


def test_what_is_never_confirmed_is_gone_after_two_days(sns: Any, move_clock: Move) -> None:
    topic = sns.create_topic(Name="never")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="never@example.org")
    move_clock(47 * 3600)
    assert subscriptions(sns, topic) == ["PendingConfirmation"]
    move_clock(2 * 3600)
    assert subscriptions(sns, topic) == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@example.org",
        "a@b",
        "a b@example.org",
        "a@example..org",
        ".a@example.org",
        "a@example.org\nBcc: b@example.org",
        "a@-example.org",
        f"{'a' * 65}@example.org",
    ],
)
def test_what_is_no_address_is_refused(sns: Any, address: str) -> None:
    topic = sns.create_topic(Name="address")["TopicArn"]
    with pytest.raises(ClientError, match="Invalid parameter: Email address") as refused:
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=address)
    assert refused.value.response["Error"]["Code"] == "InvalidParameter"
    assert subscriptions(sns, topic) == []


def test_a_stack_subscribes_like_anybody_else(
    aws_env: str, sns: Any, outbox: Callable[[str], list[EmailMessage]]
) -> None:
    stacks = boto3.client("cloudformation")
    template = """
        Resources:
          Topic: {{Type: AWS::SNS::Topic, Properties: {{TopicName: stacked}}}}
          Mail:
            Type: AWS::SNS::Subscription
            Properties: {{TopicArn: !Ref Topic, Protocol: email, Endpoint: "{}"}}
    """
    stacks.create_stack(StackName="mail", TemplateBody=template.format("stack@example.org"))
    stacks.get_waiter("stack_create_complete").wait(StackName="mail", WaiterConfig={"Delay": 1})
    assert subscriptions(sns, f"{ARN}:stacked") == ["PendingConfirmation"]
    assert len(outbox("stack@example.org")) == 1
    stacks.delete_stack(StackName="mail")
    stacks.get_waiter("stack_delete_complete").wait(StackName="mail", WaiterConfig={"Delay": 1})

    stacks.create_stack(StackName="bad", TemplateBody=template.format("nobody"))
    with pytest.raises(Exception, match="ROLLBACK_COMPLETE"):
        stacks.get_waiter("stack_create_complete").wait(StackName="bad", WaiterConfig={"Delay": 1})
    events = stacks.describe_stack_events(StackName="bad")["StackEvents"]
    reasons = [event.get("ResourceStatusReason", "") for event in events]
    assert any("Invalid parameter: Email address" in reason for reason in reasons)


def test_each_mail_of_one_wait_confirms_and_so_it_does_a_second_time(
    sns: Any, outbox: Callable[[str], list[EmailMessage]]
) -> None:
    topic = sns.create_topic(Name="asked-twice")["TopicArn"]
    for _ in range(2):
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="twice@example.org")
    first, second = (link(mail, "ConfirmSubscription") for mail in outbox("twice@example.org"))
    for each in (first, second, first):
        assert urllib3.request("GET", each).status == 200
        assert subscriptions(sns, topic)[0].startswith(f"{topic}:")
