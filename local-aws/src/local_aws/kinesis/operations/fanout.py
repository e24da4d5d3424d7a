"""SubscribeToShard: records pushed as an event stream for up to five minutes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from local_aws.kinesis.addressing import consumer_at
from local_aws.kinesis.errors import in_use, not_found
from local_aws.kinesis.limits import MIB
from local_aws.kinesis.operations.record_places import Start, start_position
from local_aws.kinesis.operations.shards import described_child
from local_aws.kinesis.shard import Shard
from local_aws.kinesis.store import Store
from local_aws.kinesis.stream import Stream
from local_aws.protocol.codec import time
from local_aws.protocol.event_stream import Event
from local_aws.tenant import Tenant

_SECONDS = 300
_TAKEOVER_SECONDS = 5
_IDLE_SECONDS = 5
_POLL_SECONDS = 0.05
_EVENT_RECORDS = 10_000
_EVENT_BYTES = 2 * MIB

_subscriptions: dict[tuple[str, str], float] = {}
"""When the newest subscription of a consumer to a shard began."""


class Subscription(NamedTuple):
    """What a consumer listens to, from where, since when."""

    stream: Stream
    shard: Shard
    position: int
    key: tuple[str, str]
    began: float
    consumer: str


def subscribe_to_shard(
    store: Store, tenant: Tenant, request: dict[str, Any]
) -> AsyncIterator[Event]:
    """Begin a subscription.

    Parameters
    ----------
    store : Store
        All streams.
    tenant : Tenant
        The caller's account and region.
    request : dict
        The arguments.

    Returns
    -------
    async iterator of Event
        What arrives, as it arrives.

    Raises
    ------
    KinesisError
        Where there is no such consumer or shard, or another subscription
        began less than five seconds ago.
    """
    arn = request["ConsumerARN"]
    stream, consumer = consumer_at(store, tenant, arn)
    if consumer is None:
        raise not_found(f"Consumer {arn} not found.")
    shard = stream.shard(request["ShardId"])
    asked = request["StartingPosition"]
    start = Start(asked["Type"], asked.get("SequenceNumber"), asked.get("Timestamp"))
    now = store.clock()
    position = start_position(stream, shard, start, now)
    key = (arn, shard.id)
    if now - _subscriptions.get(key, 0) < _TAKEOVER_SECONDS:
        raise in_use(f"Another active subscription exists for consumer {arn} and {shard.id}.")
    _subscriptions[key] = now
    subscription = Subscription(stream, shard, position, key, now, consumer.name)
    return _events(store, subscription)


async def _events(store: Store, subscription: Subscription) -> AsyncIterator[Event]:
    stream, shard, position, key, began, consumer = subscription
    sent = began
    yield Event("event", "initial-response", {})
    continuation = shard.place_at(position)
    while store.clock() - began < _SECONDS:
        if _subscriptions.get(key) != began:
            yield Event("exception", "ResourceInUseException", _taken(shard))
            return
        if store.find(stream.tenant, stream.name) is not stream:
            yield Event("exception", "ResourceNotFoundException", _gone(stream))
            return
        with stream.lock:
            records = shard.read(position, _EVENT_RECORDS, _EVENT_BYTES)
        if records:
            position = records[-1].position + 1
            continuation = records[-1].sequence_number
        ended = shard.closed is not None and position >= shard.tip
        now = store.clock()
        if records or ended or now - sent >= _IDLE_SECONDS:
            behind = int(now * 1000) - records[-1].arrival if position < shard.tip else 0
            event: dict[str, Any] = {
                "Records": [
                    {
                        "SequenceNumber": record.sequence_number,
                        "ApproximateArrivalTimestamp": time(record.arrival),
                        "Data": record.data,
                        "PartitionKey": record.partition_key,
                    }
                    for record in records
                ],
                "MillisBehindLatest": max(0, behind),
            }
            age = event["MillisBehindLatest"]
            name = "SubscribeToShardEvent.MillisBehindLatest"
            store.measure(stream, name, age, "Milliseconds", ConsumerName=consumer)
            # the Kinesis Client Library takes an event that has both or neither as broken
            if ended:
                event["ChildShards"] = [described_child(child) for child in stream.children(shard)]
            else:
                event["ContinuationSequenceNumber"] = continuation
            yield Event("event", "SubscribeToShardEvent", event)
            sent = now
        if ended:
            return
        await asyncio.sleep(_POLL_SECONDS)


def _taken(shard: Shard) -> dict[str, str]:
    return {"message": f"Another subscription to {shard.id} took this one over."}


def _gone(stream: Stream) -> dict[str, str]:
    return {"message": f"Stream {stream.name} under account {stream.tenant.account} not found."}
