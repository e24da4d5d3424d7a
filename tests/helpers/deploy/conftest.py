"""The platform deployed for the tests of a file."""

import json
from collections.abc import Iterator

import boto3
import pytest

from helpers import aws
from helpers.deploy import platform
from helpers.deploy.platform import Platform
from support import lake

QUEUE_ARN = "arn:aws:sqs:us-east-1:000000000000:inbox"


@pytest.fixture(scope="module")
def inbox(local_aws: str) -> Iterator[str]:
    """The platform deployed, and a queue that gets each message of its topic."""
    with lake.at(local_aws):
        aws.client.cache_clear()
        outputs = platform.deploy()
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": QUEUE_ARN,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        queue = boto3.client("sqs").create_queue(QueueName="inbox", Attributes={"Policy": policy})[
            "QueueUrl"
        ]
        boto3.client("sns").subscribe(
            TopicArn=outputs["TopicArn"],
            Protocol="sqs",
            Endpoint=QUEUE_ARN,
        )
        yield queue
        platform.destroy(Platform(), lambda _line: None, data=True)
        aws.client.cache_clear()
