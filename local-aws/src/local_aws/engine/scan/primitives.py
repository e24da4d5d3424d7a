"""Texts of files read as primitive types."""

from typing import Final

from local_aws.engine.context import QueryError
from local_aws.engine.scan.serde import Format
from local_aws.engine.scan.sql import literal, sized_text
from local_aws.trino.errors import raise_in_sql
from local_aws.trino.functions.in_python.date_patterns import is_joda
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType

NULL_FOR_INVALID: Final = "use.null.for.invalid.data"
# DuckDB's casts take more than Hive's readers do: blanks, underscores, hexadecimals, dates with
# slashes, the words inf, nan, epoch and infinity
_NUMBER: Final = r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
_DAY: Final = r"\d{4}-(0?[1-9]|1[0-2])-(0?[1-9]|[12]\d|3[01])"
_WHOLE: Final = r"[+-]?\d+"
_FRACTION: Final = r"[+-]?\d*\.\d*"
_SHAPES: Final = {
    "real": rf"\s*[+-]?(NaN|Infinity|{_NUMBER}[fFdD]?)\s*",
    "double": rf"\s*[+-]?(NaN|Infinity|{_NUMBER}[fFdD]?)\s*",
    "decimal": rf"[+-]?{_NUMBER}",
    "date": rf"\s*{_DAY}(\s.*)?",
    "timestamp": rf"{_DAY} \d{{1,2}}:\d{{1,2}}:\d{{1,2}}(\.\d*)?",
}


def lenient_value(
    source: str, kind: TrinoType, file_format: Format | None = None, *, fractions: bool = False
) -> str:
    """Return a text expression read as a primitive type; what is no such value is NULL.

    Parameters
    ----------
    source, kind
        The text, and the type.
    file_format
        Its ``timestamp.formats`` are tried first, then the default one.
    fractions
        Whether an integer may have a fraction, which is cut off.
    """
    if kind.name in ("varchar", "char"):
        return sized_text(source, kind)
    if kind.name == "boolean":
        return f"CASE lower({source}) WHEN 'true' THEN true WHEN 'false' THEN false END"
    if kind.name == "varbinary":
        return f"TRY(from_base64({source}))"
    shape = _SHAPES.get(kind.name)
    if shape is None:
        return _integer(source, to_duckdb(kind), fractions)
    cast = {"date": _date, "timestamp": _timestamp, "decimal": _cast}.get(kind.name, _float)
    value = f"CASE WHEN {_is(source, shape)} THEN {cast(source, to_duckdb(kind))} END"
    if kind.name == "timestamp" and file_format is not None:
        patterns = timestamp_formats(file_format)
        own = [f"hive_timestamp(trim({source}), {literal(pattern)})" for pattern in patterns]
        return f"coalesce({', '.join([*own, value])})" if own else value
    return value


def _is(source: str, shape: str) -> str:
    return f"regexp_full_match({source}, {literal(shape)})"


def _cast(source: str, stored: str) -> str:
    return f"TRY_CAST({source} AS {stored})"


def _integer(source: str, stored: str, fractions: bool) -> str:
    whole = f"WHEN {_is(source, _WHOLE)} THEN {_cast(source, stored)}"
    if not fractions:
        return f"CASE {whole} END"
    before = f"split_part({source}, '.', 1)"
    cut = f"CASE WHEN {before} IN ('', '+', '-') THEN 0 ELSE {_cast(before, stored)} END"
    return f"CASE {whole} WHEN {_is(source, _FRACTION)} THEN {cut} END"


def _float(source: str, stored: str) -> str:
    return _cast(f"rtrim(trim({source}), 'fFdD')", stored)


def _date(source: str, stored: str) -> str:
    """Read a day; one behind the end of its month is in the next, as java.sql.Date has it."""
    text = f"split_part(trim({source}), ' ', 1)"
    month = f"left({text}, 4) || '-' || split_part({text}, '-', 2) || '-1'"
    rolled = f"TRY_CAST({month} AS DATE) + (TRY_CAST(split_part({text}, '-', 3) AS INTEGER) - 1)"
    return f"coalesce({_cast(text, stored)}, {rolled})"


def _timestamp(source: str, stored: str) -> str:
    rolled = f"{_date(source, 'DATE')} + TRY_CAST(split_part({source}, ' ', 2) AS TIME)"
    read = f"coalesce({_cast(source, stored)}, {rolled})"
    return f"CAST(TRY_CAST({read} AS TIMESTAMP_MS) AS TIMESTAMP)"


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
