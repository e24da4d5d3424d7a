"""How types are written: in Trino's SQL, and in Glue's and Hive's words."""

from __future__ import annotations

import re

from local_aws.trino.types import INTEGER_BITS, MAX_PRECISION, TrinoType, array, decimal, timestamp

_SIMPLE = {
    *INTEGER_BITS,
    *("boolean", "real", "double", "varbinary", "date", "json", "uuid", "unknown", "hyperloglog"),
    *("interval day to second", "interval year to month"),
}


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
