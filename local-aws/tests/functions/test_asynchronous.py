"""Asynchronous invocations: when they are tried again, and what is told when they are over."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from cloudwatch_client import Move
from iam_roles import allow, document
from lambda_functions import deploy, printed, wait_for

pytestmark = pytest.mark.usefixtures("aws_env")

SOURCE = """
import json

def handle(event, context):
    print("SAID", json.dumps(context.aws_request_id))
    if event == "fail":
        raise ValueError("as asked")
    return {"got": event}
"""
TRUST = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Principal": {"Service": "lambda.amazonaws.com"},
}
ARN = "arn:aws:sqs:us-east-1:000000000000:"
MINUTE_S = 60


@pytest.fixture(scope="module")
def role(local_aws: str) -> Iterator[str]:
    iam = boto3.client(
        "iam",
        endpoint_url=local_aws,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    made = iam.create_role(RoleName="asynchronous", AssumeRolePolicyDocument=document(TRUST))
    iam.put_role_policy(
        RoleName="asynchronous",
        PolicyName="own",
        PolicyDocument=document(allow(["sqs:SendMessage", "logs:*"])),
    )
    yield made["Role"]["Arn"]


def send(name: str, event: Any) -> None:
    answer = boto3.client("lambda").invoke(
        FunctionName=name, InvocationType="Event", Payload=json.dumps(event)
    )
    assert answer["StatusCode"] == 202


def told(queue: str) -> list[dict[str, Any]]:
    sqs = boto3.client("sqs")
    return sqs.receive_message(
        QueueUrl=queue, WaitTimeSeconds=1, MessageAttributeNames=["All"], VisibilityTimeout=0
    ).get("Messages", [])


def queue(name: str) -> str:
    return str(boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"])


def test_an_error_is_tried_again_after_one_and_after_two_minutes_and_then_told(
    role: str, move_clock: Move
) -> None:
    destination, dead = queue("asynchronous-failed"), queue("asynchronous-dead")
    name = deploy(SOURCE, Role=role, DeadLetterConfig={"TargetArn": f"{ARN}asynchronous-dead"})
    boto3.client("lambda").put_function_event_invoke_config(
        FunctionName=name,
        DestinationConfig={"OnFailure": {"Destination": f"{ARN}asynchronous-failed"}},
    )
    send(name, "fail")
    wait_for(lambda: len(printed(name)) == 1)
    for number, seconds in ((2, MINUTE_S), (3, 2 * MINUTE_S)):
        move_clock(seconds - 30)
        assert len(printed(name)) == number - 1
        move_clock(30)
        wait_for(lambda number=number: len(printed(name)) == number)
    (message,) = wait_for(lambda: told(destination))
    record = json.loads(message["Body"])
    (identifier,) = set(printed(name))
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{name}:$LATEST"
    assert record.pop("timestamp").endswith("Z")
    assert record.pop("responsePayload")["errorMessage"] == "as asked"
    assert record == {
        "version": "1.0",
        "requestContext": {
            "requestId": identifier,
            "functionArn": arn,
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": "fail",
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
    }
    (letter,) = wait_for(lambda: told(dead))
    assert json.loads(letter["Body"]) == "fail"
    said = {name: each["StringValue"] for name, each in letter["MessageAttributes"].items()}
    assert said == {"RequestID": identifier, "ErrorCode": "200", "ErrorMessage": "as asked"}


def test_an_answer_is_told_as_well(role: str) -> None:
    destination = queue("asynchronous-done")
    name = deploy(SOURCE, Role=role)
    boto3.client("lambda").put_function_event_invoke_config(
        FunctionName=name,
        DestinationConfig={"OnSuccess": {"Destination": f"{ARN}asynchronous-done"}},
    )
    send(name, {"a": 1})
    (message,) = wait_for(lambda: told(destination))
    record = json.loads(message["Body"])
    assert record["requestContext"]["condition"] == "Success"
    assert record["requestContext"]["approximateInvokeCount"] == 1
    assert record["responsePayload"] == {"got": {"a": 1}}
    assert "functionError" not in record["responseContext"]


def test_what_is_throttled_until_it_is_too_old_was_never_invoked(
    role: str, move_clock: Move
) -> None:
    destination = queue("asynchronous-old")
    name = deploy(SOURCE, Role=role)
    client = boto3.client("lambda")
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    client.put_function_event_invoke_config(
        FunctionName=name,
        MaximumEventAgeInSeconds=MINUTE_S,
        DestinationConfig={"OnFailure": {"Destination": f"{ARN}asynchronous-old"}},
    )
    send(name, "late")
    move_clock(MINUTE_S)
    (message,) = wait_for(lambda: told(destination))
    record = json.loads(message["Body"])
    assert record["requestContext"]["condition"] == "EventAgeExceeded"
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert record["requestPayload"] == "late"
    assert "responseContext" not in record
    assert printed(name) == []


@pytest.mark.parametrize(
    "settings", [{"MaximumRetryAttempts": 3}, {"MaximumEventAgeInSeconds": 59}]
)
def test_a_configuration_out_of_bounds_is_refused(role: str, settings: dict[str, int]) -> None:
    name = deploy(SOURCE, Role=role)
    client = boto3.client("lambda", config=Config(parameter_validation=False))
    with pytest.raises(ClientError, match="validation error"):
        client.put_function_event_invoke_config(FunctionName=name, **settings)


def test_a_hundred_concurrent_executions_stay_for_functions_that_reserve_none(role: str) -> None:
    client, name = boto3.client("lambda"), deploy(SOURCE, Role=role)
    with pytest.raises(ClientError, match=r"below its minimum value of \[100\]") as caught:
        client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=901)
    assert caught.value.response["Error"]["Code"] == "InvalidParameterValueException"
    assert "ReservedConcurrentExecutions" not in client.get_function_concurrency(FunctionName=name)
