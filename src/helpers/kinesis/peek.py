"""A look at what arrived in a stream since a moment."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson
import polars as pl
from botocore.exceptions import BotoCoreError, ClientError

from helpers import aws
from helpers.errors import ServiceError

_MOST_IN_A_READ = 10_000  # what GetRecords allows


def mark(stream: str) -> dict[str, str]:
    """Remember where a stream is now.

    Parameters
    ----------
    stream : str
        The name of a stream that exists.

    Returns
    -------
    dict of str to str
        An iterator for each open shard, good for five minutes.

    Raises
    ------
    ServiceError
        Where AWS does not answer or refuses.
    """
    return _iterators(stream, "AT_LATEST", ShardIteratorType="LATEST")


def at(stream: str, moment: datetime) -> dict[str, str]:
    """Find where a stream was at a moment.

    Parameters
    ----------
    stream : str
        The name of a stream that exists.
    moment : datetime
        With its time zone.

    Returns
    -------
    dict of str to str
        An iterator for each shard that the stream still has, good for five minutes.

    Raises
    ------
    ServiceError
        Where AWS does not answer or refuses.
    """
    return _iterators(
        stream, "FROM_TRIM_HORIZON", ShardIteratorType="AT_TIMESTAMP", Timestamp=moment
    )


def since(marks: dict[str, str]) -> pl.DataFrame:
    """Read what arrived after a mark, all of it.

    Parameters
    ----------
    marks : dict of str to str
        From `mark` or `at`.

    Returns
    -------
    polars.DataFrame
        The fields of each record's JSON, behind ``shard`` and ``arrived_at`` (UTC);
        by shard, in order, each shard up to where it ended when its end was reached.

    Raises
    ------
    ServiceError
        Where AWS does not answer or refuses.
    """
    reads = [pl.DataFrame()]
    for shard, iterator in marks.items():
        try:
            for records in _reads(iterator):
                rows = [
                    {"shard": shard, "arrived_at": record["ApproximateArrivalTimestamp"]}
                    | orjson.loads(record["Data"])
                    for record in records
                ]
                reads.append(pl.DataFrame(rows, infer_schema_length=None))
        except (BotoCoreError, ClientError) as error:
            raise ServiceError(f"{shard} could not be read: {error}") from error
    return pl.concat(reads, how="diagonal_relaxed")


def between(
    stream: str, start: datetime, end: datetime, columns: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """Read what arrived from one moment to another.

    Parameters
    ----------
    stream : str
        The name of a stream that exists.
    start, end : datetime
        With their time zones; both included.
    columns : mapping of str to polars.DataType
        What is read of the records, ``shard`` and ``arrived_at`` with it.

    Returns
    -------
    polars.DataFrame
        As from `since`, these columns alone; without a row where nothing arrived.

    Raises
    ------
    ServiceError
        Where AWS does not answer or refuses.
    """
    found = since(at(stream, start))
    if found.is_empty():
        return pl.DataFrame(schema=dict(columns))
    return found.filter(pl.col("arrived_at") <= end).select(
        pl.col(name).cast(kind) for name, kind in columns.items()
    )


def _iterators(stream: str, which: str, **position: Any) -> dict[str, str]:
    kinesis = aws.client("kinesis")
    try:
        pages = kinesis.get_paginator("list_shards").paginate(
            StreamName=stream, ShardFilter={"Type": which}
        )
        return {
            shard["ShardId"]: kinesis.get_shard_iterator(
                StreamName=stream, ShardId=shard["ShardId"], **position
            )["ShardIterator"]
            for page in pages
            for shard in page["Shards"]
        }
    except (BotoCoreError, ClientError) as error:
        raise ServiceError(f"The stream {stream} could not be read: {error}") from error


def _reads(iterator: str | None) -> Iterator[list[dict[str, Any]]]:
    kinesis = aws.client("kinesis")
    while iterator:
        answer = kinesis.get_records(ShardIterator=iterator, Limit=_MOST_IN_A_READ)
        yield answer["Records"]
        if not answer["MillisBehindLatest"]:
            return
        iterator = answer.get("NextShardIterator")
