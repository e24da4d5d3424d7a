"""Rows as lines of text, written by the properties that the lines are read by."""

from collections.abc import Sequence
from typing import Final

from local_aws.engine import values
from local_aws.engine.context import QueryError
from local_aws.engine.scan import json_text, quoted, text
from local_aws.engine.scan.serde import Format
from local_aws.engine.scan.sql import identifier, literal
from local_aws.trino.type_storage import row_field_names
from local_aws.trino.types import TrinoType

_NESTED: Final = ("array", "map", "row")
_TEXTS: Final = ("varchar", "char")
Columns = Sequence[tuple[str, TrinoType]]


def line(columns: Columns, file_format: Format) -> str:
    """Return the expression of a row's line: for LazySimpleSerDe or OpenCSVSerde.

    Raises
    ------
    QueryError
        NOT_SUPPORTED for a column of a type that the SerDe cannot write.
    """
    if file_format.name == "quoted csv":
        separator, _, _ = quoted.characters(file_format)
        cells = [f"coalesce({_quoted(name, kind, file_format)}, '')" for name, kind in columns]
    else:
        separator = text.separator_at(file_format, 0)
        null = literal(text.null_of(file_format))
        cells = [
            f"coalesce({_delimited(identifier(name), kind, file_format, 1)}, {null})"
            for name, kind in columns
        ]
    return f" || {literal(separator)} || ".join(cells)


def json_items(columns: Columns, file_format: Format) -> list[str]:
    """Return the values of a row's JSON object, each under the key that is read for its column."""
    given = json_text.options(file_format)
    return [
        f"{_json(identifier(name), kind, 0)} AS {identifier(given.key(name))}"
        for name, kind in columns
    ]


def _primitive(source: str, kind: TrinoType) -> str:
    if kind.name == "varbinary":
        return f"base64({source})"
    shown = values.text(source, kind)
    # a time's fraction goes without zeros at its end, as Hive writes it
    return f"rtrim(rtrim({shown}, '0'), '.')" if kind.name == "timestamp" else shown


def _delimited(source: str, kind: TrinoType, file_format: Format, level: int) -> str:
    if kind.name not in _NESTED:
        shown = _primitive(source, kind)
        return _escaped(shown, file_format) if kind.name in _TEXTS else shown
    separator = literal(text.separator_at(file_format, level))
    null = literal(text.null_of(file_format))
    if kind.name == "row":
        cells = [
            f"coalesce({_delimited(_member(source, name), inner, file_format, level + 1)}, {null})"
            for name, (_, inner) in zip(row_field_names(kind), kind.args, strict=True)
        ]
        return f"CASE WHEN {source} IS NOT NULL THEN {f' || {separator} || '.join(cells)} END"
    item = f"e{level}"
    if kind.name == "array":
        cell = _delimited(item, kind.args[0], file_format, level + 1)
        cell, items = f"coalesce({cell}, {null})", source
    else:
        colon = literal(text.separator_at(file_format, level + 1))
        key = _delimited(f"{item}.key", kind.args[0], file_format, level + 2)
        value = _delimited(f"{item}.value", kind.args[1], file_format, level + 2)
        cell, items = f"{key} || {colon} || coalesce({value}, {null})", f"map_entries({source})"
    return f"array_to_string(list_transform({items}, lambda {item}: {cell}), {separator})"


def _escaped(source: str, file_format: Format) -> str:
    escape = text.escape_of(file_format)
    if not escape:
        return source
    return _behind(source, [*text.separators(file_format), escape], escape)


def _behind(source: str, chars: Sequence[str], escape: str) -> str:
    """Put an escape character before each of some characters."""
    found = "".join(f"\\x{{{ord(char):x}}}" for char in chars)
    by = literal(escape.replace("\\", "\\\\") + "\\1")
    return f"regexp_replace({source}, {literal(f'([{found}])')}, {by}, 'g')"


def _quoted(name: str, kind: TrinoType, file_format: Format) -> str:
    column = identifier(name)
    _, quote, escape = quoted.characters(file_format)
    if kind.name in _NESTED:
        raise QueryError(f"NOT_SUPPORTED: column {name} of type {kind} in OpenCSVSerde")
    if kind.name == "date":
        shown = f"CAST({column} - DATE '1970-01-01' AS VARCHAR)"
    elif kind.name == "timestamp":
        shown = f"CAST(epoch_ms({column}) AS VARCHAR)"
    else:
        shown = _primitive(column, kind)
    return f"{literal(quote)} || {_behind(shown, [quote, escape], escape)} || {literal(quote)}"


def _json(source: str, kind: TrinoType, depth: int) -> str:
    item = f"e{depth}"
    if kind.name == "array":
        return f"list_transform({source}, lambda {item}: {_json(item, kind.args[0], depth + 1)})"
    if kind.name == "map":
        key = _primitive(f"{item}.key", kind.args[0])
        value = _json(f"{item}.value", kind.args[1], depth + 1)
        pairs = (
            f"list_transform(map_entries({source}), lambda {item}: {{'k': {key}, 'v': {value}}})"
        )
        return f"map_from_entries({pairs})"
    if kind.name == "row":
        parts = [
            f"{identifier(name)} := {_json(_member(source, name), inner, depth + 1)}"
            for name, (_, inner) in zip(row_field_names(kind), kind.args, strict=True)
        ]
        return f"CASE WHEN {source} IS NOT NULL THEN struct_pack({', '.join(parts)}) END"
    if kind.name in ("timestamp", "date", "varbinary"):
        return _primitive(source, kind)
    if kind.name in ("real", "double"):
        # JSON has no numbers for these; its readers take their names
        number, name = f"to_json({source})", f"to_json({values.text(source, kind)})"
        return f"CASE WHEN isfinite({source}) THEN {number} ELSE {name} END"
    return source


def _member(source: str, name: str) -> str:
    return f"struct_extract({source}, {literal(name)})"
