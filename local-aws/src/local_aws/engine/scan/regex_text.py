"""Lines matched as a whole by a pattern, a column a group: RegexSerDe."""

from functools import lru_cache
from typing import Final

import regex

from local_aws.engine.context import QueryError
from local_aws.engine.scan.primitives import lenient_value
from local_aws.engine.scan.serde import Format
from local_aws.engine.scan.sql import literal
from local_aws.trino.functions.in_python.patterns import java_sets
from local_aws.trino.types import TrinoType

_SECONDS: Final = 10


def fields(file_format: Format) -> str:
    """Return the expression of a line's groups; NULL for a line that does not match.

    Raises
    ------
    QueryError
        HIVE_INVALID_METADATA where ``input.regex`` is missing or is no pattern.
    """
    pattern = file_format.properties.get("input.regex", "")
    if not pattern:
        raise QueryError("HIVE_INVALID_METADATA: Table does not have serde property 'input.regex'")
    flag = "i" if file_format.says("input.regex.case.insensitive") else ""
    try:
        _compiled(pattern, flag)
    except regex.error as error:
        raise QueryError(
            f"HIVE_INVALID_METADATA: input.regex is no pattern: {error}: {pattern}"
        ) from error
    return f"hive_regex(coalesce(line, ''), {literal(pattern)}, '{flag}')"


def value(index: int, kind: TrinoType) -> str:
    """Return a group's value: what is no value of the column's type is NULL.

    Raises
    ------
    QueryError
        NOT_SUPPORTED for a nested type.
    """
    if kind.name in ("array", "map", "row"):
        raise QueryError(f"NOT_SUPPORTED: a column of type {kind} in RegexSerDe")
    group = f"fields[{index + 1}]"
    return f"lower({group}) = 'true'" if kind.name == "boolean" else lenient_value(group, kind)


def groups(line: str, pattern: str, flag: str) -> list[str | None] | None:
    r"""Return the groups of a line, None where the pattern does not match all of it.

    Examples
    --------
    >>> groups("GET /a", r"(\w+) (\S+)( .*)?", "")
    ['GET', '/a', None]
    >>> groups("GET", r"(G)", "")
    """
    found = _compiled(pattern, flag).fullmatch(line, concurrent=True, timeout=_SECONDS)
    return None if found is None else list(found.groups())


@lru_cache(maxsize=64)
def _compiled(pattern: str, flag: str) -> "regex.Pattern[str]":
    flags = regex.ASCII | regex.DOTALL | java_sets(pattern)
    return regex.compile(pattern, flags | (regex.IGNORECASE if flag else 0))
