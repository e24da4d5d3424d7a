"""Dates and times as text: MySQL's and Joda's formats, ISO 8601."""

from __future__ import annotations

import re
from collections.abc import Callable

from local_aws.trino.emit.quoting import quote_text
from local_aws.trino.errors import INVALID_ARGUMENT, TrinoError
from local_aws.trino.functions.model import Call, Function
from local_aws.trino.types import TrinoType, timestamp, varchar

_ZONED = "timestamp with time zone"

# What MySQL's letters are in DuckDB's strftime.
_MYSQL = {
    "a": "%a",
    "b": "%b",
    "c": "%-m",
    "d": "%d",
    "e": "%-d",
    "f": "%g000",
    "H": "%H",
    "h": "%I",
    "I": "%I",
    "i": "%M",
    "j": "%j",
    "k": "%-H",
    "l": "%-I",
    "M": "%B",
    "m": "%m",
    "p": "%p",
    "r": "%I:%M:%S %p",
    "S": "%S",
    "s": "%S",
    "T": "%H:%M:%S",
    "v": "%V",
    "W": "%A",
    "x": "%G",
    "Y": "%Y",
    "y": "%y",
    "%": "%%",
}
_MYSQL_REFUSED = "DUuVwX"


def _local(call: Call, index: int = 0) -> str:
    """Wall-clock TIMESTAMP of an argument."""
    kind, sql = call.args[index].type, call[index]
    return f"trino_local(({sql}).t, ({sql}).z)" if kind.name == _ZONED else sql


def _date_format(call: Call) -> str:
    text = call.literal(1, "format")
    if text is None:
        return "CAST(NULL AS VARCHAR)"
    return f"strftime({_local(call)}, {quote_text(mysql_to_strftime(str(text)))})"


def mysql_to_strftime(text: str) -> str:
    """Translate MySQL's format for printing.

    Examples
    --------
    >>> mysql_to_strftime("%Y-%m-%d %H:%i")
    '%Y-%m-%d %H:%M'
    """
    made, at = "", 0
    while at < len(text):
        char = text[at]
        at += 1
        if char != "%" or at == len(text):
            made += "%%" if char == "%" else char
            continue
        letter = text[at]
        at += 1
        if letter in _MYSQL_REFUSED:
            raise TrinoError(INVALID_ARGUMENT, f"%{letter} not supported in date format string")
        made += _MYSQL.get(letter, letter)
    return made


def joda_tokens(text: str) -> list[str]:
    """Cut a Joda pattern into runs of one letter and literal texts (marked by a leading quote).

    Examples
    --------
    >>> joda_tokens("yyyy-MM'T'")
    ['yyyy', "'-", 'MM', "'T"]
    """
    found: list[str] = []
    at = 0
    while at < len(text):
        run = re.compile(r"([A-Za-z])\1*").match(text, at)
        if run:
            found.append(run[0])
            at = run.end()
            continue
        literal = re.compile(r"'((?:[^']|'')*)'|([^A-Za-z']+)|'").match(text, at)
        assert literal is not None  # noqa: S101 (one of the three always matches)
        quoted = literal[1]
        plain = literal[2] or ""
        found.append("'" + (plain if quoted is None else quoted.replace("''", "'") or "'"))
        at = literal.end()
    return found


