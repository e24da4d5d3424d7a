"""Functions of regular expressions.

DuckDB's engine (RE2) takes most patterns as Java does. Patterns that need more (look-around, back
references, possessive repetition) and calls where an empty match counts go to Python's `regex`
package, which is slower, gives the interpreter free while it matches and has a time limit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import regex

from local_aws.trino.emit.quoting import quote_text
from local_aws.trino.functions.in_python.patterns import java_sets
from local_aws.trino.functions.model import Call, Function, arg_type
from local_aws.trino.types import TrinoType, array, varchar

_BEYOND_RE2 = re.compile(r"\(\?(?:[=!>]|<[=!])|\\[1-9]|\\k<|[*+?}]\+|\\[GhHRXN]")


def compiled(call: Call, index: int = 1) -> str | None:
    """Return RE2's text of a literal pattern, or None where RE2 cannot take it."""
    if not call.args[index].is_literal or call.args[index].value is None:
        return None
    pattern = re.sub(r"\(\?<(?=[A-Za-z])", "(?P<", str(call.args[index].value))
    try:
        _groups(pattern)
    except regex.error:
        return None  # the slow way says what is wrong with it
    beyond = _BEYOND_RE2.search(pattern) or java_sets(pattern) != regex.VERSION0
    return None if beyond else pattern


def _matches_empty(pattern: str) -> bool:
    return _groups(pattern).match("") is not None or bool(
        re.search(r"[*?]|\{0|\||\\b|\^|\$", pattern)
    )


def _groups(pattern: str) -> regex.Pattern[str]:
    return regex.compile(pattern, java_sets(pattern))


def _like(call: Call) -> str:
    pattern = compiled(call)
    if pattern is None:
        return f"py_regexp_like({call[0]}, {call[1]})"
    return f"regexp_matches({call[0]}, {quote_text(pattern)})"


def _group(call: Call) -> int | None:
    """Return the literal group number, 0 where none is given, None where it varies."""
    if len(call.args) < 3:
        return 0
    given = call.args[2]
    return int(given.value) if given.is_literal and given.value is not None else None


def _group_sql(call: Call) -> str:
    return call[2] if len(call.args) > 2 else "0"


def _extract(call: Call) -> str:
    pattern, group = compiled(call), _group(call)
    usable = pattern is not None and group is not None and 0 <= group <= _groups(pattern).groups
    if pattern is None or group is None or not usable or _optional(pattern, group):
        return f"py_regexp_extract({call[0]}, {call[1]}, {_group_sql(call)})"
    text = quote_text(pattern)
    found = f"regexp_extract({call[0]}, {text}, {group})"
    return f"CASE WHEN regexp_matches({call[0]}, {text}) THEN {found} END"


def _optional(pattern: str, group: int) -> bool:
    """Whether a group may take no part in a match: it is then NULL, not empty."""
    return group > 0 and bool(re.search(r"\|", pattern) or re.search(r"\)(?:[*?]|\{0)", pattern))


def _extract_all(call: Call) -> str:
    pattern, group = compiled(call), _group(call)
    usable = pattern is not None and group is not None and 0 <= group <= _groups(pattern).groups
    if pattern is None or group is None or not usable or _matches_empty(pattern):
        return f"py_regexp_extract_all({call[0]}, {call[1]}, {_group_sql(call)})"
    return f"regexp_extract_all({call[0]}, {quote_text(pattern)}, {group})"


def _replace(call: Call) -> str:
    pattern = compiled(call)
    new = call.args[2] if len(call.args) > 2 else None
    sql = new.sql if new else "''"
    if pattern is not None and not _matches_empty(pattern) and (new is None or new.is_literal):
        text = "" if new is None else _re2_replacement(str(new.value), _groups(pattern))
        if text is not None and (new is None or new.value is not None):
            return f"regexp_replace({call[0]}, {quote_text(pattern)}, {quote_text(text)}, 'g')"
    return f"py_regexp_replace({call[0]}, {call[1]}, {sql})"


