"""Hashes that Python lacks: xxHash64 and MurmurHash3 (128 bits, x64), each with seed 0.

Both follow their published reference descriptions.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from local_aws.trino.functions.in_python.model import Registered

_MASK = (1 << 64) - 1
_P1, _P2, _P3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
_P4, _P5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5


def _rotated(x: int, by: int) -> int:
    return ((x << by) | (x >> (64 - by))) & _MASK


def mixed(state: int, lane: int) -> int:
    """Mix 64 bits into a state of xxHash64: its round."""
    return _rotated((state + lane * _P2) & _MASK, 31) * _P1 & _MASK


def xxhash64(data: bytes) -> int:
    """Return the xxHash64 of bytes, unsigned.

    Examples
    --------
    >>> hex(xxhash64(b"abc"))
    '0x44bc2cf5ad770999'
    """
    data = bytes(data)
    at = 0
    found = _P5
    if len(data) >= 32:
        states = [(_P1 + _P2) & _MASK, _P2, 0, -_P1 & _MASK]
        while at + 32 <= len(data):
            lanes = struct.unpack_from("<4Q", data, at)
            states = [mixed(state, lane) for state, lane in zip(states, lanes, strict=True)]
            at += 32
        turns = zip(states, (1, 7, 12, 18), strict=True)
        found = sum(_rotated(state, by) for state, by in turns) & _MASK
        for state in states:
            found = ((found ^ mixed(0, state)) * _P1 + _P4) & _MASK
    found = (found + len(data)) & _MASK
    while at + 8 <= len(data):
        (lane,) = struct.unpack_from("<Q", data, at)
        found = (_rotated(found ^ mixed(0, lane), 27) * _P1 + _P4) & _MASK
        at += 8
    if at + 4 <= len(data):
        (lane,) = struct.unpack_from("<I", data, at)
        found = (_rotated(found ^ (lane * _P1 & _MASK), 23) * _P2 + _P3) & _MASK
        at += 4
    for byte in data[at:]:
        found = _rotated(found ^ (byte * _P5 & _MASK), 11) * _P1 & _MASK
    found = (found ^ (found >> 33)) * _P2 & _MASK
    found = (found ^ (found >> 29)) * _P3 & _MASK
    return found ^ (found >> 32)


_C1, _C2 = 0x87C37B91114253D5, 0x4CF5AD432745937F


def _finished(x: int) -> int:
    x = (x ^ (x >> 33)) * 0xFF51AFD7ED558CCD & _MASK
    x = (x ^ (x >> 33)) * 0xC4CEB9FE1A85EC53 & _MASK
    return x ^ (x >> 33)


def murmur3(data: bytes) -> bytes:
    """Return the 128-bit MurmurHash3 of bytes: both halves with their lowest byte first."""
    data = bytes(data)
    one = two = 0
    whole = len(data) // 16 * 16
    padded = data + bytes(-len(data) % 16)
    for at in range(0, len(padded), 16):
        first, second = struct.unpack_from("<2Q", padded, at)
        first = _rotated(first * _C1 & _MASK, 31) * _C2 & _MASK
        second = _rotated(second * _C2 & _MASK, 33) * _C1 & _MASK
        one ^= first
        if at < whole:
            one = ((_rotated(one, 27) + two) * 5 + 0x52DCE729) & _MASK
        two ^= second
        if at < whole:
            two = ((_rotated(two, 31) + one) * 5 + 0x38495AB5) & _MASK
    one, two = one ^ len(data), two ^ len(data)
    one = (one + two) & _MASK
    two = (two + one) & _MASK
    one, two = _finished(one), _finished(two)
    one = (one + two) & _MASK
    return struct.pack("<2Q", one, (two + one) & _MASK)


def checksum(values: Iterable[bytes | None]) -> bytes:
    """Return Trino's checksum of hashed values: their sum times a prime, in any order.

    A NULL counts as the prime itself.
    """
    total = sum(1 if value is None else xxhash64(value) for value in values)
    return struct.pack("<Q", total * _P1 & _MASK)


REGISTERED: list[Registered] = [
    (lambda data: xxhash64(data).to_bytes(8, "big"), "xxhash64", ["BLOB"], "BLOB"),
    (murmur3, "murmur3", ["BLOB"], "BLOB"),
    (checksum, "checksum", ["BLOB[]"], "BLOB"),
]
