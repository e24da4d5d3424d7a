"""Queues of SQS, as the metrics of the service have to look at them."""

import time
from collections.abc import Iterator
from typing import NamedTuple

from local_aws.ministack.foreign import arn as arns
from local_aws.ministack.foreign import sqs
from local_aws.tenant import Tenant


class Measured(NamedTuple):
    """How full a queue is."""

    tenant: Tenant
    name: str
    visible: float
    not_visible: float
    delayed: float
    oldest_s: float
    """The age of its oldest message in seconds, 0 without one."""


def measured(now: float) -> Iterator[Measured]:
    """Measure every queue of every tenant.

    Parameters
    ----------
    now : float
        Seconds since 1970, by which messages age. Whether one is visible is asked of the true
        time, by which ministack hides and shows it.
    """
    for queue in list(sqs._queues._data.values()):  # one step, while requests go on
        spec = arns.parse_arn(queue["attributes"]["QueueArn"])
        retained = float(queue["attributes"].get("MessageRetentionPeriod", "345600"))
        visible = not_visible = delayed = 0
        oldest = 0.0
        true = time.time()
        for message in list(queue["messages"]):
            sent = message.get("enqueued_at", message.get("sent_at", true))
            if true - sent >= retained:
                continue  # ministack drops it when the queue is next asked for
            oldest = max(oldest, now - sent)
            if message.get("visible_at", true) <= true:
                visible += 1
            elif message.get("receive_count", 0):
                not_visible += 1
            else:
                delayed += 1
        tenant = Tenant(spec.account_id, spec.region)
        yield Measured(tenant, queue["name"], visible, not_visible, delayed, oldest)
