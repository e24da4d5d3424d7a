"""Literals and their types."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from local_aws.trino.emit.expr import Expr
from local_aws.trino.emit.quoting import quote_text
from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n
from local_aws.trino.types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DAY_TO_SECOND,
    DOUBLE,
    INTEGER,
    INTEGER_BITS,
    MAX_PRECISION,
    UNKNOWN,
    VARBINARY,
    YEAR_TO_MONTH,
    TrinoType,
    decimal,
    timestamp,
    varchar,
)

_TIMESTAMP = re.compile(
    r"(\d{4,})-(\d{1,2})-(\d{1,2})(?: (\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,12}))?)?)?"
    r"(?:\s?([A-Za-z][\w/+-]*|[+-]\d{1,2}(?::?\d{2})?))?"
)
_TIME = re.compile(r"(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,12}))?)?")


_FLOATING = r"[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)"


def plain(node: n.Literal) -> Expr:
    """Expression of a number, string, boolean, null or binary literal."""
    match node.kind:
        case "integer":
            return integer(int(node.text, 0) if not node.text.isdigit() else int(node.text), node)
        # Athena takes a point for a double, as Presto did before 0.198: "Data type examples"
        case "decimal" | "double":
            value = float(node.text)
            return Expr(_double(value), DOUBLE, value)
        case "string":
            return Expr(quote_text(node.text), varchar(len(node.text)), node.text)
        case "boolean":
            return Expr(node.text, BOOLEAN, node.text == "TRUE")
        case "null":
            return Expr("NULL", UNKNOWN, None)
    try:
        data = bytes.fromhex(node.text)
    except ValueError:
        message = "Binary literal must contain an even number of digits, only hexadecimal"
        raise TrinoError("SYNTAX_ERROR", message, *node.at) from None
    return Expr(f"from_hex('{data.hex()}')", VARBINARY, data)


def _double(value: float) -> str:
    text = repr(value)
    if "inf" in text:
        return f"CAST('{text}' AS DOUBLE)"
    return text if "e" in text else f"{text}e0"


def integer(value: int, node: n.Node) -> Expr:
    """Expression of an integer literal, of type integer or bigint by its size."""
    if -(2**31) <= value < 2**31:
        return Expr(str(value), INTEGER, value)
    if -(2**63) <= value < 2**63:
        return Expr(f"CAST({value} AS BIGINT)", BIGINT, value)
    raise TrinoError("SYNTAX_ERROR", f"Invalid numeric literal: {value}", *node.at)


def exact(text: str, at: n.At) -> Expr:
    """Expression of DECIMAL '…': its precision and scale are those of its digits."""
    negative = text.startswith("-")
    whole, _, fraction = text.lstrip("+-").partition(".")
    whole = whole.lstrip("0")
    precision = max(len(whole) + len(fraction), 1)
    if precision > MAX_PRECISION:
        raise TrinoError("INVALID_LITERAL", f"'{text}' is not a valid DECIMAL literal", *at)
    digits = ("-" if negative else "") + (whole or "0") + "." + (fraction or "0")
    sql = f"CAST('{digits}' AS DECIMAL({precision},{len(fraction)}))"
    return Expr(sql, decimal(precision, len(fraction)), Decimal(digits))


def typed(node: n.TypedLiteral) -> Expr | None:
    """Expression of DATE '…', TIMESTAMP '…', TIME '…' or DECIMAL '…'; None for another type."""
    invalid = TrinoError(
        "INVALID_LITERAL", f"'{node.text}' is not a valid {node.type.upper()} literal", *node.at
    )
    match node.type:
        case "date":
            found = re.fullmatch(r"\s*(\d{4,})-(\d{1,2})-(\d{1,2})\s*", node.text)
            try:
                day = date(*map(int, found.groups())) if found else None
            except ValueError:
                day = None
            if day is None:
                raise invalid
            return Expr(f"DATE '{day.isoformat()}'", DATE, node.text)
        case "timestamp":
            made = _timestamp(node.text)
            if made is None:
                raise invalid
            return made
        case "time":
            return _time(node.text, invalid)
        case "decimal":
            if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", node.text):
                raise invalid
            return exact(node.text, node.at)
        case "tinyint" | "smallint" | "integer" | "bigint":
            bound = 2 ** (INTEGER_BITS[node.type] - 1)
            if not re.fullmatch(r"[+-]?\d+", node.text) or not -bound <= int(node.text) < bound:
                raise invalid
        case "real" | "double":
            if not re.fullmatch(_FLOATING, node.text.strip()):
                raise invalid
        case "boolean":
            if node.text.lower() not in ("true", "t", "1", "false", "f", "0"):
                raise invalid
        case "uuid":
            if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", node.text):
                raise invalid
    return None


def zone_of(name: str) -> tuple[str, tzinfo] | None:
    """Trino's name of a zone, and the zone; None for an unknown one."""
    offset = re.fullmatch(r"([+-])(\d{1,2})(?::?(\d{2}))?", name)
    if offset:
        sign, hours, minutes = offset.groups()
        moved = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if moved > timedelta(hours=14):
            return None
        written = f"{sign}{int(hours):02d}:{minutes or '00'}"
        if not moved:
            return "UTC", UTC
        return written, timezone(-moved if sign == "-" else moved)
    if name.upper() in ("UTC", "Z", "GMT", "UT", "ZULU", "ETC/UTC"):
        return ("UTC", UTC)
    try:
        return name, ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _timestamp(text: str) -> Expr | None:
    found = _TIMESTAMP.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    digits = fraction or ""
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)
        )
    except ValueError:
        return None
    tail = f".{digits}" if digits else ""
    if zone is None:
        word = "TIMESTAMP_NS" if len(digits) > 6 else "TIMESTAMP"
        sql = f"{word} '{moment.isoformat(' ')}{tail}'"
        return Expr(sql, timestamp(len(digits)), text)
    known = zone_of(zone)
    if known is None:
        return None
    there = moment.replace(tzinfo=known[1])
    if there.astimezone(UTC).astimezone(known[1]).replace(tzinfo=None) != moment:
        return None  # a wall-clock time that the zone's clocks skip
    instant = there.astimezone(UTC).replace(tzinfo=None)
    sql = f"struct_pack(t := TIMESTAMP '{instant.isoformat(' ')}{tail}', z := '{known[0]}')"
    return Expr(sql, timestamp(len(digits), zone=True), text)


