"""Policies that are none are refused by every service that takes one."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.iam.exceptions import MalformedPolicyDocument
from moto.iam.policy_validation import IAMPolicyDocumentValidator

from local_aws.iam.documents import fault

ALLOWED = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
TRUSTED = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Principal": {"Service": "lambda.amazonaws.com"},
}


def policy(*statements: Any, **more: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **more})


def without(statement: dict[str, Any], name: str, **more: Any) -> dict[str, Any]:
    return {key: value for key, value in statement.items() if key != name} | more


@pytest.mark.parametrize(
    "text",
    [
        policy(ALLOWED),
        policy({**ALLOWED, "Sid": "One"}, {**ALLOWED, "Sid": "Two"}),
        "{",
        "[]",
        '"text"',
        policy(),
        policy("text"),
        policy(ALLOWED, Statment=[]),
        policy(ALLOWED, Version="2012-10-18"),
        policy(ALLOWED, Version="2008-10-17"),
        policy({**ALLOWED, "Sid": "One"}, {**ALLOWED, "Sid": "One"}),
        policy({**ALLOWED, "Effect": "Alow"}),
        policy({**ALLOWED, "Actoin": "*"}),
        policy(without(ALLOWED, "Action")),
        policy({**ALLOWED, "Action": []}),
        policy({**ALLOWED, "Action": 1}),
        policy({**ALLOWED, "Action": "GetObject"}),
        policy({**ALLOWED, "NotAction": "s3:*"}),
        policy(without(ALLOWED, "Resource")),
        policy({**ALLOWED, "Resource": {"a": 1}}),
        policy({**ALLOWED, "Condition": []}),
    ],
)
def test_a_second_validator_judges_identity_policies_alike(text: str) -> None:
    try:
        IAMPolicyDocumentValidator(text).validate()
        expected = ""
    except MalformedPolicyDocument as error:
        expected = error.message
    assert fault(text, "identity") == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (policy(TRUSTED), ""),
        ("lambda.amazonaws.com", "This policy contains invalid Json"),
        ("{}", "Syntax errors in policy."),
        (policy(without(TRUSTED, "Principal")), "Missing required field Principal"),
        (policy({**TRUSTED, "Resource": "*"}), "Has prohibited field Resource"),
        (policy({**TRUSTED, "Action": "s3:GetObject"}), "STS AssumeRole actions"),
    ],
)
def test_a_trust_policy_has_a_principal_and_no_resource(text: str, said: str) -> None:
    assert said in fault(text, "trust")
    assert bool(said) == bool(fault(text, "trust"))


def of_role(text: str) -> None:
    boto3.client("iam").create_role(RoleName="malformed", AssumeRolePolicyDocument=text)


def of_trust(text: str) -> None:
    iam = boto3.client("iam")
    iam.create_role(RoleName="changed", AssumeRolePolicyDocument=policy(TRUSTED))
    try:
        iam.update_assume_role_policy(RoleName="changed", PolicyDocument=text)
    finally:
        iam.delete_role(RoleName="changed")


def of_managed(text: str) -> None:
    boto3.client("iam").create_policy(PolicyName="malformed", PolicyDocument=text)


def of_bucket(text: str) -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="malformed-policy")
    s3.put_bucket_policy(Bucket="malformed-policy", Policy=text)


def of_topic(text: str) -> None:
    boto3.client("sns").create_topic(Name="malformed", Attributes={"Policy": text})


def of_queue(text: str) -> None:
    boto3.client("sqs").create_queue(QueueName="malformed", Attributes={"Policy": text})


@pytest.mark.parametrize(
    ("put", "code"),
    [
        (of_role, "MalformedPolicyDocument"),
        (of_trust, "MalformedPolicyDocument"),
        (of_managed, "MalformedPolicyDocument"),
        (of_bucket, "MalformedPolicy"),
        (of_topic, "InvalidParameter"),
        (of_queue, "InvalidAttributeValue"),
    ],
)
def test_a_policy_that_is_none_is_taken_by_no_service(
    aws_env: str, put: Callable[[str], None], code: str
) -> None:
    for text in ("not json", policy({"Effect": "Allow"})):
        with pytest.raises(ClientError) as caught:
            put(text)
        assert caught.value.response["Error"]["Code"] == code
