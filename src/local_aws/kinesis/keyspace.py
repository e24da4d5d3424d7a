"""The space of hash keys, 0 to 2**128 - 1, that the open shards of a stream divide."""

import hashlib

SIZE = 1 << 128


def hash_key(partition_key: str) -> int:
    """Compute the place of a partition key: the MD5 of its UTF-8 bytes as a number.

    Examples
    --------
    >>> hash_key("a") == 0x0CC175B9C0F1B6A831C399E269772661
    True
    """
    digest = hashlib.md5(partition_key.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest, "big")


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
