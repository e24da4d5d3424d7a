"""JSON, one object a line: OpenX's SerDe and Hive's."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from local_aws.engine.scan.primitives import (
    NULL_FOR_INVALID,
    checked,
    lenient_value,
    timestamp_formats,
)
from local_aws.engine.scan.serde import Format
from local_aws.engine.scan.sql import identifier, literal, sized_text
from local_aws.trino.errors import raise_in_sql
from local_aws.trino.type_storage import row_field_names, to_duckdb
from local_aws.trino.types import TrinoType

# strings, and what is between them; a number with a fraction, and the same in quotes
_PARTS: Final = r'"(?:[^"\\]|\\.)*"|[^"]+'
_FRACTION: Final = r"-?\d+\.\d+(?:[eE][+-]?\d+)?"
_QUOTED: Final = r'"\0"'
_NESTED: Final = ("array", "map", "row")
# Hive's SerDe takes these from a JSON number alone
_NUMBERS: Final = ("tinyint", "smallint", "integer", "bigint", "real", "double")


@dataclass(frozen=True)
class Options:
    """What a SerDe's properties say about reading.

    Attributes
    ----------
    openx : bool
        Whether this is OpenX's SerDe, which takes more than Hive's.
    malformed_is_null, invalid_is_null : bool
        Whether a line, or a value, that cannot be read is NULL.
    exact : bool
        Whether the case of keys counts.
    dotted : bool
        Whether ``_`` in a name stands for a dot in a key too.
    mapping : dict
        Keys by the names of the columns and fields that stand for them.
    fractions_quoted : bool
        Whether numbers with a fraction are texts, as in ``exact``.
    """

    file_format: Format
    openx: bool
    malformed_is_null: bool
    invalid_is_null: bool
    exact: bool
    dotted: bool
    mapping: dict[str, str]
    fractions_quoted: bool = False

    def key(self, name: str) -> str:
        """Return the key of a column or field."""
        return self.mapping.get(name.lower(), name)


def options(file_format: Format) -> Options:
    """Read the options of a JSON table."""
    found = {key.lower(): text for key, text in file_format.properties.items()}

    def says(name: str, default: str = "false") -> bool:
        return found.get(name, default).lower() == "true"

    return Options(
        file_format,
        file_format.name == "openx json",
        says("ignore.malformed.json"),
        says(NULL_FOR_INVALID),
        not says("case.insensitive", "true"),
        says("dots.in.keys") or says("convertdotsinjsonkeystounderscores"),
        {
            key.removeprefix("mapping."): text
            for key, text in found.items()
            if key.startswith("mapping.")
        },
    )


def records(kinds: Sequence[TrinoType], file_format: Format) -> str:
    """Return the SELECT's items of a line's object, ``record`` and, for decimals, ``exact``.

    DuckDB's JSON has fractions as doubles. So decimals are read from a copy of the line in which
    numbers with a fraction are texts.
    """
    found = f"{_record('line', file_format)} AS record"
    if not any(map(_has_decimal, kinds)):
        return found
    part = f"regexp_replace(part, {literal(_FRACTION)}, {literal(_QUOTED)}, 'g')"
    parts = f"regexp_extract_all(line, {literal(_PARTS)})"
    changed = f"lambda part: CASE WHEN starts_with(part, '\"') THEN part ELSE {part} END"
    exact = f"array_to_string(list_transform({parts}, {changed}), '')"
    return f"{found}, {_record(exact, file_format)} AS exact"


def _has_decimal(kind: TrinoType) -> bool:
    parts = [part[1] if isinstance(part, tuple) else part for part in kind.args]
    return kind.name == "decimal" or any(
        isinstance(part, TrinoType) and _has_decimal(part) for part in parts
    )


def _record(line: str, file_format: Format) -> str:
    """Return the expression of a line's object; NULL for a line that may be left malformed."""
    given = options(file_format)
    shown = "left(line, 100)"
    if given.openx:
        valid = "json_valid(line)"
        malformed = f"'Row is not a valid JSON Object - JSONException: ' || {shown}"
        # a line that begins neither an object nor an array is a row of NULLs
        nothing = "WHEN left(ltrim(line), 1) NOT IN ('{', '[') THEN NULL"
    else:
        valid = "json_valid(line) AND json_type(line) = 'OBJECT'"
        malformed = (
            f"'Row is not a valid JSON Object - JsonParseException: ' || coalesce({shown}, '')"
        )
        nothing = ""
    failure = raise_in_sql("HIVE_CURSOR_ERROR", malformed)
    if given.malformed_is_null:
        failure = "NULL"
    parsed = f"CAST(ltrim({line}) AS JSON)"  # so that the first character tells what it is
    blank = f"coalesce(ltrim(line), '') = '' THEN {'NULL' if given.openx else failure}"
    return (
        f"CASE WHEN {blank} {nothing} WHEN {valid} THEN {_unique(parsed, given)} ELSE {failure} END"
    )