def _joda_piece(token: str, local: str, zoned: str | None) -> str:
    """DuckDB text of one token of a Joda pattern for printing."""
    letter, count = token[0], len(token)
    if letter == "'":
        return quote_text(token[1:])
    if letter in "Zz" and zoned is None:
        raise TrinoError(
            INVALID_ARGUMENT,
            "format_datetime for TIMESTAMP type, cannot use 'Z' nor 'z' in format, "
            "as this type does not contain TZ information",
        )
    if letter == "Z" and zoned is not None:
        return _offset_text(zoned, count)
    if letter == "z" and zoned is not None and count <= 3:
        return f"py_zone_abbreviation(({zoned}).z, epoch_us(({zoned}).t))"
    if letter in "yYx":
        name = "isoyear" if letter == "x" else "year"
        number = f"{name}({local})"
        return _padded(f"({number} % 100)", 2) if count == 2 else _padded(number, count)
    if letter in "EM" and count > (0 if letter == "E" else 2):
        full = count > 3
        return f"strftime({local}, '{_NAMES[letter][full]}')"
    if letter == "S":
        digits = f"strftime({local}, '%g')"
        return f"left({digits}, {count})" if count <= 3 else f"({digits} || '{'0' * (count - 3)}')"
    if letter in _JODA_TEXT:
        return f"strftime({local}, '{_JODA_TEXT[letter]}')"
    if letter in _JODA_NUMBERS:
        return _padded(_JODA_NUMBERS[letter].format(local), count)
    if letter == "z":
        message = "format_datetime with the zone's full name is not supported"
        raise TrinoError("NOT_SUPPORTED", message)
    raise TrinoError(INVALID_ARGUMENT, f"Illegal pattern component: {token}")


_NAMES = {"E": ("%a", "%A"), "M": ("%b", "%B")}
_JODA_TEXT = {"a": "%p"}
_JODA_NUMBERS = {
    "C": "(year({0}) // 100)",
    "w": "weekofyear({0})",
    "e": "isodow({0})",
    "D": "dayofyear({0})",
    "M": "month({0})",
    "d": "day({0})",
    "K": "(hour({0}) % 12)",
    "h": "((hour({0}) + 11) % 12 + 1)",
    "H": "hour({0})",
    "k": "((hour({0}) + 23) % 24 + 1)",
    "m": "minute({0})",
    "s": "second({0})",
}


def _padded(number: str, count: int) -> str:
    text = f"CAST({number} AS VARCHAR)"
    return (
        text
        if count == 1
        else (f"lpad({text}, CAST(greatest({count}, length({text})) AS INTEGER), '0')")
    )


def _offset_text(zoned: str, count: int) -> str:
    """Offset as +0200, +02:00, or the zone's id."""
    if count >= 3:
        return f"({zoned}).z"
    colon = ":" if count == 2 else ""
    return f"trino_offset_text(({zoned}).t, ({zoned}).z, '{colon}')"


def _format_datetime(call: Call) -> str:
    pattern = call.literal(1, "format")
    if pattern is None:
        return "CAST(NULL AS VARCHAR)"
    zoned = call[0] if call.args[0].type.name == _ZONED else None
    local = _local(call)
    pieces: list[str] = []
    plain = ""  # consecutive fields that one strftime can print
    for token in joda_tokens(str(pattern)):
        simple = _STRFTIME.get(token) or (token[1:].replace("%", "%%") if token[0] == "'" else None)
        if simple is not None:
            plain += simple
            continue
        if plain:
            pieces.append(f"strftime({local}, {quote_text(plain)})")
            plain = ""
        if token[0] == "G":
            pieces.append(f"CASE WHEN year({local}) > 0 THEN 'AD' ELSE 'BC' END")
        else:
            pieces.append(_joda_piece(token, local, zoned))
    if plain or not pieces:
        pieces.append(f"strftime({local}, {quote_text(plain)})")
    return "(" + " || ".join(pieces) + ")"


_STRFTIME = {
    "yyyy": "%Y",
    "YYYY": "%Y",
    "yy": "%y",
    "MM": "%m",
    "MMM": "%b",
    "MMMM": "%B",
    "dd": "%d",
    "HH": "%H",
    "hh": "%I",
    "mm": "%M",
    "ss": "%S",
    "SSS": "%g",
    "a": "%p",
    "EEE": "%a",
    "EEEE": "%A",
    "DDD": "%j",
}

