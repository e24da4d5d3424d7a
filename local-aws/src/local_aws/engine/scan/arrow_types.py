"""Arrow's types for Trino's."""

from typing import Final

import pyarrow as pa

from local_aws.trino.type_storage import row_field_names
from local_aws.trino.types import TrinoType

_TYPES: Final = {
    "boolean": pa.bool_(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "real": pa.float32(),
    "double": pa.float64(),
    "varchar": pa.string(),
    "char": pa.string(),
    "varbinary": pa.binary(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamp": pa.timestamp("us"),
    "timestamp with time zone": pa.timestamp("us", "UTC"),
}


def to_arrow(kind: TrinoType) -> pa.DataType:
    """Return the Arrow type that holds a column's values.

    Examples
    --------
    >>> from local_aws.trino.types import from_hive
    >>> str(to_arrow(from_hive("array<struct<a:int>>")))
    'list<item: struct<a: int32>>'
    """
    if kind.name == "decimal":
        return pa.decimal128(*kind.args)
    if kind.name == "array":
        return pa.list_(to_arrow(kind.args[0]))
    if kind.name == "map":
        return pa.map_(to_arrow(kind.args[0]), to_arrow(kind.args[1]))
    if kind.name == "row":
        names = row_field_names(kind)
        return pa.struct(
            [(name, to_arrow(inner)) for name, (_, inner) in zip(names, kind.args, strict=True)]
        )
    return _TYPES[kind.name]
