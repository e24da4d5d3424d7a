"""Time travel: which snapshot a moment, a number or a name means."""

import datetime as dt
from typing import Any

from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

from local_aws.engine.context import QueryError
from local_aws.engine.iceberg.catalog import load
from local_aws.engine.iceberg.schema import IcebergSchema, of_snapshot
from local_aws.trino.errors import TrinoError
from local_aws.trino.schema import Version


def as_of(record: dict[str, Any], version: Version, value: Any) -> IcebergSchema:
    """Return a table as it was.

    Parameters
    ----------
    record
        Glue's record of the table.
    version
        What the statement says.
    value
        Its constant's value, as DuckDB gives it.

    Raises
    ------
    QueryError
        INVALID_ARGUMENTS where there is no such state; what the constant may not be, by Trino's
        names.
    """
    table = load(record)
    if value is None:
        raise TrinoError("INVALID_ARGUMENTS", "Pointer value cannot be NULL", *version.at)
    if version.kind == "TIMESTAMP":
        snapshot = _at(table, _instant(version, value))
    else:
        snapshot = _of_version(table, version, value)
    schemas = {schema.schema_id: schema for schema in table.metadata.schemas}
    schema = schemas.get(snapshot.schema_id if snapshot.schema_id is not None else -1)
    return of_snapshot(record, table, snapshot, schema or table.schema())


def _instant(version: Version, value: Any) -> dt.datetime:
    if version.type.name not in ("date", "timestamp", "timestamp with time zone"):
        raise TrinoError(
            "TYPE_MISMATCH",
            f"Type {version.type} invalid. Temporal pointers must be of type Timestamp, Timestamp "
            "with Time Zone, or Date.",
            *version.at,
        )
    moment = value["t"] if isinstance(value, dict) else value
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time())
    instant: dt.datetime = moment.replace(tzinfo=dt.UTC)
    if _millis(instant) >= _millis(version.now):
        message = f"Pointer value '{moment} UTC' is not in the past"
        raise TrinoError("INVALID_ARGUMENTS", message, *version.at)
    return instant


def _millis(instant: dt.datetime) -> int:
    return int(instant.timestamp() * 1000)


def _at(table: Table, instant: dt.datetime) -> Snapshot:
    millis = _millis(instant)
    former = [each for each in table.metadata.snapshot_log if each.timestamp_ms <= millis]
    found = table.metadata.snapshot_by_id(former[-1].snapshot_id) if former else None
    if found is None:
        database, name = table.name()
        part = f".{millis % 1000:03d}" if millis % 1000 else ""
        raise QueryError(
            f'INVALID_ARGUMENTS: No version history table {database}."{name}" at or before '
            f"{instant:%Y-%m-%dT%H:%M:%S}{part}Z"
        )
    return found


def _of_version(table: Table, version: Version, value: Any) -> Snapshot:
    if version.type.name == "varchar":
        found = table.metadata.snapshot_by_name(value)
        if found is None:
            raise QueryError(
                f"INVALID_ARGUMENTS: Cannot find snapshot with reference name: {value}"
            )
        return found
    if version.type.name != "bigint":
        raise QueryError(f"NOT_SUPPORTED: Unsupported type for table version: {version.type}")
    found = table.metadata.snapshot_by_id(value)
    if found is None:
        raise QueryError(f"INVALID_ARGUMENTS: Iceberg snapshot ID does not exists: {value}")
    return found
