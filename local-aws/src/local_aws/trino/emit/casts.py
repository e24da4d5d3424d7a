"""Conversions between Trino's types, in DuckDB's words."""

from __future__ import annotations

from local_aws.trino.emit.binding import bind_once
from local_aws.trino.errors import raise_in_sql
from local_aws.trino.type_storage import row_field_names, to_duckdb
from local_aws.trino.types import VARCHAR, TrinoType, as_decimal, is_integer, is_numeric

_NAMED = {"varchar", "char"}


class NoCastError(Exception):
    """There is no conversion between two types."""


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


def _cannot(sql: str, kind: str) -> str:
    message = f"'Cannot cast ''' || {sql} || ''' to {kind}'"
    return raise_in_sql("INVALID_CAST_ARGUMENT", message)


def _matching(sql: str, pattern: str, made: str, message: str) -> str:
    """Make a value out of text that must match a pattern; NULL stays NULL."""
    wrong = raise_in_sql("INVALID_CAST_ARGUMENT", message)
    matches = f"regexp_full_match({sql}, '{pattern}')"
    return f"CASE WHEN {matches} THEN {made} WHEN {sql} IS NOT NULL THEN {wrong} END"


def _checked(sql: str, pattern: str, target: TrinoType, kind: str = "") -> str:
    """Convert text that must match a pattern."""
    message = f"'Cannot cast ''' || {sql} || ''' to {kind or str(target).upper()}'"
    return _matching(sql, pattern, f"CAST({sql} AS {to_duckdb(target)})", message)


