"""A raw file of a test's own, brought to the lake by the real ingest."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from helpers import aws
from helpers.ingest import load, upload
from helpers.raw import files
from support import lake


@dataclass(frozen=True)
class Shop:
    """A lake: where it is, its days, and its events, empty texts being null."""

    name: str
    days: Sequence[datetime.date]
    events: pl.DataFrame

    @property
    def place(self) -> dict[str, str]:
        return {"database": self.name, "bucket": self.name, "table": "user_activity"}


def filled(name: str, raw: Path, staging: Path) -> Shop:
    """Make bucket and database of a name (letters and digits), and bring a raw file into them."""
    lake.prepare(name, name)
    aws.client.cache_clear()
    place = {"bucket": name, "database": name, "table": "user_activity"}
    found = files.find(str(raw))
    upload.upload_raw(found, **place)
    loaded = load.load(found, **place, staging=str(staging), max_quarantine_share=1)
    texts = pl.col(pl.String)
    events = lake.from_csv(raw).with_columns(pl.when(texts != "").then(texts))
    return Shop(name, tuple(loaded.days), events)
