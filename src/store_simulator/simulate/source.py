"""Events read from files a piece at a time, typed, with what is no event put aside."""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from helpers.errors import InputError
from helpers.events import FIELDS
from store_simulator.simulate.dead_letters import DeadLetters
from store_simulator.simulate.files import File

TIME_FORMAT: Final = "%Y-%m-%d %H:%M:%S UTC"
"""How the data set writes a time."""

SCHEMA: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "event_time": pl.Datetime("us"),
    "event_type": pl.String,
    "product_id": pl.Int64,
    "category_id": pl.Int64,
    "category_code": pl.String,
    "brand": pl.String,
    "price": pl.Float64,
    "user_id": pl.Int64,
    "user_session": pl.String,
}
"""The columns of a frame of events; ``row`` (Int64), the number in the source, comes with them."""

_NEEDED: Final = ("event_time", "event_type", "product_id", "user_id")
_BLOCK_BYTES: Final = 8 << 20
_BATCH_ROWS: Final = 50_000


class Source:
    """Events in the files' order, some ten thousand at a time.

    Parameters
    ----------
    files : iterable of File
        From `store_simulator.simulate.files.find`.
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

    def __init__(self, files: Iterable[File], dead: DeadLetters, start_at: int = 0) -> None:
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
            The columns of `SCHEMA` and ``row``; never empty.

        Raises
        ------
        InputError
            Where a file lacks columns or cannot be read.
        """
        for file in self._files:
            for raw in self._raw(file):
                first, self.next_row = self.next_row, self.next_row + len(raw)
                if self.next_row <= self._start_at:
                    continue
                numbered = raw.select(*FIELDS).with_row_index("row", first)
                chosen = numbered.with_columns(pl.col("row").cast(pl.Int64)).filter(
                    pl.col("row") >= self._start_at
                )
                self.read += len(chosen)
                events = typed(chosen, self._dead)
                if len(events):
                    yield events

    def _raw(self, file: File) -> Iterator[pl.DataFrame]:
        with file.open() as opened:
            try:
                batches = _parquet(opened) if file.kind == ".parquet" else self._csv(file, opened)
                for batch in batches:
                    _check_columns(file, batch.schema.names)
                    frame = pl.from_arrow(batch)
                    assert isinstance(frame, pl.DataFrame)  # noqa: S101 of a record batch
                    yield frame
            except (pa.ArrowInvalid, pa.ArrowIOError, EOFError, UnicodeDecodeError) as error:
                raise InputError(f"{file.name} cannot be read: {error}") from error

    def _csv(self, file: File, opened: BinaryIO) -> Iterator[pa.RecordBatch]:
        def put_aside(bad: Any) -> str:
            self.read += 1
            columns = f"{bad.actual_columns} columns instead of {bad.expected_columns}"
            self._dead.add(columns, bad.text)
            return "skip"

        if file.kind == ".csv" and not _has_rows(opened):
            # of a header alone pyarrow's reader leaves a thread that aborts the process at its end
            return
        stream = pa.CompressedInputStream(opened, "gzip") if file.kind == ".csv.gz" else opened
        yield from pyarrow.csv.open_csv(
            stream,
            read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES),
            parse_options=pyarrow.csv.ParseOptions(invalid_row_handler=put_aside),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(FIELDS, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )


def typed(raw: pl.DataFrame, dead: DeadLetters) -> pl.DataFrame:
    """Give events their types; a row with a value that has no such type is put aside.

    Parameters
    ----------
    raw : polars.DataFrame
        ``row`` and the data set's fields, as text or typed already.
    dead : DeadLetters
        Gets the rows that are no events.

    Returns
    -------
    polars.DataFrame
        The columns of `SCHEMA` and ``row``.
    """
    events = raw.select("row", *(_typed(name, raw.schema[name]) for name in SCHEMA))
    wrong = {
        name: events[name].is_null() & (raw[name].is_not_null() | (name in _NEEDED))
        for name in SCHEMA
    }
    bad = pl.select(pl.any_horizontal(*wrong.values())).to_series()
    if not bad.any():
        return events
    for at in bad.arg_true():
        name = next(name for name, mask in wrong.items() if mask[at])
        record = {field: _shown(raw[field][at]) for field in FIELDS}
        dead.add(f"{name} {record[name]!r} is not what it must be", record, raw["row"][at])
    return events.filter(~bad)


def _parquet(opened: BinaryIO) -> Iterator[pa.RecordBatch]:
    yield from pyarrow.parquet.ParquetFile(opened).iter_batches(_BATCH_ROWS)


def _has_rows(opened: BinaryIO) -> bool:
    opened.readline()
    more = opened.read(1)
    opened.seek(0)
    return bool(more)


def _check_columns(file: File, names: list[str]) -> None:
    missing = [name for name in FIELDS if name not in names]
    if missing:
        raise InputError(
            f"{file.name} lacks the columns {', '.join(missing)}: it has {', '.join(names)}, "
            f"and events have {', '.join(FIELDS)}."
        )


def _typed(name: str, given: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if name == "event_time":
        if given == pl.String:
            return column.str.to_datetime(TIME_FORMAT, time_unit="us", strict=False)
        zoned = isinstance(given, pl.Datetime) and given.time_zone is not None
        plain = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if zoned else column
        return plain.cast(SCHEMA[name], strict=False)
    return column.cast(SCHEMA[name], strict=False)


def _shown(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int, float)) else str(value)
