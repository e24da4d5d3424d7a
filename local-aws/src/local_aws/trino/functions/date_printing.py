"""Dates and times printed by MySQL's and Joda's patterns."""

from __future__ import annotations

from local_aws.trino.emit.quoting import quote_text
from local_aws.trino.errors import INVALID_ARGUMENT, TrinoError
from local_aws.trino.functions.dates import ZONED, local_of
from local_aws.trino.functions.joda_patterns import joda_tokens
from local_aws.trino.functions.model import Call, Function

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


def local_argument(call: Call, index: int = 0) -> str:
    """Wall-clock TIMESTAMP of an argument."""
    kind, sql = call.args[index].type, call[index]
    return local_of(sql) if kind.name == ZONED else sql


def _date_format(call: Call) -> str:
    text = call.literal(1, "format")
    if text is None:
        return "CAST(NULL AS VARCHAR)"
    return f"strftime({local_argument(call)}, {quote_text(mysql_to_strftime(str(text)))})"


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
    zoned = call[0] if call.args[0].type.name == ZONED else None
    local = local_argument(call)
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

FUNCTIONS: list[Function] = [
    Function("date_format", ("timestamp", "varchar"), "varchar", _date_format),
    Function("date_format", (ZONED, "varchar"), "varchar", _date_format),
    Function("format_datetime", ("timestamp", "varchar"), "varchar", _format_datetime),
    Function("format_datetime", (ZONED, "varchar"), "varchar", _format_datetime),
]

MACROS = [
    "CREATE MACRO trino_offset_of(t, z) AS (epoch_ms(trino_local(t, z)) - epoch_ms(t)) // 60000",
    "CREATE MACRO trino_offset_text(t, z, colon) AS"
    " CASE WHEN trino_offset_of(t, z) < 0 THEN '-' ELSE '+' END"
    " || lpad(CAST(abs(trino_offset_of(t, z)) // 60 AS VARCHAR), 2, '0') || colon"
    " || lpad(CAST(abs(trino_offset_of(t, z)) % 60 AS VARCHAR), 2, '0')",
]
