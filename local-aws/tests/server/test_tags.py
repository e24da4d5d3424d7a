"""Tags that begin with ``aws:`` are AWS's own: a call that sets one makes nothing."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

KEY = "aws:mine"
MAP, LIST = {KEY: "x"}, [{"Key": KEY, "Value": "x"}]
TRUST = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
"Principal": {"Service": "lambda.amazonaws.com"}}]}"""
QUEUE = '{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}'
KEYS = {
    "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
CALLS: list[tuple[str, Callable[[Any], Any], str]] = [
    ("sqs", lambda c: c.create_queue(QueueName="t", tags=MAP), "InvalidParameterValue"),
    ("sns", lambda c: c.create_topic(Name="t", Tags=LIST), "InvalidParameter"),
    (
        "iam",
        lambda c: c.create_role(RoleName="t", AssumeRolePolicyDocument=TRUST, Tags=LIST),
        "InvalidInput",
    ),
    (
        "dynamodb",
        lambda c: c.create_table(TableName="t", **KEYS, Tags=LIST),
        "ValidationException",
    ),
    (
        "lambda",
        lambda c: c.tag_resource(Resource="arn:aws:lambda:us-east-1:0:function:t", Tags=MAP),
        "InvalidParameterValueException",
    ),
    (
        "logs",
        lambda c: c.create_log_group(logGroupName="t", tags=MAP),
        "InvalidParameterException",
    ),
    (
        "cloudformation",
        lambda c: c.create_stack(StackName="t", TemplateBody=QUEUE, Tags=LIST),
        "ValidationError",
    ),
    (
        "firehose",
        lambda c: c.tag_delivery_stream(DeliveryStreamName="t", Tags=LIST),
        "InvalidArgumentException",
    ),
    ("kinesis", lambda c: c.create_stream(StreamName="t", Tags=MAP), "InvalidArgumentException"),
    (
        "athena",
        lambda c: c.create_work_group(Name="t", Tags=LIST),
        "InvalidRequestException",
    ),
    (
        "glue",
        lambda c: c.create_database(DatabaseInput={"Name": "t"}, Tags=MAP),
        "InvalidInputException",
    ),
    (
        "s3",
        lambda c: [
            c.create_bucket(Bucket="own-tags"),
            c.put_bucket_tagging(Bucket="own-tags", Tagging={"TagSet": LIST}),
        ],
        "InvalidTag",
    ),
    (
        "s3",
        lambda c: c.put_object(Bucket="own-tags", Key="k", Tagging="aws%3Amine=x"),
        "InvalidTag",
    ),
    (
        "s3",
        lambda c: [
            c.put_object(Bucket="own-tags", Key="k"),
            c.put_object_tagging(Bucket="own-tags", Key="k", Tagging={"TagSet": LIST}),
        ],
        "InvalidTag",
    ),
]


@pytest.mark.parametrize(("service", "call", "code"), CALLS, ids=[name for name, _, _ in CALLS])
def test_no_service_takes_a_tag_of_awss_own(
    aws_env: str, service: str, call: Callable[[Any], Any], code: str
) -> None:
    with pytest.raises(ClientError, match=r"aws:|System tags") as caught:
        call(boto3.client(service))  # type: ignore[call-overload]
    assert caught.value.response["Error"]["Code"] == code


def test_a_tag_that_only_holds_the_word_is_taken(aws_env: str) -> None:
    topic = boto3.client("sns").create_topic(Name="word", Tags=[{"Key": "of", "Value": "aws:sns"}])[
        "TopicArn"
    ]
    (tag,) = boto3.client("sns").list_tags_for_resource(ResourceArn=topic)["Tags"]
    assert tag == {"Key": "of", "Value": "aws:sns"}
