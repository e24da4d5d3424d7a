"""Binaries: encodings, checksums, parts."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
import zlib
from collections.abc import Callable

import regex

from local_aws.trino.errors import error_in_python
from local_aws.trino.functions.in_python.model import Registered


def _from_utf8(data: bytes, replacement: str) -> str:
    return bytes(data).decode("utf-8", "replace").replace("�", replacement)


def _crc32(data: bytes) -> int:
    return zlib.crc32(data)  # whose second parameter DuckDB would count


def _decoded(decode: Callable[[str], bytes], text: str) -> bytes:
    try:
        return decode(text)
    except (binascii.Error, ValueError):
        raise error_in_python(f"Illegal base encoding: {text}") from None


def _from_base64(text: str) -> bytes:
    """Decode; what is wrong is said as Java's decoder says it."""
    bad = regex.search(r"[^A-Za-z0-9+/=]", text)
    if bad:
        raise error_in_python(f"Illegal base64 character {ord(bad[0]):x}")
    digits = text.rstrip("=")
    if "=" in digits or (digits != text and len(text) % 4):
        raise error_in_python("Input byte array has wrong 4-byte ending unit")
    if len(digits) % 4 == 1:
        least = "Input byte[] should at least have 2 bytes for base64 bytes"
        raise error_in_python(
            least if len(digits) == 1 else "Last unit does not have enough valid bits"
        )
    return base64.b64decode(digits + "=" * (-len(digits) % 4))


def _from_big_endian(data: bytes, size: int) -> int:
    if len(data) != size:
        raise error_in_python(f"expected {size}-byte input, but got instead: {len(data)}")
    return int.from_bytes(data, "big", signed=True)


def _to_ieee754(number: float, size: int) -> bytes:
    return struct.pack(">d" if size == 8 else ">f", number)


def _from_ieee754(data: bytes, size: int) -> float:
    if len(data) != size:
        raise error_in_python(f"Input floating-point value must be exactly {size} bytes long")
    return float(struct.unpack(">d" if size == 8 else ">f", bytes(data))[0])


def _binary_substr(data: bytes, start: int, length: int) -> bytes:
    first = start - 1 if start > 0 else len(data) + start
    if start == 0 or first < 0 or length <= 0:
        return b""
    return bytes(data[first : first + length])


def _binary_pad(data: bytes, size: int, pad: bytes, left: bool) -> bytes:
    if size < 0:
        raise error_in_python("Target length must be in the range [0..2147483647]")
    if not pad:
        raise error_in_python("Padding bytes must not be empty")
    missing = size - len(data)
    if missing <= 0:
        return bytes(data[:size])
    filling = (bytes(pad) * (missing // len(pad) + 1))[:missing]
    return filling + bytes(data) if left else bytes(data) + filling


def _hmac(data: bytes, key: bytes, name: str) -> bytes:
    return hmac.new(bytes(key), bytes(data), name).digest()


REGISTERED: list[Registered] = [
    (_from_utf8, "from_utf8", ["BLOB", "VARCHAR"], "VARCHAR"),
    (lambda data: hashlib.sha512(data).digest(), "sha512", ["BLOB"], "BLOB"),
    (_hmac, "hmac", ["BLOB", "BLOB", "VARCHAR"], "BLOB"),
    (_crc32, "crc32", ["BLOB"], "BIGINT"),
    (_from_base64, "from_base64", ["VARCHAR"], "BLOB"),
    (lambda data: base64.b32encode(data).decode(), "to_base32", ["BLOB"], "VARCHAR"),
    (lambda text: _decoded(base64.b32decode, text), "from_base32", ["VARCHAR"], "BLOB"),
    (_from_big_endian, "from_big_endian", ["BLOB", "BIGINT"], "BIGINT"),
    (_to_ieee754, "to_ieee754", ["DOUBLE", "BIGINT"], "BLOB"),
    (_from_ieee754, "from_ieee754", ["BLOB", "BIGINT"], "DOUBLE"),
    (lambda data: bytes(reversed(data)), "binary_reverse", ["BLOB"], "BLOB"),
    (_binary_substr, "binary_substr", ["BLOB", "BIGINT", "BIGINT"], "BLOB"),
    (_binary_pad, "binary_pad", ["BLOB", "BIGINT", "BLOB", "BOOLEAN"], "BLOB"),
]
