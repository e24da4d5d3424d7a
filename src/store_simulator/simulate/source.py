"""Events read from files a piece at a time, with what is no event put aside."""

from collections.abc import Iterable, Iterator
from typing import Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet

from helpers.errors import InputError
from helpers.events import FIELDS, FRAME
from helpers.raw import files, reader
from helpers.raw.files import RawFile
from helpers.raw.reader import Rows
from helpers.raw.rows import REASONS, parse_times
from helpers.raw.suspects import BAD_SCHEMA
from store_simulator.simulate.dead_letters import DeadLetters

KINDS: Final = (*files.KINDS, ".parquet")
"""What a file of events ends in: a raw file, or one of the lake."""

_BATCH_ROWS: Final = 50_000
_FIRST_LINE: Final = 2  # behind the header; rows count from 0


def find(location: str) -> list[RawFile]:
    """List the files of events of a location, as `helpers.raw.files.find` does."""
    return files.find(location, KINDS)


class Source:
    """Events in the files' order, some ten thousand at a time.

    Parameters
    ----------
    files : iterable of RawFile
        From `find`.
    dead : DeadLetters
        Gets the rows that are no events.
    start_at : int
        So many rows are passed over.

    Attributes
    ----------
    read : int
        Rows read so far, those that are no events included, those passed over not.
    next_row : int
        The number of the row after the last frame.
    """

    def __init__(self, files: Iterable[RawFile], dead: DeadLetters, start_at: int = 0) -> None:
        self._files = files
        self._dead = dead
        self._start_at = start_at
        self.read = 0
        self.next_row = 0

    def frames(self) -> Iterator[pl.DataFrame]:
        """Read on.

        Yields
        ------
        polars.DataFrame
            The columns of `helpers.events.FRAME` and ``row`` (Int64), the number in the source;
            never empty.

        Raises
        ------
        InputError
            Where a file is no file of events or cannot be read.
        """
        for file in self._files:
            before = self.next_row - _FIRST_LINE
            for rows in _parquet(file) if file.kind == ".parquet" else reader.read(file):
                self.next_row = before + rows.next_line
                if self.next_row > self._start_at:
                    yield from self._wanted(rows, before)

    def _wanted(self, rows: Rows, before: int) -> Iterator[pl.DataFrame]:
        numbered = rows.events.with_columns(row=rows.lines + before)
        bad = rows.bad.with_columns(pl.col("line_number") + before)
        if self.next_row - len(numbered) - len(bad) < self._start_at:
            numbered = numbered.filter(pl.col("row") >= self._start_at)
            bad = bad.filter(pl.col("line_number") >= self._start_at)
        self.read += len(numbered) + len(bad)
        for row, reason, raw in bad.iter_rows():
            self._dead.add(reason, raw, row)
        if len(numbered):
            yield numbered


def _parquet(file: RawFile) -> Iterator[Rows]:
    """Read a Parquet file whose columns have the names of an event's."""
    line = _FIRST_LINE
    try:
        with file.open() as opened:
            parquet = pyarrow.parquet.ParquetFile(opened)
            missing = [name for name in FIELDS if name not in parquet.schema_arrow.names]
            if missing:
                raise InputError(f"{file.shown} lacks the columns {', '.join(missing)}.")
            for batch in parquet.iter_batches(_BATCH_ROWS, columns=list(FIELDS)):
                rows = _typed(pl.DataFrame(batch), line)
                line = rows.next_line
                yield rows
    except (pa.ArrowInvalid, pa.ArrowIOError) as error:
        raise InputError(f"{file.shown} cannot be read: {error}") from error


def _typed(given: pl.DataFrame, line: int) -> Rows:
    """Give a frame the types of events; a row with a value of no such type is no event."""
    times = given["event_time"]
    if times.dtype == pl.String:
        times = parse_times(times)
    elif isinstance(times.dtype, pl.Datetime) and times.dtype.time_zone is not None:
        times = times.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    whys = [pl.when(~sound).then(pl.lit(why)) for why, sound in REASONS.items()]
    lines = pl.int_range(line, line + len(given), dtype=pl.Int64, eager=True)
    typed = (
        given.with_columns(times.alias("event_time"))
        .select(pl.col(name).cast(kind, strict=False) for name, kind in FRAME.items())
        .with_columns(reason=pl.coalesce(whys), line_number=lines)
    )
    sound = typed["reason"].is_null()
    as_text = pl.struct(pl.col(FIELDS).cast(pl.String)).struct.json_encode()
    raw = given.filter(~sound).select(raw=as_text)["raw"]
    bad = typed.filter(~sound).with_columns(raw)
    good = typed.filter(sound)
    return Rows(
        good.select(FIELDS), good["line_number"], bad.select(*BAD_SCHEMA), line + len(given)
    )
