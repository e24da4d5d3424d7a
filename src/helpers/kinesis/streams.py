"""The platform's streams: are they there, and how evenly keys spread over their shards."""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from helpers import aws
from helpers.errors import MissingError, ServiceError

try:
    # CPython's own MD5: three times as quick to begin as OpenSSL's, which hashlib prefers
    from _md5 import md5  # type: ignore[import-not-found]
except ImportError:
    from hashlib import md5

RAW: Final = "ecommerce-raw-user-activity-stream-1"
ALERTS: Final = "ecommerce-raw-user-activity-stream-2"
DEAD_LETTERS: Final = "ecommerce-raw-user-activity-dead-letters"


def check(names: Iterable[str] = (RAW, ALERTS)) -> None:
    """Make sure that streams are there and take records.

    Parameters
    ----------
    names : iterable of str
        The platform's two streams unless said otherwise.

    Raises
    ------
    InputError
        Where one does not exist.
    ServiceError
        Where AWS does not answer or refuses, or a stream does not become active.
    """
    kinesis = aws.client("kinesis")
    for name in names:
        if _summary(name)["StreamStatus"] == "ACTIVE":
            continue
        try:
            kinesis.get_waiter("stream_exists").wait(
                StreamName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
            )
        except WaiterError as error:
            raise ServiceError(f"The stream {name} did not become ACTIVE: {error}") from error


def arn(name: str) -> str:
    """Look up a stream's ARN.

    Parameters
    ----------
    name : str
        The name of a stream that exists.

    Returns
    -------
    str
        Such as ``arn:aws:kinesis:us-east-1:000000000000:stream/NAME``.

    Raises
    ------
    InputError
        Where there is no such stream.
    ServiceError
        Where AWS does not answer or refuses.
    """
    return str(_summary(name)["StreamARN"])


def shard_starts(name: str) -> list[int]:
    """List where the open shards of a stream start in the space of hash keys.

    Parameters
    ----------
    name : str
        The stream's name.

    Returns
    -------
    list of int
        Ascending, the first being 0.

    Raises
    ------
    InputError
        Where there is no such stream.
    ServiceError
        Where AWS does not answer or refuses.
    """
    pages = aws.client("kinesis").get_paginator("list_shards")
    try:
        shards = [
            shard
            for page in pages.paginate(StreamName=name, ShardFilter={"Type": "AT_LATEST"})
            for shard in page["Shards"]
        ]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            raise MissingError(f"The stream {name}") from error
        raise ServiceError(f"The stream {name} could not be read: {error}") from error
    except BotoCoreError as error:
        raise ServiceError(f"The stream {name} could not be read: {error}") from error
    return sorted(int(shard["HashKeyRange"]["StartingHashKey"]) for shard in shards)


def max_record_bytes(name: str) -> int:
    """Say how large a record of a stream may be, data and key together.

    Parameters
    ----------
    name : str
        The name of a stream that exists.

    Returns
    -------
    int
        Bytes; 1 MiB where the service does not say.

    Raises
    ------
    InputError
        Where there is no such stream.
    ServiceError
        Where AWS does not answer or refuses.
    """
    return int(_summary(name).get("MaxRecordSizeInKiB", 1024)) * 1024


def shards_of(keys: Iterable[str], starts: list[int]) -> list[int]:
    """Say which shard gets the records of each partition key: by the MD5 of its UTF-8.

    Parameters
    ----------
    keys : iterable of str
        Partition keys.
    starts : list of int
        Where the shards start, from `shard_starts`.

    Returns
    -------
    list of int
        The shard's place in ``starts`` for each key.

    Examples
    --------
    >>> shards_of(["a", "b"], [0, 2**127])
    [0, 1]
    """
    digests = [md5(key.encode()).digest() for key in keys]  # noqa: S324 Kinesis' own choice
    # big-endian bytes order as the 128-bit numbers that they are
    borders = np.array([start.to_bytes(16, "big") for start in starts], "S16")
    hashes = np.frombuffer(b"".join(digests), "S16")
    shards: list[int] = (np.searchsorted(borders, hashes, side="right") - 1).tolist()
    return shards


def shares(weights: dict[str, int], starts: list[int]) -> list[float]:
    """Say which share of the records each shard gets.

    Parameters
    ----------
    weights : dict of str to int
        How often each partition key occurs.
    starts : list of int
        Where the shards start, from `shard_starts`.

    Returns
    -------
    list of float
        One share a shard; they add up to 1.

    Examples
    --------
    >>> shares({"a": 3, "b": 1}, [0, 2**127])
    [0.75, 0.25]
    """
    counts = [0] * len(starts)
    for weight, shard in zip(weights.values(), shards_of(weights, starts), strict=True):
        counts[shard] += weight
    total = sum(counts)
    return [count / total for count in counts]


def _summary(name: str) -> dict[str, Any]:
    kinesis = aws.client("kinesis")
    try:
        said = kinesis.describe_stream_summary(StreamName=name)
    except kinesis.exceptions.ResourceNotFoundException as error:
        raise MissingError(f"The stream {name}") from error
    except (BotoCoreError, ClientError) as error:
        raise ServiceError(f"The stream {name} could not be looked up: {error}") from error
    return dict(said["StreamDescriptionSummary"])
