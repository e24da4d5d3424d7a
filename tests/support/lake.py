"""A lake of a test's own: its bucket and database, and its table of events in memory."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import awswrangler as wr
import boto3
import polars as pl
import pytest

from helpers import athena
from helpers.events import LAKE_TYPES
from local_aws.testing import environment

ATHENA_TYPES: Final = {**LAKE_TYPES, "year": "int", "month": "int", "day": "int"}


@contextmanager
def at(endpoint: str) -> Iterator[None]:
    """Point this process at a local AWS and at nothing else while the block runs."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in environment(endpoint).items():
            patch.setenv(name, value)
        yield


def prepare(bucket: str, database: str) -> None:
    """Make a bucket and the databases, as a deployment does, where they are missing."""
    boto3.client("s3").create_bucket(Bucket=bucket)
    for name in (database, f"{database}_as_of"):
        wr.catalog.create_database(name, exist_ok=True)


def from_csv(path: Path) -> pl.DataFrame:
    """Read the events of a raw file."""
    events = pl.read_csv(path, schema_overrides={"price": pl.Decimal(10, 2)})
    return events.with_columns(
        pl.col("event_time").str.to_datetime("%Y-%m-%d %H:%M:%S UTC", time_unit="us")
    )


_AS_ICEBERG: Final = """
    CREATE TABLE user_activity WITH (
        table_type = 'ICEBERG',
        is_external = false,
        location = :place,
        partitioning = ARRAY['year', 'month', 'day']
    ) AS
    SELECT CAST(event_time AS TIMESTAMP(6)) AS event_time, {others}
    FROM user_activity_hive
"""


def write(bucket: str, database: str, events: pl.DataFrame, table_format: str = "hive") -> None:
    """Make the database and its table `user_activity` as ingest does, in either format."""
    if table_format == "iceberg":
        _write(bucket, database, events, "user_activity_hive")
        others = ", ".join(list(ATHENA_TYPES)[1:])
        place = {"place": f"s3://{bucket}/{database}_iceberg/"}
        sql = _AS_ICEBERG.format(others=others)
        athena.run(sql, params=place, database=database, bucket=bucket)
    else:
        _write(bucket, database, events, "user_activity")


def _write(bucket: str, database: str, events: pl.DataFrame, table: str) -> None:
    wr.catalog.create_database(database, exist_ok=True)
    session_of_day = pl.struct(pl.col("event_time").dt.date(), "user_session")
    frame = events.with_columns(
        session_start=session_of_day.is_first_distinct() & pl.col("user_session").is_not_null(),
        year=pl.col("event_time").dt.year().cast(pl.Int32),
        month=pl.col("event_time").dt.month().cast(pl.Int32),
        day=pl.col("event_time").dt.day().cast(pl.Int32),
    ).to_pandas()
    frame["price"] = events["price"].to_list()
    wr.s3.to_parquet(
        frame,
        path=f"s3://{bucket}/{database}/",
        dataset=True,
        database=database,
        table=table,
        partition_cols=["year", "month", "day"],
        dtype=ATHENA_TYPES,
    )
