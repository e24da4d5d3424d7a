"""What holds a type's values in DuckDB.

Where the types differ:

- ``timestamp(p) with time zone``: ``STRUCT(t TIMESTAMP, z VARCHAR)``: the instant in UTC and the
  zone that it is shown in.
- ``interval day to second``: ``BIGINT`` milliseconds; ``interval year to month``: ``INTEGER``
  months.
- ``char(n)``: ``VARCHAR`` padded with blanks to n characters.
- ``json``: ``JSON``, the canonical text without blanks.
- ``row`` without field names: a ``STRUCT`` whose fields are ``field0``, ``field1``, …
"""

from __future__ import annotations

from local_aws.trino.types import TrinoType

_DUCKDB = {
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "real": "FLOAT",
    "double": "DOUBLE",
    "varchar": "VARCHAR",
    "char": "VARCHAR",
    "varbinary": "BLOB",
    "date": "DATE",
    "json": "JSON",
    "uuid": "UUID",
    "unknown": "INTEGER",
    "interval day to second": "BIGINT",
    "interval year to month": "INTEGER",
    "timestamp with time zone": "STRUCT(t TIMESTAMP, z VARCHAR)",
}


def row_field_names(kind: TrinoType) -> list[str]:
    """Names of a row's fields as the DuckDB struct has them."""
    names = [name or f"field{i}" for i, (name, _) in enumerate(kind.args)]
    if len({name.lower() for name in names}) < len(names):
        return [f"field{i}" for i in range(len(names))]
    return names


def to_duckdb(kind: TrinoType) -> str:
    """Name of the DuckDB type that holds a Trino type's values.

    Raises
    ------
    ValueError
        No DuckDB type holds them (times finer than nanoseconds, sketches, zoned times).
    """
    if kind.name == "decimal":
        return f"DECIMAL({kind.args[0]},{kind.args[1]})"
    if kind.name == "array":
        return f"{to_duckdb(kind.args[0])}[]"
    if kind.name == "map":
        return f"MAP({to_duckdb(kind.args[0])}, {to_duckdb(kind.args[1])})"
    if kind.name == "row":
        names = row_field_names(kind)
        fields = (
            f'"{name.replace(chr(34), chr(34) * 2)}" {to_duckdb(field)}'
            for name, (_, field) in zip(names, kind.args, strict=True)
        )
        return f"STRUCT({', '.join(fields)})"
    if kind.name == "timestamp":
        if kind.args[0] > 9:
            raise ValueError(f"{kind} is finer than nanoseconds")
        return "TIMESTAMP_NS" if kind.args[0] > 6 else "TIMESTAMP"
    if kind.name == "time" and kind.args[0] <= 6:
        return "TIME"
    if kind.name == "timestamp with time zone" and kind.args[0] > 6:
        raise ValueError(f"{kind} is finer than microseconds")
    if kind.name not in _DUCKDB:
        raise ValueError(f"values of {kind} are not supported")
    return _DUCKDB[kind.name]