def column_value(name: str, place: int, kind: TrinoType, file_format: Format) -> str:
    """Return the expression of a column over `records`, found by name as the SerDe finds it.

    Parameters
    ----------
    name, place, kind
        The column, and its place in a line that is an array, which OpenX's SerDe takes too.
    """
    given = options(file_format)
    source = "record"
    if _has_decimal(kind):
        source, given = "exact", replace(given, fractions_quoted=True)
    return _value(_member(source, name, place, given), kind, name, given)


def _unique(source: str, given: Options) -> str:
    """Refuse an object with a key twice, in whatever case where case does not count.

    Keys are listed once and counted: that is what reading a sound line costs most of.
    """
    twice = "list_filter(ks, lambda k, i: list_position(ks, k) < i)[1]"
    if given.malformed_is_null:
        failure = "NULL"
    else:
        words = 'Row is not a valid JSON Object - JSONException: Duplicate key "'
        failure = raise_in_sql("HIVE_CURSOR_ERROR", f"{literal(words)} || {twice} || '\"'")
    folded = source if given.exact else f"lower({source})"
    keys = f"json_keys({folded})"
    failed = f"list_transform([{keys}], lambda ks: {failure})[1]"
    is_object = f"starts_with(ltrim({source}), '{{')"
    repeats = f"list_transform([{keys}], lambda ks: list_unique(ks) < len(ks))[1]"
    return f"CASE WHEN {is_object} AND {repeats} THEN {failed} ELSE {source} END"


def _member(source: str, name: str, place: int, given: Options) -> str:
    if not given.openx:
        return _under(source, name, given)
    item = f"json_extract({source}, '$[{place}]')"
    return (
        f"CASE WHEN starts_with({source}, '[') THEN {item} ELSE {_under(source, name, given)} END"
    )


def _under(source: str, name: str, given: Options) -> str:
    key = given.key(name)
    found = f"json_extract({source}, {literal(_path(key))})"
    if given.exact and not given.dotted:
        return found
    folded = "k" if given.exact else "lower(k)"
    if given.dotted:
        folded = f"replace({folded}, '.', '_')"
    wanted = key if given.exact else key.lower()
    other = f"list_filter(json_keys({source}), lambda k: {folded} = {literal(wanted)})[-1]"
    quoted = f"'$.\"' || replace({other}, '\"', '\\\"') || '\"'"
    return f"coalesce({found}, json_extract({source}, {quoted}))"


def _path(key: str) -> str:
    return '$."' + key.replace('"', '\\"') + '"'


def _value(source: str, kind: TrinoType, field: str, given: Options, depth: int = 0) -> str:
    if kind.name in ("varchar", "char"):
        return sized_text(f"({source} ->> '$')", kind)
    # a lambda over one element binds the value to a name, so that it is written only once
    bound = f"v{depth}"
    inner = _nested if kind.name in _NESTED else _primitive
    value = inner(bound, kind, field, given, depth)
    return f"list_transform([{source}], lambda {bound}: {value})[1]"


def _primitive(source: str, kind: TrinoType, field: str, given: Options, _depth: int) -> str:
    text = f"({source} ->> '$')"
    if kind.name == "boolean" and given.openx:
        return f"lower({text}) = 'true'"
    if kind.name == "timestamp":
        value = _timestamp(text, kind, given)
    else:
        value = lenient_value(text, kind, fractions=not given.openx)
    if not given.openx and not given.fractions_quoted and kind.name in _NUMBERS:
        names = "'NaN', 'Infinity', '-Infinity'"  # JSON has no numbers for these
        value = (
            f"CASE WHEN json_type({source}) <> 'VARCHAR' OR {text} IN ({names}) THEN {value} END"
        )
    return value if given.invalid_is_null else checked(text, value, field)


