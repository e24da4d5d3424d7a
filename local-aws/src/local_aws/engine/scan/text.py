"""Text files read line by line: the SerDes LazySimpleSerDe and OpenCSVSerde."""

from collections.abc import Sequence
from pathlib import Path

from local_aws.engine.context import QueryError
from local_aws.engine.scan.serde import Format
from local_aws.engine.scan.sql import identifier, literal, sized_text
from local_aws.objects import StoredObject
from local_aws.trino.errors import raise_in_sql
from local_aws.trino.types import TrinoType, row_field_names, to_duckdb

# DuckDB's reader splits a line at this text, which no data holds: so a line stays whole.
_NO_DELIMITER = "\x1d\x1e\x1f\x1c"
_LONGEST_LINE = 32 * 1024 * 1024
_REFUSED_SUFFIXES = {
    ".bz2": "bzip2",
    ".lzo": "LZO",
    ".lz4": "LZ4",
    ".snappy": "Snappy",
    ".deflate": "DEFLATE",
}
# DuckDB's casts take more than Hive's readers do (blanks, exponents, underscores, hexadecimals)
_SHAPES = {
    **dict.fromkeys(("tinyint", "smallint", "integer", "bigint"), r"[+-]?\d+"),
    "decimal": r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?",
    "timestamp": r"\d{4}-\d{1,2}-\d{1,2}[ ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d*)?",
}


def check_compression(files: Sequence[StoredObject]) -> None:
    """Refuse objects whose compression nothing here reads.

    Raises
    ------
    QueryError
        NOT_SUPPORTED with the compression's name.
    """
    for file in files:
        name = _REFUSED_SUFFIXES.get(Path(file.key).suffix.lower())
        if name is not None:
            raise QueryError(f"NOT_SUPPORTED: {name}-compressed text {file.uri} is not supported")


def lines_sql(paths: Sequence[str], header_lines: int, extra: str = "") -> str:
    """Return a reader of whole lines, one column ``line``; an empty line is an empty text."""
    return (
        f"read_csv([{', '.join(literal(path) for path in paths)}], "
        f"columns={{'line': 'VARCHAR'}}, delim='{_NO_DELIMITER}', quote='', escape='', "
        f"header=false, auto_detect=false, strict_mode=false, skip={header_lines}, "
        f"max_line_size={_LONGEST_LINE}{extra})"
    )


def delimited_fields(file_format: Format) -> str:
    """Return the expression that splits ``line`` into a list of fields, as LazySimpleSerDe does."""
    delimiter = _separator(file_format, "field.delim", "\x01")
    split = f"string_split(coalesce(line, ''), {literal(delimiter)})"
    escape = file_format.properties.get("escape.delim", "")[:1]
    if not escape:
        return split
    d, e = _class(delimiter), _class(escape)
    pattern = literal(f"{_regex(delimiter)}((?:[^{d}{e}]|{_regex(escape)}(?s:.))*)")
    slow = f"regexp_extract_all({literal(delimiter)} || line, {pattern}, 1)"
    return f"CASE WHEN contains(line, {literal(escape)}) THEN {slow} ELSE {split} END"


def delimited_value(index: int, kind: TrinoType, file_format: Format) -> str:
    """Return a field's value as LazySimpleSerDe reads it: what is no such value is NULL."""
    null = file_format.properties.get("serialization.null.format", "\\N")
    field = f"nullif(fields[{index + 1}], {literal(null)})"
    return _lazy(field, kind, file_format, ["collection.delim", "mapkey.delim"], 2)


def _lazy(
    source: str, kind: TrinoType, file_format: Format, separators: list[str], level: int
) -> str:
    if kind.name in ("array", "map", "row"):
        return _lazy_nested(source, kind, file_format, separators, level)
    if kind.name in ("varchar", "char"):
        escape = file_format.properties.get("escape.delim", "")[:1]
        if escape:
            pattern = literal(f"{_regex(escape)}((?s:.))")
            source = f"regexp_replace({source}, {pattern}, '\\1', 'g')"
        return sized_text(source, kind)
    return lenient_value(source, kind)