# Formats that strptime reads as Trino does, where the text has the full number of digits.
_STRICT_MYSQL = {
    "Y": (r"\d{4}", "%Y"),
    "m": (r"\d{2}", "%m"),
    "d": (r"\d{2}", "%d"),
    "H": (r"\d{2}", "%H"),
    "i": (r"\d{2}", "%M"),
    "S": (r"\d{2}", "%S"),
    "s": (r"\d{2}", "%S"),
    "T": (r"\d{2}:\d{2}:\d{2}", "%H:%M:%S"),
}
_STRICT_JODA = {
    "yyyy": (r"\d{4}", "%Y"),
    "YYYY": (r"\d{4}", "%Y"),
    "MM": (r"\d{2}", "%m"),
    "dd": (r"\d{2}", "%d"),
    "HH": (r"\d{2}", "%H"),
    "mm": (r"\d{2}", "%M"),
    "ss": (r"\d{2}", "%S"),
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
    dated = fields is not None and all(
        any(not isinstance(f, str) and f[1] == need for f in fields) for need in ("%Y", "%m", "%d")
    )
    if fields is None or not dated:
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


def _unpacked(parsed: str) -> str:
    return (
        f"CASE WHEN ({parsed}) IS NOT NULL THEN "
        f"struct_pack(t := make_timestamp(({parsed}).t), z := ({parsed}).z) END"
    )


def _parse_datetime(call: Call) -> str:
    pattern = call.args[1]
    slow = _unpacked(f"py_parse_datetime({call[0]}, {call[1]})")
    fields = _joda_fields(str(pattern.value)) if pattern.is_literal else None
    if fields is None:
        return slow
    local = _parse(call, fields, f"({slow}).t")
    return f"CASE WHEN {call[0]} IS NOT NULL THEN struct_pack(t := {local}, z := 'UTC') END"


def _to_iso8601(call: Call) -> str:
    kind = call.args[0].type
    if kind.name == "date":
        return f"strftime({call[0]}, '%Y-%m-%d')"
    digits = kind.args[0]
    local = _local(call)
    text = f"strftime({local}, '%Y-%m-%dT%H:%M:%S')"
    if digits:
        text += f" || '.' || left(strftime({local}, '%f'), {digits})"
    if kind.name == _ZONED:
        value = call[0]
        text += (
            f" || CASE WHEN ({value}).z = 'UTC' THEN 'Z' "
            f"ELSE trino_offset_text(({value}).t, ({value}).z, ':') END"
        )
    return f"({text})"


def _three_zoned(_: object) -> TrinoType:
    return timestamp(3, zone=True)


def _iso_type(size: int) -> Callable[[object], TrinoType]:
    return lambda _: varchar(size)


FUNCTIONS: list[Function] = [
    Function("date_format", ("timestamp", "varchar"), "varchar", _date_format),
    Function("date_format", (_ZONED, "varchar"), "varchar", _date_format),
    Function("date_parse", ("varchar", "varchar"), lambda _: timestamp(3), _date_parse),
    Function("format_datetime", ("timestamp", "varchar"), "varchar", _format_datetime),
    Function("format_datetime", (_ZONED, "varchar"), "varchar", _format_datetime),
    Function("parse_datetime", ("varchar", "varchar"), _three_zoned, _parse_datetime),
    Function("to_iso8601", ("date",), _iso_type(16), _to_iso8601),
    Function("to_iso8601", ("timestamp",), "varchar", _to_iso8601),
    Function("to_iso8601", (_ZONED,), "varchar", _to_iso8601),
    Function(
        "from_iso8601_timestamp",
        ("varchar",),
        _three_zoned,
        lambda call: _unpacked(f"py_iso_timestamp({call[0]})"),
    ),
    Function("from_iso8601_date", ("varchar",), "date", "(DATE '1970-01-01' + py_iso_date({0}))"),
]

MACROS = [
    "CREATE MACRO trino_offset_of(t, z) AS (epoch_ms(trino_local(t, z)) - epoch_ms(t)) // 60000",
    "CREATE MACRO trino_offset_text(t, z, colon) AS"
    " CASE WHEN trino_offset_of(t, z) < 0 THEN '-' ELSE '+' END"
    " || lpad(CAST(abs(trino_offset_of(t, z)) // 60 AS VARCHAR), 2, '0') || colon"
    " || lpad(CAST(abs(trino_offset_of(t, z)) % 60 AS VARCHAR), 2, '0')",
]
