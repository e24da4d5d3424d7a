"""A lake of a test's own: its bucket and database, and its table of events in memory."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import awswrangler as wr
import boto3
import polars as pl
import pytest

from helpers.events import FRAME, LAKE_TYPES
from helpers.ingest import iceberg_lake
from helpers.ingest.parquet import DayWriter
from helpers.ingest.stage import Staged
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


def write(bucket: str, database: str, events: pl.DataFrame, table_format: str = "hive") -> None:
    """Make the database and its table `user_activity` as ingest does, in either format."""
    wr.catalog.create_database(database, exist_ok=True)
    if table_format == "iceberg":
        _write_iceberg(bucket, database, events)
    else:
        _write(bucket, database, events)


def _write_iceberg(bucket: str, database: str, events: pl.DataFrame) -> None:
    """By the ingest's own writer and commit, which take what its reader would not let through."""
    with tempfile.TemporaryDirectory() as name:
        staged = Staged(Path(name))
        writer = DayWriter(staged.folder / "lake", "zstd", iceberg=True)
        writer.add(events.cast(FRAME).sort("event_time", maintain_order=True))
        writer.close()
        staged.days = writer.rows
        iceberg_lake.publish(
            staged, bucket=bucket, database=database, table="user_activity", compression="zstd"
        )


def _write(bucket: str, database: str, events: pl.DataFrame) -> None:
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
        table="user_activity",
        partition_cols=["year", "month", "day"],
        dtype=ATHENA_TYPES,
    )
