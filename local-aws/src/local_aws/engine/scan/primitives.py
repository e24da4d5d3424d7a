"""Texts of files read as primitive types."""

from typing import Final

from local_aws.engine.context import QueryError
from local_aws.engine.scan.serde import Format
from local_aws.engine.scan.sql import literal, sized_text
from local_aws.trino.errors import raise_in_sql
from local_aws.trino.functions.in_python.date_patterns import is_joda
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType

# DuckDB's casts take more than Hive's readers do (blanks, exponents, underscores, hexadecimals)
_SHAPES: Final = {
    **dict.fromkeys(("tinyint", "smallint", "integer", "bigint"), r"[+-]?\d+"),
    "decimal": r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?",
    "timestamp": r"\d{4}-\d{1,2}-\d{1,2}[ ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d*)?",
}


def lenient_value(source: str, kind: TrinoType, file_format: Format | None = None) -> str:
    """Return a text expression read as a primitive type; what is no such value is NULL.

    Parameters
    ----------
    source, kind
        The text, and the type.
    file_format
        Its ``timestamp.formats`` are tried first, then the default one.
    """
    if kind.name in ("varchar", "char"):
        return sized_text(source, kind)
    if kind.name == "boolean":
        return f"CASE lower({source}) WHEN 'true' THEN true WHEN 'false' THEN false END"
    if kind.name == "varbinary":
        return f"TRY(from_base64({source}))"
    cast = f"TRY_CAST({source} AS {to_duckdb(kind)})"
    if kind.name == "timestamp":
        cast = f"CAST(TRY_CAST({cast} AS TIMESTAMP_MS) AS TIMESTAMP)"
    shape = _SHAPES.get(kind.name)
    if shape is not None:
        cast = f"CASE WHEN regexp_full_match({source}, {literal(shape)}) THEN {cast} END"
    if kind.name == "timestamp" and file_format is not None:
        patterns = timestamp_formats(file_format)
        own = [f"hive_timestamp(trim({source}), {literal(pattern)})" for pattern in patterns]
        return f"coalesce({', '.join([*own, cast])})" if own else cast
    return cast


def timestamp_formats(file_format: Format) -> list[str]:
    r"""Return the patterns of ``timestamp.formats``: commas between them, ``\,`` for a comma.

    Raises
    ------
    QueryError
        HIVE_INVALID_METADATA for a backslash that escapes nothing, or what is no pattern.
    """
    text = file_format.properties.get("timestamp.formats", "")
    found, current, at = [], "", 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
            if text[at : at + 1] not in (",", "\\"):
                raise QueryError(
                    f"HIVE_INVALID_METADATA: Invalid 'timestamp.formats' property value '{text}'"
                )
            current += text[at]
        elif text[at] == ",":
            found.append(current)
            current = ""
        else:
            current += text[at]
        at += 1
    patterns = [pattern for pattern in (*found, current) if pattern]
    for pattern in patterns:
        if pattern.lower() != "millis" and not is_joda(pattern):
            raise QueryError(
                f"HIVE_INVALID_METADATA: Invalid 'timestamp.formats' property value '{text}': "
                f"'{pattern}' is no pattern of a time"
            )
    return patterns


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
