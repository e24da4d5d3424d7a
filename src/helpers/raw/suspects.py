"""Blocks with something odd in them, line by line: which rows are events, why others are not."""

import csv
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from helpers.events import EVENT, EVENT_TYPES, FIELDS, Column
from helpers.raw.rows import NO_VALUE, REASONS, parse_times

# of a field; what csv has by itself, 128 KiB, would make a longer one an unbalanced quote
csv.field_size_limit(2**31 - 1)
_COMMAS: Final = len(FIELDS) - 1
_LONGEST_RECORD: Final = 64 << 10  # of a row that goes on over line ends inside quotes
INTEGER_PATTERN: Final = "^ *[+-]?[0-9]+$"
DECIMAL_PATTERN: Final = r"^ *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"

BAD_SCHEMA: Final = {"line_number": pl.Int64, "reason": pl.String, "raw": pl.String}


@dataclass
class Sorted:
    r"""The rows of a block, sorted out.

    Attributes
    ----------
    events : polars.DataFrame
        The events, with the columns of `helpers.events.FRAME`, in the order of the lines.
    numbers : polars.Series of Int64
        Their lines.
    bad : polars.DataFrame
        The other rows: line_number, reason, raw (bytes that are no text as ``\xff``).
    lines : int
        Line ends used up.
    rest : bytes
        The end of the block, where a quoted field is still open.
    """

    events: pl.DataFrame
    numbers: pl.Series
    bad: pl.DataFrame
    lines: int
    rest: bytes


@dataclass
class _Rows:
    """Rows of nine text fields with their lines, and the bad ones found on the way."""

    numbers: list[int] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)  # lines with eight commas and no quote
    quoted: list[tuple[int, list[str], bytes]] = field(default_factory=list)
    bad: list[tuple[int, str, bytes]] = field(default_factory=list)


def sort_out(block: bytes, first_line: int, *, at_end: bool) -> Sorted:
    """Tell events from other rows.

    Parameters
    ----------
    block : bytes
        Whole lines.
    first_line : int
        Number of the first of them in its file.
    at_end : bool
        Whether the file ends with the block; else a row whose quoted field is open at the
        block's end is handed back.

    Returns
    -------
    Sorted
        Every row of the block in exactly one place.
    """
    lines = block.split(b"\n")
    if not lines[-1]:
        lines.pop()
    rows = _Rows()
    index = 0
    while index < len(lines):
        line = lines[index].removesuffix(b"\r")
        used = 1
        if b'"' in line:
            used = _record_length(lines, index, at_end=at_end)
            if not used:
                break
            line = b"\n".join(lines[index : index + used]).removesuffix(b"\r")
        _sort_row(rows, first_line + index, line)
        index += used
    typed, judged = _judge(rows)
    found = [(number, reason, _show(raw)) for number, reason, raw in rows.bad]
    bad = pl.concat([pl.DataFrame(found, schema=BAD_SCHEMA, orient="row"), judged])
    rest = b"".join(line + b"\n" for line in lines[index:])
    return Sorted(typed.select(FIELDS), typed["line_number"], bad.sort("line_number"), index, rest)


def _record_length(lines: list[bytes], start: int, *, at_end: bool) -> int:
    """Count the lines of a quoted row: 1 if its quote never closes, 0 if more must be read."""
    quotes = size = 0
    for used, line in enumerate(lines[start:], start=1):
        if used > 1 and line[:4].isdigit() and b" UTC," in line[:28]:
            return 1  # the next event begins: the quote was not meant
        quotes += line.count(b'"')
        size += len(line)
        if quotes % 2 == 0:
            return used
        if size > _LONGEST_RECORD:
            return 1
    return 1 if at_end else 0


def _sort_row(rows: _Rows, number: int, line: bytes) -> None:
    if b'"' not in line:
        reason = _structural(line)
        if reason is None and line.count(b",") != _COMMAS:
            reason = "wrong column count" if line else "empty line"
        if reason is None:
            rows.numbers.append(number)
            rows.texts.append(line)
        else:
            rows.bad.append((number, reason, line))
        return
    fields, reason = _unquote(line)
    reason = reason or _structural(line)
    if reason is None and len(fields) != len(FIELDS):
        reason = "wrong column count"
    if reason is None:
        rows.quoted.append((number, fields, line))
    else:
        rows.bad.append((number, reason, line))


def _structural(line: bytes) -> str | None:
    if b"\0" in line:
        return "NUL byte"
    if b"\r" in line or b"\n" in line:
        return "embedded newline"
    try:
        line.decode()
    except UnicodeDecodeError:
        return "bad encoding"
    return None


def _unquote(line: bytes) -> tuple[list[str], str | None]:
    """Split a row with quotes as RFC 4180 says."""
    if line.count(b'"') % 2:
        return [], _structural(line) or "unbalanced quote"
    text = line.decode(errors="replace").replace("\0", " ").replace("\r", " ").replace("\n", " ")
    try:
        return next(csv.reader([text], strict=True)), None
    except csv.Error:
        return [], _structural(line) or "unbalanced quote"


def _judge(rows: _Rows) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Type rows of nine texts: the events, and the rows that are none."""
    plain = pl.read_csv(
        b"\n".join(rows.texts), has_header=False, schema=dict.fromkeys(FIELDS, pl.String),
        quote_char=None,
    )  # fmt: skip
    plain = plain.with_columns(
        pl.Series("line_number", rows.numbers, dtype=pl.Int64),
        pl.Series("raw", rows.texts, dtype=pl.Binary),
    )
    unquoted = pl.DataFrame(
        [[*fields, number, raw] for number, fields, raw in rows.quoted],
        schema={**plain.schema},
        orient="row",
    )
    texts = pl.concat([plain, unquoted]).sort("line_number")
    typed = texts.with_columns(pl.col(FIELDS).replace({"": None, NO_VALUE: None})).with_columns(
        parse_times(texts["event_time"]),
        *(_typed(column) for column in EVENT if column.name != "event_time"),
    )
    whys = [pl.when(~sound).then(pl.lit(why)) for why, sound in REASONS.items()]
    typed = typed.with_columns(reason=pl.coalesce(whys))
    bad = typed.filter(pl.col("reason").is_not_null())
    raw = pl.Series("raw", [_show(line) for line in bad["raw"]], dtype=pl.String)
    events = typed.filter(pl.col("reason").is_null())
    return events, bad.select("line_number", "reason").with_columns(raw)


def _typed(column: Column) -> pl.Expr:
    """Type a column of texts; null where a text is not of the type."""
    text = pl.col(column.name)
    if isinstance(column.frame, pl.Enum):
        return pl.when(text.is_in(EVENT_TYPES)).then(text).cast(column.frame).alias(column.name)
    if column.frame == pl.String:
        return text
    pattern = INTEGER_PATTERN if column.frame == pl.Int64 else DECIMAL_PATTERN
    fits = pl.when(text.str.contains(pattern)).then(text.str.strip_chars_start(" "))
    return fits.cast(column.frame, strict=False).alias(column.name)


def _show(line: bytes) -> str:
    return line.decode(errors="backslashreplace").replace("\0", "\\x00")
