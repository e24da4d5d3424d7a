"""SubscribeToShard: records pushed as an event stream for up to five minutes."""

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from local_aws.kinesis import wire
from local_aws.kinesis.addressing import consumer_at
from local_aws.kinesis.errors import in_use, not_found
from local_aws.kinesis.limits import MIB
from local_aws.kinesis.operations.records import Start, start_position
from local_aws.kinesis.operations.shards import described_child
from local_aws.kinesis.shard import Shard
from local_aws.kinesis.store import Store
from local_aws.kinesis.stream import Stream
from local_aws.kinesis.validate import checked
from local_aws.kinesis.wire import time
from local_aws.request import Tenant

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


def subscribe_to_shard(
    store: Store, tenant: Tenant, request: dict[str, Any], content_type: str
) -> AsyncIterator[bytes]:
    """Begin a subscription.

    Parameters
    ----------
    store : Store
        All streams.
    tenant : Tenant
        The caller's account and region.
    request : dict
        The arguments as read from the wire.
    content_type : str
        The encoding of the events' payloads is that of the request.

    Returns
    -------
    async iterator of bytes
        Messages in AWS's event stream encoding.

    Raises
    ------
    KinesisError
        Where there is no such consumer or shard, or another subscription
        began less than five seconds ago.
    """
    request = checked("SubscribeToShard", request)
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
    subscription = Subscription(stream, shard, position, key, now)
    return _events(store, subscription, content_type)


async def _events(store: Store, subscription: Subscription, kind: str) -> AsyncIterator[bytes]:
    stream, shard, position, key, began = subscription
    sent = began
    yield _message("event", "initial-response", {}, kind)
    continuation = shard.starting_sequence_number
    while store.clock() - began < _SECONDS:
        if _subscriptions.get(key) != began:
            yield _message("exception", "ResourceInUseException", _taken(shard), kind)
            return
        if store.find(stream.tenant, stream.name) is not stream:
            yield _message("exception", "ResourceNotFoundException", _gone(stream), kind)
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
            # the Kinesis Client Library takes an event that has both or neither as broken
            if ended:
                event["ChildShards"] = [described_child(child) for child in stream.children(shard)]
            else:
                event["ContinuationSequenceNumber"] = continuation
            yield _message("event", "SubscribeToShardEvent", event, kind)
            sent = now
        if ended:
            return
        await asyncio.sleep(_POLL_SECONDS)


def _taken(shard: Shard) -> dict[str, str]:
    return {"message": f"Another subscription to {shard.id} took this one over."}


def _gone(stream: Stream) -> dict[str, str]:
    return {"message": f"Stream {stream.name} under account {stream.tenant.account} not found."}


def _message(kind: str, name: str, payload: dict[str, Any], content_type: str) -> bytes:
    """Write one message: lengths, checksum, headers, payload, checksum (AWS's event stream)."""
    headers = b"".join(
        struct.pack("!B", len(field))
        + field.encode()
        + struct.pack("!BH", 7, len(text))
        + text.encode()
        for field, text in (
            (":message-type", kind),
            (f":{kind}-type", name),
            (":content-type", wire.answer_type(content_type)),
        )
    )
    body = wire.dumps(payload, content_type)
    prelude = struct.pack("!II", 16 + len(headers) + len(body), len(headers))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + headers + body
    return message + struct.pack("!I", zlib.crc32(message))
