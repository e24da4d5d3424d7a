"""Operations on the registered consumers of enhanced fan-out."""

from typing import Any

from local_aws.kinesis.addressing import consumer_at, stream_at
from local_aws.kinesis.errors import in_use, invalid_argument, limit_exceeded, not_found
from local_aws.kinesis.limits import CONSUMERS
from local_aws.kinesis.operations.tags import check_tags
from local_aws.kinesis.store import Store
from local_aws.kinesis.stream import Consumer, Stream
from local_aws.protocol.codec import time_of
from local_aws.tenant import Tenant

Request = dict[str, Any]

_PAGE = 100


def register_stream_consumer(store: Store, tenant: Tenant, request: Request) -> Request:
    """Register a consumer; it is ACTIVE at once."""
    stream = stream_at(store, tenant, request["StreamARN"])
    name = request["ConsumerName"]
    if name in stream.consumers:
        raise in_use(f"Consumer {name} of {stream.where} already exists.")
    if len(stream.consumers) >= CONSUMERS:
        raise limit_exceeded(f"A stream cannot have more than {CONSUMERS} consumers.")
    tags = request.get("Tags", {})
    check_tags(tags, {})
    created = int(store.clock())
    consumer = Consumer(name, f"{stream.arn}/consumer/{name}:{created}", created, dict(tags))
    stream.consumers[name] = consumer
    store.keep(stream)
    return {"Consumer": _described(consumer)}


def describe_stream_consumer(store: Store, tenant: Tenant, request: Request) -> Request:
    """Describe one consumer."""
    stream, consumer = _consumer(store, tenant, request)
    return {"ConsumerDescription": _described(consumer) | {"StreamARN": stream.arn}}


def list_stream_consumers(store: Store, tenant: Tenant, request: Request) -> Request:
    """List a page of a stream's consumers by name."""
    stream = stream_at(store, tenant, request["StreamARN"])
    after = request.get("NextToken", "")
    names = [name for name in sorted(stream.consumers) if name > after]
    limit = min(request.get("MaxResults", _PAGE), _PAGE)
    page = names[:limit]
    answer: Request = {"Consumers": [_described(stream.consumers[name]) for name in page]}
    if len(names) > limit:
        answer["NextToken"] = page[-1]
    return answer


def deregister_stream_consumer(store: Store, tenant: Tenant, request: Request) -> Request:
    """Remove a consumer."""
    stream, consumer = _consumer(store, tenant, request)
    del stream.consumers[consumer.name]
    store.keep(stream)
    return {}


def _consumer(store: Store, tenant: Tenant, request: Request) -> tuple[Stream, Consumer]:
    arn, name = request.get("ConsumerARN"), request.get("ConsumerName")
    if arn:
        stream, consumer = consumer_at(store, tenant, arn)
    elif name and request.get("StreamARN"):
        stream = stream_at(store, tenant, request["StreamARN"])
        consumer = stream.consumers.get(name)
    else:
        raise invalid_argument("Either ConsumerARN or StreamARN and ConsumerName must be given.")
    if consumer is None:
        raise not_found(f"Consumer {arn or name} of {stream.where} not found.")
    return stream, consumer


def _described(consumer: Consumer) -> Request:
    return {
        "ConsumerName": consumer.name,
        "ConsumerARN": consumer.arn,
        "ConsumerStatus": "ACTIVE",
        "ConsumerCreationTimestamp": time_of(consumer.created),
    }
