"""Files of events wherever they are: local or in S3, plain, .gz or .zip, one or a folder of many.

Names that begin with ``.`` or ``_``, or lie in a folder that does, are no data, as in Athena:
``._x.csv``, ``__MACOSX/``, ``_SUCCESS``.
"""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, cast

from helpers import paths, s3
from helpers.errors import InputError

KINDS: Final = (".csv", ".csv.gz", ".zip")
"""What a raw file's name ends in."""
_PACKED: Final = (
    ".7z", ".br", ".bz2", ".gz", ".lz4", ".lzma", ".rar", ".snappy", ".tar", ".tbz2", ".tgz",
    ".txz", ".xz", ".z", ".zip", ".zst",
)  # fmt: skip
"""What else may hold events, and is not read: passed over, its events would be missing."""


@dataclass(frozen=True)
class RawFile:
    """One file of events, perhaps packed.

    Attributes
    ----------
    name : str
        Its file name; for a member of an archive ``archive.zip/member.csv``.
    location : str
        Where it is: an absolute path or an s3:// address.
    size : int
        Bytes as they lie there, packed or not.
    found : helpers.s3.Object or None
        As S3 lists it, where it is there.
    member : zipfile.ZipInfo or None
        The member, where the file at the location is an archive.
    """

    name: str
    location: str
    size: int
    found: s3.Object | None = None
    member: zipfile.ZipInfo | None = None

    @property
    def shown(self) -> str:
        """Where it is, for messages: a member of an archive with its name."""
        return self.location if self.member is None else f"{self.location}, {self.member.filename}"

    @property
    def kind(self) -> str:
        """What its location ends in: .csv, .csv.gz, .zip or .parquet."""
        return next(kind for kind in (*KINDS, ".parquet") if self.location.lower().endswith(kind))

    def open(self) -> BinaryIO:
        """Open what lies at the location, for reading and seeking.

        Raises
        ------
        InputError
            If it is gone or may not be read.
        """
        if self.found is not None:
            return s3.opened(paths.split_s3(self.location)[0], self.found)
        try:
            return Path(self.location).open("rb")
        except OSError as error:
            raise InputError(f"{self.location} cannot be read: {error.strerror}") from error


def find(location: str, kinds: tuple[str, ...] = KINDS) -> list[RawFile]:
    """List the files of events of a location, in the order of their names.

    Parameters
    ----------
    location : str
        A local path (relative ones from the project's folder) or an s3:// address of one file, or
        a folder or prefix that holds many.
    kinds : tuple of str
        What their names end in.

    Returns
    -------
    list of RawFile
        At least one; of an archive each member that is a .csv.

    Raises
    ------
    InputError
        If there is nothing, if a file that is named is of another kind, or if a folder, prefix or
        archive holds one that is packed in a way that is not read.
    ServiceError
        If S3 refuses.
    """
    listed = _in_s3(location, kinds) if paths.is_s3(location) else _on_disk(location, kinds)
    found = [file for at in listed for file in _unpacked(at)]
    if not found:
        raise InputError(f"{location}: no file that ends in {', '.join(kinds)}: check the path")
    return found


def check_names(files: Iterable[RawFile]) -> None:
    """Make sure that each file has a name of its own: counts and quarantine go by it.

    Raises
    ------
    InputError
        If two have one name.
    """
    known: dict[str, RawFile] = {}
    for file in files:
        other = known.setdefault(file.name, file)
        if other is not file:
            raise InputError(
                f"two raw files are called {file.name}, {other.shown} and {file.shown}: rename one"
            )


