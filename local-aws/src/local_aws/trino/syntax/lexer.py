"""Trino's tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax.nodes import At

# Trino's reserved words; EXECUTE, FIRST and LAST are Athena's alone ("Reserved keywords in SQL
# SELECT statements" in its guide).
RESERVED = frozenset(
    [
        "EXECUTE",
        "FIRST",
        "LAST",
        "ALTER",
        "AND",
        "AS",
        "BETWEEN",
        "BY",
        "CASE",
        "CAST",
        "CONSTRAINT",
        "CREATE",
        "CROSS",
        "CUBE",
        "CURRENT_CATALOG",
        "CURRENT_DATE",
        "CURRENT_PATH",
        "CURRENT_ROLE",
        "CURRENT_SCHEMA",
        "CURRENT_TIME",
        "CURRENT_TIMESTAMP",
        "CURRENT_USER",
        "DEALLOCATE",
        "DELETE",
        "DESCRIBE",
        "DISTINCT",
        "DROP",
        "ELSE",
        "END",
        "ESCAPE",
        "EXCEPT",
        "EXISTS",
        "EXTRACT",
        "FALSE",
        "FOR",
        "FROM",
        "FULL",
        "GROUP",
        "GROUPING",
        "HAVING",
        "IN",
        "INNER",
        "INSERT",
        "INTERSECT",
        "INTO",
        "IS",
        "JOIN",
        "JSON_ARRAY",
        "JSON_EXISTS",
        "JSON_OBJECT",
        "JSON_QUERY",
        "JSON_TABLE",
        "JSON_VALUE",
        "LEFT",
        "LIKE",
        "LISTAGG",
        "LOCALTIME",
        "LOCALTIMESTAMP",
        "NATURAL",
        "NORMALIZE",
        "NOT",
        "NULL",
        "ON",
        "OR",
        "ORDER",
        "OUTER",
        "PREPARE",
        "RECURSIVE",
        "RIGHT",
        "ROLLUP",
        "SELECT",
        "SKIP",
        "TABLE",
        "THEN",
        "TRIM",
        "TRUE",
        "UESCAPE",
        "UNION",
        "UNNEST",
        "USING",
        "VALUES",
        "WHEN",
        "WHERE",
        "WITH",
    ]
)

_TOKENS = re.compile(
    r"""(?P<skip>\s+|--[^\r\n]*|/\*.*?\*/)
    |(?P<binary>[xX]'[^']*')
    |(?P<unicode>[uU]&'(?:[^']|'')*')
    |(?P<string>'(?:[^']|'')*')
    |(?P<quoted>"(?:[^"]|"")*")
    |(?P<double>\d[\d_]*(?:\.[\d_]*)?[eE][+-]?\d+|\.\d[\d_]*[eE][+-]?\d+)
    |(?P<decimal>\d[\d_]*\.[\d_]*|\.\d[\d_]*)
    |(?P<integer>0[xX][0-9A-Fa-f_]+|0[oO][0-7_]+|0[bB][01_]+|\d[\d_]*)(?![A-Za-z])
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<symbol><>|!=|<=|>=|\|\||->|=>|[=<>+\-*/%(),.\[\]?;{}:|])""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A token: its kind, what was written, its upper-case form, and where it starts."""

    kind: str
    text: str
    upper: str
    at: At
    offset: int


def tokenize(sql: str, start: int = 0) -> list[Token]:
    """Tokens of a statement from an offset on; the last is of the kind ``end``.

    Raises
    ------
    TrinoError
        Some character starts no token.
    """
    if "\x00" in sql:
        raise TrinoError("SYNTAX_ERROR", "NUL character in the statement", 1, 1)
    line = sql.count("\n", 0, start) + 1
    line_start = sql.rfind("\n", 0, start) + 1
    tokens: list[Token] = []
    at = start
    while at < len(sql):
        place = (line, at - line_start + 1)
        match = _TOKENS.match(sql, at)
        if match is None:
            if sql[at] == "`":
                message = (
                    "backquoted identifiers are not supported; "
                    "use double quotes to quote identifiers"
                )
                raise TrinoError("SYNTAX_ERROR", message, *place)
            if sql[at].isdigit():
                message = "identifiers must not start with a digit; "
                message += "surround the identifier with double quotes"
                raise TrinoError("SYNTAX_ERROR", message, *place)
            raise TrinoError("SYNTAX_ERROR", f"mismatched input '{sql[at]}'", *place)
        kind = match.lastgroup or ""
        text = match.group()
        if text == '""':
            message = "Zero-length delimited identifier not allowed"
            raise TrinoError("SYNTAX_ERROR", message, *place)
        if kind != "skip":
            upper = text.upper() if kind == "word" else text
            tokens.append(Token(kind, text, upper, place, at))
        newlines = text.count("\n")
        if newlines:
            line += newlines
            line_start = at + text.rfind("\n") + 1
        at = match.end()
    tokens.append(Token("end", "<EOF>", "<EOF>", (line, at - line_start + 1), at))
    return tokens


def string_value(text: str) -> str:
    """Value of a quoted string or identifier as written."""
    quote = text[0]
    return text[1:-1].replace(quote * 2, quote)
