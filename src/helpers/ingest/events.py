"""What an event is, and blocks of good lines typed at full speed."""

from typing import Final

import numpy as np
import polars as pl

from helpers.events import EVENT_TYPES, FIELDS

MAX_PRICE: Final = 1_000_000
"""Beyond this a price is absurd: the dearest product of the real shop costs 2,574.07."""

KINDS: Final = pl.Enum(EVENT_TYPES)
TIME_PATTERN: Final = "^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2} [0-2][0-9]:[0-5][0-9]:[0-5][0-9] UTC$"

_TYPES: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "event_type": KINDS,
    "product_id": pl.Int64,
    "category_id": pl.Int64,
    "price": pl.Float64,
    "user_id": pl.Int64,
}
_SCHEMA: Final = {name: _TYPES.get(name, pl.String) for name in FIELDS}

_PRICE: Final = pl.col("price")
_CENTS: Final = _PRICE * 100

REASONS: Final = {
    "bad event_time": pl.col("event_time").is_not_null(),
    "unknown event_type": pl.col("event_type").is_not_null(),
    "missing or bad product_id": (pl.col("product_id") >= 0).fill_null(value=False),
    "missing or bad category_id": (pl.col("category_id") >= 0).fill_null(value=False),
    "missing or bad price": _PRICE.is_not_null(),
    "negative price": _PRICE >= 0,
    "absurd price": _PRICE <= MAX_PRICE,
    "price finer than a cent": (_CENTS - _CENTS.round()).abs() < 1e-4,
    "missing or bad user_id": (pl.col("user_id") >= 0).fill_null(value=False),
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
        .str.to_datetime("%Y-%m-%d %H:%M:%S UTC", time_unit="ms", strict=False),
        "len",
    )
    values = parsed["value"]
    if len(values) == len(times):
        return values.rename("event_time")
    places = np.arange(len(values), dtype=np.uint32).repeat(parsed["len"].to_numpy())
    return values.gather(pl.from_numpy(places, schema=["run"])["run"]).rename("event_time")


def finish(typed: pl.DataFrame) -> pl.DataFrame:
    """Turn checked columns into the lake's own types: the price to a decimal."""
    return typed.with_columns(_PRICE.cast(pl.Decimal(10, 2)))


def parse_good_lines(block: bytes) -> pl.DataFrame | None:
    """Type a block of lines that are all events.

    Parameters
    ----------
    block : bytes
        Whole lines without a header.

    Returns
    -------
    polars.DataFrame or None
        One event a line, typed as in the lake; None if anything in the block is suspicious.
    """
    if b'"' in block or b"\0" in block or b"\r" in block:
        return None
    try:
        texts = pl.read_csv(block, has_header=False, schema=_SCHEMA, quote_char=None)
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        return None
    typed = texts.with_columns(parse_times(texts["event_time"]).alias("event_time"))
    # a line with too few fields shows as a null session, and sessions are hardly ever missing
    sound = [pl.col("user_session").is_not_null(), *REASONS.values()]
    if not typed.select(pl.all_horizontal(check.all() for check in sound)).item():
        return None
    return finish(typed)