def _lazy_nested(
    source: str, kind: TrinoType, file_format: Format, separators: list[str], level: int
) -> str:
    name = separators[0] if separators else ""
    separator = literal(_separator(file_format, name, chr(level)))
    rest = separators[1:]
    item = f"x{level}"
    items = f"string_split({source}, {separator})"
    if kind.name == "array":
        inner = _lazy(item, kind.args[0], file_format, rest, level + 1)
        empty = f"CASE WHEN {source} = '' THEN [] ELSE {items} END"
        return f"list_transform({empty}, lambda {item}: {inner})"
    if kind.name == "row":
        fields = [
            f"{identifier(field)} := "
            + _lazy(f"{items}[{i + 1}]", inner, file_format, rest, level + 1)
            for i, (field, (_, inner)) in enumerate(
                zip(row_field_names(kind), kind.args, strict=True)
            )
        ]
        return f"CASE WHEN {source} IS NOT NULL THEN struct_pack({', '.join(fields)}) END"
    colon = literal(_separator(file_format, rest[0] if rest else "", chr(level + 1)))
    parts = f"string_split({item}, {colon})"
    key = _lazy(f"{parts}[1]", kind.args[0], file_format, rest[1:], level + 2)
    value = _lazy(f"{parts}[2]", kind.args[1], file_format, rest[1:], level + 2)
    pairs = f"list_transform({items}, lambda {item}: {{'k': {key}, 'v': {value}}})"
    whole = f"map_from_entries(list_filter({pairs}, lambda p: p.k IS NOT NULL))"
    empty = f"MAP {{}}::{to_duckdb(kind)}"
    return f"CASE WHEN {source} = '' THEN {empty} WHEN {source} IS NOT NULL THEN {whole} END"


def lenient_value(source: str, kind: TrinoType) -> str:
    """Return a text expression read as a primitive type; what is no such value is NULL."""
    if kind.name in ("varchar", "char"):
        return sized_text(source, kind)
    if kind.name == "boolean":
        return f"CASE lower({source}) WHEN 'true' THEN true WHEN 'false' THEN false END"
    if kind.name == "varbinary":
        return f"from_base64({source})"
    value = f"TRY_CAST({source} AS {to_duckdb(kind)})"
    if kind.name == "timestamp":
        value = f"CAST(TRY_CAST({value} AS TIMESTAMP_MS) AS TIMESTAMP)"
    shape = _SHAPES.get(kind.name)
    if shape is None:
        return value
    return f"CASE WHEN regexp_full_match({source}, {literal(shape)}) THEN {value} END"


def strict_value(source: str, kind: TrinoType, index: int) -> str:
    """Return a text expression read as OpenCSVSerde's columns are: HIVE_BAD_DATA where it fails.

    A date is a number of days and a timestamp a number of milliseconds since 1970.
    """
    if kind.name in ("varchar", "char"):
        return sized_text(source, kind)
    number = lenient_value(source, TrinoType("bigint"))
    value = lenient_value(source, kind)
    if kind.name == "date":
        value = f"(DATE '1970-01-01' + CAST({number} AS INTEGER))"
    elif kind.name == "timestamp":
        value = f"epoch_ms({number})"
    elif kind.name in ("array", "map", "row"):
        raise QueryError(f"NOT_SUPPORTED: a column of type {kind} in OpenCSVSerde")
    return checked(source, value, str(index))


def checked(source: str, value: str, field: str) -> str:
    """Return a value that fails with HIVE_BAD_DATA where its source is there and it is not."""
    message = (
        f"'Error parsing field value ''' || {source} || ''' for field {field}: "
        f"For input string: \"' || {source} || '\"'"
    )
    failure = raise_in_sql("HIVE_BAD_DATA", message)
    return (
        f"CASE WHEN {source} IS NULL THEN NULL WHEN ({value}) IS NULL THEN {failure} "
        f"ELSE {value} END"
    )


def _separator(file_format: Format, name: str, default: str) -> str:
    # Hive 1 misspelt the collection's property, and Athena still writes it so
    misspelt = {"collection.delim": "colelction.delim"}.get(name, name)
    found = file_format.properties.get(name) or file_format.properties.get(misspelt)
    if name == "field.delim" and not found:
        found = file_format.properties.get("serialization.format")
    if not found:
        return default
    # a number is the code of the separator, as Hive reads it
    return chr(int(found)) if found.isdigit() and int(found) < 128 else found[0]


def _regex(char: str) -> str:
    return f"\\x{{{ord(char):x}}}"


def _class(char: str) -> str:
    return f"\\x{{{ord(char):x}}}"
