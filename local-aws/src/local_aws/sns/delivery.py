"""One message to every subscription that is confirmed and lets it through its filter."""

import base64
import contextvars
import threading
import time
from collections import deque
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import urllib3

from local_aws.meters import Meters
from local_aws.ministack import event_loop
from local_aws.ministack.foreign import arn as arns
from local_aws.ministack.foreign import sns, sqs
from local_aws.sns import confirmation, endpoints, mail
from local_aws.sns.mail import Outbox
from local_aws.tenant import Tenant, request_scope

Record = dict[str, Any]

MAIL_RATE = 10
"""Messages a second; one more suspends a subscription by e-mail."""
WEB_TIMEOUT_S = 5


class _Sent(NamedTuple):
    """One message on its way."""

    topic: str
    id: str
    subject: str
    structure: str
    message: str
    attributes: Record
    group: str
    deduplication: str


class _NotReachedError(Exception):
    """A subscription was not reached: the code and the words that a dead letter has."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def install(outbox: Outbox, meters: Meters) -> None:
    """Deliver in ministack's place."""
    delivery = _Delivery(outbox, meters)

    def fan_out(  # noqa: PLR0917, ministack's own
        topic_arn: str,
        msg_id: str,
        message: str,
        subject: str,
        message_structure: str = "",
        message_attributes: Record | None = None,
        message_group_id: str = "",
        message_dedup_id: str = "",
    ) -> None:
        delivery.send(
            _Sent(
                topic_arn,
                msg_id,
                subject,
                message_structure,
                message,
                message_attributes or {},
                message_group_id,
                message_dedup_id,
            )
        )

    sns.replace("_fanout", fan_out)
    sns.replace("_http_post_sync", post)


class _Delivery:
    """Sends messages, and remembers how fast mail goes to each subscription."""

    def __init__(self, outbox: Outbox, meters: Meters) -> None:
        self._outbox = outbox
        self._meters = meters
        self._lock = threading.Lock()
        self._mailed: dict[str, deque[float]] = {}

    def send(self, sent: _Sent) -> None:
        """Send a message to every subscription of its topic."""
        topic = sns._topic_by_arn_any_scope(sent.topic)
        if not topic:
            return
        self._count(sent, "NumberOfMessagesPublished", 1, "Count")
        self._count(sent, "PublishSize", len(sent.message.encode()), "Bytes")
        for subscription in list(topic["subscriptions"]):
            if subscription.get("confirmed"):
                self._to_one(sent, subscription)

    def _to_one(self, sent: _Sent, subscription: Record) -> None:
        protocol, attributes = subscription["protocol"], subscription["attributes"]
        text = sns._resolve_message_for_protocol(sent.message, sent.structure, protocol)
        if not sns._matches_filter_policy(subscription, sent.attributes, text):
            self._count(sent, "NumberOfNotificationsFilteredOut", 1, "Count")
            return
        raw = attributes.get("RawMessageDelivery", "false") == "true"
        envelope = sns._build_envelope(
            sent.topic, sent.id, text, sent.subject, sent.attributes, raw
        )
        if protocol in endpoints.WEB:  # the publisher does not wait for the web
            context = contextvars.copy_context()
            threading.Thread(
                target=context.run,
                args=(self._reach, sent, subscription, text, envelope),
                daemon=True,
            ).start()
        else:
            self._reach(sent, subscription, text, envelope)

    def _reach(self, sent: _Sent, subscription: Record, text: str, envelope: str) -> None:
        try:
            match subscription["protocol"]:
                case "sqs":
                    _to_queue(sent, subscription, text, envelope)
                case "lambda":
                    _to_function(sent, subscription, text, envelope)
                case "http" | "https":
                    _to_web(subscription["endpoint"], envelope)
                case "email":
                    self._by_mail(sent, subscription, text)
                case "email-json":
                    self._by_mail(sent, subscription, envelope)
        except _NotReachedError as failure:
            self._count(sent, "NumberOfNotificationsFailed", 1, "Count")
            self._keep(sent, subscription, envelope, failure)
        else:
            self._count(sent, "NumberOfNotificationsDelivered", 1, "Count")

    def _by_mail(self, sent: _Sent, subscription: Record, text: str) -> None:
        if not self._in_time(subscription["arn"]):
            confirmation.ask(subscription, self._outbox)
            raise _NotReachedError(
                "Throttled", f"more than {MAIL_RATE} messages a second: suspended"
            )
        subject, body = mail.notification(sent.subject, text, subscription["arn"])
        self._outbox.send(subscription["endpoint"], subject, body)

    def _in_time(self, arn: str) -> bool:
        now = time.monotonic()
        with self._lock:
            before = self._mailed.setdefault(arn, deque())
            while before and now - before[0] >= 1:
                before.popleft()
            before.append(now)
            fits = len(before) <= MAIL_RATE
            if not fits:
                del self._mailed[arn]
        return fits

    def _keep(
        self, sent: _Sent, subscription: Record, envelope: str, failure: _NotReachedError
    ) -> None:
        """Put what did not arrive into the queue of the subscription's redrive policy."""
        policy = subscription["attributes"].get("RedrivePolicy")
        if not policy:
            return
        told = {
            "RequestID": str(uuid4()),
            "ErrorCode": failure.code,
            "ErrorMessage": str(failure),
        }
        attributes = {
            name: {"DataType": "String", "StringValue": value} for name, value in told.items()
        }
        queue = endpoints.dead_letters(policy)
        event_loop.call(
            lambda: sns._deliver_to_sqs(
                queue, envelope, True, envelope, message_attributes=attributes, topic_arn=sent.topic
            )
        )
        reached = sqs._queue_by_arn(queue) is not None
        name = "RedrivenToDlq" if reached else "FailedToRedriveToDlq"
        self._count(sent, f"NumberOfNotifications{name}", 1, "Count")

    def _count(self, sent: _Sent, name: str, value: float, unit: str) -> None:
        spec = arns.parse_arn(sent.topic)
        tenant = Tenant(spec.account_id, spec.region)
        self._meters.add(tenant, name, value, unit, {"TopicName": spec.resource})


