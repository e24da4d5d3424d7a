"""Field ids for DuckDB, which writes them into Parquet files."""

from collections.abc import Sequence

from pyiceberg import types as iceberg

from local_aws.engine.scan.sql import identifier


def field_ids(fields: Sequence[iceberg.NestedField]) -> str:
    """Return the value of COPY's option FIELD_IDS.

    Examples
    --------
    >>> field_ids([iceberg.NestedField(3, "a", iceberg.LongType())])
    '{"a": 3}'
    """
    parts = [f"{identifier(each.name)}: {_of(each.field_id, each.field_type)}" for each in fields]
    return f"{{{', '.join(parts)}}}"


def _of(number: int, kind: iceberg.IcebergType) -> str:
    if isinstance(kind, iceberg.StructType):
        inner = [
            f"{identifier(each.name)}: {_of(each.field_id, each.field_type)}"
            for each in kind.fields
        ]
    elif isinstance(kind, iceberg.ListType):
        inner = [f"element: {_of(kind.element_id, kind.element_type)}"]
    elif isinstance(kind, iceberg.MapType):
        inner = [
            f"key: {_of(kind.key_id, kind.key_type)}",
            f"value: {_of(kind.value_id, kind.value_type)}",
        ]
    else:
        return str(number)
    return f"{{__duckdb_field_id: {number}, {', '.join(inner)}}}"
