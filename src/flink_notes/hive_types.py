"""Flink's types in Hive's words, for those who read a table's columns in Glue."""

from typing import Any, Final

_SAME: Final = {
    "BOOLEAN": "boolean",
    "TINYINT": "tinyint",
    "SMALLINT": "smallint",
    "INTEGER": "int",
    "BIGINT": "bigint",
    "FLOAT": "float",
    "DOUBLE": "double",
    "DATE": "date",
    "BINARY": "binary",
    "VARBINARY": "binary",
    "TIMESTAMP_WITHOUT_TIME_ZONE": "timestamp",
    "TIMESTAMP_WITH_LOCAL_TIME_ZONE": "timestamp",
}


def hive_type(logical: Any) -> str:
    """Name the type in Hive that is nearest to one of Flink's.

    Parameters
    ----------
    logical : py4j.java_gateway.JavaObject
        An ``org.apache.flink.table.types.logical.LogicalType``.

    Returns
    -------
    str
        Such as ``array<decimal(10,2)>``; ``string`` where Hive has no such type
        (TIME, INTERVAL).
    """
    root = str(logical.getTypeRoot().toString())
    inner = [hive_type(child) for child in logical.getChildren()]
    if root == "DECIMAL":
        return f"decimal({logical.getPrecision()},{logical.getScale()})"
    if root == "ARRAY":
        return f"array<{inner[0]}>"
    if root == "MAP":
        return f"map<{inner[0]},{inner[1]}>"
    if root == "MULTISET":
        return f"map<{inner[0]},int>"
    if root == "ROW":
        fields = zip(logical.getFieldNames(), inner, strict=True)
        return f"struct<{','.join(f'{name}:{kind}' for name, kind in fields)}>"
    return _SAME.get(root, "string")
