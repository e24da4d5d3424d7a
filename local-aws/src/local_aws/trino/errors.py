"""Errors as Trino names them, and how DuckDB text fails with one."""

from __future__ import annotations


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
