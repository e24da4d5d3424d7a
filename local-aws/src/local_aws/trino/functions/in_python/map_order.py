"""The order in which Trino's aggregates give the entries of a map: that of a hash table's slots.

An open table of a power of two slots, at most 15/16 full: a key goes to the first free slot behind
the one that its hash names, probing in runs of eight; a full table is doubled and filled anew in
its slots' order.
"""

from __future__ import annotations

from collections.abc import Sequence

from local_aws.trino.functions.in_python.hashes import mixed, xxhash64
from local_aws.trino.functions.in_python.model import Registered

_RUN = 8


def _placed(hashes: Sequence[int], order: Sequence[int], capacity: int) -> list[int]:
    slots = [-1] * capacity
    for key in order:
        slot, step = (hashes[key] >> 7) % capacity, 1
        while True:
            run = [(slot + i) % capacity for i in range(_RUN)]
            free = next((one for one in run if slots[one] < 0), None)
            if free is not None:
                slots[free] = key
                break
            slot, step = (slot + step) % capacity, step + _RUN
    return [key for key in slots if key >= 0]


def _order(hashes: Sequence[int]) -> list[int]:
    """Positions of the keys, from 1, in the table's order."""
    capacity = 16
    order: list[int] = []
    for key in range(len(hashes)):
        order.append(key)
        if len(order) >= capacity // 16 * 15:
            order = _placed(hashes, order, capacity)
            capacity *= 2
    return [key + 1 for key in _placed(hashes, order, capacity)]


def of_texts(keys: Sequence[str]) -> list[int]:
    """Order of keys that are texts, as their positions from 1.

    Examples
    --------
    >>> of_texts(["z", "b", "a", "m"])
    [4, 1, 3, 2]
    """
    return _order([xxhash64(key.encode()) for key in keys])


def of_numbers(keys: Sequence[int]) -> list[int]:
    """Order of keys that Trino holds as 64-bit integers.

    Examples
    --------
    >>> of_numbers([3, 1, 2])
    [1, 3, 2]
    """
    return _order([mixed(0, key) for key in keys])


REGISTERED: list[Registered] = [
    (of_texts, "map_order_of_texts", ["VARCHAR[]"], "BIGINT[]"),
    (of_numbers, "map_order_of_numbers", ["BIGINT[]"], "BIGINT[]"),
]
