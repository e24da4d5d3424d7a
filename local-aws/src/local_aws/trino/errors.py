"""Errors as Trino names them, and how text and functions that DuckDB runs fail with one.

DuckDB gives an exception's message back and nothing else of it, so an error of ours travels inside
a message, behind a mark that no message of DuckDB's has: ``TRINO|NAME|message``. The mark is
written and read here alone.
"""

from __future__ import annotations

import re
from typing import Final

INVALID_ARGUMENT: Final = "INVALID_FUNCTION_ARGUMENT"

# A cast that fails quotes its text and names its type behind it; an exception of Python's is quoted
# to the end. The message may have lines of its own.
_MARKED = re.compile(
    r"(?:TRINO\|([A-Z_]+)\|(.*)' to INT32|ValueError: TRINO\|([A-Z_]+)\|(.*))", re.DOTALL
)


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
        self.told = message if line is None else f"line {line}:{column}: {message}"
        super().__init__(f"{name}: {self.told}")


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


def raise_named_in_sql(error_sql: str) -> str:
    """Make a DuckDB expression that fails with the error that a text names: ``NAME|message``."""
    return f"[NULL][CAST('TRINO|' || {error_sql} AS INTEGER)]"


def error_in_python(message: str, name: str = INVALID_ARGUMENT) -> ValueError:
    """Make what a function in Python raises to fail with a Trino error."""
    return ValueError(f"TRINO|{name}|{message}")


def marked_error(text: str) -> TrinoError | None:
    """Return the error that a message of DuckDB's carries; None where it carries none."""
    found = _MARKED.search(text)
    return None if found is None else TrinoError(found[1] or found[3], found[2] or found[4])
