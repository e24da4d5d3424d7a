"""Functions format and format_number: Java's String.format."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from local_aws.trino.emit.cast_texts import decimal_text, instant, java_text, local_time
from local_aws.trino.emit.expr import Expr
from local_aws.trino.errors import TrinoError, error_in_python
from local_aws.trino.functions.in_python.model import Registered
from local_aws.trino.functions.model import Call, Function
from local_aws.trino.types import TrinoType, is_integer

_JAVA_CLASSES = {
    "i": "java.lang.Long",
    "f": "java.lang.Double",
    "n": "java.math.BigDecimal",
    "b": "java.lang.Boolean",
    "s": "java.lang.String",
    "d": "java.time.LocalDate",
    "t": "java.time.LocalDateTime",
    "z": "java.time.ZonedDateTime",
    "c": "java.time.LocalTime",
}
_TAKES = {"d": "i", "x": "i", "X": "i", "o": "i", "f": "fn", "e": "fn", "E": "fn"}
_SPECIFIER = re.compile(r"%(?:(\d+)\$)?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])")


def _code(kind: TrinoType) -> str:
    """Letter of a type for `formatted`."""
    if is_integer(kind):
        return "i"
    codes = {
        "real": "f",
        "double": "f",
        "decimal": "n",
        "boolean": "b",
        "varchar": "s",
        "char": "s",
        "date": "d",
        "timestamp": "t",
        "timestamp with time zone": "z",
        "time": "c",
        "unknown": "s",
    }
    if kind.name not in codes:
        raise TrinoError("NOT_SUPPORTED", f"format of a value of type {kind} is not supported")
    return codes[kind.name]


def _text(argument: Expr) -> str:
    """DuckDB text of what Java's String.valueOf gives for an argument."""
    sql, kind = argument.sql, argument.type
    if kind.name in ("real", "double"):
        return java_text(sql)
    if kind.name == "decimal":
        return decimal_text(sql, kind)
    if kind.name == "timestamp":
        return _clock(sql, "%Y-%m-%dT%H:%M")
    if kind.name == "time":
        return _clock(f"(DATE '1970-01-01' + {sql})", "%H:%M")
    if kind.name == "timestamp with time zone":
        local = local_time(sql)
        minutes = f"((epoch_ms({local}) - epoch_ms({instant(sql)})) // 60000)"
        parts = (
            f"lpad(CAST(abs({minutes}) {part} AS VARCHAR), 2, '0')" for part in ("// 60", "% 60")
        )
        joined = " || ':' || ".join(parts)
        offset = f"CASE WHEN {minutes} < 0 THEN '-' ELSE '+' END || {joined}"
        return (
            f"({_clock(local, '%Y-%m-%dT%H:%M')} || CASE WHEN {minutes} = 0 THEN 'Z' ELSE {offset} "
            f"END || CASE WHEN ({sql}).z[1] IN ('+', '-') THEN '' ELSE '[' || ({sql}).z || ']' END)"
        )
    return f"CAST({sql} AS VARCHAR)"


def _clock(moment: str, pattern: str) -> str:
    """Text of a moment as java.time prints it: seconds and fractions only where there are any."""
    micros = f"(epoch_us({moment}) % 60000000)"
    return (
        f"(strftime({moment}, '{pattern}') || CASE WHEN {micros} = 0 THEN '' "
        f"WHEN {micros} % 1000000 = 0 THEN strftime({moment}, ':%S') "
        f"WHEN {micros} % 1000 = 0 THEN strftime({moment}, ':%S.%g') "
        f"ELSE strftime({moment}, ':%S.%f') END)"
    )


def _format(call: Call) -> str:
    codes = "".join(_code(arg.type) for arg in call.args[1:])
    texts = ", ".join(f"coalesce({_text(arg)}, chr(0))" for arg in call.args[1:])
    return f"py_format({call[0]}, '{codes}', [{texts}])"


def _too_few(call: Call) -> str:
    raise call.fail("The 'format' function must have at least two arguments", "SYNTAX_ERROR")


def _wrong(template: str, problem: str) -> ValueError:
    return error_in_python(f"Invalid format string: {template} ({problem})")


