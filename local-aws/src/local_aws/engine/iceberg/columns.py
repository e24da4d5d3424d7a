"""A data file's columns by their field ids, whatever their names were when it was written."""

from collections.abc import Iterator

import pyarrow as pa
from pyarrow import types as arrow
from pyiceberg.schema import Schema

from local_aws.engine.context import QueryError
from local_aws.engine.scan.footers import FIELD_ID, Footer
from local_aws.objects import StoredObject


def by_field_ids(footer: Footer, schema: Schema, found: StoredObject) -> Footer:
    """Return a file's footer with its columns called as a schema calls those of the same ids.

    Raises
    ------
    QueryError
        ICEBERG_BAD_DATA for a file without ids; NOT_SUPPORTED where a field inside a column was
        renamed since.
    """
    return footer.called(names_by_id(footer, schema, found))


def names_by_id(footer: Footer, schema: Schema, found: StoredObject) -> dict[str, str]:
    """Return the names in a file of the columns that a schema has, as `by_field_ids` does."""
    if not footer.field_ids:
        raise QueryError(
            f"ICEBERG_BAD_DATA: Parquet file {found.uri} has no field ids, and name mappings are "
            "not supported here"
        )
    names = {field.field_id: field.name.lower() for field in schema.fields}
    kept = {names[number]: old for old, number in footer.field_ids.items() if number in names}
    for old in kept.values():
        for number, name in _inside(footer.columns[old]):
            now = schema.find_column_name(number)
            if now is not None and now.rpartition(".")[2].lower() != name.lower():
                raise QueryError(
                    f"NOT_SUPPORTED: the field {name} of column {old} was renamed to {now} since "
                    f"{found.uri} was written, which is not supported here"
                )
    return kept


def _inside(kind: pa.DataType) -> Iterator[tuple[int, str]]:
    """Yield id and name of the fields of structs inside a type."""
    for at in range(kind.num_fields):
        field = kind.field(at)
        number = (field.metadata or {}).get(FIELD_ID)
        if arrow.is_struct(kind) and number is not None:
            yield int(number), field.name
        yield from _inside(field.type)
