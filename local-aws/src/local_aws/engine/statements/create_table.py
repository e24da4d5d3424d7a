"""CREATE EXTERNAL TABLE: the statement becomes Glue's record, as Athena stores it."""

import re
import time
from typing import Any

from local_aws.engine.catalog import get_table
from local_aws.engine.context import Context, Outcome
from local_aws.engine.hive.ast import Column, CreateTable, Storage
from local_aws.engine.statements import create_iceberg
from local_aws.engine.statements.formats import LAZY_SIMPLE, STORED_AS
from local_aws.engine.statements.names import (
    check_database,
    checked_location,
    execution,
    refused_by_glue,
    resolve,
    semantic,
)
from local_aws.glue import GlueError, tables

Record = dict[str, Any]


def create(statement: CreateTable, context: Context) -> Outcome:
    """Run CREATE EXTERNAL TABLE."""
    properties = {key.lower(): value for key, value in statement.properties.items()}
    if properties.get("table_type", "").upper() == "ICEBERG":
        return create_iceberg.create(statement, properties, context)
    if not statement.external:
        raise semantic(
            "Only external tables can be created: CREATE TABLE without the keyword EXTERNAL is for "
            "Iceberg tables"
        )
    database, name = resolve(context, statement.table)
    check_database(database)
    done = Outcome("DDL", "CREATE_TABLE", lines=[])
    if get_table(database, name) is not None:
        if statement.if_not_exists:
            return done
        raise execution(f"AlreadyExistsException(message:Table {name} already exists)")
    if statement.location is None:
        raise semantic("LOCATION is required: an external table without it cannot be created")
    location = checked_location(statement.location)
    _check_columns(statement)
    given = _table_input(statement, name, location)
    try:
        tables.create_table({"DatabaseName": database, "TableInput": given})
    except GlueError as error:
        raise refused_by_glue(error) from error
    return done


def _check_columns(statement: CreateTable) -> None:
    if not statement.columns:
        raise semantic("[Error 10025]: A table needs at least one column")
    seen = set()
    for column in (*statement.columns, *statement.partitions):
        if column.name in seen:
            if column in statement.partitions:
                raise semantic(
                    f"[Error 10035]: Column repeated in partitioning columns {column.name}"
                )
            raise semantic(f"[Error 10036]: Duplicate column name: {column.name}")
        seen.add(column.name)
    for column in statement.partitions:
        if "<" in column.type:
            raise semantic(f"Partition column {column.name} of type {column.type} is not primitive")
    if statement.bucket_count is not None and statement.bucket_count < 1:
        raise semantic("Bucket count must be greater than zero")
    for name in statement.bucket_columns:
        if name not in seen:
            raise semantic(f"[Error 10002]: Invalid column reference {name}")


def _table_input(statement: CreateTable, name: str, location: str) -> Record:
    parameters = {
        "EXTERNAL": "TRUE",
        **statement.properties,
        "transient_lastDdlTime": str(int(time.time())),
    }
    if statement.comment is not None:
        # the service keeps one blank for each white space
        parameters["comment"] = re.sub(r"\s+", " ", statement.comment)
    return {
        "Name": name,
        "Owner": "hadoop",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": parameters,
        "PartitionKeys": [glue_column(column) for column in statement.partitions],
        "StorageDescriptor": {
            "Columns": [glue_column(column) for column in statement.columns],
            "Location": location,
            **_formats(statement.storage),
            "Compressed": False,
            "NumberOfBuckets": statement.bucket_count or -1,
            "BucketColumns": list(statement.bucket_columns),
            "SortColumns": [],
            "Parameters": {},
            "SkewedInfo": {
                "SkewedColumnNames": [],
                "SkewedColumnValues": [],
                "SkewedColumnValueLocationMaps": {},
            },
            "StoredAsSubDirectories": False,
        },
    }


def glue_column(column: Column) -> Record:
    """Return a column as Glue keeps it."""
    found = {"Name": column.name, "Type": column.type}
    return found if column.comment is None else {**found, "Comment": column.comment}


def _formats(storage: Storage) -> Record:
    name = storage.stored_as or "TEXTFILE"
    if name not in STORED_AS:
        raise semantic(f"Unrecognized file format in STORED AS clause: '{name}'")
    classes = STORED_AS[name]
    properties = dict(storage.properties)
    if storage.delimited is not None:
        properties = {**storage.delimited, **properties}
    properties.setdefault("serialization.format", "1")
    library = storage.serde or (LAZY_SIMPLE if storage.delimited is not None else classes.serde)
    return {
        "InputFormat": storage.input_format or classes.reads,
        "OutputFormat": storage.output_format or classes.writes,
        "SerdeInfo": {"SerializationLibrary": library, "Parameters": properties},
    }
