"""Time travel: which snapshot a moment, a number or a name means."""

import datetime as dt
from typing import Any

from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

from local_aws.engine.context import QueryError
from local_aws.engine.iceberg.catalog import load
from local_aws.engine.iceberg.schema import IcebergSchema, of_snapshot
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
        INVALID_ARGUMENTS where there is no such state, or the constant is none.
    """
    table = load(record)
    find = _at if version.kind == "TIMESTAMP" else _of_version
    snapshot = find(table, version, value)
    schemas = {schema.schema_id: schema for schema in table.metadata.schemas}
    schema = schemas.get(snapshot.schema_id if snapshot.schema_id is not None else -1)
    return of_snapshot(record, table, snapshot, schema or table.schema())


def _at(table: Table, version: Version, value: Any) -> Snapshot:
    moment = value["t"] if isinstance(value, dict) else value
    if isinstance(moment, dt.date) and not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time())
    if not isinstance(moment, dt.datetime):
        raise QueryError(
            f"INVALID_ARGUMENTS: Type {version.type} invalid. Temporal table version must be of "
            "type Timestamp(6) with Time Zone"
        )
    instant = moment.replace(tzinfo=dt.UTC)
    millis = int(instant.timestamp() * 1000)
    former = [each for each in table.metadata.snapshot_log if each.timestamp_ms <= millis]
    found = table.metadata.snapshot_by_id(former[-1].snapshot_id) if former else None
    if found is None:
        database, name = table.name()
        raise QueryError(
            f'INVALID_ARGUMENTS: No version history table "{database}"."{name}" at or before '
            f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z"
        )
    return found


def _of_version(table: Table, version: Version, value: Any) -> Snapshot:
    if isinstance(value, str):
        found = table.metadata.snapshot_by_name(value)
        if found is None:
            raise QueryError(
                f"INVALID_ARGUMENTS: Cannot find snapshot with reference name: {value}"
            )
        return found
    if not isinstance(value, int) or isinstance(value, bool):
        raise QueryError(f"INVALID_ARGUMENTS: Unsupported type for table version: {version.type}")
    found = table.metadata.snapshot_by_id(value)
    if found is None:
        raise QueryError(f"INVALID_ARGUMENTS: Iceberg snapshot ID does not exists: {value}")
    return found
