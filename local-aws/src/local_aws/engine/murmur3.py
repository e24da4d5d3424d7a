"""Murmur3 with 32 bits as Hive and Spark have it: for buckets alone, faults included.

Both read a tail of one to three bytes otherwise than the published algorithm, so no library has
their values: Hive's ``Murmur3`` takes its bytes as signed, Spark's ``Murmur3_x86_32`` mixes each as
a block of its own.
"""

from typing import Final

_MASK: Final = 0xFFFFFFFF
_HIVE_SEED: Final = 104729
SPARK_SEED: Final = 42


def hive(data: bytes) -> int:
    """Return Hive's hash of bytes, as an unsigned number of 32 bits.

    Examples
    --------
    >>> hive((1).to_bytes(4, "big"))
    1321152925
    """
    state, tail = _blocks(data, _HIVE_SEED)
    if tail:
        block = 0
        for place, byte in enumerate(tail):
            block ^= (_signed(byte) << (8 * place)) & _MASK
        state ^= _scrambled(block)
    return _finished(state, len(data))


def spark(data: bytes, seed: int) -> int:
    """Return Spark's hash of bytes, as an unsigned number of 32 bits.

    Parameters
    ----------
    data
        A text's UTF-8, or a number's 4 or 8 bytes, least significant first.
    seed
        The hash of the columns before.

    Examples
    --------
    >>> spark((1).to_bytes(4, "little"), SPARK_SEED)  # SELECT hash(1), as unsigned
    3735386339
    """
    state, tail = _blocks(data, seed & _MASK)
    for byte in tail:
        state = _mixed(state, _scrambled(_signed(byte) & _MASK))
    return _finished(state, len(data))


def _blocks(data: bytes, state: int) -> tuple[int, bytes]:
    whole = len(data) - len(data) % 4
    for at in range(0, whole, 4):
        state = _mixed(state, _scrambled(int.from_bytes(data[at : at + 4], "little")))
    return state, data[whole:]


def _signed(byte: int) -> int:
    return byte - 256 if byte > 127 else byte


def _rotated(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (32 - bits))) & _MASK


def _scrambled(block: int) -> int:
    return (_rotated((block * 0xCC9E2D51) & _MASK, 15) * 0x1B873593) & _MASK


def _mixed(state: int, block: int) -> int:
    return (_rotated(state ^ block, 13) * 5 + 0xE6546B64) & _MASK


def _finished(state: int, length: int) -> int:
    state ^= length
    state = ((state ^ (state >> 16)) * 0x85EBCA6B) & _MASK
    state = ((state ^ (state >> 13)) * 0xC2B2AE35) & _MASK
    return state ^ (state >> 16)
