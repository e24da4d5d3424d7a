"""The space of hash keys, 0 to 2**128 - 1, that the open shards of a stream divide."""

try:
    # CPython's own MD5: three times as quick to begin as OpenSSL's, which hashlib prefers
    from _md5 import md5  # type: ignore[import-not-found]
except ImportError:
    from hashlib import md5

SIZE = 1 << 128


def hash_key(partition_key: bytes) -> bytes:
    """Compute the place of a partition key: the MD5 of its UTF-8 bytes.

    Parameters
    ----------
    partition_key : bytes
        The key in UTF-8.

    Returns
    -------
    bytes
        16 bytes, which order as the 128-bit numbers that they are.

    Examples
    --------
    >>> hash_key(b"a").hex()
    '0cc175b9c0f1b6a831c399e269772661'
    """
    digest: bytes = md5(partition_key).digest()  # noqa: S324 Kinesis' own choice, no secret
    return digest


def as_bytes(key: int) -> bytes:
    """Write a hash key that is given as a number in the form of `hash_key`."""
    return key.to_bytes(16, "big")


def even_starts(count: int) -> list[int]:
    """Divide the space evenly.

    Parameters
    ----------
    count : int
        The number of shards, at least 1.

    Returns
    -------
    list of int
        Where each shard starts, ascending, the first being 0.

    Examples
    --------
    >>> even_starts(4)[1] == 2**126
    True
    """
    size = SIZE // count
    return [number * size for number in range(count)]