def _to_boolean(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name in _NAMED:
        return (
            f"CASE WHEN lower({sql}) IN ('t', 'true', '1') THEN TRUE "
            f"WHEN lower({sql}) IN ('f', 'false', '0') THEN FALSE "
            f"WHEN {sql} IS NOT NULL THEN {_cannot(sql, 'BOOLEAN')} END"
        )
    if is_numeric(source):
        return f"({sql} <> 0)"
    return _from_json(sql, source, target)


def _to_integer(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    duck = to_duckdb(target)
    if source.name in _NAMED:
        told = "INT" if target.name == "integer" else target.name.upper()
        return _checked(sql, r"\s*[+-]?\d+\s*", target, told)
    if source.name in ("real", "double"):
        return f"CAST(round({sql}) AS {duck})"
    if source.name == "boolean" or is_numeric(source):
        return f"CAST({sql} AS {duck})"
    return _from_json(sql, source, target)


def _to_floating(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name in _NAMED:
        number = r"\s*[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)\s*"
        return _checked(sql, number, target)
    if source.name == "boolean" or is_numeric(source):
        return f"CAST({sql} AS {to_duckdb(target)})"
    return _from_json(sql, source, target)


def _to_decimal(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name in _NAMED:
        name = f"DECIMAL({target.args[0]}, {target.args[1]})"
        message = f"'Cannot cast VARCHAR ''' || {sql} || ''' to {name}. Value is not a number.'"
        number = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
        large = f"'Cannot cast VARCHAR ''' || {sql} || ''' to {name}. Value too large.'"
        return _matching(sql, number, _fitting(sql, target, large), message)
    if source.name == "boolean" or _holds(target, source):
        return f"CAST({sql} AS {to_duckdb(target)})"
    if is_numeric(source):
        told, name = (str(kind).upper().replace(",", ", ") for kind in (source, target))
        text = java_text(sql) if source.name in ("real", "double") else _text(sql, source)
        return _fitting(sql, target, f"'Cannot cast {told} ''' || {text} || ''' to {name}'")
    return _from_json(sql, source, target)


def _holds(target: TrinoType, source: TrinoType) -> bool:
    """Whether a decimal type has room for every value of an integer or decimal type."""
    if not (is_integer(source) or source.name == "decimal"):
        return False
    (p1, s1), (p2, s2) = as_decimal(source).args, target.args
    return bool(p2 - s2 >= p1 - s1 + (s1 > s2))


def _fitting(sql: str, target: TrinoType, message: str) -> str:
    """Convert a number to a decimal that may be too small for it."""
    wrong = raise_in_sql("INVALID_CAST_ARGUMENT", message)
    made = f"TRY_CAST({sql} AS {to_duckdb(target)})"
    return f"COALESCE({made}, CASE WHEN {sql} IS NOT NULL THEN {wrong} END)"


def _fraction(sql: str, precision: int) -> str:
    """Text of a timestamp's or time's fraction of a second, with its point."""
    if precision == 0:
        return ""
    digits = f"strftime({sql}, '%n')" if precision > 6 else f"strftime({sql}, '%f')"
    whole = 9 if precision > 6 else 6
    if precision == 3:
        return f" || strftime({sql}, '.%g')"
    if precision < whole:
        digits = f"left({digits}, {precision})"
    return f" || '.' || {digits}"


def timestamp_text(sql: str, precision: int) -> str:
    """Text of a timestamp as Trino prints it, with exactly `precision` digits behind the second."""
    if precision == 3:
        return f"strftime({sql}, '%Y-%m-%d %H:%M:%S.%g')"
    return f"(strftime({sql}, '%Y-%m-%d %H:%M:%S'){_fraction(sql, precision)})"


def local_time(sql: str) -> str:
    """Wall-clock TIMESTAMP of a timestamp with time zone."""
    return f"trino_local({instant(sql)}, ({sql}).z)"


def instant(sql: str) -> str:
    """UTC TIMESTAMP of a timestamp with time zone; the cast keeps the type of a constant NULL."""
    return f"CAST(({sql}).t AS TIMESTAMP)"


def decimal_text(sql: str, kind: TrinoType) -> str:
    """Text of a decimal; DuckDB leaves out the zero before the point where no digit can stand."""
    text = f"CAST({sql} AS VARCHAR)"
    if kind.args[0] > kind.args[1]:
        return text
    return rf"regexp_replace({text}, '^(-?)\.', '\10.')"


def _text(sql: str, source: TrinoType) -> str | None:
    """Text of a value as an unbounded varchar."""
    match source.name:
        case "varchar" | "char":
            return sql
        case "boolean" | "uuid" | "date":
            return f"CAST({sql} AS VARCHAR)"
        case "decimal":
            return decimal_text(sql, source)
        case "double" | "real":
            return f"trino_scientific(CAST({sql} AS VARCHAR))"
        case "timestamp":
            return timestamp_text(sql, source.args[0])
        case "timestamp with time zone":
            return f"({timestamp_text(local_time(sql), source.args[0])} || ' ' || ({sql}).z)"
        case "time":
            day = f"(DATE '1970-01-01' + {sql})"
            return f"(strftime({day}, '%H:%M:%S'){_fraction(day, source.args[0])})"
        case "interval day to second":
            return f"trino_day_to_second({sql})"
        case "interval year to month":
            return f"trino_year_to_month({sql})"
        case "json":
            scalar = f"json_type({sql}) NOT IN ('ARRAY', 'OBJECT')"
            wrong = raise_in_sql(
                "INVALID_CAST_ARGUMENT", f"'Cannot cast ''' || {sql} || ''' to varchar'"
            )
            return (
                f"CASE WHEN {scalar} THEN ({sql}) ->> '$' WHEN {sql} IS NOT NULL THEN {wrong} END"
            )
    return f"CAST({sql} AS VARCHAR)" if is_integer(source) else None


def _to_varchar(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    text = _text(sql, source)
    if text is None or not target.args:
        return text
    (length,) = target.args
    if source.name in _NAMED:
        if source.args and source.args[0] <= length:
            return text
        return f"left({text}, {length})"
    message = f"'Value ' || {text} || ' cannot be represented as {target}'"
    wrong = raise_in_sql("INVALID_CAST_ARGUMENT", message)
    return f"CASE WHEN length({text}) > {length} THEN {wrong} ELSE {text} END"


def _to_char(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    text = _text(sql, source) if source.name in _NAMED else None
    return None if text is None else f"rpad({text}, {target.args[0]}, ' ')"


def _to_date(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name in _NAMED:
        pattern = r"\s*[+-]?\d{4,}-\d{1,2}-\d{1,2}\s*"
        message = f"'Value cannot be cast to date: ' || {sql}"
        return _matching(sql, pattern, f"CAST({sql} AS DATE)", message)
    if source.name == "timestamp":
        return f"CAST({sql} AS DATE)"
    if source.name == "timestamp with time zone":
        return f"CAST({local_time(sql)} AS DATE)"
    return _from_json(sql, source, target)


_TIMESTAMP = r"\s*([+-]?\d{4,}-\d{1,2}-\d{1,2})(?: (\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?))?"


_ZONE = r"(?:[+-]\d{1,2}(?::?\d{2})?|[A-Za-z][A-Za-z_/+-]*\d{0,2})"


def _rounded(sql: str, precision: int) -> str:
    """Round a TIMESTAMP or TIME to fewer digits than six, half up, as Trino does."""
    step = 10 ** (6 - precision)
    return f"trino_round_timestamp({sql}, {step})"


def _to_timestamp(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    precision = target.args[0]
    if source.name in _NAMED:
        message = f"'Value cannot be cast to timestamp: ' || {sql}"
        wrong = raise_in_sql("INVALID_CAST_ARGUMENT", message)
        groups = f"regexp_extract({sql}, '{_TIMESTAMP}', 1) || ' ' || trino_clock({sql})"
        made = f"CAST({groups} AS {to_duckdb(target)})"
        made = _rounded(made, precision) if precision < 6 else made
        return (
            f"CASE WHEN regexp_full_match({sql}, '{_TIMESTAMP}(?: ?{_ZONE})?\\s*') "
            f"THEN {made} WHEN {sql} IS NOT NULL THEN {wrong} END"
        )
    if source.name == "date":
        return f"CAST({sql} AS {to_duckdb(target)})"
    if source.name == "timestamp with time zone":
        local = local_time(sql)
        return _rounded(local, precision) if precision < source.args[0] else local
    if source.name == "timestamp":
        if precision >= source.args[0]:
            same = to_duckdb(source) == to_duckdb(target)
            return sql if same else f"CAST({sql} AS {to_duckdb(target)})"
        if precision >= 6:
            return f"CAST({sql} AS {to_duckdb(target)})"
        return _rounded(f"CAST({sql} AS TIMESTAMP)" if source.args[0] > 6 else sql, precision)
    return None


def zoned(moment: str, zone: str) -> str:
    """DuckDB value of a timestamp with time zone, NULL where the instant is."""
    return f"CASE WHEN {moment} IS NOT NULL THEN struct_pack(t := {moment}, z := {zone}) END"


def _to_zoned(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name == "timestamp with time zone":
        if target.args[0] >= source.args[0]:
            return sql
        return zoned(_rounded(instant(sql), target.args[0]), f"({sql}).z")
    if source.name in _NAMED:
        local = _to_timestamp(sql, source, TrinoType("timestamp", target.args))
        zone = f"trino_zone_in({sql})"
        return zoned(f"trino_instant({local}, {zone})", zone)
    if source.name in ("date", "timestamp"):
        return zoned(str(_to_timestamp(sql, source, TrinoType("timestamp", target.args))), "'UTC'")
    return None


def _to_time(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name in _NAMED:
        message = f"'Value cannot be cast to time: ' || {sql}"
        clock = r"\d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?"
        return _matching(sql, clock, f"CAST({sql} AS TIME)", message)
    if source.name == "timestamp":
        return f"CAST({sql} AS TIME)"
    if source.name == "timestamp with time zone":
        return f"CAST({local_time(sql)} AS TIME)"
    if source.name == "time":
        if target.args[0] >= source.args[0]:
            return sql
        day = _rounded(f"(DATE '1970-01-01' + {sql})", target.args[0])
        return f"CAST({day} AS TIME)"
    return None


def _to_json(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    ready = json_ready(sql, source)
    plain = source.name in ("decimal", "double", "real")
    return ready if plain else f"CAST(to_json({ready}) AS JSON)"


def java_text(sql: str) -> str:
    """Text of a floating-point number as Java prints it."""
    text = f"CAST({sql} AS VARCHAR)"
    near = f"{sql} = 0 OR abs({sql}) >= 1e-3 AND abs({sql}) < 1e7"
    return f"CASE WHEN {near} THEN {text} ELSE trino_scientific({text}) END"


def json_ready(sql: str, source: TrinoType) -> str:
    """DuckDB value whose to_json is Trino's JSON of a value."""
    match source.name:
        case "unknown":
            return "CAST(NULL AS JSON)"
        case "timestamp" | "timestamp with time zone" | "time" | "date":
            return str(_text(sql, source))
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
            key = _text("x_.key", source.args[0])
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


def _from_json(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name != "json":
        return None
    if target.name in ("varchar", "date"):
        return f"CAST(({sql}) ->> '$' AS {to_duckdb(target)})"
    if is_numeric(target) or target.name == "boolean":
        return f"CAST(({sql}) ->> '$' AS {to_duckdb(target)})"
    return None


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


def _to_uuid(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name not in _NAMED:
        return None
    wrong = raise_in_sql("INVALID_CAST_ARGUMENT", f"'Cannot cast value to UUID: ' || {sql}")
    return f"COALESCE(TRY_CAST({sql} AS UUID), CASE WHEN {sql} IS NOT NULL THEN {wrong} END)"


def _to_varbinary(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    return f"encode({sql})" if source.name in _NAMED else None


_TO = {
    "boolean": _to_boolean,
    "tinyint": _to_integer,
    "smallint": _to_integer,
    "integer": _to_integer,
    "bigint": _to_integer,
    "real": _to_floating,
    "double": _to_floating,
    "decimal": _to_decimal,
    "varchar": _to_varchar,
    "char": _to_char,
    "varbinary": _to_varbinary,
    "date": _to_date,
    "timestamp": _to_timestamp,
    "timestamp with time zone": _to_zoned,
    "time": _to_time,
    "json": _to_json,
    "array": _to_array,
    "map": _to_map,
    "row": _to_row,
    "uuid": _to_uuid,
}
