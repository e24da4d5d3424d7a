"""What may be subscribed to a topic, and what a subscription may ask for."""

import ipaddress
import json
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from local_aws.ministack.foreign import arn as arns
from local_aws.protocol.errors import not_supported
from local_aws.sns import filters
from local_aws.sns.errors import SnsError, invalid

MAIL = ("email", "email-json")
WEB = ("http", "https")
KNOWN = (*MAIL, *WEB, "sqs", "lambda")
OTHER = ("sms", "application", "firehose")
NOT_CARRIED_OUT = ("DeliveryPolicy", "SubscriptionRoleArn", "ReplayPolicy")
ATTRIBUTES = {
    *NOT_CARRIED_OUT,
    "FilterPolicy",
    "FilterPolicyScope",
    "RawMessageDelivery",
    "RedrivePolicy",
}
LONGEST_ADDRESS = 320
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"[A-Za-z]{2,63}"
)


def check(protocol: str, endpoint: str, topic: str) -> None:
    """Check what is to be subscribed; queues and functions are checked by ministack.

    Parameters
    ----------
    protocol, endpoint : str
        Such as ``email`` and an address.
    topic : str
        The ARN of the topic.

    Raises
    ------
    ServiceError
        InvalidParameter in the service's words; by name for what is not delivered here.
    """
    if protocol in OTHER:
        raise not_supported(f"the protocol {protocol} of sns's Subscribe")
    if protocol not in KNOWN:
        raise invalid(f"Does not support this protocol string: {protocol}")
    if topic.endswith(".fifo") and protocol in (*MAIL, *WEB):
        raise invalid(f"Invalid protocol type: {protocol}")
    if protocol == "sqs" and endpoint.endswith(".fifo") and not topic.endswith(".fifo"):
        reason = "Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics"
        raise invalid(f"Invalid parameter: {reason}")
    if protocol in MAIL and not is_address(endpoint):
        raise invalid("Email address")
    if protocol in WEB:
        _check_web(protocol, endpoint)


def is_address(text: str) -> bool:
    """Say whether a text is an address that mail can be sent to."""
    fits = len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text)
    return bool(fits) and ".." not in text and not text.startswith(".") and ".@" not in text


def _check_web(protocol: str, endpoint: str) -> None:
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or not endpoint.startswith(f"{protocol}://"):
        raise invalid("Endpoint must match the specified protocol")
    if not is_loopback(host):
        raise not_supported(f"delivery over HTTP to {host}: only to the loopback")


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine: its name or number is not asked of anybody."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_attributes(attributes: Mapping[str, str], scope: str = "", *, whole: bool = True) -> None:
    """Check the attributes of a subscription.

    Parameters
    ----------
    attributes : mapping
        Those that are to be set.
    scope : str
        What a filter policy among them is over, where they do not say it.
    whole : bool
        Whether they are all that a new subscription gets, which the service words differently.

    Raises
    ------
    ServiceError
        InvalidParameter for what breaks a rule; by name for what is not carried out.
    """
    for name in NOT_CARRIED_OUT:
        if attributes.get(name):
            raise not_supported(f"{name} of a subscription of sns")
    reason = "Attributes Reason: " if whole else ""
    if unknown := sorted(attributes.keys() - ATTRIBUTES):
        raise invalid(f"{reason}Unknown attribute: {unknown[0]}" if whole else "AttributeName")
    raw = attributes.get("RawMessageDelivery", "false")
    if raw.lower() not in {"true", "false"}:
        raise invalid(f"{reason}RawMessageDelivery: Invalid value [{raw}]. Must be true or false.")
    over = attributes.get("FilterPolicyScope") or scope or filters.SCOPES[0]
    if over not in filters.SCOPES:
        raise invalid(
            f"{reason}FilterPolicyScope: Invalid value [{over}]. "
            "Please use either MessageBody or MessageAttributes"
        )
    if (text := attributes.get("FilterPolicy")) and (said := filters.fault(text, over)):
        raise invalid(f"{reason}FilterPolicy: {said}")
    if policy := attributes.get("RedrivePolicy"):
        dead_letters(policy)


def dead_letters(policy: str) -> str:
    """Return the ARN of the queue that a redrive policy names.

    Raises
    ------
    SnsError
        InvalidParameter where it names none.
    """
    try:
        arn = json.loads(policy)["deadLetterTargetArn"]
        spec = arns.parse_arn(arn)
    except (json.JSONDecodeError, KeyError, TypeError, arns.ArnParseError):
        raise _no_queue() from None
    if spec.service != "sqs":
        raise _no_queue()
    return str(arn)


def _no_queue() -> SnsError:
    return invalid("RedrivePolicy: deadLetterTargetArn is an invalid arn")
