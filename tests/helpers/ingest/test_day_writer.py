"""What the writer of the lake's files holds on to."""

from datetime import datetime

import polars as pl
import psutil

from helpers.events import FIELDS
from helpers.ingest import parquet

BLOCKS, ROWS, TEXT = 16, 1_000, 10_000


def block(number):
    """Views, and one cart among them; the sessions make it 10 MB."""
    texts = [f"{number}-{row}-".ljust(TEXT, "x") for row in range(ROWS)]
    kinds = ["cart", *["view"] * (ROWS - 1)]
    columns = dict.fromkeys(FIELDS, 1) | {
        "event_time": datetime(2019, 10, 1),
        "event_type": pl.Series(kinds),
        "user_session": pl.Series(texts),
    }
    return pl.select(**{name: pl.lit(value) for name, value in columns.items()})


def test_rows_that_wait_for_their_file_do_not_keep_their_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "ROW_GROUP", ROWS - 1)  # views are written at once, carts wait
    writer = parquet.DayWriter(tmp_path, "zstd")
    writer.add(block(0))
    before = psutil.Process().memory_info().rss
    for number in range(1, BLOCKS):
        writer.add(block(number))
    assert psutil.Process().memory_info().rss - before < BLOCKS * ROWS * TEXT / 2
    writer.close()
    written = {file.name: len(pl.read_parquet(file)) for file in tmp_path.rglob("*.parquet")}
    assert written == {
        "carts-purchases-0000.parquet": BLOCKS,
        "views-0000.parquet": BLOCKS * (ROWS - 1),
    }
