"""What an event is, and blocks of good lines typed at full speed."""

from typing import Final

import numpy as np
import polars as pl

from helpers.events import EVENT, FIELDS, FRAME, TIME_FORMAT, Column

MAX_PRICE: Final = 1_000_000
"""Beyond this a price is absurd: the dearest product of the real shop costs 2,574.07."""

TIME_PATTERN: Final = "^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2} [0-2][0-9]:[0-5][0-9]:[0-5][0-9] UTC$"

NO_VALUE: Final = "\\N"
"""A field without a value, as Hive, MySQL and PostgreSQL write it; an empty one is without too."""

# times are texts at first: neighbours share a second, so that few of them have to be parsed
_AS_READ: Final = {**FRAME, "event_time": pl.String()}
_QUOTE, _COMMA, _END = b'",\n'


def _rules(column: Column) -> dict[str, pl.Expr]:
    value = pl.col(column.name)
    if isinstance(column.frame, pl.Datetime):
        return {f"bad {column.name}": value.is_not_null()}
    if isinstance(column.frame, pl.Enum):
        return {f"unknown {column.name}": value.is_not_null()}
    if column.frame == pl.Int64:
        return {f"missing or bad {column.name}": (value >= 0).fill_null(value=False)}
    cents = value * 100
    return {
        f"missing or bad {column.name}": value.is_not_null(),
        f"negative {column.name}": value >= 0,
        f"absurd {column.name}": value <= MAX_PRICE,
        f"{column.name} finer than a cent": (cents - cents.round()).abs() < 1e-4,
    }


REASONS: Final = {
    reason: sound for column in EVENT if column.required for reason, sound in _rules(column).items()
}
"""Why a row with nine readable fields is no event: the reason, and what an event fulfils instead.

The columns are typed, null where the text was not of the type."""


def parse_times(times: pl.Series) -> pl.Series:
    """Parse event times; as neighbours share a second, each run of them is parsed once.

    Parameters
    ----------
    times : polars.Series of String
        Such as ``2019-10-01 00:00:00 UTC``.

    Returns
    -------
    polars.Series of Datetime("ms")
        In UTC; null for what is not exactly of this form.
    """
    runs = times.rle().struct.unnest()
    text = pl.col("value")
    parsed = runs.select(
        pl.when(text.str.contains(TIME_PATTERN))
        .then(text)
        .str.to_datetime(TIME_FORMAT, time_unit="ms", strict=False),
        "len",
    )
    values = parsed["value"]
    if len(values) == len(times):
        return values.rename("event_time")
    places = np.arange(len(values), dtype=np.uint32).repeat(parsed["len"].to_numpy())
    return values.gather(pl.from_numpy(places, schema=["run"])["run"]).rename("event_time")


def parse_good_lines(block: bytes) -> pl.DataFrame | None:
    """Type a block of lines that are all events.

    Parameters
    ----------
    block : bytes
        Whole lines without a header.

    Returns
    -------
    polars.DataFrame or None
        One event a line, with the columns of `helpers.events.FRAME`; None if anything in the block
        is suspicious.
    """
    if b"\0" in block or b"\r" in block:
        return None
    unquoted = _without_quotes(block) if b'"' in block else block
    if unquoted is None:
        return None
    try:
        texts = pl.read_csv(unquoted, has_header=False, schema=_AS_READ, quote_char=None)
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        return None
    typed = texts.with_columns(parse_times(texts["event_time"]))
    # a line with too few fields shows as a null in its last one, which is hardly ever missing
    sound = [pl.col(FIELDS[-1]).is_not_null(), *REASONS.values()]
    if not typed.select(pl.all_horizontal(check.all() for check in sound)).item():
        return None
    if NO_VALUE.encode() in block:
        return typed.with_columns(pl.col(pl.String).replace(NO_VALUE, None))
    return typed


def _without_quotes(block: bytes) -> bytes | None:
    """Take the quotes off fields that are quoted whole, as R and Athena write them.

    None where a quote is not the first or last byte of its field, or a quoted field goes on over a
    line end; one that holds a comma shows as a column too many.
    """
    data = np.frombuffer(b"\n%b\n" % block.removesuffix(b"\n"), np.uint8)
    quotes = np.flatnonzero(data == _QUOTE)
    if len(quotes) % 2:
        return None
    before, after = data[quotes[::2] - 1], data[quotes[1::2] + 1]
    ends = np.flatnonzero(data == _END)
    closed = not (np.searchsorted(quotes, ends) % 2).any()
    at_borders = all(((side == _COMMA) | (side == _END)).all() for side in (before, after))
    return block.replace(b'"', b"") if closed and at_borders else None
