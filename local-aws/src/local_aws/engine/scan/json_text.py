"""JSON, one object a line: OpenX's SerDe and Hive's."""

from local_aws.engine.scan.serde import Format
from local_aws.engine.scan.sql import identifier, literal, sized_text
from local_aws.engine.scan.text import checked, lenient_value
from local_aws.trino.errors import raise_in_sql
from local_aws.trino.types import TrinoType, row_field_names, to_duckdb

_NESTED = ("array", "map", "row")
_MALFORMED = "'Row is not a valid JSON Object - JSONException: ' || left(line, 100)"


def record(file_format: Format) -> str:
    """Return the expression of a line's object; NULL for a line that may be left malformed."""
    properties = {key.lower(): value for key, value in file_format.properties.items()}
    lenient = properties.get("ignore.malformed.json", "false").lower() == "true"
    failure = "NULL" if lenient else raise_in_sql("HIVE_CURSOR_ERROR", _MALFORMED)
    valid = "json_valid(line) AND json_type(line) = 'OBJECT'"
    empty = "WHEN coalesce(trim(line), '') = '' THEN NULL"
    return f"CASE {empty} WHEN {valid} THEN CAST(line AS JSON) ELSE {failure} END"


def column_value(name: str, kind: TrinoType, file_format: Format) -> str:
    """Return the expression of a column over ``record``, found by name as the SerDe finds it.

    ``mapping.COLUMN`` names another key, ``dots.in.keys`` lets ``_`` stand for a dot, and keys
    match whatever their case unless ``case.insensitive`` is false.
    """
    properties = file_format.properties
    key = properties.get(f"mapping.{name}", name)
    exact = properties.get("case.insensitive", "true").lower() == "false"
    dotted = properties.get("dots.in.keys", "false").lower() == "true"
    return _value(_member("record", key, exact, dotted), kind, name, exact)


def _member(source: str, key: str, exact: bool, dotted: bool = False) -> str:
    found = f"json_extract({source}, {literal(_path(key))})"
    if exact and not dotted:
        return found
    folded = "replace(lower(k), '.', '_')" if dotted else "lower(k)"
    other = f"list_filter(json_keys({source}), lambda k: {folded} = {literal(key.lower())})[-1]"
    quoted = f"'$.\"' || replace({other}, '\"', '\\\"') || '\"'"
    return f"coalesce({found}, json_extract({source}, {quoted}))"


def _path(key: str) -> str:
    return '$."' + key.replace('"', '\\"') + '"'


def _value(source: str, kind: TrinoType, field: str, exact: bool, depth: int = 0) -> str:
    if kind.name in _NESTED:
        # a lambda over one element binds the value to a name, so that it is written only once
        bound = f"v{depth}"
        value = _nested(bound, kind, field, exact, depth)
        return f"list_transform([{source}], lambda {bound}: {value})[1]"
    text = f"({source} ->> '$')"
    if kind.name in ("varchar", "char"):
        return sized_text(text, kind)
    if kind.name == "timestamp":
        shaped = f"regexp_replace({text}, '[TZ]', ' ', 'g')"
        return checked(text, lenient_value(f"trim({shaped})", kind), field)
    return checked(text, lenient_value(text, kind), field)


def _nested(source: str, kind: TrinoType, field: str, exact: bool, depth: int) -> str:
    there = f"json_type({source}) = '{'ARRAY' if kind.name == 'array' else 'OBJECT'}'"
    item = f"j{depth}"
    if kind.name == "array":
        inner = _value(item, kind.args[0], field, exact, depth + 1)
        value = f"list_transform(json_extract({source}, '$[*]'), lambda {item}: {inner})"
    elif kind.name == "map":
        key = lenient_value(item, kind.args[0])
        member = f"json_extract({source}, '$.\"' || {item} || '\"')"
        inner = _value(member, kind.args[1], field, exact, depth + 1)
        pairs = f"lambda {item}: {{'k': {key}, 'v': {inner}}}"
        value = f"map_from_entries(list_transform(json_keys({source}), {pairs}))"
    else:
        names = row_field_names(kind)
        parts = [
            f"{identifier(name)} := "
            + _value(_member(source, name, exact), inner, field, exact, depth + 1)
            for name, (_, inner) in zip(names, kind.args, strict=True)
        ]
        value = f"struct_pack({', '.join(parts)})"
    absent = f"{source} IS NULL OR json_type({source}) = 'NULL'"
    message = f"'Error parsing field value for field {field}: not a {kind.name}'"
    failure = raise_in_sql("HIVE_BAD_DATA", message)
    null = f"CAST(NULL AS {to_duckdb(kind)})"
    return f"CASE WHEN {absent} THEN {null} WHEN {there} THEN {value} ELSE {failure} END"
