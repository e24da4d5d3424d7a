"""Events as the records of the stream, in the lanes that they take to it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from helpers.errors import InputError
from helpers.events import PARTITION_KEYS
from helpers.kinesis import streams
from store_simulator.send import cbor
from store_simulator.send.batch import MAX_BYTES, MAX_RECORDS, Batch
from store_simulator.simulate.dead_letters import DeadLetters
from store_simulator.simulate.encode import as_json


@dataclass
class Lane:
    """The records of one lane in one frame, and how far they have been sent.

    Attributes
    ----------
    due : ndarray of float64, shape (n,)
        Seconds after the start of the replay, ascending.
    """

    due: npt.NDArray[np.float64]
    _times: npt.NDArray[np.float64]
    _entries: memoryview
    _ends: npt.NDArray[np.int64]
    _lengths: npt.NDArray[np.int64]
    _sizes: npt.NDArray[np.int64]
    _rows: npt.NDArray[np.int64]
    _keys: pl.Series
    _labels: list[str]
    _next: int = 0

    @property
    def next_due(self) -> float:
        """When the next record is due; infinity at the end."""
        return float(self.due[self._next]) if self._next < len(self.due) else float("inf")

    @property
    def latest(self) -> float:
        """The latest time of the events that were taken, in seconds; minus infinity before."""
        return float(self._times[: self._next].max(initial=float("-inf")))

    @property
    def left(self) -> npt.NDArray[np.int64]:
        """The rows that have not been taken."""
        return self._rows[self._next :]

    def take(self, now: float) -> Batch | None:
        """Take the records that are due, as many as fit into one request."""
        start = self._next
        stop = int(np.searchsorted(self.due, now, side="right"))
        stop = min(stop, start + MAX_RECORDS)
        room = self._sizes[start] + MAX_BYTES if start < stop else 0
        stop = min(stop, int(np.searchsorted(self._sizes, room, side="right")) - 1)
        if stop <= start:
            return None
        self._next = stop
        return Batch(
            self._entries,
            self._ends[start : stop + 1],
            self._lengths[start:stop],
            self._rows[start:stop],
            self._keys[start:stop],
            self._labels[start:stop],
        )


def check_key(key: str) -> None:
    """Refuse a partition key that events do not have."""
    if key not in PARTITION_KEYS:
        raise InputError(f"The partition key {key} is none of {', '.join(PARTITION_KEYS)}.")


def keys_of(events: pl.DataFrame, key: str) -> pl.Series:
    """Give the partition key of each event as text; null where it has none."""
    return events[key].cast(pl.String)


def lanes(
    events: pl.DataFrame,
    due: npt.NDArray[np.float64],
    *,
    key: str,
    offset_s: int,
    count: int,
    starts: list[int],
    max_record_bytes: int,
    dead: DeadLetters,
    label: str | None = None,
) -> list[Lane]:
    """Encode a frame and divide it into lanes, all records of a shard into the same one.

    Parameters
    ----------
    events : polars.DataFrame
        The columns of `helpers.events.FRAME` and ``row``.
    due : ndarray of float64, shape (n,)
        When each event is due.
    key : str
        The field that is the partition key.
    offset_s : int
        Seconds from an event's own time to its ``txn_timestamp``.
    count : int
        How many lanes there are.
    starts : list of int
        Where the stream's shards start: what goes to one shard is in one lane, so that it
        arrives in the order of the events.
    max_record_bytes : int
        What the stream takes as data and key of one record.
    dead : DeadLetters
        Gets the records that are larger, and those without a key.
    label : str, optional
        The field whose value goes with each record for the listener.

    Returns
    -------
    list of Lane
        One a lane, its records in the frame's order.
    """
    encoded = events.select(
        "row",
        label=pl.col(label).cast(pl.String).fill_null("") if label else pl.lit(""),
        record=as_json(events, offset_s),
        key=keys_of(events, key),
        due=pl.Series(due),
        time=pl.col("event_time").dt.epoch("ms") / 1000,
    ).with_columns(size=pl.col("record").str.len_bytes() + pl.col("key").str.len_bytes())
    encoded = _sendable(encoded, key, max_record_bytes, dead)
    keys = encoded["key"].unique()
    lane = np.array(streams.shards_of(keys.to_list(), starts), np.uint16) % count
    # sorting numbers of 16 bits is a tenth of the work
    number = encoded["key"].replace_strict(keys, lane, return_dtype=pl.UInt16).to_numpy()
    encoded = encoded[np.argsort(number, kind="stable")]
    stops = np.cumsum(np.bincount(number, minlength=count))
    entries, ends, lengths = cbor.entries(encoded["record"], encoded["key"])
    sizes = np.concatenate([[0], encoded["size"].cast(pl.Int64).cum_sum().to_numpy()])
    return [
        Lane(
            encoded["due"].to_numpy()[start:stop],
            encoded["time"].to_numpy()[start:stop],
            entries,
            ends[start : stop + 1],
            lengths[start:stop],
            sizes[start : stop + 1],
            encoded["row"].to_numpy()[start:stop],
            encoded["key"][start:stop],
            encoded["label"][start:stop].to_list() if label else [],
        )
        for start, stop in zip([0, *stops[:-1]], stops, strict=True)
    ]


def _sendable(
    encoded: pl.DataFrame, key: str, max_record_bytes: int, dead: DeadLetters
) -> pl.DataFrame:
    keyless = encoded["key"].is_null() | (encoded["key"].str.len_chars() == 0)
    bad = keyless | (encoded["key"].str.len_chars() > 256) | (encoded["size"] > max_record_bytes)
    if not bad.fill_null(True).any():
        return encoded
    for row, record, name, size in (
        encoded.filter(bad.fill_null(True)).select("row", "record", "key", "size").iter_rows()
    ):
        if not name:
            reason = f"{key} is null, so there is no partition key"
        elif len(name) > 256:
            reason = f"the partition key {key} has more than 256 characters"
        else:
            reason = f"{size} bytes are more than the stream's limit of {max_record_bytes}"
        dead.add(reason, record, row)
    return encoded.filter(~bad.fill_null(True))
