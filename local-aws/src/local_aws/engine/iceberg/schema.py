"""An Iceberg table as the compiler and the scans see it, in one snapshot from start to end."""

from dataclasses import dataclass, field
from typing import Any

from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot
from pyiceberg.transforms import IdentityTransform

from local_aws.engine.iceberg.catalog import load
from local_aws.engine.iceberg.constants import TOLD
from local_aws.engine.iceberg.types import to_trino
from local_aws.trino.schema import TableSchema
from local_aws.trino.types import BIGINT, VARCHAR, timestamp

HIDDEN = (("$path", VARCHAR), ("$file_modified_time", timestamp(3, zone=True)))
# where a row is in its file: what statements ask for that delete rows
POSITION = ("$pos", BIGINT)


@dataclass(frozen=True)
class IcebergSchema(TableSchema):
    """A table's columns as of one snapshot.

    Attributes
    ----------
    loaded
        The table, with the metadata that was current when the statement named it.
    snapshot
        The rows' state; None for a table that never had any.
    schema
        The columns as that snapshot has them.
    """

    loaded: Table = field(kw_only=True, compare=False, repr=False)
    snapshot: Snapshot | None = field(kw_only=True, compare=False, default=None)
    schema: Schema = field(kw_only=True, compare=False)


def current(record: dict[str, Any]) -> IcebergSchema:
    """Return what Glue's record of an Iceberg table leads to."""
    table = load(record)
    return of_snapshot(record, table, table.metadata.current_snapshot(), table.schema())


def of_snapshot(
    record: dict[str, Any], table: Table, snapshot: Snapshot | None, schema: Schema
) -> IcebergSchema:
    """Return a table as one snapshot has it."""
    columns = {each.name.lower(): to_trino(each.field_type) for each in schema.fields}
    names = (
        schema.find_column_name(field.source_id)
        for field in table.spec().fields
        if isinstance(field.transform, IdentityTransform)
    )
    partitioning = [name.lower() for name in names if name is not None]
    return IcebergSchema(
        str(record["DatabaseName"]),
        str(record["Name"]),
        tuple(columns.items()),
        partition_columns=tuple(
            name for name in partitioning if name in columns and columns[name].name in TOLD
        ),
        hidden_columns=HIDDEN,
        loaded=table,
        snapshot=snapshot,
        schema=schema,
    )
