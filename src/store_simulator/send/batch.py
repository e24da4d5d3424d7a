"""Records that go to the stream in one request."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from store_simulator.send import cbor

MAX_RECORDS: Final = 500
MAX_BYTES: Final = 10 << 20
"""Of one request: the records' data and keys."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Batch:
    """Records of one lane that fit into one request.

    Attributes
    ----------
    entries : memoryview
        The records, from `store_simulator.send.cbor.entries`.
    ends : ndarray of int64, shape (n + 1,)
        Where each entry starts in ``entries``, and where the last one ends.
    sizes : ndarray of int64, shape (n, 2)
        The bytes of each record's data and key.
    rows : ndarray of int64, shape (n,)
        The number of each record in its source; negative for one that is not from there.
    keys : polars.Series of String
        The partition key of each record.
    labels : list of str
        What `Sender` hands to its listener for each record; may be empty.
    """

    entries: memoryview
    ends: Ints
    sizes: Ints
    rows: Ints
    keys: pl.Series
    labels: list[str]

    def body(self, chosen: Ints, tail: bytes) -> list[bytes | memoryview]:
        """Write the request for some of the records, given by their places, in parts."""
        if len(chosen) == len(self.rows):
            opened: bytes | memoryview = self.entries[self.ends[0] : self.ends[-1]]
            ends = self.ends - self.ends[0]
        else:
            starts, stops = self.ends[chosen], self.ends[chosen + 1]
            opened = b"".join(map(self.entries.__getitem__, map(slice, starts, stops)))
            ends = np.concatenate([[0], np.cumsum(stops - starts)])
        return [cbor.HEAD, memoryview(cbor.closed(opened, ends, self.sizes[chosen])), tail]

    def with_distinct_keys(self, chosen: Ints) -> Ints:
        """Cut a choice of records before the first one whose key it has already."""
        seen: set[str] = set()
        for number, key in enumerate(self.keys.gather(chosen)):
            if key in seen:
                return chosen[:number]
            seen.add(key)
        return chosen

    def overtaken(self, chosen: Ints, refused: Ints) -> int:
        """Count the refused ones of a choice that a later record of their key was placed before."""
        placed = np.setdiff1d(chosen, refused)
        last = dict(zip(self.keys.gather(placed), placed, strict=True))
        keys = self.keys.gather(refused)
        return sum(last.get(key, -1) > at for key, at in zip(keys, refused, strict=True))
