"""What a replay will take, said before it begins."""

import math
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import Final

import polars as pl
import pyarrow.parquet

from helpers.kinesis.streams import shares
from helpers.raw.files import RawFile, open_csv
from helpers.raw.rows import parse_times
from store_simulator.simulate.encode import as_json
from store_simulator.simulate.pace import Pace
from store_simulator.simulate.records import keys_of

_SAMPLE_BYTES: Final = 1 << 20
_SAMPLE_EVENTS: Final = 5000
_TAIL_BYTES: Final = 1 << 16
_SHARD_RECORDS_S: Final = 1000
_SHARD_BYTES_S: Final = 1 << 20
_UNEVEN: Final = 1.5
# on-demand standard, us-east-1, https://aws.amazon.com/kinesis/data-streams/pricing/ (2025)
_DOLLARS_STREAM_HOUR: Final = 0.04
_DOLLARS_GB_IN: Final = 0.08


@dataclass(frozen=True)
class Estimate:
    """What a replay will take.

    Attributes
    ----------
    records : int
        How many; counted in Parquet and short CSV files, extrapolated in others.
    exact : bool
        Whether they were counted.
    seconds : float or None
        How long, extrapolated for gzipped CSV; None where it goes as fast as it can.
    least_seconds : float
        How long at least, at AWS's limits of the shards that the stream has.
    shards : int or None
        Shards that its rate needs; None where it goes as fast as the stream takes it.
    dollars : float
        What AWS charges for one on-demand stream meanwhile.
    hottest : float
        The share of the records that the busiest shard gets.
    shard_count : int
        How many open shards the stream has.
    """

    records: int
    exact: bool
    seconds: float | None
    least_seconds: float
    shards: int | None
    dollars: float
    hottest: float
    shard_count: int

    def lines(self, key: str) -> list[str]:
        """Say it in words, the last line being a warning where one shard gets too much."""
        about = "" if self.exact else "about "
        records = f"{about}{self.records:,} records"
        if self.seconds is None:
            least = _minutes(self.least_seconds, "")
            time = f"as fast as the stream takes them ({self.shard_count} shards on AWS: {least})"
        else:
            time = _minutes(self.seconds, about)
        shards = "" if self.shards is None else f", shards needed: {self.shards}"
        said = [f"Estimate: {records}, {time}{shards}, ${self.dollars:,.2f} on AWS (on-demand)."]
        if self.hottest > _UNEVEN / self.shard_count:
            said.append(
                f"Warning: partition key {key} sends {self.hottest:.0%} of the records to one of "
                f"{self.shard_count} shards (even would be {1 / self.shard_count:.0%})."
            )
        return said


def estimate(
    files: list[RawFile],
    first: pl.DataFrame,
    *,
    pace: Pace,
    key: str,
    starts: list[int],
    skipped: int,
) -> Estimate:
    """Estimate a replay from the files' sizes and their first events.

    Parameters
    ----------
    files : list of RawFile
        What will be sent.
    first : polars.DataFrame
        The first events.
    pace : Pace
        How fast.
    key : str
        The partition key.
    starts : list of int
        Where the stream's shards start.
    skipped : int
        Rows that will be passed over.

    Returns
    -------
    Estimate
    """
    counts = [_rows(file) for file in files]
    records = max(len(first), sum(rows for rows, _ in counts) - skipped)
    exact = all(counted for _, counted in counts)
    weights = Counter(name for name in keys_of(first, key).to_list() if name)
    hottest = max(shares(dict(weights), starts)) if weights else 1.0
    size = int(as_json(first.head(_SAMPLE_EVENTS), 0).str.len_bytes().mean() or 0)  # type: ignore[arg-type]
    # what one record takes of a shard's second
    of_shard = max(1 / _SHARD_RECORDS_S, size / _SHARD_BYTES_S)
    seconds = _seconds(files, first, pace, records)
    least = records * hottest * of_shard
    shards = None
    if seconds is not None:
        shards = max(1, math.ceil(_peak(first, pace, records, seconds) * of_shard))
    hours = max(seconds or 0, least) / 3600
    billed = records * math.ceil(size / 1024) * 1024 / 2**30
    dollars = hours * _DOLLARS_STREAM_HOUR + billed * _DOLLARS_GB_IN
    return Estimate(records, exact, seconds, least, shards, dollars, hottest, len(starts))


def _minutes(seconds: float, about: str) -> str:
    minutes = seconds / 60
    return f"{about}{minutes:,.1f} minutes" if minutes >= 0.1 else "a few seconds"


def _rows(file: RawFile) -> tuple[int, bool]:
    """Count a file's rows, or extrapolate them from its first bytes; and say which."""
    if file.kind == ".parquet":
        with file.open() as opened:
            return pyarrow.parquet.ParquetFile(opened).metadata.num_rows, True
    text, share = _beginning(file)
    # the header is a line too, and the last line may lack its end
    lines = text.count(b"\n") - 1 + (not text.endswith(b"\n"))
    return round(max(0, lines) / share), share == 1


def _beginning(file: RawFile) -> tuple[bytes, float]:
    """Read a CSV file's first bytes, unpacked, and say which share of the file they are."""
    if file.member is not None:
        with open_csv(file) as inside:
            text = inside.read(_SAMPLE_BYTES)
        return text, len(text) / max(1, file.member.file_size)
    with file.open() as opened:
        packed = opened.read(_SAMPLE_BYTES)
    text = zlib.decompressobj(31).decompress(packed) if file.kind == ".csv.gz" else packed
    return text, len(packed) / max(1, file.size)


def _seconds(files: list[RawFile], first: pl.DataFrame, pace: Pace, records: int) -> float | None:
    if pace.rate is not None:
        return records / pace.rate
    if pace.speed is None:
        return None
    last = _last_time(files[-1])
    begin = first["event_time"].dt.epoch("s")[0]
    return None if last is None else max(0, last - begin) / pace.speed


def _last_time(file: RawFile) -> float | None:
    """Find the time of a file's last event, in seconds; a packed one's is extrapolated."""
    if file.kind in {".csv.gz", ".zip"}:
        text, share = _beginning(file)
        lines = text.rpartition(b"\n")[0].split(b"\n")[1:]
        first, last = (_time_of(line) for line in (lines[0], lines[-1])) if lines else (None, None)
        return None if first is None or last is None else first + (last - first) / share
    with file.open() as opened:
        if file.kind == ".csv":
            opened.seek(max(0, file.size - _TAIL_BYTES))
            return _time_of(opened.read().rstrip(b"\n").rpartition(b"\n")[2])
        parquet = pyarrow.parquet.ParquetFile(opened)
        group = parquet.read_row_group(parquet.num_row_groups - 1, columns=["event_time"])
        return _seconds_of(pl.Series(group["event_time"].to_pylist()[-1:]))


def _time_of(line: bytes) -> float | None:
    text = line.partition(b",")[0].replace(b'"', b"").decode(errors="replace")
    return _seconds_of(parse_times(pl.Series([text])))


def _seconds_of(time: pl.Series) -> float | None:
    return None if time[0] is None else float(time.dt.epoch("s")[0])


def _peak(first: pl.DataFrame, pace: Pace, records: int, seconds: float) -> float:
    """Find the highest rate, in records a second."""
    if pace.rate is not None:
        return pace.rate
    mean = records / seconds if seconds else float(records)
    whole = (first["event_time"].dt.epoch("s") / float(pace.speed or 1)).floor()
    busiest = whole.value_counts()["count"].max()
    return max(mean, float(busiest))  # type: ignore[arg-type]
