"""Which stream a request means: by name, by ARN, or by both."""

import re
from typing import Any

from local_aws.kinesis.errors import invalid_argument
from local_aws.kinesis.store import Store
from local_aws.kinesis.stream import Consumer, Stream
from local_aws.tenant import Tenant

_ARN = re.compile(
    r"arn:aws[^:]*:kinesis:(?P<region>[^:]*):(?P<account>\d{12}):stream/(?P<name>[\w.-]+)"
    r"(?P<consumer>/consumer/[\w.-]+:\d+)?"
)


def stream_of(store: Store, tenant: Tenant, request: dict[str, Any]) -> Stream:
    """Find the stream of a request.

    Parameters
    ----------
    store : Store
        All streams.
    tenant : Tenant
        The caller's account and region.
    request : dict
        With ``StreamARN``, ``StreamName`` or both.

    Returns
    -------
    Stream
        An ARN's own account counts, so one account may name another's stream.

    Raises
    ------
    KinesisError
        InvalidArgumentException where neither is given or they differ,
        ResourceNotFoundException where there is no such stream.
    """
    name, arn = request.get("StreamName"), request.get("StreamARN")
    if arn:
        stream = stream_at(store, tenant, arn)
        if name and name != stream.name:
            raise invalid_argument(f"StreamARN {arn} and StreamName {name} name two streams.")
        return stream
    if not name:
        raise invalid_argument("Either StreamARN or StreamName must be given.")
    return store.stream(tenant, name)


def stream_at(store: Store, tenant: Tenant, arn: str) -> Stream:
    """Find the stream of an ARN, its own or that of one of its consumers."""
    found = _ARN.fullmatch(arn)
    if found is None:
        raise invalid_argument(f"{arn} is not the ARN of a stream.")
    if found["region"] != tenant.region:
        raise invalid_argument(
            f"The region of the ARN {arn} does not match the endpoint's region {tenant.region}."
        )
    return store.stream(Tenant(found["account"], found["region"]), found["name"])


def consumer_at(store: Store, tenant: Tenant, arn: str) -> tuple[Stream, Consumer | None]:
    """Find the consumer of an ARN, and its stream."""
    stream = stream_at(store, tenant, arn)
    return stream, next((c for c in stream.consumers.values() if c.arn == arn), None)
