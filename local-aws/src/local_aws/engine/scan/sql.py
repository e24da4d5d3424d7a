"""Pieces of DuckDB SQL: names, literals, and texts of a declared length."""

from local_aws.trino.types import TrinoType


def identifier(name: str) -> str:
    """Return a name as a quoted identifier.

    Examples
    --------
    >>> identifier('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as a string literal.

    Examples
    --------
    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def sized_text(source: str, kind: TrinoType) -> str:
    """Return an expression of a text type cut, and for ``char`` padded, to the type's length.

    An expression of any other type stays as it is.
    """
    if kind.name not in ("varchar", "char") or not kind.args:
        return source
    cut = f"left({source}, {kind.args[0]})"
    return cut if kind.name == "varchar" else f"rpad({cut}, {kind.args[0]}, ' ')"
