"""Upkeep of an Iceberg lake: what it holds, and what that costs on AWS."""

from typing import Final

import awswrangler as wr

from helpers import athena, athena_queries, paths, s3
from helpers.events import LAKE
from helpers.ingest.catalog import check_name

DOLLARS_PER_GB_MONTH: Final = 0.023
"""S3 Standard in us-east-1, the first 50 TB (https://aws.amazon.com/s3/pricing)."""
_FILES: Final = """
    SELECT
        COUNT_IF(content = 0) AS data_files,
        COUNT_IF(content > 0) AS delete_files
    FROM "{table}$files"
"""
_SNAPSHOTS: Final = 'SELECT COUNT(*) AS snapshots FROM "{table}$snapshots"'
_ALL_COLUMNS: Final = "SELECT {counts} FROM {table}"


def state(*, database: str, bucket: str, table: str) -> dict[str, float]:
    """Say what the lake holds now.

    Parameters
    ----------
    database, bucket, table : str
        Where it is.

    Returns
    -------
    dict
        Data files and delete files of its present state, its snapshots; the MiB of all objects
        below its location, former states among them, and the dollars that they cost a month; the
        MiB that a question of all columns scans, and its dollars.
    """
    found: dict[str, float] = {}
    for sql in (_FILES, _SNAPSHOTS):
        execution = athena.run(
            sql.format(table=check_name(table)), database=database, bucket=bucket
        )
        found |= athena_queries.fetch(execution).iloc[0].to_dict()
    location = wr.catalog.get_table_location(database, table)
    stored = sum(each.size for each in s3.objects(*paths.split_s3(f"{location}/")))
    counts = ", ".join(f"COUNT({column.name})" for column in LAKE)
    execution = athena.run(
        _ALL_COLUMNS.format(counts=counts, table=table), database=database, bucket=bucket
    )
    scanned = execution["Statistics"]["DataScannedInBytes"]
    return found | {
        "stored_mb": stored / 2**20,
        "dollars_a_month": stored / 2**30 * DOLLARS_PER_GB_MONTH,
        "scanned_mb": scanned / 2**20,
        "dollars_a_question": athena_queries.dollars(scanned),
    }
