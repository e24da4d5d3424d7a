"""Shard iterators: opaque texts that hold their own position, so no server state ends with them."""

import base64
import binascii
import json
import zlib
from datetime import UTC, datetime
from typing import NamedTuple

from local_aws.kinesis.errors import KinesisError, invalid_argument


class ShardIterator(NamedTuple):
    """A place in a shard."""

    stream: str
    """The stream's ARN."""
    created: float
    """When that stream was made: a later stream of the same name is another one."""
    shard: int
    position: int
    issued: int
    """Milliseconds since 1970."""


def write(iterator: ShardIterator) -> str:
    """Write an iterator as the text that a client hands back."""
    body = json.dumps(iterator).encode()
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big") + body).decode()


def read(text: str, now: int, good_for: float) -> ShardIterator:
    """Read an iterator.

    Parameters
    ----------
    text : str
        What `write` made.
    now : int
        Milliseconds since 1970.
    good_for : float
        Seconds until an iterator expires.

    Returns
    -------
    ShardIterator
        The place.

    Raises
    ------
    KinesisError
        InvalidArgumentException for anything else, ExpiredIteratorException
        for one that is too old.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise invalid_argument("Invalid ShardIterator.") from None
    if len(raw) < 5 or zlib.crc32(raw[4:]).to_bytes(4, "big") != raw[:4]:
        raise invalid_argument("Invalid ShardIterator.")
    iterator = ShardIterator(*json.loads(raw[4:]))
    if now - iterator.issued > good_for * 1000:
        raise KinesisError(
            "ExpiredIteratorException",
            f"Iterator expired. The iterator was created at time {_words(iterator.issued)} while "
            f"right now it is {_words(now)} which is further in the future than the tolerated "
            f"delay of {int(good_for * 1000)} milliseconds.",
        )
    return iterator


def _words(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
