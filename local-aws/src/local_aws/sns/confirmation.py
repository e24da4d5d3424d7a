"""Subscriptions that wait: mail is sent to nobody who has not asked for it.

A subscription by e-mail is pending until the link in its mail was opened, and is gone after two
days without it (developer guide, "Email notifications").
"""

import asyncio
import re
import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from local_aws.clock import clock
from local_aws.ministack.foreign import arn as arns
from local_aws.ministack.foreign import sns
from local_aws.sns import endpoints, mail
from local_aws.sns.mail import Outbox
from local_aws.tenant import request_scope

Record = dict[str, Any]
Handler = Callable[[Record], Any]

PATIENCE_S = 48 * 3600
PENDING = "pending confirmation"
LISTED = "PendingConfirmation"
OPENED = "confirmed_by"


def install(outbox: Outbox) -> None:
    """Let every new subscription be looked at, whoever makes it, and answers tell what waits."""
    _watch_subscriptions(outbox)
    subscribe = sns._subscribe
    sns.replace("_subscribe", lambda params: _subscribed(subscribe, params, outbox))
    sns.replace("_confirm_subscription", _as_often_as_asked(sns._confirm_subscription))
    for name, parameter in (
        ("_confirm_subscription", "TopicArn"),
        ("_unsubscribe", "SubscriptionArn"),
    ):
        sns.replace(name, _where_it_lives(getattr(sns, name), parameter))
    for name in ("_list_subscriptions", "_list_subscriptions_by_topic"):
        sns.replace(name, _with_pending(getattr(sns, name)))


def ask(subscription: Record, outbox: Outbox) -> None:
    """Let a subscription wait, and send the mail that asks for its confirmation.

    The links of all mails that one wait has sent are good.
    """
    attributes = {"PendingConfirmation": "true", "ConfirmationWasAuthenticated": "false"}
    if subscription["confirmed"] or not subscription.get("token"):
        subscription["token"] = uuid4().hex
        subscription.pop(OPENED, None)
    subscription["confirmed"] = False
    subscription["asked_at"] = clock()
    subscription["attributes"].update(attributes)
    topic = subscription["topic_arn"]
    sns._refresh_subscription_counts(sns._topic_by_arn_any_scope(topic))
    subject, text = mail.confirmation(topic, subscription["token"])
    outbox.send(subscription["endpoint"], subject, text)


def forget_the_unconfirmed() -> None:
    """Remove subscriptions that have waited too long."""
    for topic in list(sns._topics._data.values()):
        gone = [each for each in topic["subscriptions"] if _waited_too_long(each)]
        for subscription in gone:
            topic["subscriptions"].remove(subscription)
            spec = arns.parse_arn(subscription["topic_arn"])
            sns._sub_arn_to_topic.pop_scoped(
                spec.account_id, spec.region, subscription["arn"], None
            )
        if gone:
            sns._refresh_subscription_counts(topic)


def _waited_too_long(subscription: Record) -> bool:
    waits = not subscription["confirmed"] and "asked_at" in subscription
    return waits and clock() - subscription["asked_at"] > PATIENCE_S


def _watch_subscriptions(outbox: Outbox) -> None:
    """Look at each subscription as it gets its ARN: Subscribe and CloudFormation both note it."""
    noted = sns._sub_arn_to_topic
    kind = type(noted)

    class Noted(kind):  # type: ignore[misc, valid-type]
        __slots__ = ()

        def __setitem__(self, arn: str, topic_arn: str) -> None:
            super().__setitem__(arn, topic_arn)
            _look_at(arn, topic_arn, outbox)

    watched = Noted()
    watched._data.update(noted._data)
    sns.replace("_sub_arn_to_topic", watched)


def _look_at(arn: str, topic_arn: str, outbox: Outbox) -> None:
    subscription = sns._find_subscription(topic_arn, arn)
    if subscription is None or "asked_at" in subscription:
        return
    protocol = subscription["protocol"]
    if protocol in endpoints.MAIL:
        ask(subscription, outbox)
    elif protocol in endpoints.WEB and not subscription.get("token"):
        subscription["token"] = uuid4().hex
        sending = sns._send_subscription_confirmation(topic_arn, subscription)
        threading.Thread(target=asyncio.run, args=(sending,), daemon=True).start()


def _subscribed(subscribe: Handler, params: Record, outbox: Outbox) -> Any:
    topic = sns._topic_by_arn_any_scope(sns._normalize_arn(sns._p(params, "TopicArn")))
    before = list(topic["subscriptions"]) if topic else []
    status, headers, body = subscribe(params)
    found = re.search(rb"<SubscriptionArn>(.*?)</SubscriptionArn>", body)
    if topic is None or found is None or status != 200:
        return status, headers, body
    arn = found[1].decode()
    subscription = sns._find_subscription(topic["arn"], arn)
    if subscription and subscription["protocol"] in endpoints.MAIL:
        if subscription in before and not subscription["confirmed"]:
            ask(subscription, outbox)  # once more, as it waits already
        if not subscription["confirmed"] and sns._p(params, "ReturnSubscriptionArn") != "true":
            body = body.replace(arn.encode(), PENDING.encode())
    return status, headers, body


def _as_often_as_asked(confirm: Handler) -> Handler:
    """Answer a link that was opened before as the first time."""

    def confirmed(params: Record) -> Any:
        token = sns._p(params, "Token")
        topic = sns._topic_by_arn_any_scope(sns._normalize_arn(sns._p(params, "TopicArn")))
        mine = [
            each
            for each in (topic or {}).get("subscriptions", ())
            if token and token in (each.get("token"), each.get(OPENED))
        ]
        for each in mine:
            each["token"] = each[OPENED] = token
        return confirm(params)

    return confirmed


def _where_it_lives(handle: Handler, parameter: str) -> Handler:
    """Carry an operation out in the account and region of an ARN, as a link has no signature."""

    def handled(params: Record) -> Any:
        try:
            spec = arns.parse_arn(sns._p(params, parameter))
        except arns.ArnParseError:
            return handle(params)
        with request_scope(spec.account_id, spec.region):
            return handle(params)

    return handled


def _with_pending(handle: Handler) -> Handler:
    """List the ARN of what waits as the service does."""

    def handled(params: Record) -> Any:
        status, headers, body = handle(params)
        for topic in list(sns._topics._data.values()):
            for subscription in list(topic["subscriptions"]):
                if not subscription["confirmed"]:
                    old = f"<SubscriptionArn>{subscription['arn']}</SubscriptionArn>"
                    new = f"<SubscriptionArn>{LISTED}</SubscriptionArn>"
                    body = body.replace(old.encode(), new.encode())
        return status, headers, body

    return handled
