"""The record of decisions: what it holds, what it says was never used, and who agrees with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from iam_roles import ACCOUNT, Server, allow, arn
from local_aws import testing
from local_aws.iam import recording
from local_aws.iam.unused import Grant, unused

SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s"


def decision(action: str, resource: str, *, allowed: bool = True) -> recording.Decision:
    return recording.Decision(SESSION, action, resource, allowed, "", {})


@pytest.mark.parametrize(
    ("action", "resources", "is_used"),
    [
        ("s3:GetObject", ("arn:aws:s3:::b/k",), True),
        ("S3:get*", ("*",), True),
        ("s3:GetObject", ("arn:aws:s3:::other/*", "arn:aws:s3:::b/?"), True),
        ("s3:GetObject", ("arn:aws:s3:::b",), False),
        ("s3:PutObject", ("*",), False),
        ("s3:GetObjec", ("*",), False),
    ],
)
def test_a_grant_is_used_where_it_allowed_something(
    action: str, resources: tuple[str, ...], is_used: bool
) -> None:
    grant = Grant("r", action, resources)
    found = unused([grant], [decision("s3:GetObject", "arn:aws:s3:::b/k")])
    assert found == ([] if is_used else [grant])


def test_what_was_denied_or_done_by_another_role_uses_no_grant() -> None:
    mine, other = Grant("r", "s3:*", ("*",)), Grant("other", "s3:*", ("*",))
    denied = decision("s3:GetObject", "arn:aws:s3:::b/k", allowed=False)
    assert unused([mine, other], [denied]) == [mine, other]


@pytest.mark.server
def test_a_decision_is_recorded_once_with_its_statement(enforcing: Server, decisions: Path) -> None:
    queue = arn("sqs", "recorded")
    enforcing.root("sqs").create_queue(QueueName="recorded")
    acting = enforcing.acting(allow("sqs:GetQueueUrl", queue, Sid="Find"), name="recorded")("sqs")
    for _ in range(3):
        url = acting.get_queue_url(QueueName="recorded")["QueueUrl"]
    with pytest.raises(ClientError):
        acting.delete_queue(QueueUrl=url)

    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/recorded/tester"
    found = [each[:5] for each in recording.read(decisions) if each.principal == session]
    assert found == [
        (session, "sqs:GetQueueUrl", queue, True, "Find"),
        (session, "sqs:DeleteQueue", queue, False, ""),
    ]


@pytest.mark.server
def test_the_command_names_what_was_granted_and_never_used(
    enforcing: Server, decisions: Path
) -> None:
    enforcing.root("kinesis").create_stream(StreamName="sparing", ShardCount=1)
    stream = arn("kinesis", "stream/sparing")
    granted = allow(["kinesis:DescribeStreamSummary", "kinesis:PutRecords"], stream)
    acting = enforcing.acting(granted, name="sparing")("kinesis")
    acting.describe_stream_summary(StreamName="sparing")

    done = subprocess.run(
        [sys.executable, "-m", "local_aws.iam.unused", str(decisions)],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | testing.environment(enforcing.endpoint),
    )

    said = [line for line in done.stdout.splitlines() if line.startswith("sparing:")]
    assert said == [f"sparing: kinesis:PutRecords on {stream}"]
