"""A data file's columns by their field ids, whatever their names were when it was written."""

import pyarrow as pa
from pyarrow import types as arrow
from pyiceberg.schema import Schema

from local_aws.engine.context import QueryError
from local_aws.engine.scan.footers import FIELD_ID, SPELLED, Footer
from local_aws.objects import StoredObject


def by_field_ids(footer: Footer, schema: Schema, found: StoredObject) -> Footer:
    """Return a file's footer with its columns called as a schema calls those of the same ids.

    Fields inside columns are called so too, and those that the schema does not have any more left
    out. A table's schema is one object until its next commit, so most files are looked at once.

    Raises
    ------
    QueryError
        ICEBERG_BAD_DATA for a file without ids.
    """
    if footer.named is None or footer.named[0] is not schema:
        footer.named = (schema, _by_field_ids(footer, schema, found))
    return footer.named[1]


def _by_field_ids(footer: Footer, schema: Schema, found: StoredObject) -> Footer:
    kept = _names_by_id(footer, schema, found)
    kinds = {}
    for name, old in kept.items():
        kind = footer.columns[old]
        now = _renamed(kind, schema)
        if now is not kind:
            kinds[name] = now
    return footer.called(kept, kinds)


def _names_by_id(footer: Footer, schema: Schema, found: StoredObject) -> dict[str, str]:
    if not footer.field_ids:
        raise QueryError(
            f"ICEBERG_BAD_DATA: Parquet file {found.uri} has no field ids, and name mappings are "
            "not supported here"
        )
    names = {field.field_id: field.name.lower() for field in schema.fields}
    return {names[number]: old for old, number in footer.field_ids.items() if number in names}


def _renamed(kind: pa.DataType, schema: Schema) -> pa.DataType:
    """Return a type with the fields inside it as the schema calls them; itself where none is."""
    if kind.num_fields == 0:
        return kind
    if arrow.is_struct(kind):
        return pa.struct(
            [new for at in range(kind.num_fields) for new in _now(kind.field(at), schema)]
        )
    if arrow.is_map(kind):
        return pa.map_(_renamed(kind.key_type, schema), _renamed(kind.item_type, schema))
    if arrow.is_list(kind) or arrow.is_large_list(kind):
        make = pa.list_ if arrow.is_list(kind) else pa.large_list
        return make(_renamed(kind.value_type, schema))
    return kind


def _now(field: pa.Field, schema: Schema) -> list[pa.Field]:
    """Return a struct's field as the schema has it, none where it was dropped."""
    inner = _renamed(field.type, schema)
    number = (field.metadata or {}).get(FIELD_ID)
    name = field.name
    if number is not None:
        if schema.find_column_name(int(number)) is None:
            return []
        name = schema.find_field(int(number)).name
    return [pa.field(name, inner, metadata={SPELLED: field.name.encode()})]
