"""Trino's JSON values as the text that Athena's GetQueryResults gives.

Athena prints an array as `[1, null]`, a map as `{a=1}`, a row as `{x=1, field1=2}` (unnamed fields
by position), varbinary as pairs of hex digits, a double as Java's `Double.toString`; everything
else as Trino's own text. NULL at the top is no text at all.
"""

import base64
import math
from decimal import Decimal
from typing import Any

import numpy as np

from local_aws.trino.type_syntax import parse_type
from local_aws.trino.types import TrinoType


def text(value: Any, type_name: str) -> str | None:
    """Print one value of the protocol's JSON, whose Trino type is named."""
    return None if value is None else _nested(value, parse_type(type_name))


def _nested(value: Any, kind: TrinoType) -> str:
    if value is None:
        return "null"
    if kind.name in _STRUCTURES:
        return _STRUCTURES[kind.name](value, kind)
    if kind.name == "varbinary":
        return base64.b64decode(value).hex(" ")
    if kind.name in ("double", "real") and not isinstance(value, str):
        return java_text(value, single=kind.name == "real")
    return str(value).lower() if kind.name == "boolean" else str(value)


def _array(values: list[Any], kind: TrinoType) -> str:
    return "[" + ", ".join(_nested(value, kind.args[0]) for value in values) + "]"


def _map(values: dict[str, Any], kind: TrinoType) -> str:
    pairs = (f"{_nested(k, kind.args[0])}={_nested(v, kind.args[1])}" for k, v in values.items())
    return "{" + ", ".join(pairs) + "}"


def _row(values: list[Any], kind: TrinoType) -> str:
    pairs = (
        f"{name or f'field{i}'}={_nested(value, field)}"
        for i, (value, (name, field)) in enumerate(zip(values, kind.args, strict=True))
    )
    return "{" + ", ".join(pairs) + "}"


_STRUCTURES = {"array": _array, "map": _map, "row": _row}


def java_text(value: float, *, single: bool = False) -> str:
    """Print a number as Java's Double.toString (or Float.toString), JDK 19 and later.

    >>> java_text(1569888000.0), java_text(0.1), java_text(1e-7)
    ('1.569888E9', '0.1', '1.0E-7')
    """
    number = np.float32(value) if single else np.float64(value)
    if number == 0:
        return "-0.0" if math.copysign(1, value) < 0 else "0.0"
    shortest = np.format_float_scientific(number, trim="-")
    sign, digits, exponent = Decimal(shortest).as_tuple()
    point = int(exponent) + len(digits) - 1
    if -3 <= point < 7:
        plain = f"{Decimal(shortest):f}"
        return plain if "." in plain else plain + ".0"
    tail = "".join(map(str, digits[1:])).rstrip("0") or "0"
    return f"{'-' if sign else ''}{digits[0]}.{tail}E{point}"
