"""Events as lines of CSV, exactly as the data set writes them."""

from datetime import date
from typing import IO, Final

import numpy as np
import polars as pl

from helpers.events import FIELDS
from store_simulator.generate.catalogue import Catalogue
from store_simulator.generate.journeys import Events

HEADER: Final = (",".join(FIELDS) + "\n").encode()

_KINDS: Final = pl.Series([",view,", ",cart,", ",purchase,"])
_HEX: Final = np.frombuffer(bytes(range(256)).hex().encode(), dtype="V2")
_GROUPS: Final = ((0, 4), (4, 6), (6, 8), (8, 10), (10, 16))  # bytes of a UUID between its dashes


def session_ids(count: int, rng: np.random.Generator) -> pl.Series:
    """Make ``count`` random UUIDs of version 4 as text of 36 characters."""
    raw = rng.integers(0, 256, (count, 16), dtype=np.uint8)
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    digits = _HEX[raw].view(np.uint8).reshape(count, 32)
    text = np.full((count, 36), ord("-"), dtype=np.uint8)
    for group, (begin, end) in enumerate(_GROUPS):
        text[:, 2 * begin + group : 2 * end + group] = digits[:, 2 * begin : 2 * end]
    return pl.Series(text.view("S36").ravel()).cast(pl.String)


def write_lines(out: IO[bytes], day: date, events: Events, ids: pl.Series, shop: Catalogue) -> None:
    """Write events in the order that they have; seconds of the day stay below 86,400."""
    seconds, place = np.unique(events.second, return_inverse=True)
    clock = pl.select(
        (
            pl.lit(day).cast(pl.Datetime("ms")) + pl.duration(seconds=pl.lit(pl.Series(seconds)))
        ).dt.strftime("%Y-%m-%d %H:%M:%S UTC")
    ).to_series()
    lines = pl.select(
        pl.concat_str(
            pl.lit(clock.gather(place)),
            pl.lit(_KINDS.gather(events.kind)),
            pl.lit(shop.text.gather(events.product)),
            pl.lit(pl.Series([","])),
            pl.lit(pl.Series(events.user).cast(pl.String)),
            pl.lit(pl.Series([","])),
            pl.lit(ids.gather(events.session)),
        )
    )
    lines.write_csv(out, include_header=False, quote_style="never")
