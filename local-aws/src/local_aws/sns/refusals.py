"""Calls of SNS that nothing here carries out, or that the service refuses."""

from collections.abc import Callable
from typing import Any

from local_aws.ministack.foreign import sns
from local_aws.protocol.errors import ServiceError, not_supported
from local_aws.sns import endpoints, publications

Record = dict[str, Any]


def install() -> None:
    """Look at requests before ministack does."""
    _check_first("_subscribe", _check_subscription)
    _check_first("_set_subscription_attributes", _check_attribute)
    _check_first("_publish", _check_publication)


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
    attributes, number = {}, 1
    while name := sns._p(params, f"Attributes.entry.{number}.key"):
        attributes[name] = sns._p(params, f"Attributes.entry.{number}.value")
        number += 1
    endpoints.check_attributes(attributes)


def _check_attribute(params: Record) -> None:
    name, value = sns._p(params, "AttributeName"), sns._p(params, "AttributeValue")
    endpoints.check_attributes({name: value})


def _check_publication(params: Record) -> None:
    target = sns._p(params, "TargetArn")
    if sns._p(params, "PhoneNumber") and not sns._p(params, "TopicArn"):
        raise not_supported("PhoneNumber of sns's Publish")
    if ":endpoint/" in target:
        raise not_supported("publishing to the endpoint of a mobile platform")
    # a subject that is empty is told from none by no query string that was read
    subject = sns._p(params, "Subject") or None
    publications.check(sns._p(params, "Message"), subject, sns._p(params, "MessageStructure"))
