"""Sequence numbers: 56 decimal digits that order records within a shard and across reshards.

The layout is the one that AWS's own numbers have (version 2, as the kinesalite
project read it from the service), from the highest bit down::

    2 | shard created, s | shard & 15 | index in the shard | b | arrival, s | shard | 2
    4 |       36         |     4      |         64         | 8 |     36     |  32   | 4   bits

``b`` is 0 in a record's number. 1 makes a place of its own behind that record and before the next.

A child shard is created at least one second after its parents, so every number
of a child is greater than every number of its parents.
"""

from typing import NamedTuple

INDEX_STEP = 1 << 80
"""The distance between the numbers of two neighbouring records of one second."""

SECOND_SHIFT = 36
_BETWEEN_SHIFT = 72
LAST_INDEX = (1 << 63) - 1
_LEAD = 2 << 184
_VERSION = 2


class SequenceNumber(NamedTuple):
    """What a sequence number says."""

    created: int
    """When the shard was made, seconds since 1970."""
    shard: int
    """The shard's number in its stream."""
    position: int
    """1 more than the record's place in the shard; 0 for the shard's own start."""
    second: int
    """When the record arrived, seconds since 1970."""
    between: bool = False
    """Whether it is the place behind the record, which no record has."""


def shard_prefix(created: int, shard: int) -> int:
    """Compute the part of a number that is the same for the whole shard.

    Parameters
    ----------
    created : int
        When the shard was made, seconds since 1970.
    shard : int
        The shard's number.

    Returns
    -------
    int
        The number of index 0 and second 0.
    """
    return _LEAD | created << 148 | (shard & 15) << 144 | shard << 4 | _VERSION


def encode(number: SequenceNumber) -> str:
    """Write a sequence number as its decimal digits.

    Examples
    --------
    >>> len(encode(SequenceNumber(1763800000, 3, 1, 1763800001)))
    56
    """
    prefix = shard_prefix(number.created, number.shard)
    place = number.position * INDEX_STEP + (number.between << _BETWEEN_SHIFT)
    return str(prefix + place + (number.second << SECOND_SHIFT))


def decode(text: str) -> SequenceNumber:
    """Read a sequence number.

    Parameters
    ----------
    text : str
        Decimal digits.

    Returns
    -------
    SequenceNumber
        Its parts.

    Raises
    ------
    ValueError
        Where the digits are no sequence number of this layout.
    """
    value = int(text)
    if value >> 184 != _LEAD >> 184 or value & 15 != _VERSION:
        raise ValueError(f"{text} is not a sequence number")
    shard = value >> 4 & 0xFFFFFFFF
    if value >> 144 & 15 != shard & 15:
        raise ValueError(f"{text} is not a sequence number")
    return SequenceNumber(
        created=value >> 148 & (1 << 36) - 1,
        shard=shard,
        position=value >> 80 & (1 << 64) - 1,
        second=value >> SECOND_SHIFT & (1 << 36) - 1,
        between=bool(value >> _BETWEEN_SHIFT & 1),
    )
