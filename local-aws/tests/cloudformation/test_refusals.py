"""What a template may not declare is refused by name, before anything is made."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.cloudformation import schemas
from local_aws.cloudformation.checks import coerced, refusal
from local_aws.cloudformation.template import Template
from local_aws.cloudformation.types import TYPES
from local_aws.cloudformation.types.model import carried_out


def said(kind: str, properties: dict[str, Any], **more: Any) -> str:
    """Return what is said of one resource, under its usual heading."""
    body = {"Resources": {"Thing": {"Type": kind, "Properties": properties}}, **more}
    parameters = {name: {"Value": value} for name, value in more.get("Given", {}).items()}
    text = refusal(Template(body, more.get("Conditions", {}), parameters), TYPES)
    heading = "Properties validation failed for resource Thing with message:\n"
    assert not text or text.startswith(heading)
    return text.removeprefix(heading)


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        (
            "AWS::S3::Bucket",
            {"BucketEncription": {}},
            "#: extraneous key [BucketEncription] is not permitted",
        ),
        (
            "AWS::S3::Bucket",
            {"VersioningConfiguration": {"Status": "On"}},
            "#/VersioningConfiguration/Status: failed validation constraint for keyword [enum]",
        ),
        (
            "AWS::S3::Bucket",
            {"BucketName": "Capitals"},
            "#/BucketName: failed validation constraint for keyword [pattern]",
        ),
        (
            "AWS::S3::Bucket",
            {"WebsiteConfiguration": {"IndexDocument": "index.html"}},
            "#/WebsiteConfiguration: the local AWS does not carry out "
            "AWS::S3::Bucket's WebsiteConfiguration",
        ),
        (
            "AWS::S3::Bucket",
            {"Arn": "arn:aws:s3:::mine"},
            "#: extraneous key [Arn] is not permitted (the service sets it)",
        ),
        (
            "AWS::Lambda::EventSourceMapping",
            {"FunctionName": "f", "EventSourceArn": "arn:aws:kinesis:::stream/s", "BatchSize": 0},
            "#/BatchSize: failed validation constraint for keyword [minimum]: 1",
        ),
        (
            "AWS::Lambda::Function",
            {"Code": {"ZipFile": ""}, "Role": {"Fn::GetAtt": "R.Arn"}, "Timeout": "901 s"},
            "#/Timeout: expected type: Integer, found: String",
        ),
        (
            "AWS::SQS::Queue",
            {"Tags": [{"Key": "aws:mine", "Value": "x"}]},
            "#/Tags: aws: prefixed tag key names are not allowed for external use.",
        ),
        ("AWS::SNS::Subscription", {"TopicArn": "t"}, "#: required key [Protocol] not found"),
        (
            "AWS::DynamoDB::Table",
            {
                "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
                "TimeToLiveSpecification": {"Enabled": True, "Attribute": "x"},
            },
            "#/TimeToLiveSpecification: extraneous key [Attribute] is not permitted",
        ),
    ],
)
def test_a_property_outside_the_schema_is_named_with_its_path(
    kind: str, properties: dict[str, Any], expected: str
) -> None:
    assert any(line.startswith(expected) for line in said(kind, properties).splitlines())


def test_a_value_that_a_parameter_gives_is_checked_and_one_of_a_resource_is_not() -> None:
    size = {"Ref": "Size"}
    function = {"Code": {"ZipFile": "x"}, "Role": {"Fn::GetAtt": "Role.Arn"}, "MemorySize": size}
    assert said("AWS::Lambda::Function", function, Given={"Size": "256"}) == ""
    assert said("AWS::Lambda::Function", function, Given={"Size": "12"}) == (
        "#/MemorySize: failed validation constraint for keyword [minimum]: 128"
    )
    assert said("AWS::Lambda::Function", {**function, "MemorySize": {"Ref": "Thing"}}) == ""


def test_the_branch_that_a_condition_takes_is_the_one_that_is_checked() -> None:
    stream = {"RetentionPeriodHours": {"Fn::If": ["Long", 1_000_000, 24]}}
    assert said("AWS::Kinesis::Stream", stream, Conditions={"Long": False}) == ""
    assert "maximum" in said("AWS::Kinesis::Stream", stream, Conditions={"Long": True})


def test_a_resource_whose_condition_does_not_hold_is_not_looked_at() -> None:
    thing = {"Type": "AWS::SQS::Queue", "Condition": "No", "Properties": {"Nonsense": 1}}
    template = Template({"Resources": {"Thing": thing}}, {"No": False}, {})
    assert refusal(template, TYPES) == ""


def test_text_becomes_the_number_that_the_schema_has_and_the_other_way() -> None:
    given = {"VisibilityTimeout": "30", "QueueName": 7, "FifoQueue": "false"}
    expected = {"VisibilityTimeout": 30, "QueueName": "7", "FifoQueue": False}
    assert coerced("AWS::SQS::Queue", given) == expected


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_each_type_reads_only_what_its_schema_has(kind: str) -> None:
    known = schemas.schema(kind)["properties"].keys()
    assert TYPES[kind].properties <= known
    assert not TYPES[kind].properties & schemas.read_only(kind)


@pytest.mark.server
def test_a_template_with_a_fault_makes_nothing(
    aws_env: str, cloudformation: Callable[[dict[str, Any]], Any]
) -> None:
    resources = {
        "Good": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "never-made"}},
        "Bad": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimout": 30}},
    }
    with pytest.raises(ClientError) as caught:
        cloudformation(resources)
    assert caught.value.response["Error"]["Message"] == (
        "Properties validation failed for resource Bad with message:\n"
        "#: extraneous key [VisibilityTimout] is not permitted"
    )


@pytest.mark.server
def test_a_type_that_is_not_carried_out_is_unknown(
    aws_env: str, cloudformation: Callable[[dict[str, Any]], Any]
) -> None:
    with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::SSM::Parameter\]"):
        cloudformation({"P": {"Type": "AWS::SSM::Parameter", "Properties": {}}})


def test_a_setting_that_a_service_took_and_does_not_tell_is_refused() -> None:
    with pytest.raises(ValueError, match="does not carry out AWS::X::Y's Window"):
        carried_out("AWS::X::Y", {"Window": 5, "Size": 1, "Filter": {}}, {"Size": 1})
