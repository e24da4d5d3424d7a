"""Python's values as constants of DuckDB, by the Trino type that they are of."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from pyiceberg.types import DateType, IcebergType, TimestampType, TimestamptzType

from local_aws.trino.emit.quoting import quote_name, quote_text
from local_aws.trino.type_storage import row_field_names, to_duckdb
from local_aws.trino.types import TrinoType

# types whose values print in manifests as they are
TOLD = (
    "boolean",
    "integer",
    "bigint",
    "real",
    "double",
    "decimal",
    "varchar",
    "date",
    "timestamp",
)


def constant(value: Any, kind: TrinoType) -> str:
    """Return DuckDB text of a value.

    Parameters
    ----------
    value
        None; a dict for a map, a sequence for an array or, of its fields' values, a row; a
        `datetime` in UTC for a timestamp with time zone; bytes; else what prints as its text.
    kind
        Its type.
    """
    if value is None:
        return f"CAST(NULL AS {to_duckdb(kind)})"
    if kind.name == "array":
        return _list(value, kind.args[0])
    if kind.name == "map":
        return f"map({_list(value, kind.args[0])}, {_list(value.values(), kind.args[1])})"
    if kind.name == "row":
        fields = zip(row_field_names(kind), kind.args, value, strict=True)
        inner = (f"{quote_name(name)} := {constant(v, part)}" for name, (_, part), v in fields)
        return f"struct_pack({', '.join(inner)})"
    plain = _PLAIN.get(kind.name)
    return plain(value) if plain else f"CAST({quote_text(str(value))} AS {to_duckdb(kind)})"


def _zoned(value: dt.datetime) -> str:
    moment = quote_text(str(value.astimezone(dt.UTC).replace(tzinfo=None)))
    return f"struct_pack(t := TIMESTAMP {moment}, z := 'UTC')"


_PLAIN: dict[str, Callable[[Any], str]] = {
    "timestamp with time zone": _zoned,
    "varbinary": lambda value: f"from_hex({quote_text(bytes(value).hex())})",
}


def _list(values: Any, kind: TrinoType) -> str:
    inner = ", ".join(constant(value, kind) for value in values)
    return f"CAST([{inner}] AS {to_duckdb(kind)}[])"


def shown(value: Any, kind: IcebergType) -> Any:
    """Return a value of a manifest, which counts days and microseconds, as Python has it."""
    since = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    match kind:
        case DateType() if isinstance(value, int):
            return (since + dt.timedelta(days=value)).date()
        case TimestampType() if isinstance(value, int):
            return (since + dt.timedelta(microseconds=value)).replace(tzinfo=None)
        case TimestamptzType() if isinstance(value, int):
            return since + dt.timedelta(microseconds=value)
    return value
