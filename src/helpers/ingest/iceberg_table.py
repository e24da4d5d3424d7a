"""What the lake's Iceberg table is: columns, partitions, properties."""

from typing import Final

from pyiceberg.exceptions import NoSuchNamespaceError
from pyiceberg.partitioning import PARTITION_FIELD_ID_START, PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import (
    BooleanType,
    DecimalType,
    IcebergType,
    IntegerType,
    LongType,
    NestedField,
    StringType,
    TimestampType,
)

from helpers.errors import InputError, MissingError
from helpers.events import LAKE
from helpers.iceberg import catalog
from helpers.ingest.catalog import DAY, check_name

PREFIX: Final = "ecomm_user_activity_iceberg/"
_TYPES: Final[dict[str, IcebergType]] = {
    "timestamp": TimestampType(),
    "string": StringType(),
    "bigint": LongType(),
    "decimal(10,2)": DecimalType(10, 2),
    "boolean": BooleanType(),
}
_PROPERTIES: Final = {
    "format-version": "2",
    # states of five weeks can be asked, so that last month's report can be found again
    "vacuum_max_snapshot_age_seconds": str(35 * 24 * 3600),
    # OPTIMIZE writes a file anew as soon as it has lost a row
    "optimize_rewrite_delete_file_threshold": "1",
}


def schema() -> Schema:
    """Say what the lake's columns are; their ids are their places."""
    kinds = [(column.name, _TYPES[column.lake], column.comment) for column in LAKE]
    kinds += [(part, IntegerType(), comment) for part, (_, comment) in DAY.items()]
    return Schema(
        *(
            NestedField(number, name, kind, required=False, doc=comment)
            for number, (name, kind, comment) in enumerate(kinds, start=1)
        )
    )


def ensure(*, bucket: str, database: str, table: str, compression: str) -> Table:
    """Find the lake's table, or make it.

    Parameters
    ----------
    bucket, database, table : str
        Where.
    compression : str
        Of the files that Athena writes into a new one.

    Raises
    ------
    InputError
        Where a table of that name is no Iceberg table, or not one of events by day.
    """
    found = catalog.find(database, check_name(table))
    if found is None:
        columns = schema()
        spec = PartitionSpec(
            *(
                PartitionField(columns.find_field(part).field_id, number, IdentityTransform(), part)
                for number, part in enumerate(DAY, start=PARTITION_FIELD_ID_START)
            )
        )
        try:
            return catalog.opened().create_table(
                (database, table),
                columns,
                f"s3://{bucket}/{PREFIX}{table}",
                spec,
                properties={**_PROPERTIES, "write.parquet.compression-codec": compression},
            )
        except NoSuchNamespaceError as error:
            raise MissingError(f"The Glue database {database}") from error
    check(found)
    return found


def check(table: Table) -> None:
    """Make sure that files of events by day can become part of a table.

    Raises
    ------
    InputError
        Where they cannot.
    """
    name = ".".join(table.name())
    fields = {field.name: field for field in table.schema().fields}
    for wanted in schema().fields:
        field = fields.get(wanted.name)
        if field is None or (field.field_id, field.field_type) != (
            wanted.field_id,
            wanted.field_type,
        ):
            raise InputError(
                f"{name} has no column {wanted.name} {wanted.field_type} as the lake has it: "
                "take another name for the table, or drop it"
            )
    parts = [(str(field.transform), field.name) for field in table.spec().fields]
    if parts != [("identity", part) for part in DAY]:
        raise InputError(f"{name} is not partitioned by {', '.join(DAY)}: take another name")
