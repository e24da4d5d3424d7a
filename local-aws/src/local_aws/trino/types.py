"""Trino's types: how they are written, which coerce to which, and what holds them in DuckDB.

How values are held in DuckDB where the types differ:

- ``timestamp(p) with time zone``: ``STRUCT(t TIMESTAMP, z VARCHAR)``: the instant in UTC and the
  zone that it is shown in.
- ``interval day to second``: ``BIGINT`` milliseconds; ``interval year to month``: ``INTEGER``
  months.
- ``char(n)``: ``VARCHAR`` padded with blanks to n characters.
- ``json``: ``JSON``, the canonical text without blanks.
- ``row`` without field names: a ``STRUCT`` whose fields are ``field0``, ``field1``, …
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

MAX_PRECISION = 38
_ZONED = {"timestamp with time zone": "timestamp", "time with time zone": "time"}
INTEGER_BITS = {"tinyint": 8, "smallint": 16, "integer": 32, "bigint": 64}
_INTEGERS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}
_WIDENS = {
    name: ["tinyint", "smallint", "integer", "bigint", "decimal", "real", "double"][rank + 1 :]
    for rank, name in enumerate(["tinyint", "smallint", "integer", "bigint", "decimal", "real"])
}
_SIMPLE = {
    *_INTEGERS,
    *("boolean", "real", "double", "varbinary", "date", "json", "uuid", "unknown", "hyperloglog"),
    *("interval day to second", "interval year to month"),
}


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


class DecimalRangeError(ValueError):
    """A decimal type has digits that none can have."""


_TOKEN = re.compile(r'\s*("(?:[^"]|"")*"|[A-Za-z_][\w$]*|\d+|[(),<>:])')


class _TypeReader:
    """Reads the type syntax of Trino and of Hive from a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = []
        at = 0
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            if match is None:
                raise ValueError(f"not a type: {text}")
            self.tokens.append(match.group(1))
            at = match.end()
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        index = self.at + ahead
        return self.tokens[index].lower() if index < len(self.tokens) else ""

    def take(self, *wanted: str) -> bool:
        """Consume the wanted words if they come next."""
        if all(self.peek(i) == word for i, word in enumerate(wanted)):
            self.at += len(wanted)
            return True
        return False

    def need(self, word: str) -> None:
        if not self.take(word):
            raise ValueError(f"not a type: {self.text}")

    def next(self) -> str:
        if self.at >= len(self.tokens):
            raise ValueError(f"not a type: {self.text}")
        self.at += 1
        return self.tokens[self.at - 1]

    def number(self) -> int:
        word = self.next()
        if not word.isdigit():
            raise ValueError(f"not a type: {self.text}")
        return int(word)

    def numbers(self) -> tuple[int, ...]:
        found: list[int] = []
        if self.take("("):
            found.append(self.number())
            while self.take(","):
                found.append(self.number())
            self.need(")")
        return tuple(found)

    def trino(self) -> TrinoType:
        name = self.next().lower()
        base = _TRINO_ALIASES.get(name, name)
        if base == "interval":
            for unit in (("day", "to", "second"), ("year", "to", "month")):
                if self.take(*unit):
                    return TrinoType(f"interval {' '.join(unit)}")
        if base == "double":
            self.take("precision")
        if base in ("timestamp", "time"):
            args = self.numbers() or (3,)
            zoned = self.take("with", "time", "zone")
            if not zoned:
                self.take("without", "time", "zone")
            return TrinoType(base + (" with time zone" if zoned else ""), args)
        if base in ("varchar", "char", "decimal"):
            return _sized(base, self.numbers(), self.text)
        if base in ("array", "map"):
            closing = ">" if self.take("<") else ")"
            if closing == ")":
                self.need("(")
            parts = [self.trino()]
            while self.take(","):
                parts.append(self.trino())
            self.need(closing)
            if len(parts) != (1 if base == "array" else 2):
                raise ValueError(f"not a type: {self.text}")
            found = TrinoType(base, tuple(parts))
        elif base == "row":
            self.need("(")
            fields = [self.trino_field()]
            while self.take(","):
                fields.append(self.trino_field())
            self.need(")")
            found = TrinoType("row", tuple(fields))
        elif base in _SIMPLE:
            found = TrinoType(base)
        else:
            raise ValueError(f"Unknown type: {base}")
        while self.take("array"):
            found = array(found)
        return found

    def trino_field(self) -> tuple[str | None, TrinoType]:
        if self.peek(1) in ("", ",", ")", "(") or self.take_ahead_type():
            return None, self.trino()
        name = self.next()
        return _unquote(name), self.trino()

    def take_ahead_type(self) -> bool:
        """Whether the next two words are a type of two words, not a name and a type."""
        return (self.peek(), self.peek(1)) in {
            ("double", "precision"),
            ("timestamp", "with"),
            ("time", "with"),
            ("interval", "day"),
            ("interval", "year"),
        }

    def hive(self) -> TrinoType:
        name = self.next().lower()
        base = _HIVE_ALIASES.get(name, name)
        if base in ("array", "map"):
            self.need("<")
            parts = [self.hive()]
            while self.take(","):
                parts.append(self.hive())
            self.need(">")
            return TrinoType(base, tuple(parts))
        if base == "struct":
            self.need("<")
            fields = []
            while True:
                field = _unquote(self.next())
                self.need(":")
                fields.append((field, self.hive()))
                if not self.take(","):
                    break
            self.need(">")
            return TrinoType("row", tuple(fields))
        if base in ("varchar", "char", "decimal"):
            numbers = self.numbers()
            return _sized(
                base, (10, 0) if base == "decimal" and not numbers else numbers, self.text
            )
        if base == "timestamp":
            return timestamp(3)
        if base in _SIMPLE:
            return TrinoType(base)
        raise ValueError(f"not a Hive type: {self.text}")

    def end(self) -> None:
        if self.at != len(self.tokens):
            raise ValueError(f"not a type: {self.text}")


