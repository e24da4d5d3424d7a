"""CREATE TABLE AS SELECT of an Iceberg table: its files first, then the table with them in it."""

from collections.abc import Mapping, Sequence

from pyiceberg.exceptions import TableAlreadyExistsError

from local_aws.engine.context import Context, QueryError
from local_aws.engine.iceberg import data_files, delta
from local_aws.engine.iceberg.catalog import NewTable
from local_aws.engine.iceberg.properties import NUMBERS, checked
from local_aws.engine.iceberg.specs import read_spec
from local_aws.engine.iceberg.types import Maker
from local_aws.engine.scan import open_scans
from local_aws.engine.statements.new_tables import check_empty
from local_aws.engine.statements.properties import (
    Value,
    check_names,
    names_property,
    text_property,
)
from local_aws.trino.errors import TrinoError
from local_aws.trino.schema import CompiledQuery
from local_aws.trino.types import TrinoType

# the guide calls one property differently in the two statements
_AGE = "vacuum_max_snapshot_age_in_seconds"
_TEXTS = ("format", "write_compression")
_PROPERTIES = ("is_external", "location", "partitioning", "table_type", *_TEXTS, _AGE, *NUMBERS)


def is_iceberg(properties: Mapping[str, Value]) -> bool:
    """Return whether the properties of a CTAS ask for an Iceberg table."""
    return (text_property(properties, "table_type") or "").upper() == "ICEBERG"


def check(properties: Mapping[str, Value]) -> None:
    """Refuse properties that an Iceberg table does not have, and those that it lacks.

    Raises
    ------
    QueryError
        INVALID_TABLE_PROPERTY.
    """
    check_names(properties, _PROPERTIES, "table")
    if properties.get("is_external", True) is not False:
        raise QueryError(
            "INVALID_TABLE_PROPERTY: is_external must be false for a table of table_type ICEBERG"
        )
    if text_property(properties, "location") is None:
        raise QueryError(
            "INVALID_TABLE_PROPERTY: location is needed for a table of table_type ICEBERG"
        )


def create(
    context: Context,
    name: tuple[str, str],
    properties: Mapping[str, Value],
    compiled: CompiledQuery,
    columns: Sequence[tuple[str, TrinoType]],
    *,
    with_data: bool,
) -> tuple[list[str], int]:
    """Create the table and fill it; returns the URIs of its data files, and how many rows.

    Parameters
    ----------
    context
        The query.
    name
        Database and table.
    properties
        What WITH says, checked.
    compiled, columns
        The query and its columns, each with a name.
    with_data
        Whether the rows are wanted.
    """
    schema = Maker(of_hive=False).schema([(column, kind, None) for column, kind in columns])
    partitioned = names_property(properties, "partitioning")
    spec = read_spec(partitioned, schema, column_first=True)
    given = {
        "vacuum_max_snapshot_age_seconds" if key == _AGE else key: str(value)
        for key, value in properties.items()
        if key in (*_TEXTS, _AGE, *NUMBERS)
    }
    location = check_empty(str(properties["location"]), ".".join(name))
    new = NewTable(*name, schema, location.rstrip("/"), spec, checked(given))
    if with_data:
        open_scans(context, compiled.scans)
    return _filled(context, new, compiled if with_data else None)


def _filled(
    context: Context, new: NewTable, compiled: CompiledQuery | None
) -> tuple[list[str], int]:
    staged = new.stage()
    files = [] if compiled is None else data_files.write(context, staged.table, compiled.sql)
    try:
        context.check_cancelled()
        staged.commit(files)
    except TableAlreadyExistsError as error:
        delta.discard(files)
        full = f"awsdatacatalog.{new.database}.{new.name}"
        message = f"Destination table '{full}' already exists"
        raise TrinoError("TABLE_ALREADY_EXISTS", message, 1, 1) from error
    except BaseException:
        delta.discard(files)
        raise
    return [file.file_path for file in files], sum(file.record_count for file in files)
