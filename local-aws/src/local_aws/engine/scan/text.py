"""Lines of fields: LazySimpleSerDe, read and written by the same properties.

The rules are those of Trino's reader of Hive's text format, which follows LazySimpleSerDe.
"""

from typing import Final

from local_aws.engine.context import QueryError
from local_aws.engine.scan.primitives import lenient_value
from local_aws.engine.scan.serde import Format
from local_aws.engine.scan.sql import identifier, literal, sized_text
from local_aws.trino.type_storage import row_field_names, to_duckdb
from local_aws.trino.types import TrinoType

# what separates the values of each depth: tab, line ends, form feed and escape are left out
_DEFAULTS: Final = [*range(1, 9), 11, *range(14, 27), 28, 29]
_LEVELS: Final = 8
_MORE_LEVELS: Final = (
    "hive.serialization.extend.nesting.levels",
    "hive.serialization.extend.additional.nesting.levels",
)


def separators(file_format: Format) -> list[str]:
    """Return what separates fields, items, keys from their values, and what is nested deeper."""
    found = file_format.properties
    # Hive 1 misspelt the collection's property, and Athena still writes it so
    collection = found.get("collection.delim") or found.get("colelction.delim")
    given = (
        found.get("field.delim") or found.get("serialization.format"),
        collection,
        found.get("mapkey.delim"),
    )
    chars = [_char(text, chr(code)) for text, code in zip(given, _DEFAULTS[:3], strict=True)]
    deeper = any(found.get(name, "").lower() == "true" for name in _MORE_LEVELS)
    return chars + [chr(code) for code in _DEFAULTS[3 : None if deeper else _LEVELS]]


def escape_of(file_format: Format) -> str:
    """Return the escape character, empty where nothing escapes."""
    given = file_format.properties.get("escape.delim")
    return "" if given is None else _char(given, "\\")


def null_of(file_format: Format) -> str:
    """Return the text that stands for NULL."""
    return file_format.properties.get("serialization.null.format", "\\N")


def separator_at(file_format: Format, level: int) -> str:
    """Return the separator of a depth, 0 that of a line's fields.

    Raises
    ------
    QueryError
        NOT_SUPPORTED deeper than the SerDe goes.
    """
    found = separators(file_format)
    if level >= len(found):
        raise QueryError(
            f"NOT_SUPPORTED: Number of levels of nesting supported for LazySimpleSerde is "
            f"{len(found) - 1}"
        )
    return found[level]


def fields(file_format: Format) -> str:
    """Return the expression that splits ``line`` into a list of fields."""
    return _split("coalesce(line, '')", separator_at(file_format, 0), escape_of(file_format))


def value(index: int, kind: TrinoType, file_format: Format, width: int) -> str:
    """Return a field's value: what is no value of its type is NULL.

    Parameters
    ----------
    index, width
        Which field of the line, and how many columns the table has.
    kind
        The column's type.
    """
    field = f"fields[{index + 1}]"
    rest = file_format.properties.get("serialization.last.column.takes.rest", "")
    if rest.lower() == "true" and index == width - 1:
        field = f"array_to_string(fields[{index + 1}:], {literal(separator_at(file_format, 0))})"
        field = f"CASE WHEN len(fields) > {index} THEN {field} END"
    return _value(field, kind, file_format, 1)


def _value(source: str, kind: TrinoType, file_format: Format, level: int) -> str:
    source = f"nullif({source}, {literal(null_of(file_format))})"
    if kind.name not in ("array", "map", "row"):
        return _primitive(source, kind, file_format)
    # a lambda over one element binds the text to a name, so that it is written only once
    bound = f"v{level}"
    nested = {"array": _array, "map": _map, "row": _row}[kind.name]
    found = nested(bound, kind, file_format, level)
    null = f"CAST(NULL AS {to_duckdb(kind)})"
    whole = f"CASE WHEN {bound} IS NULL THEN {null} ELSE {found} END"
    return f"list_transform([{source}], lambda {bound}: {whole})[1]"


