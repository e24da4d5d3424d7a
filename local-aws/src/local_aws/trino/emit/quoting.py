"""Quoting for DuckDB."""

from __future__ import annotations


def quote_name(name: str) -> str:
    """Quote an identifier for DuckDB."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """Quote a string for DuckDB."""
    quoted = "'" + text.replace("'", "''") + "'"
    if "\x00" in text:  # which marks a select list that is put off
        return "(" + quoted.replace("\x00", "' || chr(0) || '") + ")"
    return quoted