def formatted(template: str, codes: str, texts: Sequence[str]) -> str:
    """Fill a Java format string.

    Parameters
    ----------
    template
        With specifiers such as ``%s``, ``%05d``, ``%,.2f``, ``%1$s``.
    codes
        A letter a value: what Java class it has.
    texts
        Its String.valueOf; NUL stands for null.
    """
    made, at, following = [], 0, 0
    while (percent := template.find("%", at)) >= 0:
        made.append(template[at:percent])
        found = _SPECIFIER.match(template, percent)
        if found is None:
            raise _wrong(
                template, f"UnknownFormatConversion: Conversion = '{template[percent:][:2]}'"
            )
        at = found.end()
        index, flags, width, precision, conversion = found.groups()
        if conversion in "%n":
            made.append("%" if conversion == "%" else "\n")
            continue
        if index is None:
            following += 1
        number = int(index) if index else following
        if number > len(texts):
            raise _wrong(template, f"MissingFormatArgument: Format specifier '{found[0]}'")
        code, text = codes[number - 1], texts[number - 1]
        if code not in _TAKES.get(conversion, code) or conversion not in "sSbdxXofeE":
            problem = f"IllegalFormatConversion: {conversion} != {_JAVA_CLASSES[code]}"
            raise _wrong(template, problem)
        digits = int(precision) if precision else None
        value = "null" if text == "\0" else _converted(text, conversion, flags, digits)
        zeros = "0" in flags and conversion in "dfxXo" and text != "\0"
        made.append(_padded(value, flags, int(width or 0), zeros))
    return "".join([*made, template[at:]])


def _converted(text: str, conversion: str, flags: str, digits: int | None) -> str:
    if conversion in "sSb":
        cut = text if digits is None else text[:digits]
        return cut.upper() if conversion == "S" else cut
    if conversion in "xXo":
        number = int(text) % 2**64
        return format(number, conversion)
    if text in ("NaN", "Infinity", "-Infinity"):
        return text
    value = Decimal(text)
    places = 6 if digits is None else digits
    if conversion in "eE":
        return _scientific(value, places, conversion)
    if conversion == "f":
        value = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    plain = f"{abs(value):{',' if ',' in flags else ''}f}"
    negative = text.startswith("-")
    if negative:
        return f"({plain})" if "(" in flags else f"-{plain}"
    return ("+" if "+" in flags else " " if " " in flags else "") + plain


def _scientific(value: Decimal, places: int, letter: str) -> str:
    exponent = value.adjusted() if value else 0
    mantissa = value.scaleb(-exponent).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if abs(mantissa) >= 10:
        exponent, mantissa = exponent + 1, mantissa / 10
    return f"{mantissa:.{places}f}{letter}{exponent:+03d}"


def _padded(value: str, flags: str, width: int, zeros: bool) -> str:
    if "-" in flags:
        return value.ljust(width)
    if zeros:
        sign = value[:1] if value[:1] in "+-(" else ""
        return sign + value[len(sign) :].rjust(width - len(sign), "0")
    return value.rjust(width)


def number_text(value: float) -> str:
    """Shorten a number with K, M, B, T or Q, as format_number does."""
    rest, unit = 0.0 if math.isnan(value) else abs(value), ""
    if math.isfinite(rest):
        rest = float(int(rest))
    for letter in "KMBTQ":
        if rest < 1000:
            break
        rest, unit = rest / 1000, letter
    places = 2 if rest < 10 else 1 if rest < 100 else 0
    shown = Decimal(rest).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    plain = f"{shown:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return f"{'-' if value <= -1 else ''}{plain}{unit}"


FUNCTIONS: list[Function] = [
    *(
        Function("format", ("varchar", *(f"A{i}" for i in range(count))), "varchar", _format)
        for count in range(1, 10)
    ),
    Function("format", ("varchar",), "varchar", _too_few),
    Function("format_number", ("double",), "varchar", "py_format_number({0})"),
]


REGISTERED: list[Registered] = [
    (formatted, "format", ["VARCHAR", "VARCHAR", "VARCHAR[]"], "VARCHAR"),
    (number_text, "format_number", ["DOUBLE"], "VARCHAR"),
]
