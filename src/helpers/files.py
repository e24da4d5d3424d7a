"""Files that are there whole or not at all, and archives that are the same bytes each time."""

import hashlib
import io
import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from helpers.errors import InputError

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
_READABLE: Final = 0o644 << 16


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file that appears under its name only when all of it is written.

    Parameters
    ----------
    path : pathlib.Path
        The file; its folder is made where missing. Whatever goes wrong, a file that is there stays
        as it is.

    Yields
    ------
    binary stream
        Where to write.

    Raises
    ------
    InputError
        Where the place cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as stream:
            yield stream
        part.replace(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror or error}): name another place"
        ) from error
    finally:
        if part.parent.is_dir():
            part.unlink(missing_ok=True)


def zipped(files: Mapping[str, bytes], deflated: Collection[str] = ()) -> bytes:
    """Pack files into a zip: no times, no rights of this machine.

    Parameters
    ----------
    files : mapping of str to bytes
        By their paths in it, in the order that they get.
    deflated : collection of str
        Those to make smaller; the others are stored as they are.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = _READABLE
            method = zipfile.ZIP_DEFLATED if name in deflated else zipfile.ZIP_STORED
            packed.writestr(entry, content, method, 9)
    return buffer.getvalue()


def hashed_name(stem: str, suffix: str, content: bytes) -> str:
    """Name a file by its content, so that other content never has its name.

    Examples
    --------
    >>> hashed_name("note", ".zip", b"")
    'note-e3b0c44298fc1c14.zip'
    """
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:16]}{suffix}"
