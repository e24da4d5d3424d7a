"""Parquet files as a table's manifests describe them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq
from pyiceberg.io.pyarrow import (
    compute_statistics_plan,
    data_file_statistics_from_parquet_metadata,
    parquet_path_to_id_mapping,
)
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.table import Table, TableProperties
from pyiceberg.typedef import Record


@dataclass(frozen=True)
class Written:
    """A Parquet file that holds a table's columns, with their field ids.

    Attributes
    ----------
    path : str
        Its s3:// address.
    footer : pyarrow.parquet.FileMetaData
        What it says of itself.
    size : int
        Its bytes.
    partition : pyiceberg.typedef.Record
        Of the table's present partitioning.
    """

    path: str
    footer: pq.FileMetaData
    size: int
    partition: Record


def described(
    table: Table, files: Iterable[Written], *, bounded: Collection[str]
) -> list[DataFile]:
    """Describe Parquet files.

    Parameters
    ----------
    table : pyiceberg.table.Table
        The table.
    files : iterable of Written
        The files.
    bounded : collection of str
        The columns of which the table keeps bounds.
    """
    schema = table.schema()
    modes = {TableProperties.DEFAULT_WRITE_METRICS_MODE: "none"} | {
        f"{TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX}.{name}": "truncate(16)"
        for name in bounded
    }
    wanted, ids = compute_statistics_plan(schema, modes), parquet_path_to_id_mapping(schema)
    return [
        _entry(
            table,
            file.path,
            file.size,
            file.partition,
            data_file_statistics_from_parquet_metadata(
                file.footer, wanted, ids
            ).to_serialized_dict(),
        )
        for file in files
    ]


def moved(table: Table, file: DataFile, path: str) -> DataFile:
    """Describe a copy of another table's data file that has the same columns and partition."""
    kept = (
        "record_count",
        "column_sizes",
        "value_counts",
        "null_value_counts",
        "nan_value_counts",
        "lower_bounds",
        "upper_bounds",
        "split_offsets",
    )
    said = {name: getattr(file, name) for name in kept}
    return _entry(table, path, file.file_size_in_bytes, file.partition, said)


def _entry(table: Table, path: str, size: int, partition: Record, said: dict[str, Any]) -> DataFile:
    made = DataFile.from_args(
        _table_format_version=table.metadata.format_version,
        content=DataFileContent.DATA,
        file_path=path,
        file_format=FileFormat.PARQUET,
        partition=partition,
        file_size_in_bytes=size,
        sort_order_id=None,
        equality_ids=None,
        key_metadata=None,
        **said,
    )
    made.spec_id = table.spec().spec_id
    return made