_TRINO_ALIASES = {"int": "integer"}
_HIVE_ALIASES = {
    "int": "integer",
    "string": "varchar",
    "float": "real",
    "binary": "varbinary",
    "numeric": "decimal",
    "long": "bigint",
}


def _unquote(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


def _sized(base: str, numbers: tuple[int, ...], text: str) -> TrinoType:
    if base == "decimal":
        precision, scale = (*(numbers or (38,)), 0)[:2]
        if len(numbers) > 2:
            raise ValueError(f"not a type: {text}")
        if not 1 <= precision <= MAX_PRECISION:
            raise DecimalRangeError(f"DECIMAL precision must be in range [1, 38]: {precision}")
        if scale > precision:
            message = f"DECIMAL scale must be in range [0, precision ({precision})]: {scale}"
            raise DecimalRangeError(message)
        return decimal(precision, scale)
    return TrinoType(base, numbers[:1] or ((1,) if base == "char" else ()))


def parse_type(text: str) -> TrinoType:
    """Read a type in Trino's syntax.

    Raises
    ------
    ValueError
        The text is not a type.

    Examples
    --------
    >>> str(parse_type("ROW(x BIGINT, y ARRAY(VARCHAR(5)))"))
    'row(x bigint, y array(varchar(5)))'
    """
    reader = _TypeReader(text)
    found = reader.trino()
    reader.end()
    return found


def from_hive(text: str) -> TrinoType:
    """Read a type as Glue and Hive write it; a timestamp is ``timestamp(3)``, as Athena has it.

    Examples
    --------
    >>> str(from_hive("struct<a:int,b:array<string>>"))
    'row(a integer, b array(varchar))'
    """
    reader = _TypeReader(text)
    found = reader.hive()
    reader.end()
    return found


_DUCKDB = {
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "real": "FLOAT",
    "double": "DOUBLE",
    "varchar": "VARCHAR",
    "char": "VARCHAR",
    "varbinary": "BLOB",
    "date": "DATE",
    "json": "JSON",
    "uuid": "UUID",
    "unknown": "INTEGER",
    "interval day to second": "BIGINT",
    "interval year to month": "INTEGER",
    "timestamp with time zone": "STRUCT(t TIMESTAMP, z VARCHAR)",
}


def row_field_names(kind: TrinoType) -> list[str]:
    """Names of a row's fields as the DuckDB struct has them."""
    names = [name or f"field{i}" for i, (name, _) in enumerate(kind.args)]
    if len({name.lower() for name in names}) < len(names):
        return [f"field{i}" for i in range(len(names))]
    return names


def to_duckdb(kind: TrinoType) -> str:
    """Name of the DuckDB type that holds a Trino type's values.

    Raises
    ------
    ValueError
        No DuckDB type holds them (times finer than nanoseconds, sketches, zoned times).
    """
    if kind.name == "decimal":
        return f"DECIMAL({kind.args[0]},{kind.args[1]})"
    if kind.name == "array":
        return f"{to_duckdb(kind.args[0])}[]"
    if kind.name == "map":
        return f"MAP({to_duckdb(kind.args[0])}, {to_duckdb(kind.args[1])})"
    if kind.name == "row":
        names = row_field_names(kind)
        fields = (
            f'"{name.replace(chr(34), chr(34) * 2)}" {to_duckdb(field)}'
            for name, (_, field) in zip(names, kind.args, strict=True)
        )
        return f"STRUCT({', '.join(fields)})"
    if kind.name == "timestamp":
        if kind.args[0] > 9:
            raise ValueError(f"{kind} is finer than nanoseconds")
        return "TIMESTAMP_NS" if kind.args[0] > 6 else "TIMESTAMP"
    if kind.name == "time" and kind.args[0] <= 6:
        return "TIME"
    if kind.name == "timestamp with time zone" and kind.args[0] > 6:
        raise ValueError(f"{kind} is finer than microseconds")
    if kind.name not in _DUCKDB:
        raise ValueError(f"values of {kind} are not supported")
    return _DUCKDB[kind.name]


def is_integer(kind: TrinoType) -> bool:
    """Whether a type is tinyint, smallint, integer or bigint."""
    return kind.name in _INTEGERS


def is_numeric(kind: TrinoType) -> bool:
    """Whether a type is a number."""
    return kind.name in _INTEGERS or kind.name in ("decimal", "real", "double")


def as_decimal(kind: TrinoType) -> TrinoType:
    """Decimal type that holds every value of an integer type; a decimal stays what it is."""
    return kind if kind.name == "decimal" else decimal(_INTEGERS[kind.name], 0)


def can_coerce(source: TrinoType, target: TrinoType) -> bool:
    """Whether Trino converts the source to the target without being asked (TypeCoercion)."""
    if source == target or source.name == "unknown":
        return True
    return common_super_type(source, target) == target


def _merge_decimals(one: TrinoType, two: TrinoType) -> TrinoType:
    whole = max(one.args[0] - one.args[1], two.args[0] - two.args[1])
    scale = max(one.args[1], two.args[1])
    return decimal(min(MAX_PRECISION, whole + scale), scale)


def _same_base(one: TrinoType, two: TrinoType) -> TrinoType | None:
    if one.name == "decimal":
        return _merge_decimals(one, two)
    if one.name == "varchar":
        return VARCHAR if not (one.args and two.args) else varchar(max(one.args[0], two.args[0]))
    if one.name in ("array", "map"):
        parts = [common_super_type(a, b) for a, b in zip(one.args, two.args, strict=True)]
        return TrinoType(one.name, tuple(parts)) if all(parts) else None
    if one.name == "row":
        if len(one.args) != len(two.args):
            return None
        fields = []
        for (name, a), (other, b) in zip(one.args, two.args, strict=True):
            kind = common_super_type(a, b)
            if kind is None:
                return None
            fields.append((name if name == other else None, kind))
        return TrinoType("row", tuple(fields))
    return TrinoType(one.name, (max(one.args[0], two.args[0]),)) if one.args else one


def _across(one: TrinoType, two: TrinoType) -> TrinoType | None:
    """Super type of two types of different bases where the first is the narrower, or None."""
    if two.name in _WIDENS.get(one.name, ()):
        return _merge_decimals(as_decimal(one), two) if two.name == "decimal" else two
    if one.name == "date" and two.name in ("timestamp", "timestamp with time zone"):
        return two
    if two.name == f"{one.name} with time zone":
        return TrinoType(two.name, (max(one.args[0], two.args[0]),))
    if one.name == "varchar" and two.name == "char":
        return TrinoType("char", (max(one.args[0], two.args[0]),)) if one.args else None
    return None


def common_super_type(one: TrinoType, two: TrinoType) -> TrinoType | None:
    """Find the type that both coerce to, or None where there is none.

    Examples
    --------
    >>> str(common_super_type(parse_type("bigint"), parse_type("decimal(10,2)")))
    'decimal(21,2)'
    """
    if one == two or two.name == "unknown":
        return one
    if one.name == "unknown":
        return two
    if one.name == two.name:
        return _same_base(one, two)
    return _across(one, two) or _across(two, one)