@contextmanager
def open_csv(
    file: RawFile, progress: Callable[[int], object] = lambda _: None
) -> Iterator[IO[bytes]]:
    """Open a file's CSV, unpacked on the way.

    Parameters
    ----------
    file : RawFile
        The file.
    progress : callable
        Told how many more of the file's ``size`` bytes were read.

    Yields
    ------
    binary stream
        The CSV's bytes; only ``read(n)`` and ``readline(n)`` are to be used.

    Raises
    ------
    InputError
        Also while reading: if the file is damaged, cut off or gone.
    ServiceError
        If S3 stops answering.
    """
    try:
        with file.open() as plain:
            if file.member is not None:
                with zipfile.ZipFile(plain) as archive, archive.open(file.member) as inside:
                    packed = file.size / max(1, file.member.file_size)
                    yield cast(IO[bytes], _Counted(inside, lambda n: progress(int(n * packed))))
                return
            counted = _Counted(plain, progress)
            if file.kind == ".csv.gz":
                with gzip.GzipFile(fileobj=io.BufferedReader(counted, 1 << 20)) as unpacked:
                    yield cast(IO[bytes], unpacked)
            else:
                yield cast(IO[bytes], counted)
    except NotImplementedError as error:  # zipfile of a compression that it does not know
        raise InputError(f"{file.shown} is packed in a way that is not known: {error}") from error
    except (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(
            f"{file.shown} is damaged or cut off ({error}): fetch it again. The lake is unchanged."
        ) from error


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

    def readline(self, size: int | None = -1) -> bytes:
        line = self._stream.readline(-1 if size is None else size)
        self._progress(len(line))
        return line

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _on_disk(location: str, kinds: tuple[str, ...]) -> Iterator[RawFile]:
    path = paths.local(location)
    if path.is_dir():
        for each in sorted(path.rglob("*")):
            if each.is_file() and _is_data(each.relative_to(path).as_posix(), kinds, location):
                yield RawFile(each.name, str(each), each.stat().st_size)
    elif path.is_file():
        _check_name(str(path), kinds)
        yield RawFile(path.name, str(path), path.stat().st_size)
    else:
        raise InputError(f"{path} does not exist: name a {', '.join(kinds)} file or a folder")


def _in_s3(location: str, kinds: tuple[str, ...]) -> Iterator[RawFile]:
    bucket, prefix = paths.split_s3(location)
    if not bucket:
        raise InputError(f"{location} names no bucket: write s3://BUCKET/PREFIX/.")
    listed = {found.key: found for found in s3.objects(bucket, prefix)}
    if prefix in listed and not prefix.endswith("/"):
        _check_name(location, kinds)
        listed = {prefix: listed[prefix]}
    below = prefix if prefix.endswith("/") or not prefix else f"{prefix}/"
    for key, found in listed.items():
        if key == prefix or (
            key.startswith(below) and _is_data(key.removeprefix(below), kinds, location)
        ):
            yield RawFile(key.rpartition("/")[2], f"s3://{bucket}/{key}", found.size, found)


def _unpacked(file: RawFile) -> Iterator[RawFile]:
    if file.kind != ".zip":
        yield file
        return
    try:
        with file.open() as stream, zipfile.ZipFile(stream) as archive:
            inside = [member for member in archive.infolist() if not member.is_dir()]
    except zipfile.BadZipFile as error:
        raise InputError(
            f"{file.location} is damaged or cut off ({error}): fetch it again"
        ) from error
    members = [m for m in inside if _is_data(m.filename, (".csv",), file.shown)]
    if not members:
        held = ", ".join(member.filename for member in inside[:3]) or "nothing"
        raise InputError(f"{file.location} has no .csv in it, but {held}: is it the right file?")
    for member in members:
        if member.flag_bits & 1:
            raise InputError(f"{file.location}: {member.filename} is encrypted: unpack it first")
        name = f"{file.name}/{member.filename}"
        yield RawFile(name, file.location, member.compress_size, file.found, member)


def _is_data(name: str, kinds: tuple[str, ...], within: str) -> bool:
    """Say whether a name below the folder, prefix or archive is that of a file of events."""
    parts = [part for part in name.split("/") if part not in {".", ".."}]
    if any(part.startswith((".", "_")) for part in parts):
        return False
    if name.lower().endswith(kinds):
        return True
    if name.lower().endswith(_PACKED):
        raise InputError(
            f"{within}: {name} is packed in a way that is not read there: unpack it, or take it out"
        )
    return False


def _check_name(location: str, kinds: tuple[str, ...]) -> None:
    name = location.rpartition("/")[2]
    if not name.lower().endswith(kinds):
        raise InputError(f"{location} ends in none of {', '.join(kinds)}: name a raw file")
    if not _is_data(name, kinds, location):
        raise InputError(f"{location}: names that begin with . or _ are no data: rename the file")