def _re2_replacement(text: str, pattern: regex.Pattern[str]) -> str | None:
    """RE2's form of a Java replacement (``$1``, ``${name}``); None where only Java's rules do."""
    made, at = [], 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            if at + 1 == len(text):
                return None
            made.append(text[at + 1].replace("\\", "\\\\"))
            at += 2
            continue
        if char != "$":
            made.append(char)
            at += 1
            continue
        named = re.match(r"\$\{(\w+)\}|\$(\d)", text[at:])
        if named is None:
            return None
        number = pattern.groupindex.get(named[1]) if named[1] else int(named[2])
        if number is None or number > min(pattern.groups, 9):
            return None
        follows = text[at + named.end() : at + named.end() + 1]
        if named[2] and follows.isdigit() and int(named[2] + follows) <= pattern.groups:
            return None
        made.append(f"\\{number}")
        at += named.end()
    return "".join(made)


def _replaced_type(types: Sequence[TrinoType]) -> TrinoType:
    """Return the type with room for the longest replacement, as RegexpReplace declares it."""
    if len(types) < 3:
        return types[0]
    if not (types[0].args and types[2].args):
        return varchar()
    (length,), (new,) = types[0].args, types[2].args
    return varchar(min(2147483647, length + max(length * new // 2, new) * (length + 1)))


def _replace_by_lambda(call: Call) -> str:
    """Put what a lambda makes of the groups in the place of each match."""
    function = call.args[2]
    (parameter,) = function.params
    made = f"lambda {parameter}: {function.body}"
    pieces = f"py_regexp_between({call[0]}, {call[1]})"
    groups = f"list_transform(py_regexp_groups({call[0]}, {call[1]}), {made})"
    zipped = (
        f"list_transform(list_zip({pieces}, {groups}), lambda z_: z_[1] || coalesce(z_[2], ''))"
    )
    return f"array_to_string({zipped}, '')"


def _split(call: Call) -> str:
    pattern = compiled(call)
    if pattern is None or _matches_empty(pattern):
        return f"py_regexp_split({call[0]}, {call[1]})"
    return f"regexp_split_to_array({call[0]}, {quote_text(pattern)})"


def _count(call: Call) -> str:
    pattern = compiled(call)
    if pattern is None or _matches_empty(pattern):
        return f"py_regexp_count({call[0]}, {call[1]})"
    return f"CAST(len(regexp_extract_all({call[0]}, {quote_text(pattern)})) AS BIGINT)"


def _position(call: Call) -> str:
    start = call[2] if len(call.args) > 2 else "1"
    occurrence = call[3] if len(call.args) > 3 else "1"
    return f"py_regexp_position({call[0]}, {call[1]}, {start}, {occurrence})"


def _array_of_first(types: Sequence[TrinoType]) -> TrinoType:
    return array(types[0])


FUNCTIONS: list[Function] = [
    Function("regexp_like", ("varchar", "varchar"), "boolean", _like),
    Function("regexp_extract", ("varchar", "varchar"), arg_type(0), _extract),
    Function("regexp_extract", ("varchar", "varchar", "bigint"), arg_type(0), _extract),
    Function("regexp_extract_all", ("varchar", "varchar"), _array_of_first, _extract_all),
    Function("regexp_extract_all", ("varchar", "varchar", "bigint"), _array_of_first, _extract_all),
    Function("regexp_replace", ("varchar", "varchar"), _replaced_type, _replace),
    Function("regexp_replace", ("varchar", "varchar", "varchar"), _replaced_type, _replace),
    Function(
        "regexp_replace",
        ("varchar", "varchar", "function(array(varchar),varchar)"),
        "varchar",
        _replace_by_lambda,
    ),
    Function("regexp_split", ("varchar", "varchar"), _array_of_first, _split),
    Function("regexp_count", ("varchar", "varchar"), "bigint", _count),
    Function("regexp_position", ("varchar", "varchar"), "integer", _position),
    Function("regexp_position", ("varchar", "varchar", "bigint"), "integer", _position),
    Function("regexp_position", ("varchar", "varchar", "bigint", "bigint"), "integer", _position),
]
