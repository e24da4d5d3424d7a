"""The CRCs that S3 keeps: the check values of their descriptions, and zlib's."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.s3 import crc


@pytest.mark.parametrize(
    ("algorithm", "value"),
    [("CRC32", 0xCBF43926), ("CRC32C", 0xE3069283), ("CRC64NVME", 0xAE8B14860A799888)],
)
def test_the_digits_have_the_check_value(algorithm: str, value: int) -> None:
    assert crc.of(algorithm, b"123456789") == value
    parts = [(crc.of(algorithm, body), len(body)) for body in (b"1234", b"", b"56789")]
    assert crc.joined(algorithm, parts) == value


@given(size=st.integers(0, 20_000), seed=st.binary(min_size=1, max_size=50))
def test_bodies_of_any_size_have_the_value_of_zlib(size: int, seed: bytes) -> None:
    body = (seed * size)[:size]
    assert crc.of("CRC32", body) == zlib.crc32(body)


@pytest.mark.parametrize("algorithm", ["CRC32C", "CRC64NVME"])
def test_lanes_make_what_their_joined_halves_make(algorithm: str) -> None:
    body = bytes(number % 251 for number in range(10_000))
    halves = [(crc.of(algorithm, half), len(half)) for half in (body[:1000], body[1000:])]
    assert crc.of(algorithm, body) == crc.joined(algorithm, halves)
