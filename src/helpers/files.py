"""Files that are there whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from helpers.errors import InputError


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
