"""Trino's types, and how each is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

MAX_PRECISION = 38
_ZONED = {"timestamp with time zone": "timestamp", "time with time zone": "time"}
INTEGER_BITS = {"tinyint": 8, "smallint": 16, "integer": 32, "bigint": 64}
_INTEGERS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}


@dataclass(frozen=True)
class TrinoType:
    """One Trino type.

    Parameters
    ----------
    name
        The base name, such as ``bigint``, ``decimal``, ``timestamp with time zone``, ``row``.
    args
        What stands in brackets: integers (precision, scale, length), element types, or for a row
        the pairs of field name (or None) and type.

    Examples
    --------
    >>> str(TrinoType("decimal", (10, 2)))
    'decimal(10,2)'
    """

    name: str
    args: tuple[Any, ...] = ()

    def __str__(self) -> str:
        if self.name == "row":
            fields = (
                f"{_field_name(name)} {kind}" if name else str(kind) for name, kind in self.args
            )
            return f"row({', '.join(fields)})"
        if not self.args:
            return self.name
        if self.name in _ZONED:
            return f"{_ZONED[self.name]}({self.args[0]}) with time zone"
        separator = "," if self.name == "decimal" else ", "
        return f"{self.name}({separator.join(str(arg) for arg in self.args)})"


def _field_name(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else '"' + name.replace('"', '""') + '"'


BOOLEAN = TrinoType("boolean")
INTEGER = TrinoType("integer")
BIGINT = TrinoType("bigint")
DOUBLE = TrinoType("double")
VARCHAR = TrinoType("varchar")
VARBINARY = TrinoType("varbinary")
DATE = TrinoType("date")
JSON = TrinoType("json")
UNKNOWN = TrinoType("unknown")
DAY_TO_SECOND = TrinoType("interval day to second")
YEAR_TO_MONTH = TrinoType("interval year to month")


def decimal(precision: int, scale: int) -> TrinoType:
    """Decimal type of a precision and scale."""
    return TrinoType("decimal", (precision, scale))


def varchar(length: int | None = None) -> TrinoType:
    """Varchar type, bounded where a length is given."""
    return VARCHAR if length is None else TrinoType("varchar", (length,))


def timestamp(precision: int = 3, zone: bool = False) -> TrinoType:
    """Timestamp type of a precision, with or without time zone."""
    return TrinoType("timestamp with time zone" if zone else "timestamp", (precision,))


def array(element: TrinoType) -> TrinoType:
    """Array type of an element type."""
    return TrinoType("array", (element,))


def map_of(key: TrinoType, value: TrinoType) -> TrinoType:
    """Map type of a key and a value type."""
    return TrinoType("map", (key, value))


def row(*fields: tuple[str | None, TrinoType]) -> TrinoType:
    """Row type of pairs of field name (or None) and type."""
    return TrinoType("row", fields)


def is_integer(kind: TrinoType) -> bool:
    """Whether a type is tinyint, smallint, integer or bigint."""
    return kind.name in _INTEGERS


def is_numeric(kind: TrinoType) -> bool:
    """Whether a type is a number."""
    return kind.name in _INTEGERS or kind.name in ("decimal", "real", "double")


def as_decimal(kind: TrinoType) -> TrinoType:
    """Decimal type that holds every value of an integer type; a decimal stays what it is."""
    return kind if kind.name == "decimal" else decimal(_INTEGERS[kind.name], 0)
