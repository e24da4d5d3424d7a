"""Messages and subjects that SNS does not take."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"Message": ""}, "Empty message"),
        ({"Message": "m", "Subject": "x" * 101}, "Subject"),
        ({"Message": "m", "Subject": "two\nlines"}, "Subject"),
        ({"Message": "m", "Subject": " leading"}, "Subject"),
        ({"Message": "m", "Subject": "\u00e9t\u00e9"}, "Subject"),
        ({"Message": "m", "MessageStructure": "xml"}, "MessageStructure"),
        ({"Message": "{", "MessageStructure": "json"}, "JSON message body failed to parse"),
        ({"Message": '{"email": "e"}', "MessageStructure": "json"}, "No default entry"),
    ],
)
def test_what_the_service_does_not_take_is_refused(
    aws_env: str, given: dict[str, Any], said: str
) -> None:
    sns = boto3.client("sns")
    topic = sns.create_topic(Name="publications")["TopicArn"]
    with pytest.raises(ClientError, match=f"Invalid parameter: .*{said}") as refused:
        sns.publish(TopicArn=topic, **given)
    assert refused.value.response["Error"]["Code"] == "InvalidParameter"


def test_what_it_takes_is_published(aws_env: str) -> None:
    sns = boto3.client("sns")
    topic = sns.create_topic(Name="publications")["TopicArn"]
    text = '{"default": "d", "email": "e"}'
    assert sns.publish(TopicArn=topic, Message=text, MessageStructure="json")["MessageId"]
    assert sns.publish(TopicArn=topic, Message="m", Subject="[a] bot, 11 actions!")["MessageId"]
