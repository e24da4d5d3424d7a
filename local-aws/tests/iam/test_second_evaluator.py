"""Two evaluators that share no code agree on what was allowed and what denied."""

import contextlib
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from iam_roles import ACCOUNT, Server, allow, arn
from iam_second_evaluator import disagreements
from local_aws.iam import recording

# as a platform grants: names, prefixes, indexes, a condition, a denial
POLICY = [
    allow(["kinesis:DescribeStreamSummary", "kinesis:Put*"], arn("kinesis", "stream/judged")),
    allow("dynamodb:Query", arn("dynamodb", "table/judged/index/*")),
    allow("s3:ListBucket", "arn:aws:s3:::judged", Condition={"StringEquals": {"s3:prefix": "a/"}}),
    allow("s3:*Object", "arn:aws:s3:::judged/a/*"),
    {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::judged/a/kept"},
    allow("sqs:*", arn("sqs", "judged-*")),
    allow("logs:CreateLogStream", arn("logs", "log-group:/judged:*")),
]


@pytest.mark.server
def test_both_evaluators_take_the_same_decisions(enforcing: Server, decisions: Path) -> None:
    root = enforcing.root
    root("kinesis").create_stream(StreamName="judged", ShardCount=1)
    root("s3").create_bucket(Bucket="judged")
    for name in ("judged-1", "other"):
        root("sqs").create_queue(QueueName=name)
    for name in ("/judged", "/judged-too"):
        root("logs").create_log_group(logGroupName=name)
    acting = enforcing.acting(*POLICY, name="judged")
    kinesis, s3, sqs, logs = (acting(each) for each in ("kinesis", "s3", "sqs", "logs"))

    for call, arguments in (
        (kinesis.describe_stream_summary, {"StreamName": "judged"}),
        (kinesis.describe_stream_summary, {"StreamName": "judged2"}),
        (kinesis.put_record, {"StreamName": "judged", "Data": b"1", "PartitionKey": "a"}),
        (kinesis.get_shard_iterator, {"StreamName": "judged", "ShardId": "shardId-000000000000",
                                      "ShardIteratorType": "LATEST"}),
        (kinesis.list_streams, {}),
        (s3.list_objects_v2, {"Bucket": "judged", "Prefix": "a/"}),
        (s3.list_objects_v2, {"Bucket": "judged", "Prefix": "b/"}),
        (s3.put_object, {"Bucket": "judged", "Key": "a/1", "Body": b"1"}),
        (s3.put_object, {"Bucket": "judged", "Key": "b/1", "Body": b"1"}),
        (s3.delete_object, {"Bucket": "judged", "Key": "a/1"}),
        (s3.delete_object, {"Bucket": "judged", "Key": "a/kept"}),
        (sqs.get_queue_url, {"QueueName": "judged-1"}),
        (sqs.get_queue_url, {"QueueName": "other"}),
        (logs.create_log_stream, {"logGroupName": "/judged", "logStreamName": "s"}),
        (logs.create_log_stream, {"logGroupName": "/judged-too", "logStreamName": "s"}),
    ):  # fmt: skip
        with contextlib.suppress(ClientError):
            call(**arguments)

    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/judged/tester"
    taken = [each for each in recording.read(decisions) if each.principal == session]
    assert [each.allowed for each in taken] == [
        True, False, True, False, False, True, False, True, False, True, False, True, False, True,
        False,
    ]  # fmt: skip
    details = root("iam").get_account_authorization_details()
    assert disagreements(details, taken) == []


@pytest.mark.server
def test_a_decision_that_is_wrong_is_found(enforcing: Server) -> None:
    role = enforcing.role(allow("sqs:SendMessage", arn("sqs", "mine")))
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/tester"
    wrong = recording.Decision(session, "sqs:SendMessage", arn("sqs", "theirs"), True, "", {})
    details = enforcing.root("iam").get_account_authorization_details()
    assert disagreements(details, [wrong]) == [wrong]
