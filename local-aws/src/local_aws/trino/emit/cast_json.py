"""Conversions to JSON, and of JSON to scalars."""

from __future__ import annotations

from local_aws.trino.emit.cast_texts import decimal_text, java_text, printing
from local_aws.trino.emit.conversion import Conversion, Maker, NoCastError, as_it_is, plain_cast
from local_aws.trino.emit.quoting import quote_name, quote_text
from local_aws.trino.type_storage import row_field_names
from local_aws.trino.types import JSON, TrinoType, is_integer, is_numeric


def _to_json(source: TrinoType, _target: TrinoType) -> Conversion | None:
    ready = _readying(source)
    if ready is None or source.name in ("decimal", "double", "real"):
        return ready
    return lambda sql: f"CAST(to_json({ready(sql)}) AS JSON)"


def json_ready(sql: str, source: TrinoType) -> str:
    """DuckDB value whose to_json is Trino's JSON of a value.

    Raises
    ------
    NoCastError
        Values of the type have no JSON.
    """
    ready = _readying(source)
    if ready is None:
        raise NoCastError(f"Cannot cast {source} to json")
    return ready(sql)


def _readying(source: TrinoType) -> Conversion | None:
    """Return what makes `json_ready` of a value of a type."""
    match source.name:
        case "unknown":
            return lambda _: "CAST(NULL AS JSON)"
        case "timestamp" | "timestamp with time zone" | "time" | "date":
            return printing(source)
        case "array":
            inner = _readying(source.args[0])
            if inner is None or inner is as_it_is:
                return inner
            return lambda sql: f"list_transform({sql}, lambda x_: {inner('x_')})"
        case "row":
            return _ready_row(source)
        case "decimal":
            return lambda sql: f"CAST({decimal_text(sql, source)} AS JSON)"
        case "double" | "real":
            return _ready_floating
        case "map":
            return _ready_map(source)
        case "varbinary" | "uuid" | "varchar" | "char" | "boolean" | "json":
            return as_it_is
    return as_it_is if is_integer(source) else None


def _ready_floating(sql: str) -> str:
    number = java_text(sql)
    finite = f"CASE WHEN isfinite({sql}) THEN {number} ELSE '\"' || ({number}) || '\"' END"
    return f"CAST({finite} AS JSON)"


def _ready_row(source: TrinoType) -> Conversion | None:
    fields = []
    for name, (shown, kind) in zip(row_field_names(source), source.args, strict=True):
        ready = _readying(kind)
        if ready is None:
            return None
        said = f"to_json({quote_text(shown or '')}) || ':'"
        fields.append((said, quote_name(name), ready))

    def convert(sql: str) -> str:
        members = " || ',' || ".join(
            f"{said} || coalesce(CAST(to_json({ready(f'({sql}).{name}')}) AS VARCHAR), 'null')"
            for said, name, ready in fields
        )
        return f"CASE WHEN {sql} IS NOT NULL THEN CAST('{{' || {members} || '}}' AS JSON) END"

    return convert


def _ready_map(source: TrinoType) -> Conversion | None:
    key, value = printing(source.args[0]), _readying(source.args[1])
    if key is None or value is None:
        return None
    pair = f"struct_pack(k := {key('x_.key')}, v := {value('x_.value')})"
    return lambda sql: (
        f"map_from_entries(list_sort(list_transform(map_entries({sql}), lambda x_: {pair})))"
    )


def from_json(source: TrinoType, target: TrinoType) -> Conversion | None:
    """Return the conversion of JSON to a date, number or boolean; None for any other."""
    if source != JSON or not (is_numeric(target) or target.name in ("boolean", "date")):
        return None
    cast = plain_cast(target)
    return lambda sql: cast(f"({sql}) ->> '$'")


TO_JSON: dict[str, Maker] = {"json": _to_json}
