"""Dates and times read by MySQL's and Joda's patterns."""

from __future__ import annotations

import re

from local_aws.trino.emit.quoting import quote_text
from local_aws.trino.functions.joda_patterns import joda_tokens
from local_aws.trino.functions.model import Call, Function
from local_aws.trino.types import TrinoType, timestamp

# Fields that strptime reads as Trino does where all their digits are there: how their text looks,
# and what they are to strptime
_YEAR = (r"\d{4}", "%Y")
_MONTH, _DAY, _HOUR, _MINUTE, _SECOND = ((r"\d{2}", f"%{letter}") for letter in "mdHMS")
_CLOCK = (r"\d{2}:\d{2}:\d{2}", "%H:%M:%S")
_STRICT_MYSQL = {
    **{"Y": _YEAR, "m": _MONTH, "d": _DAY, "H": _HOUR, "i": _MINUTE},
    **{"S": _SECOND, "s": _SECOND, "T": _CLOCK},
}
_STRICT_JODA = {
    **{"yyyy": _YEAR, "YYYY": _YEAR, "MM": _MONTH, "dd": _DAY},
    **{"HH": _HOUR, "mm": _MINUTE, "ss": _SECOND},
}


def _strict(fields: list[tuple[str, str] | str]) -> tuple[str, str]:
    """Regex and strptime format of fields and literal texts."""
    shape, form = "", ""
    for field in fields:
        if isinstance(field, str):
            shape += re.escape(field)
            form += field.replace("%", "%%")
        else:
            shape += field[0]
            form += field[1]
    return shape, form


def _mysql_fields(text: str) -> list[tuple[str, str] | str] | None:
    """Fields of a MySQL format, or None where only the slow way reads it as Trino does."""
    fields: list[tuple[str, str] | str] = []
    for found in re.finditer(r"%(.)|([^%]+)|%$", text, re.DOTALL):
        if found[2]:
            fields.append(found[2])
        elif found[1] in _STRICT_MYSQL:
            fields.append(_STRICT_MYSQL[found[1]])
        else:
            return None
    return fields


def _joda_fields(text: str) -> list[tuple[str, str] | str] | None:
    fields: list[tuple[str, str] | str] = []
    for token in joda_tokens(text):
        if token[0] == "'":
            fields.append(token[1:])
        elif token in _STRICT_JODA:
            fields.append(_STRICT_JODA[token])
        else:
            return None
    return fields


def _parse(call: Call, fields: list[tuple[str, str] | str] | None, slow: str) -> str:
    """Parse quickly what is written in full, and everything else (also to fail) the slow way."""
    text = call[0]
    if fields is None or not {_YEAR, _MONTH, _DAY} <= set(fields):
        return slow
    shape, form = _strict(fields)
    quick = f"try_strptime({text}, {quote_text(form)})"
    return (
        f"CASE WHEN regexp_full_match({text}, {quote_text(shape)}) AND {quick} IS NOT NULL "
        f"THEN {quick} ELSE {slow} END"
    )


def _date_parse(call: Call) -> str:
    pattern = call.args[1]
    slow = f"make_timestamp(py_date_parse({call[0]}, {call[1]}))"
    fields = _mysql_fields(str(pattern.value)) if pattern.is_literal else None
    return _parse(call, fields, slow)


def unpacked(parsed: str) -> str:
    """Text of a zoned value out of the instant and zone that Python read; NULL stays NULL."""
    return (
        f"CASE WHEN ({parsed}) IS NOT NULL THEN "
        f"struct_pack(t := make_timestamp(({parsed}).t), z := ({parsed}).z) END"
    )


def _parse_datetime(call: Call) -> str:
    pattern = call.args[1]
    slow = unpacked(f"py_parse_datetime({call[0]}, {call[1]})")
    fields = _joda_fields(str(pattern.value)) if pattern.is_literal else None
    if fields is None:
        return slow
    local = _parse(call, fields, f"({slow}).t")
    return f"CASE WHEN {call[0]} IS NOT NULL THEN struct_pack(t := {local}, z := 'UTC') END"


def zoned_milliseconds(_: object) -> TrinoType:
    """Return the type of what is read with its zone."""
    return timestamp(3, zone=True)


FUNCTIONS: list[Function] = [
    Function("date_parse", ("varchar", "varchar"), lambda _: timestamp(3), _date_parse),
    Function("parse_datetime", ("varchar", "varchar"), zoned_milliseconds, _parse_datetime),
]
