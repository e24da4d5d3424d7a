"""Events to Parquet files by day, in flat memory."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from helpers.events import LAKE
from helpers.ingest.catalog import DAY

ROW_GROUP: Final = 250_000
"""Rows a row group: as much as is held back of one day."""
_HELD: Final = 1_000_000
"""Rows held back in all, where days are mixed in the raw file."""
_OPEN: Final = 64
"""Files open at a time."""

_DICTIONARY: Final = [column.name for column in LAKE if column.encoding == "RLE_DICTIONARY"]
_ENCODING: Final = {c.name: c.encoding for c in LAKE if c.name not in _DICTIONARY}
# what row groups can be skipped by; bounds of the others are those of the whole day
BOUNDED: Final = [column.name for column in LAKE if column.bounds]
_DECIMALS: Final = [
    pl.col(column.name).cast(pl.Decimal(10, 2)) for column in LAKE if column.lake == "decimal(10,2)"
]
_TIME: Final = "event_time"
# microseconds of whole seconds take more room unless more is done to them
_ICEBERG_LEVELS: Final = {**dict.fromkeys([*(column.name for column in LAKE), *DAY], 1), _TIME: 6}
_Kind = tuple[datetime.date, str]  # day, and views or carts-purchases


@dataclass
class _Held:
    frames: list[pl.DataFrame] = field(default_factory=list)
    rows: int = 0


class DayWriter:
    """Writes events as ``year=…/month=…/day=…/*.parquet``, views apart from carts and purchases.

    Rows keep their order; a row group whose rows are not in order of time is sorted. A column
    ``session_start`` is added: true for exactly one event of each session and day. Sessions are
    told apart by hashes of 64 bits: of 300,000 a day two fall together once in 400 million days.

    Parameters
    ----------
    folder : Path
        An empty folder.
    compression : str
        zstd, snappy or gzip.
    iceberg : bool
        Whether the files are to be an Iceberg table's: with year, month and day as columns, ids of
        columns, and times in microseconds, which is what the format knows.
    """

    def __init__(self, folder: Path, compression: str, *, iceberg: bool = False) -> None:
        self._folder = folder
        self._compression = compression
        self._iceberg = iceberg
        level = _ICEBERG_LEVELS if iceberg else 1
        self._level = level if compression == "zstd" else None
        self._held: dict[_Kind, _Held] = {}
        self._open: dict[_Kind, Any] = {}
        self._parts: dict[_Kind, int] = {}
        self._sessions: dict[datetime.date, pl.Series] = {}
        self.rows: dict[datetime.date, int] = {}

    def add(self, events: pl.DataFrame) -> None:
        """Take events, with the columns of `helpers.events.FRAME`, of any days."""
        for day, part in _by_day(events.with_columns(_DECIMALS)):
            self.rows[day] = self.rows.get(day, 0) + part.height
            views = part["event_type"] == "view"
            self._hold((day, "views"), part.filter(views))
            self._hold((day, "carts-purchases"), _compact(part.filter(~views)))
        while sum(held.rows for held in self._held.values()) > _HELD:
            self._write(max(self._held, key=lambda kind: self._held[kind].rows))

    def close(self) -> None:
        """Write what is held back and finish every file."""
        for kind in list(self._held):
            self._write(kind)
        for writer in self._open.values():
            writer.close()
        self._open.clear()

    def abandon(self) -> None:
        """Let go of the files without finishing them."""
        for writer in self._open.values():
            writer.is_open = False  # its end of file would be one more write to a full disk
            writer.file_handle = None
        self._open.clear()

    def _hold(self, kind: _Kind, events: pl.DataFrame) -> None:
        if events.height:
            held = self._held.setdefault(kind, _Held())
            held.frames.append(events)
            held.rows += events.height
            if held.rows >= ROW_GROUP:
                self._write(kind)

    def _write(self, kind: _Kind) -> None:
        events = pl.concat(self._held.pop(kind).frames, rechunk=False)
        if not events["event_time"].is_sorted():
            events = events.sort("event_time", maintain_order=True)
        starts = self._session_starts(kind[0], events["user_session"])
        events = events.with_columns(starts.alias("session_start"))
        table = _of_iceberg(events, kind[0]) if self._iceberg else events.to_arrow()
        del events, starts  # the table has its own copy of the texts
        self._writer(kind, table.schema).write_table(table, row_group_size=2 * ROW_GROUP)

    def _session_starts(self, day: datetime.date, sessions: pl.Series) -> pl.Series:
        """Mark the first event of each session that the day has not had yet."""
        hashes = sessions.hash()
        seen = self._sessions.get(day, pl.Series(dtype=pl.UInt64))
        starts = hashes.is_first_distinct() & sessions.is_not_null() & ~hashes.is_in(seen.implode())
        self._sessions[day] = pl.concat([seen, hashes.filter(starts)])
        return starts

    def _writer(self, kind: _Kind, schema: Any) -> Any:
        if kind in self._open:
            return self._open[kind]
        if len(self._open) >= _OPEN:
            self._open.pop(next(iter(self._open))).close()
        day, name = kind
        part = self._parts.get(kind, 0)
        self._parts[kind] = part + 1
        folder = self._folder / day_path(day)
        folder.mkdir(parents=True, exist_ok=True)
        self._open[kind] = pq.ParquetWriter(
            folder / f"{name}-{part:04}.parquet",
            schema,
            compression=self._compression,
            compression_level=self._level,
            use_dictionary=_DICTIONARY,
            column_encoding=_ENCODING,
            write_statistics=[*BOUNDED, *DAY] if self._iceberg else BOUNDED,
            store_schema=False,
        )
        return self._open[kind]


def _of_iceberg(events: pl.DataFrame, day: datetime.date) -> Any:
    """Give events the columns and types of the Iceberg lake, each with its place as its id."""
    parts = {
        name: pl.lit(value, pl.Int32)
        for name, value in zip(DAY, (day.year, day.month, day.day), strict=True)
    }
    table = events.with_columns(pl.col(_TIME).cast(pl.Datetime("us")), **parts).to_arrow()
    fields = [
        field.with_metadata({"PARQUET:field_id": str(number)})
        for number, field in enumerate(table.schema, start=1)
    ]
    return pa.Table.from_arrays(table.columns, schema=pa.schema(fields))


def _compact(events: pl.DataFrame) -> pl.DataFrame:
    """Copy the texts of a few rows: as they are, they keep those of their whole block."""
    return pl.DataFrame(events.to_arrow())


def _by_day(events: pl.DataFrame) -> Iterator[tuple[datetime.date, pl.DataFrame]]:
    times = events["event_time"]
    first, last = times.min(), times.max()
    if not isinstance(first, datetime.datetime) or not isinstance(last, datetime.datetime):
        return  # no events
    if first.date() == last.date():
        yield first.date(), events
        return
    dates = times.dt.date()
    for day in dates.unique(maintain_order=True):
        yield day, events.filter(dates == day)


def day_path(day: datetime.date) -> str:
    """Give a day's folder below the lake: ``year=2019/month=10/day=01``."""
    return f"year={day.year:04}/month={day.month:02}/day={day.day:02}"
