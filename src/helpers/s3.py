"""Objects of S3: listed, and read by ranges, so that a slow reader holds no connection open."""

import datetime
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from botocore.exceptions import BotoCoreError, ClientError

from helpers import aws
from helpers.errors import InputError, ServiceError

_PIECE: Final = 8 << 20
_MISSING: Final = {"NoSuchBucket", "NoSuchKey", "404"}


@dataclass(frozen=True)
class Object:
    """An object as a listing tells it.

    Attributes
    ----------
    key : str
    size : int
        Bytes.
    etag : str
        Of this version of it.
    modified : datetime
        With its time zone.
    """

    key: str
    size: int
    etag: str
    modified: datetime.datetime


def objects(bucket: str, prefix: str) -> Iterator[Object]:
    """List what lies below a prefix, in the order of the keys.

    Parameters
    ----------
    bucket, prefix : str
        Where; an empty prefix is the whole bucket.

    Yields
    ------
    Object
        One an object.

    Raises
    ------
    InputError
        Where there is no such bucket.
    ServiceError
        Where S3 does not answer or refuses.
    """
    pages = aws.client("s3").get_paginator("list_objects_v2")
    try:
        for page in pages.paginate(Bucket=bucket, Prefix=prefix):
            for found in page.get("Contents", []):
                yield Object(found["Key"], found["Size"], found["ETag"], found["LastModified"])
    except (ClientError, BotoCoreError) as error:
        raise _said(f"s3://{bucket}/{prefix}", error) from error


def opened(bucket: str, found: Object) -> BinaryIO:
    """Open an object for reading and seeking.

    Parameters
    ----------
    bucket : str
        Its bucket.
    found : Object
        From `objects`; reading fails where another version took its place meanwhile.

    Returns
    -------
    binary stream
        Each read raises `InputError` where the object is gone, `ServiceError` where S3 refuses.
    """
    return io.BufferedReader(_Ranges(bucket, found), _PIECE)


class _Ranges(io.RawIOBase):
    """An object whose every read is a request of its own."""

    def __init__(self, bucket: str, found: Object) -> None:
        self._bucket, self._found = bucket, found
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._found.size}[whence]
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        stop = min(self._at + len(buffer), self._found.size)
        if stop <= self._at:
            return 0
        place = {"Bucket": self._bucket, "Key": self._found.key, "IfMatch": self._found.etag}
        try:
            answer = aws.client("s3").get_object(**place, Range=f"bytes={self._at}-{stop - 1}")
            data = answer["Body"].read()
        except (ClientError, BotoCoreError) as error:
            raise _said(f"s3://{self._bucket}/{self._found.key}", error) from error
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _said(place: str, error: ClientError | BotoCoreError) -> InputError | ServiceError:
    if isinstance(error, BotoCoreError):
        return ServiceError(f"{place} could not be read ({error}): run again")
    code, message = (error.response["Error"].get(name, "") for name in ("Code", "Message"))
    if code in _MISSING:
        return InputError(f"{place} does not exist: check bucket and prefix.")
    if code in {"PreconditionFailed", "412"}:
        return InputError(f"{place} was replaced while it was read: run again.")
    return ServiceError(f"{place} could not be read: {message or code}")
