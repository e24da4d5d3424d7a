"""The Glue catalog as the compiler, the scans and the statements see it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb

from local_aws.engine.context import QueryError
from local_aws.engine.iceberg import metadata_tables
from local_aws.engine.iceberg.schema import current
from local_aws.engine.iceberg.versions import as_of
from local_aws.engine.views import decode_view
from local_aws.glue import GlueError, databases, partitions, tables
from local_aws.trino.information_schema import INFORMATION_SCHEMA, RELATIONS
from local_aws.trino.schema import TableSchema, Version, ViewSchema
from local_aws.trino.type_syntax import from_hive
from local_aws.trino.types import BIGINT, VARCHAR, TrinoType, timestamp

Record = dict[str, Any]

# Trino's table beside a partitioned one, whose rows are the partitions
PARTITIONS = "$partitions"
# what Trino's Hive connector knows of the file that a row is from
FILE_COLUMNS = (
    ("$path", VARCHAR),
    ("$file_size", BIGINT),
    ("$file_modified_time", timestamp(3, zone=True)),
)


@dataclass(frozen=True)
class Table:
    """A table or view of the catalog: Glue's record with names for what is used of it."""

    record: Record

    @property
    def database(self) -> str:
        """The database's name."""
        return str(self.record["DatabaseName"])

    @property
    def name(self) -> str:
        """The table's name."""
        return str(self.record["Name"])

    @property
    def storage(self) -> Record:
        """The storage descriptor."""
        return self.record.get("StorageDescriptor") or {}

    @property
    def parameters(self) -> dict[str, str]:
        """The table's properties."""
        return self.record.get("Parameters") or {}

    @property
    def columns(self) -> list[Record]:
        """The columns that files hold, each with Name, Type and perhaps Comment."""
        return self.storage.get("Columns") or []

    @property
    def partition_keys(self) -> list[Record]:
        """The partition columns, each with Name, Type and perhaps Comment."""
        return self.record.get("PartitionKeys") or []

    @property
    def location(self) -> str:
        """Where the files are, or the empty text."""
        return self.storage.get("Location") or ""

    @property
    def is_view(self) -> bool:
        """Whether this is a view."""
        return self.record.get("TableType") == "VIRTUAL_VIEW"

    @property
    def is_iceberg(self) -> bool:
        """Whether this is an Iceberg table, of which Glue knows only where its metadata is."""
        return self.parameters.get("table_type", "").upper() == "ICEBERG"

    def registered_partitions(self) -> list[Record]:
        """Return the partitions that Glue holds, to be read only."""
        return partitions.of_table(self.database, self.name)


class GlueCatalog:
    """Names looked up in Glue, for the account and region of ministack's context variables.

    Attributes
    ----------
    connection
        Where the moments of time travel are computed; who compiles a query sets it.
    """

    connection: duckdb.DuckDBPyConnection | None = None

    def database_exists(self, name: str) -> bool:
        """Return whether there is a database of this name."""
        return name == INFORMATION_SCHEMA or get_database(name) is not None

    def table(self, database: str, name: str) -> TableSchema | ViewSchema | None:
        """Return the schema of a table or view, None when there is none.

        Raises
        ------
        QueryError
            For a table that the catalog describes in a way that cannot be read here.
        """
        if database == INFORMATION_SCHEMA:
            return RELATIONS.get(name)
        found = get_table(database, name)
        if found is None:
            return _beside(database, name) if "$" in name else None
        if found.is_view:
            return decode_view(found.record)
        if found.is_iceberg:
            return current(found.record)
        return table_schema(found)

    def table_as_of(self, database: str, name: str, version: Version) -> TableSchema | None:
        """Return an Iceberg table in a former state, None where there is no such table.

        Raises
        ------
        QueryError
            INVALID_ARGUMENTS for a state that the table does not have.
        """
        found = get_table(database, name)
        if found is None or not found.is_iceberg or self.connection is None:
            return None
        value = self.connection.execute(f"SELECT {version.sql}").fetchall()[0][0]
        return as_of(found.record, version, value)


