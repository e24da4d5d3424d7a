"""Conversions to JSON, and of JSON to scalars."""

from __future__ import annotations

from local_aws.trino.emit.cast_checks import Maker, NoCastError
from local_aws.trino.emit.cast_texts import decimal_text, java_text, text_of
from local_aws.trino.type_storage import row_field_names, to_duckdb
from local_aws.trino.types import TrinoType, is_numeric


def _to_json(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    ready = json_ready(sql, source)
    plain = source.name in ("decimal", "double", "real")
    return ready if plain else f"CAST(to_json({ready}) AS JSON)"


def json_ready(sql: str, source: TrinoType) -> str:
    """DuckDB value whose to_json is Trino's JSON of a value."""
    match source.name:
        case "unknown":
            return "CAST(NULL AS JSON)"
        case "timestamp" | "timestamp with time zone" | "time" | "date":
            return str(text_of(sql, source))
        case "array":
            element = source.args[0]
            inner = json_ready("x_", element)
            return sql if inner == "x_" else f"list_transform({sql}, lambda x_: {inner})"
        case "row":
            fields = zip(row_field_names(source), source.args, strict=True)
            members = " || ',' || ".join(
                f"to_json('{(shown or '').replace(chr(39), chr(39) * 2)}') || ':' || coalesce("
                f"CAST(to_json({json_ready(f'({sql}).{chr(34)}{name}{chr(34)}', kind)}) AS VARCHAR)"
                ", 'null')"
                for name, (shown, kind) in fields
            )
            return f"CASE WHEN {sql} IS NOT NULL THEN CAST('{{' || {members} || '}}' AS JSON) END"
        case "decimal":
            return f"CAST({decimal_text(sql, source)} AS JSON)"
        case "double" | "real":
            number = java_text(sql)
            finite = f"CASE WHEN isfinite({sql}) THEN {number} ELSE '\"' || ({number}) || '\"' END"
            return f"CAST({finite} AS JSON)"
        case "map":
            key = text_of("x_.key", source.args[0])
            if key is None:
                raise NoCastError(f"Cannot cast {source} to json")
            value = json_ready("x_.value", source.args[1])
            pair = f"struct_pack(k := {key}, v := {value})"
            pairs = f"list_transform(map_entries({sql}), lambda x_: {pair})"
            return f"map_from_entries(list_sort({pairs}))"
        case "varbinary" | "uuid" | "varchar" | "char" | "boolean" | "json":
            return sql
    if is_numeric(source):
        return sql
    raise NoCastError(f"Cannot cast {source} to json")


def from_json(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    """Convert JSON to a scalar; None where it is another type, or none is wanted."""
    if source.name != "json":
        return None
    if target.name in ("varchar", "date"):
        return f"CAST(({sql}) ->> '$' AS {to_duckdb(target)})"
    if is_numeric(target) or target.name == "boolean":
        return f"CAST(({sql}) ->> '$' AS {to_duckdb(target)})"
    return None


TO_JSON: dict[str, Maker] = {
    "json": _to_json,
}