def _timestamp(text: str, kind: TrinoType, given: Options) -> str:
    """Read a time: by the table's patterns, in ISO's form, and, by OpenX's SerDe, as a number."""
    patterns = timestamp_formats(given.file_format)
    own = [f"hive_timestamp(trim({text}), {literal(pattern)})" for pattern in patterns]
    zoned = f"regexp_replace(trim({text}), '([+-]\\d\\d)(\\d\\d)$', '\\1:\\2')"
    instant = f"make_timestamp(epoch_us(TRY_CAST({zoned} AS TIMESTAMPTZ)))"
    iso = (
        f"CASE WHEN regexp_full_match(trim({text}), '.*:.*([zZ]|[+-]\\d\\d:?\\d\\d)') "
        f"THEN CAST(CAST({instant} AS TIMESTAMP_MS) AS TIMESTAMP) END"
    )
    plain = lenient_value(f"trim(replace({text}, 'T', ' '))", kind)
    found = [*own, plain, iso]
    if given.openx:
        # seconds, or with 13 digits and more milliseconds
        number = f"TRY_CAST({text} AS DECIMAL(38, 9))"
        whole = f"length({text}) >= 13 AND NOT contains({text}, '.')"
        millis = f"CAST(trunc(CASE WHEN {whole} THEN {number} ELSE {number} * 1000 END) AS BIGINT)"
        shape = "[+-]?(\\d+\\.?\\d*|\\.\\d+)"
        found.append(f"CASE WHEN regexp_full_match({text}, '{shape}') THEN epoch_ms({millis}) END")
    return f"coalesce({', '.join(found)})"


def _nested(source: str, kind: TrinoType, field: str, given: Options, depth: int) -> str:
    types = ["ARRAY" if kind.name == "array" else "OBJECT"]
    if given.openx and kind.name == "row":
        types.append("ARRAY")  # of the fields in their places
    there = f"json_type({source}) IN ({', '.join(map(literal, types))})"
    read = {"array": _array, "map": _map, "row": _row}[kind.name]
    null = f"CAST(NULL AS {to_duckdb(kind)})"
    absent = f"{source} IS NULL OR json_type({source}) = 'NULL'"
    if given.openx:
        absent += f" OR (json_type({source}) = 'VARCHAR' AND trim({source} ->> '$') = '')"
    message = f"'Error parsing field value for field {field}: not a {kind.name}'"
    other = null if given.invalid_is_null else raise_in_sql("HIVE_BAD_DATA", message)
    if given.openx and kind.name == "array":
        # what is no array is one of one element
        other = f"[{_value(source, kind.args[0], field, given, depth + 1)}]"
    value = read(source, kind, field, given, depth)
    return f"CASE WHEN {absent} THEN {null} WHEN {there} THEN {value} ELSE {other} END"


def _array(source: str, kind: TrinoType, field: str, given: Options, depth: int) -> str:
    item = f"j{depth}"
    inner = _value(item, kind.args[0], field, given, depth + 1)
    return f"list_transform(json_extract({source}, '$[*]'), lambda {item}: {inner})"


def _map(source: str, kind: TrinoType, field: str, given: Options, depth: int) -> str:
    item, whole = f"j{depth}", f"u{depth}"
    # OpenX's SerDe makes all keys lower case before it looks at any
    name = f"lower({item})" if given.openx and not given.exact else item
    key = lenient_value(name, kind.args[0])
    member = f"json_extract({whole}, '$.\"' || replace({item}, '\"', '\\\"') || '\"')"
    inner = _value(member, kind.args[1], field, given, depth + 1)
    pairs = f"lambda {item}: {{'k': {key}, 'v': {inner}}}"
    found = f"map_from_entries(list_transform(json_keys({whole}), {pairs}))"
    return f"list_transform([{_unique(source, given)}], lambda {whole}: {found})[1]"


def _row(source: str, kind: TrinoType, field: str, given: Options, depth: int) -> str:
    whole = f"u{depth}"
    parts = [
        f"{identifier(name)} := "
        + _value(_member(whole, name, place, given), inner, field, given, depth + 1)
        for place, (name, (_, inner)) in enumerate(
            zip(row_field_names(kind), kind.args, strict=True)
        )
    ]
    found = f"struct_pack({', '.join(parts)})"
    return f"list_transform([{_unique(source, given)}], lambda {whole}: {found})[1]"
