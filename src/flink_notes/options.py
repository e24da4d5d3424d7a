"""The options of a statement's WITH."""

from typing import NamedTuple

from flink_notes.tokens import tokens


class Option(NamedTuple):
    """One ``'key' = 'value'``, and where it begins and ends in the statement."""

    key: str
    value: str
    begin: int
    end: int


def options(sql: str) -> list[Option]:
    """List the pairs of plain literals with ``=`` between, in the order of a statement."""
    code = [token for token in tokens(sql) if token.lastgroup not in {"space", "comment"}]
    return [
        Option(key[0][1:-1], value[0][1:-1], key.start(), value.end())
        for key, equals, value in zip(code, code[1:], code[2:], strict=False)
        if equals[0] == "=" and {key.lastgroup, value.lastgroup} == {"literal"}
    ]