def _beside(database: str, name: str) -> TableSchema | None:
    """Return a table that tells of another one, such as ``TABLE$partitions``."""
    owner = get_table(database, name.rpartition("$")[0])
    if owner is not None and owner.is_iceberg:
        return metadata_tables.metadata_table(current(owner.record), name)
    partitioned = partitioned_table(database, name) if name.endswith(PARTITIONS) else None
    return _partitions_schema(partitioned) if partitioned else None


def partitioned_table(database: str, name: str) -> Table | None:
    """Return the table whose partitions ``TABLE$partitions`` lists, None when there is none."""
    found = get_table(database, name.removesuffix(PARTITIONS))
    return found if found is not None and found.partition_keys else None


def _partitions_schema(table: Table) -> TableSchema:
    keys = tuple(
        (str(each["Name"]).lower(), column_type(table, each)) for each in table.partition_keys
    )
    return TableSchema(table.database, f"{table.name}{PARTITIONS}", keys)


def table_schema(table: Table) -> TableSchema:
    """Return a base table's columns with Trino's types; partition columns come last.

    Raises
    ------
    QueryError
        For a table that is in Glue without what a query needs: any client may put one there.
    """
    _check_metadata(table)
    keys = table.partition_keys
    columns = [*table.columns, *keys]
    return TableSchema(
        table.database,
        table.name,
        tuple((str(each["Name"]).lower(), column_type(table, each)) for each in columns),
        tuple(str(each["Name"]).lower() for each in keys),
        FILE_COLUMNS,
    )


def _check_metadata(table: Table) -> None:
    """Refuse what the catalog describes in part, or twice, in the words of the service."""
    storage = table.storage
    if not storage:
        raise QueryError(
            "HIVE_METASTORE_ERROR: Required Table Storage Descriptor is not populated."
        )
    if not (storage.get("SerdeInfo") or {}).get("SerializationLibrary"):
        # what Flink or a bare CreateTable leaves in Glue
        raise QueryError("HIVE_METASTORE_ERROR: Table storage descriptor is missing SerDe info")
    if not storage.get("InputFormat"):
        raise QueryError("HIVE_UNKNOWN_ERROR: Unable to create input format")
    if not table.location and not table.partition_keys:
        raise QueryError("HIVE_UNKNOWN_ERROR: Can not create a Path from an empty string")
    names = [str(each["Name"]).lower() for each in (*table.columns, *table.partition_keys)]
    if len(set(names)) < len(names):
        raise QueryError(
            f"HIVE_INVALID_METADATA: Hive metadata for table {table.name} is invalid: "
            "Table descriptor contains duplicate columns"
        )


def column_type(table: Table, column: Record) -> TrinoType:
    """Return the Trino type of a column of a table."""
    try:
        return from_hive(str(column.get("Type") or ""))
    except ValueError as error:
        raise QueryError(
            f"HIVE_INVALID_METADATA: Glue table '{table.database}.{table.name}' column "
            f"'{column.get('Name')}' has invalid data type: "
            f"{column.get('Type') or 'null'}"
        ) from error


def get_database(name: str) -> Record | None:
    """Return a database's Glue record, None when there is none."""
    try:
        return dict(databases.get_database({"Name": name})["Database"])
    except GlueError:
        return None


def database_names() -> list[str]:
    """Return the names of all databases."""
    return [str(each["Name"]) for each in _pages(databases.get_databases, {}, "DatabaseList")]


def all_tables(database: str) -> list[Table]:
    """Return the tables and views of a database that exists."""
    found = _pages(tables.get_tables, {"DatabaseName": database}, "TableList")
    return [Table(record) for record in found]


def _pages(action: Callable[[Record], Record], request: Record, field: str) -> list[Record]:
    found: list[Record] = []
    token = None
    while True:
        answer = action({**request, **({"NextToken": token} if token else {})})
        found += answer[field]
        token = answer.get("NextToken")
        if not token:
            return found


def get_table(database: str, name: str) -> Table | None:
    """Return a table or view of the catalog, None when there is none."""
    try:
        return Table(tables.get_table({"DatabaseName": database, "Name": name})["Table"])
    except GlueError:
        return None
