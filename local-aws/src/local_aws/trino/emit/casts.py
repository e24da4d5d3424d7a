"""Conversions between Trino's types, in DuckDB's words."""

from __future__ import annotations

from local_aws.trino.emit.binding import bind_once
from local_aws.trino.emit.cast_checks import Maker, NoCastError
from local_aws.trino.emit.cast_json import TO_JSON
from local_aws.trino.emit.cast_moments import TO_MOMENTS
from local_aws.trino.emit.cast_numbers import TO_NUMBERS
from local_aws.trino.emit.cast_texts import TO_TEXTS
from local_aws.trino.errors import raise_in_sql
from local_aws.trino.type_storage import row_field_names, to_duckdb
from local_aws.trino.types import VARCHAR, TrinoType


def convert(sql: str, source: TrinoType, target: TrinoType) -> str:
    """Convert a DuckDB expression from one Trino type to another.

    Parameters
    ----------
    sql
        DuckDB text of the value; it may be repeated in the result.
    source, target
        Trino types.

    Returns
    -------
    str
        DuckDB text; the same text where DuckDB holds both types alike and no value changes.

    Raises
    ------
    NoCastError
        Trino has no cast from the source to the target.
    """
    if source == target:
        return sql
    if source.name == "unknown":
        return f"CAST({sql} AS {to_duckdb(target)})"
    maker = _TO.get(target.name)
    if maker is None or maker(sql, source, target) is None:
        raise NoCastError(f"Cannot cast {source} to {target}")
    return bind_once([sql], lambda parts: str(maker(parts[0], source, target)))


def _json_structure(sql: str, expected: str, made: str, target: TrinoType) -> str:
    """Make an array or map of JSON that must be one; JSON's null is NULL."""
    first = f"CASE WHEN json_type({sql}) = 'OBJECT' THEN '{{' ELSE left({sql}, 1) END"
    message = f"'Cannot cast to {target}. Expected a json {expected.lower()}, but got ' || {first}"
    wrong = raise_in_sql("INVALID_CAST_ARGUMENT", f"{message} || chr(10) || CAST({sql} AS VARCHAR)")
    return (
        f"CASE json_type({sql}) WHEN '{expected}' THEN {made} WHEN 'NULL' THEN NULL "
        f"ELSE CASE WHEN {sql} IS NOT NULL THEN {wrong} END END"
    )


def _to_array(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name == "json":
        item = convert("j_", source, target.args[0])
        made = f"list_transform(CAST({sql} AS JSON[]), lambda j_: {item})"
        return _json_structure(sql, "ARRAY", made, target)
    if source.name != "array":
        return None
    inner = convert("x_", source.args[0], target.args[0])
    return sql if inner == "x_" else f"list_transform({sql}, lambda x_: {inner})"


def _to_map(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name == "json":
        texts = TrinoType("map", (VARCHAR, source))
        made = convert(f"CAST({sql} AS MAP(VARCHAR, JSON))", texts, target)
        return _json_structure(sql, "OBJECT", made, target)
    if source.name != "map":
        return None
    key = convert("x_.key", source.args[0], target.args[0])
    value = convert("x_.value", source.args[1], target.args[1])
    if (key, value) == ("x_.key", "x_.value"):
        return sql
    pair = f"struct_pack(key := {key}, value := {value})"
    return f"map_from_entries(list_transform(map_entries({sql}), lambda x_: {pair}))"


def _to_row(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name == "json":
        return _json_to_row(sql, source, target)
    if source.name != "row" or len(source.args) != len(target.args):
        return None
    names, wanted = row_field_names(source), row_field_names(target)
    parts = [
        (f'({sql})."{name}"', convert(f'({sql})."{name}"', have, want))
        for name, (_, have), (_, want) in zip(names, source.args, target.args, strict=True)
    ]
    if names == wanted and all(before == after for before, after in parts):
        return sql
    packed = ", ".join(
        f'"{name}" := {after}' for name, (_, after) in zip(wanted, parts, strict=True)
    )
    return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({packed}) END"


def _json_to_row(sql: str, source: TrinoType, target: TrinoType) -> str:
    """Make a row of a JSON object's members by their names, or of an array's items in order."""
    items, members = [], []
    for i, (field, (name, kind)) in enumerate(
        zip(row_field_names(target), target.args, strict=True)
    ):
        item = convert(f"json_extract({sql}, '$[{i}]')", source, kind)
        path = "$." + '"' + (name or "").replace("'", "''") + '"'
        member = convert(f"json_extract({sql}, '{path}')", source, kind)
        items.append(f'"{field}" := {item}')
        members.append(f'"{field}" := {member}')
    made = f"struct_pack({', '.join(members)})"
    listed = f"CASE WHEN json_type({sql}) = 'ARRAY' THEN struct_pack({', '.join(items)}) END"
    return f"COALESCE({listed}, {_json_structure(sql, 'OBJECT', made, target)})"


_TO: dict[str, Maker] = {
    **TO_NUMBERS,
    **TO_TEXTS,
    **TO_MOMENTS,
    **TO_JSON,
    "array": _to_array,
    "map": _to_map,
    "row": _to_row,
}
