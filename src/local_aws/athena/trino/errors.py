"""Errors as Trino names them, and DuckDB's run-time errors said in Trino's words."""

from __future__ import annotations

import re


class TrinoError(Exception):
    """A query's failure, as Athena's ``StateChangeReason`` shows it.

    Parameters
    ----------
    name
        Trino's error name, such as ``COLUMN_NOT_FOUND``.
    message
        What was wrong.
    line, column
        Where in the statement, both from 1; None where it failed while running.

    Examples
    --------
    >>> str(TrinoError("COLUMN_NOT_FOUND", "Column 'x' cannot be resolved", 1, 8))
    "COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved"
    """

    def __init__(
        self, name: str, message: str, line: int | None = None, column: int | None = None
    ) -> None:
        self.name, self.message, self.line, self.column = name, message, line, column
        place = f"line {line}:{column}: " if line is not None else ""
        super().__init__(f"{name}: {place}{message}")


_MARK = re.compile(r"TRINO\|([A-Z_]+)\|(.*)' to INT32", re.DOTALL)
_BITS = {"8": "tinyint", "16": "smallint", "32": "integer", "64": "bigint"}
_OPERATIONS = {
    "addition": ("addition", "+"),
    "subtraction": ("subtraction", "-"),
    "multiplication": ("multiplication", "*"),
}


def raise_in_sql(name: str, message_sql: str) -> str:
    """Make a DuckDB expression that fails with a Trino error.

    A cast that cannot succeed carries the message, because DuckDB's own ``error`` is volatile and
    so cannot stand inside ``TRY``; as an element of ``[NULL]`` it fits any type.

    Parameters
    ----------
    name
        Trino's error name.
    message_sql
        DuckDB expression of the message.

    Examples
    --------
    >>> raise_in_sql("INVALID_FUNCTION_ARGUMENT", "'bad'")
    "[NULL][CAST('TRINO|INVALID_FUNCTION_ARGUMENT|' || 'bad' AS INTEGER)]"
    """
    return f"[NULL][CAST('TRINO|{name}|' || {message_sql} AS INTEGER)]"


def _overflow(text: str) -> TrinoError | None:
    found = re.search(r"Overflow in (\w+) of (?:INT|DECIMAL)?(\d+)? ?\(?(.*?)\)?[.!]?$", text)
    if found is None:
        return None
    operation, bits, values = found.groups()
    kind = _BITS.get(bits or "", "bigint")
    if "DECIMAL" in text:
        return TrinoError("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow")
    return TrinoError("NUMERIC_VALUE_OUT_OF_RANGE", f"{kind} {operation} overflow: {values}")


def translate_runtime_error(error: Exception) -> TrinoError:
    """Say a DuckDB exception, raised while a compiled query ran, as Trino would.

    What has no known counterpart becomes ``GENERIC_INTERNAL_ERROR`` with DuckDB's first line.
    """
    if isinstance(error, TrinoError):
        return error
    text = str(error)
    first = text.split("\n", maxsplit=1)[0]
    marked = _MARK.search(text)
    if marked:
        return TrinoError(marked.group(1), marked.group(2))
    if "Division by zero" in text or "division by zero" in text:
        return TrinoError("DIVISION_BY_ZERO", "Division by zero")
    overflow = _overflow(first)
    if overflow:
        return overflow
    for pattern, name, message in _KNOWN:
        found = re.search(pattern, first)
        if found:
            return TrinoError(name, found.expand(message))
    return TrinoError("GENERIC_INTERNAL_ERROR", first)


_KNOWN = [
    (
        r"More than one row returned by a subquery",
        "SUBQUERY_MULTIPLE_ROWS",
        "Scalar sub-query has returned multiple rows",
    ),
    (
        r"Could not convert string '(.*)' to INT64|Could not convert string '(.*)' to INT\d+",
        "INVALID_CAST_ARGUMENT",
        r"Cannot cast '\1' to an integer",
    ),
    (
        r"Could not convert string '(.*)' to (\w+)",
        "INVALID_CAST_ARGUMENT",
        r"Cannot cast '\1' to \2",
    ),
    (
        r"Could not convert string \"(.*)\" to (\S+)",
        "INVALID_CAST_ARGUMENT",
        r"Cannot cast '\1' to \2",
    ),
    (
        r"(?:date|time|timestamp) field value out of range: \"(.*)\"|"
        r"invalid (?:date|time|timestamp) field format: \"(.*)\"",
        "INVALID_CAST_ARGUMENT",
        r"Value cannot be cast to date or timestamp: \1\2",
    ),
    (
        r"Could not cast value (\S+) (?:from \w+ )?to (DECIMAL\S*)",
        "INVALID_CAST_ARGUMENT",
        r"Cannot cast DECIMAL '\1' to \2",
    ),
    (
        r"Type (\w+) with value (\S+) can't be cast .* to the destination type (\w+)",
        "NUMERIC_VALUE_OUT_OF_RANGE",
        r"Out of range for \3: \2",
    ),
    (r"Could not cast value (\S+)", "INVALID_CAST_ARGUMENT", r"Cannot cast value \1"),
    (
        r"Casting value \"(.*)\" to type (\S+) failed",
        "INVALID_CAST_ARGUMENT",
        r"Cannot cast \1 to \2",
    ),
    (r"Map keys must be unique", "INVALID_FUNCTION_ARGUMENT", "Duplicate map keys are not allowed"),
    (r"Map keys can not be NULL", "INVALID_FUNCTION_ARGUMENT", "map key cannot be null"),
    (r"Out of Range Error: (.*)", "NUMERIC_VALUE_OUT_OF_RANGE", r"\1"),
    (r"Malformed JSON(.*)", "INVALID_FUNCTION_ARGUMENT", r"Cannot convert value to JSON\1"),
    (r"Out of Memory Error", "EXCEEDED_LOCAL_MEMORY_LIMIT", "Query exceeded the memory limit"),
]
