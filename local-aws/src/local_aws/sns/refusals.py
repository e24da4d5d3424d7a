"""Calls of SNS that nothing here carries out, or that the service refuses."""

import re
from collections.abc import Callable
from typing import Any

from local_aws.iam import documents
from local_aws.ministack.foreign import sns
from local_aws.protocol.errors import ServiceError, not_supported
from local_aws.protocol.model import query_code
from local_aws.sns import endpoints, publications
from local_aws.sns.errors import invalid

Record = dict[str, Any]

# API_SetTopicAttributes
_OF_TOPIC = re.compile(
    "ArchivePolicy|ContentBasedDeduplication|DeliveryPolicy|DisplayName|FifoThroughputScope|"
    "KmsMasterKeyId|Policy|SignatureVersion|TracingConfig|"
    "(Application|Firehose|HTTP|Lambda|SQS)"
    "(Success|Failure)Feedback(RoleArn|SampleRate)"
)


def install() -> None:
    """Look at requests before ministack does, and let its refusals have the codes of the wire."""
    _name_as_the_wire()
    _check_first("_subscribe", _check_subscription)
    _check_first("_set_subscription_attributes", _check_attribute)
    _check_first("_publish", _check_publication)
    _check_first("_create_topic", _check_topic)
    _check_first("_set_topic_attributes", _check_topic_attribute)


def _name_as_the_wire() -> None:
    """Give errors the model's codes, which are not the names of its exceptions."""
    error, publish = sns._error, sns._publish_batch
    sns.replace(
        "_error", lambda code, message, status: error(query_code("sns", code), message, status)
    )

    def publish_batch(params: Record) -> Any:
        status, headers, body = publish(params)
        return (
            status,
            headers,
            body.replace(b"<Code>InvalidParameterException<", b"<Code>InvalidParameter<"),
        )

    sns.replace("_publish_batch", publish_batch)


def _check_first(name: str, check: Callable[[Record], None]) -> None:
    handle = getattr(sns, name)

    def checked(params: Record) -> Any:
        try:
            check(params)
        except ServiceError as error:
            return sns._error(error.code, error.message, error.status)
        return handle(params)

    sns.replace(name, checked)


def _check_subscription(params: Record) -> None:
    topic, protocol = sns._p(params, "TopicArn"), sns._p(params, "Protocol")
    if protocol:
        endpoints.check(protocol, sns._p(params, "Endpoint"), topic)
    endpoints.check_attributes(_attributes(params))


def _attributes(params: Record) -> dict[str, str]:
    found, number = {}, 1
    while name := sns._p(params, f"Attributes.entry.{number}.key"):
        found[name] = sns._p(params, f"Attributes.entry.{number}.value")
        number += 1
    return found


def _check_topic(params: Record) -> None:
    _check_policy(_attributes(params).get("Policy", ""))


def _check_topic_attribute(params: Record) -> None:
    name = sns._p(params, "AttributeName")
    if not _OF_TOPIC.fullmatch(name):
        raise invalid("AttributeName")
    if name == "Policy":
        _check_policy(sns._p(params, "AttributeValue"))


def _check_policy(text: str) -> None:
    if text and (said := documents.fault(text, "resource")):
        raise invalid(f"Policy Error: {said}")


def _check_attribute(params: Record) -> None:
    name, value = sns._p(params, "AttributeName"), sns._p(params, "AttributeValue")
    arn = sns._p(params, "SubscriptionArn")
    found = sns._find_subscription(sns._sub_arn_to_topic.get(arn), arn)
    kept = found["attributes"] if found else {}
    scope = kept.get("FilterPolicyScope", "")
    given = {name: value}
    if name == "FilterPolicyScope" and kept.get("FilterPolicy"):
        given["FilterPolicy"] = kept["FilterPolicy"]  # it has to fit what it is over from now on
    endpoints.check_attributes(given, scope, whole=False)


def _check_publication(params: Record) -> None:
    target = sns._p(params, "TargetArn")
    if sns._p(params, "PhoneNumber") and not sns._p(params, "TopicArn"):
        raise not_supported("PhoneNumber of sns's Publish")
    if ":endpoint/" in target:
        raise not_supported("publishing to the endpoint of a mobile platform")
    # a subject that is empty is told from none by no query string that was read
    subject = sns._p(params, "Subject") or None
    publications.check(sns._p(params, "Message"), subject, sns._p(params, "MessageStructure"))