def _time(text: str, invalid: TrinoError) -> Expr:
    clock, _, offset = text.strip().partition("+" if "+" in text else "-")
    if offset and _TIME.fullmatch(clock.strip()) and zone_of(f"+{offset}"):
        message = "time with time zone is not supported"
        raise TrinoError("NOT_SUPPORTED", message, invalid.line, invalid.column)
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise invalid
    hour, minute, second, fraction = found.groups()
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:
        raise invalid
    digits = fraction or ""
    clock = f"{int(hour):02d}:{int(minute):02d}:{int(second or 0):02d}"
    sql = f"TIME '{clock}{'.' + digits if digits else ''}'"
    return Expr(sql, TrinoType("time", (len(digits),)), text)


_MILLIS = {"DAY": 86_400_000, "HOUR": 3_600_000, "MINUTE": 60_000, "SECOND": 1000}
_ORDER = ["DAY", "HOUR", "MINUTE", "SECOND"]


def interval(node: n.IntervalLiteral) -> Expr:
    """Expression of an INTERVAL literal: milliseconds, or months."""
    invalid = TrinoError(
        "INVALID_LITERAL", f"'{node.text}' is not a valid INTERVAL literal", *node.at
    )
    sign = -1 if node.negative else 1
    text = node.text.strip()
    if text.startswith(("-", "+")):
        sign *= -1 if text[0] == "-" else 1
        text = text[1:]
    if node.unit in ("YEAR", "MONTH"):
        return _months(node, text, sign, invalid)
    last = node.to or node.unit
    if last not in _ORDER or _ORDER.index(last) < _ORDER.index(node.unit):
        raise TrinoError("SYNTAX_ERROR", f"Invalid interval {node.unit} TO {node.to}", *node.at)
    units = _ORDER[_ORDER.index(node.unit) : _ORDER.index(last) + 1]
    parts = re.split(r"[ :]", text)
    fine = all(re.fullmatch(r"\d+", part) for part in parts[:-1])
    tail = r"\d+(\.\d{1,3})?" if units[: len(parts)][-1:] == ["SECOND"] else r"\d+"
    if len(parts) > len(units) or not fine or not re.fullmatch(tail, parts[-1]):
        raise invalid
    total = sum(
        int(Decimal(part) * _MILLIS[unit]) for part, unit in zip(parts, units, strict=False)
    )
    return Expr(f"CAST({sign * total} AS BIGINT)", DAY_TO_SECOND, sign * total)


def _months(node: n.IntervalLiteral, text: str, sign: int, invalid: TrinoError) -> Expr:
    found = re.fullmatch(r"(\d+)-(\d+)" if node.to else r"(\d+)", text)
    if found is None or node.to not in ("", "MONTH"):
        raise invalid
    numbers = [int(part) for part in found.groups()]
    months = numbers[0] * 12 if node.unit == "YEAR" else numbers[0]
    months += numbers[1] if len(numbers) > 1 else 0
    return Expr(str(sign * months), YEAR_TO_MONTH, sign * months)
