"""Conversions between Trino's types, in DuckDB's words."""

from __future__ import annotations

from functools import lru_cache

from local_aws.trino.emit.binding import bind_once
from local_aws.trino.emit.cast_json import TO_JSON
from local_aws.trino.emit.cast_moments import TO_MOMENTS
from local_aws.trino.emit.cast_numbers import TO_NUMBERS
from local_aws.trino.emit.cast_texts import TO_TEXTS
from local_aws.trino.emit.conversion import Conversion, Maker, NoCastError, as_it_is, plain_cast
from local_aws.trino.emit.quoting import quote_name, quote_text
from local_aws.trino.errors import raise_in_sql
from local_aws.trino.type_storage import row_field_names
from local_aws.trino.types import JSON, VARCHAR, TrinoType, map_of


def convert(sql: str, source: TrinoType, target: TrinoType) -> str:
    """Convert a DuckDB expression from one Trino type to another.

    Parameters
    ----------
    sql
        DuckDB text of the value; it may be repeated in the result.
    source, target
        Trino types.

    Raises
    ------
    NoCastError
        Trino has no cast from the source to the target.
    """
    return conversion(source, target)(sql)


def conversion(source: TrinoType, target: TrinoType) -> Conversion:
    """Return the conversion between two types that are known to have one.

    Raises
    ------
    NoCastError
        Trino has no cast from the source to the target.
    """
    found = find_conversion(source, target)
    if found is None:
        raise NoCastError(f"Cannot cast {source} to {target}")
    return found


@lru_cache(maxsize=1024)
def find_conversion(source: TrinoType, target: TrinoType) -> Conversion | None:
    """Return how values of a type become those of another; None where Trino has no such cast.

    It is `as_it_is` itself where DuckDB holds both types alike and no value changes.
    """
    if source == target:
        return as_it_is
    if source.name == "unknown":
        return plain_cast(target)
    maker = _TO.get(target.name)
    made = None if maker is None else maker(source, target)
    if made is None or made is as_it_is:
        return made
    return lambda sql: bind_once([sql], lambda parts: made(parts[0]))


def _json_structure(made: Conversion, expected: str, target: TrinoType) -> Conversion:
    """Make an array or map of JSON that must be one; JSON's null is NULL."""
    told = f"'Cannot cast to {target}. Expected a json {expected.lower()}, but got ' || "

    def convert_json(sql: str) -> str:
        first = f"CASE WHEN json_type({sql}) = 'OBJECT' THEN '{{' ELSE left({sql}, 1) END"
        message = f"{told}{first} || chr(10) || CAST({sql} AS VARCHAR)"
        wrong = raise_in_sql("INVALID_CAST_ARGUMENT", message)
        return (
            f"CASE json_type({sql}) WHEN '{expected}' THEN {made(sql)} WHEN 'NULL' THEN NULL "
            f"ELSE CASE WHEN {sql} IS NOT NULL THEN {wrong} END END"
        )

    return convert_json


def _to_array(source: TrinoType, target: TrinoType) -> Conversion | None:
    if source == JSON:
        item = find_conversion(JSON, target.args[0])
        if item is None:
            return None
        made = item("j_")
        return _json_structure(
            lambda sql: f"list_transform(CAST({sql} AS JSON[]), lambda j_: {made})",
            "ARRAY",
            target,
        )
    inner = find_conversion(source.args[0], target.args[0]) if source.name == "array" else None
    if inner is None or inner is as_it_is:
        return inner
    return lambda sql: f"list_transform({sql}, lambda x_: {inner('x_')})"


def _to_map(source: TrinoType, target: TrinoType) -> Conversion | None:
    if source == JSON:
        entries = find_conversion(map_of(VARCHAR, JSON), target)
        if entries is None:
            return None
        return _json_structure(
            lambda sql: entries(f"CAST({sql} AS MAP(VARCHAR, JSON))"), "OBJECT", target
        )
    if source.name != "map":
        return None
    key, value = map(find_conversion, source.args, target.args)
    if key is None or value is None:
        return None
    if key is as_it_is and value is as_it_is:
        return as_it_is
    pair = f"struct_pack(key := {key('x_.key')}, value := {value('x_.value')})"
    return lambda sql: f"map_from_entries(list_transform(map_entries({sql}), lambda x_: {pair}))"


def _to_row(source: TrinoType, target: TrinoType) -> Conversion | None:
    if source == JSON:
        return _json_to_row(target)
    if source.name != "row" or len(source.args) != len(target.args):
        return None
    names, wanted = row_field_names(source), row_field_names(target)
    fields = []
    for name, new, (_, have), (_, want) in zip(
        names, wanted, source.args, target.args, strict=True
    ):
        made = find_conversion(have, want)
        if made is None:
            return None
        fields.append((name, new, made))
    if names == wanted and all(made is as_it_is for *_, made in fields):
        return as_it_is

    def convert_row(sql: str) -> str:
        packed = ", ".join(
            f"{quote_name(new)} := {made(f'({sql}).{quote_name(name)}')}"
            for name, new, made in fields
        )
        return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({packed}) END"

    return convert_row


def _json_to_row(target: TrinoType) -> Conversion | None:
    """Make a row of a JSON object's members by their names, or of an array's items in order."""
    fields = []
    for field, (name, kind) in zip(row_field_names(target), target.args, strict=True):
        made = find_conversion(JSON, kind)
        if made is None:
            return None
        fields.append((quote_name(field), f'$."{name or ""}"', made))

    def packed(sql: str, paths: list[str]) -> str:
        items = (
            f"{field} := {made(f'json_extract({sql}, {quote_text(path)})')}"
            for path, (field, _, made) in zip(paths, fields, strict=True)
        )
        return f"struct_pack({', '.join(items)})"

    by_name = _json_structure(
        lambda sql: packed(sql, [path for _, path, _ in fields]), "OBJECT", target
    )

    def convert_json(sql: str) -> str:
        items = packed(sql, [f"$[{i}]" for i in range(len(fields))])
        listed = f"CASE WHEN json_type({sql}) = 'ARRAY' THEN {items} END"
        return f"COALESCE({listed}, {by_name(sql)})"

    return convert_json


_TO: dict[str, Maker] = {
    **TO_NUMBERS,
    **TO_TEXTS,
    **TO_MOMENTS,
    **TO_JSON,
    "array": _to_array,
    "map": _to_map,
    "row": _to_row,
}
