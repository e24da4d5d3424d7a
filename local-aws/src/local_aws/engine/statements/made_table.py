"""The table that CREATE TABLE AS leaves in the catalog, and its partitions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.engine.bucketing import Buckets
from local_aws.engine.statements.formats import STORED_AS
from local_aws.engine.statements.partition_specs import folder
from local_aws.engine.statements.properties import COMPRESSION_PROPERTY, WriteFormat
from local_aws.engine.statements.writing import Rows
from local_aws.glue import partitions, tables

# as SHOW CREATE TABLE tells them of tables that the service made, but its engine's id and version
_ALWAYS = {
    "auto.purge": "false",
    "has_encrypted_data": "false",
    "numFiles": "-1",
    "totalSize": "-1",
    "transactional": "false",
}
_OF_BUCKETS = {"bucketing_format": "hive", "bucketing_version": "1"}


@dataclass(frozen=True)
class MadeTable:
    """The table to be: names, files, and layout."""

    database: str
    name: str
    location: str
    file_format: WriteFormat
    rows: Rows
    buckets: Buckets | None


def register(
    target: MadeTable, hive_columns: list[tuple[str, str]], found: Sequence[tuple[str, ...]]
) -> None:
    """Register the table and the partitions that were found while its rows were written."""
    keys = len(target.rows.keys)
    described = [{"Name": name, "Type": kind} for name, kind in hive_columns]
    classes = STORED_AS[target.file_format.name]
    serde = {"serialization.format": "1"}
    if target.file_format.name == "TEXTFILE":
        serde = dict(target.file_format.serde.properties)
    storage: dict[str, Any] = {
        "Columns": described[: len(described) - keys],
        "Location": target.location,
        "InputFormat": classes.reads,
        "OutputFormat": classes.writes,
        "Compressed": False,
        "NumberOfBuckets": target.buckets.count if target.buckets else -1,
        "BucketColumns": list(target.buckets.columns) if target.buckets else [],
        "SortColumns": [],
        "SerdeInfo": {"SerializationLibrary": classes.serde, "Parameters": serde},
        "Parameters": {},
        "StoredAsSubDirectories": False,
    }
    given = {
        "Name": target.name,
        "Owner": "hadoop",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {
            "EXTERNAL": "TRUE",
            **_ALWAYS,
            COMPRESSION_PROPERTY[target.file_format.name]: target.file_format.codec,
            **(_OF_BUCKETS if target.buckets else {}),
        },
        "PartitionKeys": described[len(described) - keys :],
        "StorageDescriptor": storage,
    }
    tables.create_table({"DatabaseName": target.database, "TableInput": given})
    names = [name for name, _ in target.rows.keys]
    inputs = [
        {
            "Values": list(each),
            "StorageDescriptor": {
                **storage,
                "Location": f"{target.location}{folder(names, each)}/",
            },
            "Parameters": {},
        }
        for each in found
    ]
    if inputs:
        partitions.batch_create_partition(
            {
                "DatabaseName": target.database,
                "TableName": target.name,
                "PartitionInputList": inputs,
            }
        )