def _primitive(source: str, kind: TrinoType, file_format: Format) -> str:
    escape = escape_of(file_format)
    if kind.name in ("varchar", "char"):
        if escape:
            pattern = literal(f"{_regex(escape)}((?s:.))")
            source = f"regexp_replace({source}, {pattern}, '\\1', 'g')"
        return sized_text(source, kind)
    return lenient_value(source, kind, file_format, fractions=True)


def _array(source: str, kind: TrinoType, file_format: Format, level: int) -> str:
    item = f"x{level}"
    items = _split(source, separator_at(file_format, level), escape_of(file_format))
    inner = _value(item, kind.args[0], file_format, level + 1)
    return (
        f"list_transform(CASE WHEN {source} = '' THEN [] ELSE {items} END, lambda {item}: {inner})"
    )


def _row(source: str, kind: TrinoType, file_format: Format, level: int) -> str:
    items = _split(source, separator_at(file_format, level), escape_of(file_format))
    parts = f"p{level}"
    members = [
        f"{identifier(field)} := {_value(f'{parts}[{i + 1}]', inner, file_format, level + 1)}"
        for i, (field, (_, inner)) in enumerate(zip(row_field_names(kind), kind.args, strict=True))
    ]
    return f"list_transform([{items}], lambda {parts}: struct_pack({', '.join(members)}))[1]"


def _map(source: str, kind: TrinoType, file_format: Format, level: int) -> str:
    escape = escape_of(file_format)
    item, pairs, pair, place = f"x{level}", f"m{level}", f"q{level}", f"i{level}"
    items = _split(source, separator_at(file_format, level), escape)
    # a key ends at the first separator; an entry without one is a key without a value
    key = _up_to(item, separator_at(file_format, level + 1), escape)
    rest = f"CASE WHEN length({key}) < length({item}) THEN substr({item}, length({key}) + 2) END"
    entry = (
        f"{{'k': {_value(key, kind.args[0], file_format, level + 2)}, "
        f"'v': {_value(rest, kind.args[1], file_format, level + 2)}}}"
    )
    keys = f"list_transform({pairs}, lambda {pair}: {pair}.k)"
    first = f"{pair}.k IS NOT NULL AND list_position({keys}, {pair}.k) = {place}"
    kept = f"map_from_entries(list_filter({pairs}, lambda {pair}, {place}: {first}))"
    entries = f"list_transform({items}, lambda {item}: {entry})"
    whole = f"list_transform([{entries}], lambda {pairs}: {kept})[1]"
    return f"CASE WHEN {source} = '' THEN MAP {{}}::{to_duckdb(kind)} ELSE {whole} END"


def _split(source: str, separator: str, escape: str) -> str:
    plain = f"string_split({source}, {literal(separator)})"
    if not escape:
        return plain
    s, e = _regex(separator), _regex(escape)
    pattern = literal(f"{s}((?:[^{s}{e}]|{e}(?s:.)?)*)")
    slow = f"regexp_extract_all({literal(separator)} || {source}, {pattern}, 1)"
    return f"CASE WHEN contains({source}, {literal(escape)}) THEN {slow} ELSE {plain} END"


def _up_to(source: str, separator: str, escape: str) -> str:
    s, e = _regex(separator), _regex(escape) if escape else ""
    escaped = f"|{e}(?s:.)?" if escape else ""
    return f"regexp_extract({source}, {literal(f'^((?:[^{s}{e}]{escaped})*)')}, 1)"


def _char(text: str | None, default: str) -> str:
    if not text:
        return default
    # a number is the code of the character, as Hive reads it
    return chr(int(text)) if text.isdigit() and int(text) < 128 else text[0]


def _regex(char: str) -> str:
    return f"\\x{{{ord(char):x}}}"
