"""Results in Athena's own storage: files of the data folder that no bucket shows, for 24 hours.

Their locations are URIs of files, which no client is told.
"""

import shutil
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

KEPT_S = 24 * 3600
_SCHEME = "file://"


def is_managed(location: str) -> bool:
    """Return whether a location is in Athena's own storage."""
    return location.startswith(_SCHEME)


def prefix(folder: Path) -> str:
    """Return the location under which results go, with a slash at its end."""
    folder.mkdir(parents=True, exist_ok=True)
    return f"{folder.resolve().as_uri()}/"


def put(location: str, source: Path) -> None:
    """Move a finished file there."""
    target = _path(location)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(source, target)


def existing(location: str) -> Path:
    """Return the file of a result.

    Raises
    ------
    FileNotFoundError
        When there is none, or it is kept no longer.
    """
    file = _path(location)
    if _expired(file):
        raise FileNotFoundError(location)
    return file


def _path(location: str) -> Path:
    return Path(unquote(urlsplit(location).path))


def _expired(file: Path) -> bool:
    return time.time() - file.stat().st_mtime > KEPT_S


def purge(folder: Path) -> None:
    """Delete what is kept no longer."""
    for file in folder.glob("**/*"):
        if file.is_file() and _expired(file):
            file.unlink()
