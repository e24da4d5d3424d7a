"""What the tables of the catalog are: columns, comments, places, formats."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError, ParamValidationError

from helpers import aws
from helpers.checks import FORMS
from helpers.errors import InputError, MissingError
from helpers.events import EVENT, LAKE

RAW_PREFIX: Final = "ecomm_user_activity_uncompressed/"
SAMPLE_PREFIX: Final = "ecomm_user_activity_sample/"
LAKE_PREFIX: Final = "ecomm_user_activity/"
QUARANTINE_PREFIX: Final = "quarantine/"
WORK_PREFIX: Final = "athena-ingest/"

DAY: Final = {part: ("int", f"{part} of event_time, UTC") for part in ("year", "month", "day")}
"""What partitions the lake: name to type and comment."""

_PARQUET: Final = (
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
)
_CSV: Final = (
    "org.apache.hadoop.mapred.TextInputFormat",
    "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    "org.apache.hadoop.hive.serde2.OpenCSVSerde",
)
_LINES: Final = (*_CSV[:2], "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe")


@dataclass(frozen=True)
class Table:
    """One table of the catalog.

    Attributes
    ----------
    name, description : str
    prefix : str
        Where in the bucket its files are.
    columns, partition_keys : mapping
        Name to type and comment.
    formats : tuple
        Input format, output format, SerDe.
    serde_parameters, parameters : mapping
        Of the SerDe and of the table.
    """

    name: str
    description: str
    prefix: str
    columns: Mapping[str, tuple[str, str]]
    partition_keys: Mapping[str, tuple[str, str]]
    formats: tuple[str, str, str]
    serde_parameters: Mapping[str, str]
    parameters: Mapping[str, str]

    def storage(self, location: str) -> dict[str, Any]:
        """Describe files at a location for Glue."""
        input_format, output_format, serde = self.formats
        return {
            "Columns": _columns(self.columns),
            "Location": location,
            "InputFormat": input_format,
            "OutputFormat": output_format,
            "SerdeInfo": {
                "SerializationLibrary": serde,
                "Parameters": dict(self.serde_parameters),
            },
            "Parameters": dict(self.parameters),
        }


def lake_table(name: str, compression: str) -> Table:
    """Describe the lake: typed events by day."""
    return Table(
        name=name,
        description="What visitors did in the online store, one row an event",
        prefix=LAKE_PREFIX,
        columns={column.name: (column.lake, column.comment) for column in LAKE},
        partition_keys=DAY,
        formats=_PARQUET,
        serde_parameters={"serialization.format": "1"},
        parameters={
            "EXTERNAL": "TRUE",
            "classification": "parquet",
            "compressionType": compression,
            "parquet.compression": compression.upper(),
        },
    )


def raw_table(name: str) -> Table:
    """Describe the raw files as they came: every column is text."""
    return Table(
        name=f"{name}_raw",
        description="The raw CSV as it came",
        prefix=RAW_PREFIX,
        columns={column.name: ("string", column.comment) for column in EVENT},
        partition_keys={
            part: ("string", f"{part} of the first event") for part in ("year", "month")
        },
        formats=_CSV,
        # no backslash escapes in these files, and the SerDe leaves out the character that does
        serde_parameters={"separatorChar": ",", "quoteChar": '"', "escapeChar": "\x01"},
        parameters={"EXTERNAL": "TRUE", "classification": "csv", "skip.header.line.count": "1"},
    )


def quarantine_table(name: str) -> Table:
    """Describe the rows of raw files that are not events."""
    return Table(
        name=f"{name}_quarantine",
        description="Rows of raw files that are not events, each with its reason",
        prefix=QUARANTINE_PREFIX,
        columns={
            "file": ("string", "raw file"),
            "line_number": ("bigint", "line of the file, its header being line 1"),
            "reason": ("string", "why the row is not an event"),
            "raw": ("string", "the row as it came"),
        },
        partition_keys={"source": ("string", "raw file, as text that a path can hold")},
        formats=_PARQUET,
        serde_parameters={"serialization.format": "1"},
        parameters={"EXTERNAL": "TRUE", "classification": "parquet"},
    )


def lines_table(name: str) -> Table:
    """Describe raw files as lines for Athena to split: ``cut`` is what a byte 1 cuts off a line."""
    return Table(
        name=name,
        description="Lines of raw files, while they are ingested",
        prefix=RAW_PREFIX,
        columns={"line": ("string", "whole line"), "cut": ("string", "null but for a bad line")},
        partition_keys=raw_table(name).partition_keys,
        formats=_LINES,
        serde_parameters={"field.delim": "\x01", "serialization.format": "\x01"},
        parameters={"EXTERNAL": "TRUE", "classification": "csv", "skip.header.line.count": "1"},
    )


def check_name(name: str) -> str:
    """Make sure that a text can stand in SQL as the name of a table or database.

    Raises
    ------
    InputError
        If it is not made of small letters, digits and underscores.
    """
    pattern, words = FORMS["table"]
    if not re.fullmatch(pattern, name):
        raise InputError(f"{name!r} is no name of a table: take {words}")
    return name


def check_bucket(bucket: str) -> None:
    """Make sure that a bucket is there and ours.

    Parameters
    ----------
    bucket : str
        Its name.

    Raises
    ------
    InputError
        If it does not exist, belongs to somebody else or has no bucket's name.
    """
    try:
        aws.client("s3").head_bucket(Bucket=bucket)
    except ParamValidationError as error:
        raise InputError(f"{bucket!r} is no name of a bucket: {error}") from error
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == 403:
            raise InputError(
                f"the bucket {bucket} is not ours, or we may not list it: name another one"
            ) from error
        if status != 404:
            raise InputError(f"the bucket {bucket} cannot be used: {error}") from error
        raise MissingError(f"The bucket {bucket}") from error


def check_format(database: str, table: str, table_format: str) -> None:
    """Make sure that a table, where it is there, has the format in which rows come in.

    Parameters
    ----------
    database, table : str
        The table.
    table_format : str
        ``hive`` or ``iceberg``.

    Raises
    ------
    InputError
        Where it has the other one.
    """
    glue = aws.client("glue")
    try:
        entry = glue.get_table(DatabaseName=database, Name=table)["Table"]
    except glue.exceptions.EntityNotFoundException:
        return
    kind = str(entry.get("Parameters", {}).get("table_type", ""))
    found = "iceberg" if kind.upper() == "ICEBERG" else "hive"
    if found != table_format:
        raise InputError(
            f"{database}.{table} is a table of format {found}, and table_format is {table_format}: "
            "give that format or another table, or drop the table first"
        )


def ensure_table(database: str, bucket: str, table: Table) -> None:
    """Create a table, or bring it up to date; its partitions stay.

    Parameters
    ----------
    database : str
        The Glue database.
    bucket : str
        Where the table's prefix is.
    table : Table
        What the table is.

    Raises
    ------
    InputError
        If there is no such database.
    """
    glue = aws.client("glue")
    entry = {
        "Name": table.name,
        "Description": table.description,
        "TableType": "EXTERNAL_TABLE",
        "PartitionKeys": _columns(table.partition_keys),
        "StorageDescriptor": table.storage(f"s3://{bucket}/{table.prefix}"),
        "Parameters": dict(table.parameters),
    }
    try:
        glue.create_table(DatabaseName=database, TableInput=entry)
    except glue.exceptions.EntityNotFoundException as error:
        raise MissingError(f"The Glue database {database}") from error
    except glue.exceptions.AlreadyExistsException:
        glue.update_table(DatabaseName=database, TableInput=entry, SkipArchive=True)


def _columns(columns: Mapping[str, tuple[str, str]]) -> list[dict[str, str]]:
    return [
        {"Name": name, "Type": kind, "Comment": comment}
        for name, (kind, comment) in columns.items()
    ]
