"""Filter policies that are none are refused when they are set, in the words of the service."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local_aws.sns.filters import fault

ATTRIBUTES, BODY = "MessageAttributes", "MessageBody"


@pytest.mark.parametrize(
    ("policy", "scope"),
    [
        ({}, ATTRIBUTES),
        ({"a": ["x", 1, 1.5, None, True]}, ATTRIBUTES),
        ({"a": [{"prefix": "x"}, {"suffix": "y"}, {"wildcard": "x*y"}]}, ATTRIBUTES),
        ({"a": [{"anything-but": ["x", 1]}, {"anything-but": {"prefix": "x"}}]}, ATTRIBUTES),
        ({"a": [{"numeric": ["=", 1]}, {"numeric": [">", 0, "<=", 5.5]}]}, ATTRIBUTES),
        ({"a": [{"exists": False}, {"cidr": "10.0.0.0/24"}]}, ATTRIBUTES),
        ({"$or": [{"a": ["x"]}, {"b": ["y"]}]}, ATTRIBUTES),
        ({"$or": ["a key of that name"]}, ATTRIBUTES),
        ({"a": {"b": {"c": ["x"]}}}, BODY),
    ],
)
def test_what_the_guide_shows_is_taken(policy: dict[str, Any], scope: str) -> None:
    assert fault(json.dumps(policy), scope) == ""


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("{", "failed to parse JSON"),
        ("[]", "Filter policy must be an object"),
        ({"a": "x"}, '"a" must be an object or an array'),
        ({"a": []}, "Empty arrays are not allowed"),
        ({"a": {"b": ["x"]}}, "does not support nested filter policy"),
        ({"a": [["x"]]}, "Match value must be String, number, true, false, or null"),
        ({"a": [{"prefix": 1}]}, "prefix match pattern must be a string"),
        ({"a": [{"prefix": "x", "suffix": "y"}]}, "Only one key allowed in match expression"),
        ({"a": [{"like": "x"}]}, "Unrecognized match type like"),
        ({"a": [{"exists": "yes"}]}, "exists match pattern must be either true or false."),
        ({"a": [{"cidr": "10.0.0"}]}, "Malformed CIDR"),
        ({"a": [{"numeric": []}]}, "Value of numeric must be an array"),
        ({"a": [{"numeric": ["!", 1]}]}, "Unrecognized numeric range operator: !"),
        ({"a": [{"numeric": ["=", "1"]}]}, "Value of = must be numeric"),
        ({"a": [{"numeric": [">"]}]}, "Too many elements in numeric expression"),
        ({"a": [{"numeric": [">", 1, ">", 2]}]}, "Bad numeric range operator: >"),
        ({"a": [{"numeric": [">", 2, "<", 1]}]}, "Bottom must be less than top"),
        ({"a": [{"anything-but": {"numeric": 1}}]}, "Unsupported anything-but pattern: numeric"),
        ({f"k{n}": ["x"] for n in range(6)}, "can not have more than 5 keys"),
        ({"a": list("abcdefghijklm"), "b": list("abcdefghijklm")}, "too complex"),
    ],
)
def test_what_is_no_policy_is_told_by_its_fault(policy: Any, said: str) -> None:
    text = policy if isinstance(policy, str) else json.dumps(policy)
    assert said in fault(text, ATTRIBUTES)


@pytest.fixture
def sns(aws_env: str) -> Any:
    return boto3.client("sns")


def subscribed(sns: Any, name: str, **attributes: str) -> str:
    topic = sns.create_topic(Name=name)["TopicArn"]
    boto3.client("sqs").create_queue(QueueName=name)
    answer = sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:us-east-1:000000000000:{name}",
        Attributes=attributes,
        ReturnSubscriptionArn=True,
    )
    return str(answer["SubscriptionArn"])


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("FilterPolicy", "{", "FilterPolicy: failed to parse JSON"),
        ("FilterPolicy", '{"a": {"b": ["x"]}}', "does not support nested filter policy"),
        ("FilterPolicyScope", "Body", "FilterPolicyScope: Invalid value"),
        ("RawMessageDelivery", "maybe", "RawMessageDelivery"),
        ("FilterPolcy", "{}", "AttributeName"),
    ],
)
def test_a_subscription_keeps_what_it_had_when_an_attribute_is_refused(
    sns: Any, name: str, value: str, said: str
) -> None:
    arn = subscribed(sns, "kept", FilterPolicy='{"a": ["x"]}')
    with pytest.raises(ClientError, match=said) as caught:
        sns.set_subscription_attributes(
            SubscriptionArn=arn, AttributeName=name, AttributeValue=value
        )
    assert caught.value.response["Error"]["Code"] == "InvalidParameter"
    kept = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert kept["FilterPolicy"] == '{"a": ["x"]}'


def test_a_scope_that_the_policy_does_not_fit_is_refused(sns: Any) -> None:
    nested = {"FilterPolicy": '{"a": {"b": ["x"]}}', "FilterPolicyScope": BODY}
    arn = subscribed(sns, "nested", **nested)
    with pytest.raises(ClientError, match="does not support nested filter policy"):
        sns.set_subscription_attributes(
            SubscriptionArn=arn, AttributeName="FilterPolicyScope", AttributeValue=ATTRIBUTES
        )


def test_a_new_subscription_with_a_policy_that_is_none_is_not_made(sns: Any) -> None:
    with pytest.raises(ClientError, match="Attributes Reason: FilterPolicy: failed to parse JSON"):
        subscribed(sns, "never", FilterPolicy="{")
    topic = sns.create_topic(Name="never")["TopicArn"]
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


@pytest.mark.parametrize(
    ("operation", "arguments", "code"),
    [
        ("create_topic", {"Name": ""}, "InvalidParameter"),
        ("confirm_subscription", {"TopicArn": "{topic}", "Token": "none"}, "InvalidParameter"),
        (
            "set_topic_attributes",
            {"TopicArn": "{topic}", "AttributeName": "Polcy", "AttributeValue": ""},
            "InvalidParameter",
        ),
        (
            "set_topic_attributes",
            {"TopicArn": "{topic}", "AttributeName": "Policy", "AttributeValue": "{"},
            "InvalidParameter",
        ),
        ("list_tags_for_resource", {"ResourceArn": "{topic}-gone"}, "ResourceNotFound"),
        ("get_topic_attributes", {"TopicArn": "{topic}-gone"}, "NotFound"),
    ],
)
def test_errors_have_the_codes_of_the_wire_not_the_names_of_exceptions(
    sns: Any, operation: str, arguments: dict[str, str], code: str
) -> None:
    topic = sns.create_topic(Name="codes")["TopicArn"]
    given = {
        name: value.format(topic=topic) if "topic" in value else value
        for name, value in arguments.items()
    }
    with pytest.raises(ClientError) as caught:
        getattr(sns, operation)(**given)
    assert caught.value.response["Error"]["Code"] == code
