"""What a mapping of Kinesis may be set to, and what creating one finds out first."""

import contextlib
import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_aws.event_source import patterns
from local_aws.event_source.settings import Document
from local_aws.functions.clients import As, client
from local_aws.functions.errors import invalid
from local_aws.kinesis.store import Store as Streams
from local_aws.kinesis.stream import Stream
from local_aws.protocol import model
from local_aws.protocol.errors import ServiceError, validation
from local_aws.protocol.validate import checked
from local_aws.tenant import Tenant

SETTABLE = frozenset(
    {
        "BatchSize",
        "BisectBatchOnFunctionError",
        "DestinationConfig",
        "FilterCriteria",
        "FunctionResponseTypes",
        "MaximumBatchingWindowInSeconds",
        "MaximumRecordAgeInSeconds",
        "MaximumRetryAttempts",
        "MetricsConfig",
        "ParallelizationFactor",
        "TumblingWindowInSeconds",
    }
)
_AT_CREATION = {"EventSourceArn", "StartingPosition", "StartingPositionTimestamp", "Tags"}
_ALWAYS = {"Enabled", "FunctionName", "UUID"}
_LEAST_AGE_S = 60
_ACTIONS = "GetRecords, GetShardIterator, DescribeStream, ListShards, and DescribeStreamSummary"
_ACTIONS_OF_CONSUMER = (
    "SubscribeToShard, DescribeStreamConsumer, ListShards, and DescribeStreamSummary"
)
_DENIED = {"AccessDeniedException", "AccessDenied", "UnrecognizedClientException"}


class DeniedError(ServiceError):
    """The function's role may not read the stream."""


def arguments(operation: str, given: Document) -> Document:
    """Check arguments against Lambda's model and the rules that it does not hold.

    Parameters
    ----------
    operation : str
        CreateEventSourceMapping or UpdateEventSourceMapping.
    given : dict
        As the caller sent them.

    Returns
    -------
    dict
        Python's values.

    Raises
    ------
    ServiceError
        For what Lambda refuses, and by name for what Kinesis' mappings do not have.
    """
    known = SETTABLE | _ALWAYS | (_AT_CREATION if operation.startswith("Create") else set())
    said = checked(model.input_shape("lambda", operation), given)
    for name in said.keys() - known:
        raise invalid(f"{name} is not supported for Kinesis event sources.")
    age = said.get("MaximumRecordAgeInSeconds", -1)
    if 0 <= age < _LEAST_AGE_S:
        raise validation(
            f"1 validation error detected: Value '{age}' at 'maximumRecordAgeInSeconds' failed to "
            "satisfy constraint: Member must have value greater than or equal to 60"
        )
    _check_destination(said.get("DestinationConfig") or {})
    patterns.check((said.get("FilterCriteria") or {}).get("Filters") or [])
    return said


def together(document: Document) -> None:
    """Refuse settings that do not go together."""
    if document["TumblingWindowInSeconds"] and document["ParallelizationFactor"] > 1:
        # whose state a window's would be is documented nowhere
        raise invalid(
            "The local AWS does not support TumblingWindowInSeconds with a ParallelizationFactor "
            "above 1."
        )


def start(said: Document, now: float) -> None:
    """Check where reading is to begin."""
    position = said.get("StartingPosition")
    timestamp = said.get("StartingPositionTimestamp")
    if position is None:
        raise invalid(
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy "
            "constraint: Member must not be null."
        )
    if (timestamp is not None) != (position == "AT_TIMESTAMP"):
        raise invalid(
            "StartingPositionTimestamp must be set where StartingPosition is AT_TIMESTAMP, and "
            "only there."
        )
    if timestamp is not None and timestamp > now:
        raise invalid("StartingPositionTimestamp cannot be in the future.")


def source(streams: Streams, tenant: Tenant, arn: str) -> Stream:
    """Find the stream of a mapping, by its own ARN or that of one of its consumers."""
    stream_arn, _, consumer = arn.partition("/consumer/")
    name = stream_arn.rpartition("/")[2]
    stream = streams.find(Tenant(stream_arn.split(":")[4], tenant.region), name)
    known = stream is not None and stream.arn == stream_arn
    if known and consumer:
        known = any(each.arn == arn for each in stream.consumers.values())  # type: ignore[union-attr]
    if stream is None or not known:
        raise invalid(f"Stream not found: {arn}")
    return stream


def role_reads(stream: Stream, arn: str, caller: As) -> None:
    """Refuse a role that cannot read the stream: it is tried, as the role.

    Parameters
    ----------
    stream : Stream
        The mapping's.
    arn : str
        The mapping's source: the stream itself, or a consumer that is pushed to.
    caller : As
        The role.

    Raises
    ------
    DeniedError
        In Lambda's words, where a call is denied.
    ServiceError
        Where a call fails otherwise.
    """
    try:
        _read_as(stream, arn, caller)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _DENIED:
            raise _unread(stream, error) from error
        raise DeniedError(
            "InvalidParameterValueException",
            f"Cannot access stream {arn}. Please ensure the role can perform the "
            f"{_ACTIONS_OF_CONSUMER if arn != stream.arn else _ACTIONS} Actions on your stream in "
            "IAM.",
        ) from None
    except BotoCoreError as error:
        raise _unread(stream, error) from error


def _read_as(stream: Stream, arn: str, caller: As) -> None:
    kinesis = client("kinesis", caller)
    name = {"StreamARN": stream.arn}
    shard = kinesis.list_shards(**name, MaxResults=1)["Shards"][0]["ShardId"]
    kinesis.describe_stream_summary(**name)
    if arn != stream.arn:
        kinesis.describe_stream_consumer(ConsumerARN=arn)
        start = {"ConsumerARN": arn, "ShardId": shard, "StartingPosition": {"Type": "LATEST"}}
        # one that is in use was allowed
        with contextlib.suppress(kinesis.exceptions.ResourceInUseException):
            kinesis.subscribe_to_shard(**start)["EventStream"].close()
        return
    kinesis.describe_stream(**name, Limit=1)
    start = {"ShardId": shard, "ShardIteratorType": "LATEST"}
    iterator = kinesis.get_shard_iterator(**name, **start)["ShardIterator"]
    kinesis.get_records(ShardIterator=iterator, StreamARN=stream.arn, Limit=1)


def _unread(stream: Stream, error: Exception) -> ServiceError:
    return invalid(f"Received Exception while reading from provided stream. {error} ({stream.arn})")


def _check_destination(config: dict[str, Any]) -> None:
    if config.get("OnSuccess"):
        raise invalid(
            "Unsupported DestinationConfig parameter for given event source mapping type."
        )
    arn = (config.get("OnFailure") or {}).get("Destination") or None
    if arn is None:
        return
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[2] not in {"sqs", "sns", "s3"}:
        raise invalid(f"The provided destination config {json.dumps(config)} is not supported.")
    if arn.endswith(".fifo"):
        raise invalid("Destinations cannot be FIFO queues or topics.")
