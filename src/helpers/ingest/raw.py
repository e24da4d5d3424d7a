"""Raw files wherever they are: local or in S3, plain, .gz or .zip, one or a folder of many."""

import gzip
import io
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, Final, cast

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from helpers import aws, paths
from helpers.errors import InputError, ServiceError

KINDS: Final = (".csv", ".csv.gz", ".zip")

_FETCHED: Final[list[tempfile.TemporaryDirectory[str]]] = []  # removed when the process ends


@dataclass(frozen=True)
class RawFile:
    """One CSV, perhaps packed.

    Attributes
    ----------
    name : str
        Its file name; for a member of an archive ``archive.zip/member.csv``.
    location : str
        Where it is: an absolute path or an s3:// address.
    size : int
        Bytes as they lie there, packed or not.
    member : zipfile.ZipInfo or None
        The member, where the file at the location is an archive.
    """

    name: str
    location: str
    size: int
    member: zipfile.ZipInfo | None = None


def find_raw_files(raw: str) -> list[RawFile]:
    """List the raw files of a parameter, in the order of their names.

    Parameters
    ----------
    raw : str
        A local path (relative ones from the project's folder) or an s3:// address of one file, or
        a folder or prefix that holds many.

    Returns
    -------
    list of RawFile
        At least one; of an archive each member that is a .csv.

    Raises
    ------
    InputError
        If there is nothing, or a file's name ends in none of .csv, .csv.gz and .zip.
    ServiceError
        If S3 refuses.
    """
    found = list(_in_s3(raw) if paths.is_s3(raw) else _on_disk(paths.local(raw)))
    if not found:
        raise InputError(f"{raw}: no file that ends in {', '.join(KINDS)}: check the path")
    return found


@contextmanager
def open_csv(file: RawFile, progress: Callable[[int], object]) -> Iterator[IO[bytes]]:
    """Open a raw file's CSV, unpacked on the way.

    Parameters
    ----------
    file : RawFile
        The file.
    progress : callable
        Told how many more of the file's ``size`` bytes were read.

    Yields
    ------
    binary stream
        The CSV's bytes; only ``read(n)`` is to be used.

    Raises
    ------
    InputError
        Also while reading: if the file is damaged, cut off or gone.
    ServiceError
        If S3 stops answering.
    """
    try:
        with _open(file.location) as plain:
            counted = _Counted(plain, progress)
            if file.member is not None:
                with zipfile.ZipFile(plain) as archive, archive.open(file.member) as inside:
                    yield inside
            elif file.name.lower().endswith(".gz"):
                with gzip.GzipFile(fileobj=io.BufferedReader(counted, 1 << 20)) as unpacked:
                    yield cast(IO[bytes], unpacked)
            else:
                yield cast(IO[bytes], counted)
    except (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(
            f"{file.location} is damaged or cut off ({error}): fetch it again. "
            "The lake is unchanged."
        ) from error
    except (BotoCoreError, HTTPError) as error:
        raise ServiceError(f"{file.location}: reading stopped ({error}): run again") from error


class _Counted(io.RawIOBase):
    """A stream that tells how many bytes went through it."""

    def __init__(self, stream: IO[bytes], progress: Callable[[int], object]) -> None:
        self._stream = stream
        self._progress = progress

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._progress(len(data))
        return data

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _open(location: str) -> IO[bytes]:
    if not paths.is_s3(location):
        try:
            return Path(location).open("rb")
        except OSError as error:
            raise InputError(f"{location} cannot be read: {error.strerror}") from error
    bucket, key = paths.split_s3(location)
    if _kind(key) == ".zip":
        return _fetch(bucket, key).open("rb")
    try:
        body = aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"]
    except ClientError as error:
        raise ServiceError(f"{location} cannot be read: {error}") from error
    return cast(IO[bytes], body)


@cache
def _fetch(bucket: str, key: str) -> Path:
    """Fetch an archive of S3: its table of contents is at its end, a stream does not do."""
    folder = tempfile.TemporaryDirectory(prefix="raw-")
    _FETCHED.append(folder)
    path = Path(folder.name) / "archive.zip"
    try:
        aws.client("s3").download_file(bucket, key, str(path))
    except ClientError as error:
        raise ServiceError(f"s3://{bucket}/{key} cannot be read: {error}") from error
    return path


def _on_disk(path: Path) -> Iterator[RawFile]:
    if path.is_dir():
        for each in sorted(p for p in path.rglob("*") if p.is_file() and _kind(p.name)):
            yield from _files_at(str(each), each.stat().st_size)
    elif path.is_file():
        _check_name(str(path))
        yield from _files_at(str(path), path.stat().st_size)
    else:
        raise InputError(f"{path} does not exist: check the parameter `raw`")


def _in_s3(raw: str) -> Iterator[RawFile]:
    bucket, prefix = paths.split_s3(raw)
    pages = aws.client("s3").get_paginator("list_objects_v2")
    try:
        objects = {
            found["Key"]: found["Size"]
            for page in pages.paginate(Bucket=bucket, Prefix=prefix)
            for found in page.get("Contents", [])
        }
    except ClientError as error:
        raise ServiceError(f"{raw} cannot be listed: {error}") from error
    if prefix in objects:
        _check_name(raw)
        objects = {prefix: objects[prefix]}
    below = prefix if prefix.endswith("/") or not prefix else prefix + "/"
    for key, size in sorted(objects.items()):
        if key == prefix or (key.startswith(below) and _kind(key)):
            yield from _files_at(f"s3://{bucket}/{key}", size)


def _files_at(location: str, size: int) -> Iterator[RawFile]:
    name = location.rsplit("/", 1)[-1]
    if _kind(name) != ".zip":
        yield RawFile(name, location, size)
        return
    try:
        with _open(location) as stream, zipfile.ZipFile(stream) as archive:
            members = [m for m in archive.infolist() if _kind(m.filename) == ".csv"]
    except zipfile.BadZipFile as error:
        raise InputError(f"{location} is damaged or cut off ({error}): fetch it again") from error
    for member in members:
        if member.flag_bits & 1:
            raise InputError(f"{location}: {member.filename} is encrypted: unpack it first")
        yield RawFile(f"{name}/{member.filename}", location, member.compress_size, member)


def _kind(name: str) -> str | None:
    return next((kind for kind in KINDS if name.lower().endswith(kind)), None)


def _check_name(location: str) -> None:
    if not _kind(location):
        raise InputError(f"{location} ends in none of {', '.join(KINDS)}: name a raw file")
