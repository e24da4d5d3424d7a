"""The event that a function gets, and the document of what was given up."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from local_aws.event_source.delivery import GivenUp
from local_aws.kinesis.shard import Record

MAX_EVENT_BYTES = 6 * 1024 * 1024


class Source(NamedTuple):
    """What the records of a mapping say of where they come from."""

    arn: str
    """Of the stream, or of the consumer that the mapping reads through."""
    region: str
    role: str
    """The function's."""


def event_record(record: Record, shard: str, source: Source) -> dict[str, Any]:
    """Make what a function gets of one record."""
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record.partition_key,
            "sequenceNumber": record.sequence_number,
            "data": base64.b64encode(record.data).decode(),
            "approximateArrivalTimestamp": record.arrival / 1000,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard}:{record.sequence_number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": source.role,
        "awsRegion": source.region,
        "eventSourceARN": source.arn,
    }


def event_bytes(record: Record, shard: str, source: Source) -> int:
    """Say how much of an event one record takes."""
    empty = event_record(record._replace(data=b""), shard, source)
    return len(json.dumps(empty, ensure_ascii=False).encode()) + (len(record.data) + 2) // 3 * 4 + 2


def failure_document(
    given_up: GivenUp, *, shard: str, stream: str, request_id: str, function: str, version: str
) -> dict[str, Any]:
    """Make what the destination is told: where the records are, not what they are.

    Parameters
    ----------
    given_up : GivenUp
        The records and why.
    shard, stream : str
        The shard's name, and the mapping's source.
    request_id : str
        Of the last invocation.
    function, version : str
        The function's ARN as the mapping names it, and the version that ran.
    """
    records = given_up.records
    document: dict[str, Any] = {
        "requestContext": {
            "requestId": request_id,
            "functionArn": function,
            "condition": given_up.condition,
            "approximateInvokeCount": given_up.invoked,
        },
        "version": "1.0",
        "timestamp": moment(datetime.now(UTC).timestamp() * 1000),
        "KinesisBatchInfo": {
            "shardId": shard,
            "startSequenceNumber": records[0].sequence_number,
            "endSequenceNumber": records[-1].sequence_number,
            "approximateArrivalOfFirstRecord": moment(records[0].arrival),
            "approximateArrivalOfLastRecord": moment(records[-1].arrival),
            "batchSize": len(records),
            "streamArn": stream,
        },
    }
    if given_up.condition != "RecordAgeExceeded":
        document["responseContext"] = {
            "statusCode": 200,
            "executedVersion": version,
            "functionError": given_up.error,
        }
    return document


def window_fields(
    window: tuple[int, int], state: Any, shard: str, source: Source, *, final: bool, early: bool
) -> dict[str, Any]:
    """Make what an event of a tumbling window has beside its records; the window in ms."""
    start, end = window
    return {
        "window": {"start": _second(start), "end": _second(end)},
        "state": state,
        "shardId": shard,
        "eventSourceARN": source.arn,
        "isFinalInvokeForWindow": final,
        "isWindowTerminatedEarly": early,
    }


def records_of(records: Sequence[Record], shard: str, source: Source) -> list[dict[str, Any]]:
    """Make the ``Records`` of an event."""
    return [event_record(record, shard, source) for record in records]


def moment(milliseconds: float) -> str:
    """Write a time as ``2026-11-29T10:00:00.123Z``."""
    at = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _second(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
