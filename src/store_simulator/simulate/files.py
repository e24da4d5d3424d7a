"""Files of events, on disk or in S3, opened piece by piece."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from botocore.exceptions import BotoCoreError, ClientError

from helpers import aws
from helpers.errors import InputError, ServiceError
from helpers.paths import is_s3, local, split_s3

KINDS: Final = (".csv", ".csv.gz", ".parquet")
_PIECE: Final = 8 << 20


@dataclass(frozen=True)
class File:
    """One file of events.

    Attributes
    ----------
    name : str
        Path or S3 address.
    size : int
        Bytes.
    open : callable
        Opens it for reading and seeking.
    """

    name: str
    size: int
    open: Callable[[], BinaryIO]

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        return next(kind for kind in KINDS if self.name.endswith(kind))


class _Ranges(io.RawIOBase):
    """An S3 object read by ranges, so that a slow reader holds no connection open."""

    def __init__(self, bucket: str, key: str, size: int) -> None:
        self._bucket, self._key, self._size = bucket, key, size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        stop = min(self._at + len(buffer), self._size)
        if stop <= self._at:
            return 0
        wanted = f"bytes={self._at}-{stop - 1}"
        data = _call("get_object", Bucket=self._bucket, Key=self._key, Range=wanted)["Body"].read()
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def find(location: str) -> list[File]:
    """List the files of a location.

    Parameters
    ----------
    location : str
        A file or a folder: a path, relative ones from the project's folder, or ``s3://…``.

    Returns
    -------
    list of File
        By name: CSV, gzipped CSV and Parquet.

    Raises
    ------
    InputError
        Where there are none.
    ServiceError
        Where S3 does not answer or refuses.
    """
    files = _in_s3(location) if is_s3(location) else _on_disk(location)
    if not files:
        raise InputError(
            f"{location} holds no events: give a {', '.join(KINDS)} file, or a folder of them."
        )
    return sorted(files, key=lambda file: file.name)


def _on_disk(location: str) -> list[File]:
    place = local(location)
    if not place.exists():
        raise InputError(f"{place} does not exist: give a file of events or a folder of them.")
    paths = [place] if place.is_file() else sorted(place.rglob("*"))
    return [
        File(str(path), path.stat().st_size, lambda path=path: path.open("rb"))  # type: ignore[misc]
        for path in paths
        if path.is_file() and path.name.endswith(KINDS)
    ]


def _in_s3(location: str) -> list[File]:
    bucket, prefix = split_s3(location)
    if not bucket:
        raise InputError(f"{location} names no bucket: write s3://BUCKET/PREFIX/.")
    files = []
    token: dict[str, str] = {}
    while True:
        page = _call("list_objects_v2", Bucket=bucket, Prefix=prefix, **token)
        for found in page.get("Contents", []):
            key = found["Key"]
            below = key == prefix or not prefix or prefix.endswith("/") or key[len(prefix)] == "/"
            if below and key.endswith(KINDS):
                files.append(_object(bucket, key, found["Size"]))
        if not page.get("IsTruncated"):
            return files
        token = {"ContinuationToken": page["NextContinuationToken"]}


def _object(bucket: str, key: str, size: int) -> File:
    def opened() -> BinaryIO:
        return io.BufferedReader(_Ranges(bucket, key, size), _PIECE)

    return File(f"s3://{bucket}/{key}", size, opened)


def _call(operation: str, **arguments: Any) -> Any:
    place = f"s3://{arguments['Bucket']}/{arguments.get('Key', arguments.get('Prefix', ''))}"
    try:
        return getattr(aws.client("s3"), operation)(**arguments)
    except ClientError as error:
        said = error.response["Error"]
        if said["Code"] in {"NoSuchBucket", "NoSuchKey", "404"}:
            raise InputError(f"{place} does not exist: check bucket and prefix.") from error
        raise ServiceError(f"{place} could not be read: {said['Message']}") from error
    except BotoCoreError as error:
        raise ServiceError(f"{place} could not be read: {error}") from error