def _to_queue(sent: _Sent, subscription: Record, text: str, envelope: str) -> None:
    arn = subscription["endpoint"]
    account = arns.parse_arn(sent.topic).account_id
    if sqs._queue_by_arn(arn) is None:
        raise _NotReachedError("AWS.SimpleQueueService.NonExistentQueue", f"{arn} does not exist")
    if not sqs.queue_policy_allows(arn, "sns.amazonaws.com", sent.topic, account):
        raise _NotReachedError(
            "AccessDenied", f"the policy of {arn} does not let the topic send to it"
        )
    raw = subscription["attributes"].get("RawMessageDelivery", "false") == "true"
    sns._deliver_to_sqs(
        arn,
        envelope,
        raw,
        text,
        message_group_id=sent.group,
        message_dedup_id=sent.deduplication,
        message_attributes=sent.attributes,
        topic_arn=sent.topic,
    )


def _to_function(sent: _Sent, subscription: Record, text: str, envelope: str) -> None:
    spec = arns.parse_arn(sent.topic)
    with request_scope(spec.account_id, spec.region):
        function, _, name = sns._lambda_svc._get_func_record_for_ref(subscription["endpoint"])
        if not function:
            raise _NotReachedError(
                "ResourceNotFoundException", f"the function {name} does not exist"
            )
        context = contextvars.copy_context()
    # Lambda has taken it when it exists: what the function does with it is its own affair
    given = (subscription["endpoint"], envelope, sent.topic, subscription["arn"], sent.id)
    threading.Thread(
        target=context.run,
        args=(sns._deliver_to_lambda, *given, text, sent.attributes),
        daemon=True,
    ).start()


def _to_web(endpoint: str, envelope: str) -> None:
    try:
        status = post(endpoint, envelope, "Notification")
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise _NotReachedError("ConnectionError", str(error)) from None
    if not 200 <= status < 300:
        raise _NotReachedError(str(status), f"{endpoint} answered {status}")


def post(endpoint: str, payload: str, sns_message_type: str) -> int:
    """Send a message to a web server of this machine, once; no redirection is followed.

    Raises
    ------
    ValueError
        For another machine.
    urllib3.exceptions.HTTPError
        Where it cannot be reached.
    """
    parts = urlsplit(endpoint)
    if not endpoints.is_loopback(parts.hostname or ""):
        raise ValueError(f"{parts.hostname} is not on this machine")
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "x-amz-sns-message-type": sns_message_type,
    }
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    address = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    answer = urllib3.request(
        "POST",
        address,
        body=payload.encode(),
        headers=headers,
        redirect=False,
        retries=False,
        timeout=WEB_TIMEOUT_S,
    )
    return answer.status
