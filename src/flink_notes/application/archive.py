"""The archive of an application: ``main.py``, the connector's jar, properties for local runs."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flink_notes.application import cells, main_file, promotion, runtime, values
from flink_notes.application.values import Value
from flink_notes.environment import CONNECTOR
from helpers import params
from helpers.errors import InputError
from helpers.files import hashed_name, written_whole, zipped
from helpers.stream_app import properties

MAIN: Final = "main.py"
JAR: Final = f"lib/{CONNECTOR.name}"


@dataclass(frozen=True)
class Archive:
    """An application, packed.

    Attributes
    ----------
    note : str
        The note's name.
    content : bytes
        The zip.
    groups : dict of str to dict of str to str
        The property groups that it was given, for local runs and for a deployment.
    values : list of Value
        What it reads from them.
    """

    note: str
    content: bytes
    groups: dict[str, dict[str, str]]
    values: list[Value]

    @property
    def sha256(self) -> str:
        """Of the content, in hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def name(self) -> str:
        """The file's name, which holds the content's hash."""
        return hashed_name(self.note, ".zip", self.content)

    def missing(self) -> list[str]:
        """List the values without which it does not start."""
        return [v.name for v in self.values if v.name not in self.groups.get(v.group, {})]


def build(note: Path, given: Mapping[str, Any] | None = None) -> Archive:
    """Make the archive of a note.

    Parameters
    ----------
    note : pathlib.Path
        An ``.ipynb`` file.
    given : mapping of str to object, optional
        Parameters, and what the note computes in Python (stream ARNs, the start).

    Returns
    -------
    Archive
        Byte for byte the same from the same note, values and connector.

    Raises
    ------
    PromotionError
        With the cell of the note that cannot be promoted, and why.
    InputError
        Where a value does not fit, the connector is not built, or the archive is too large.
    """
    if not CONNECTOR.exists():
        raise InputError("The connector is not built: run `make connector`.")
    found = cells.read(note)
    parameters = params.of_notebook(note)
    application = promotion.promote(note.stem, found, frozenset(known.name for known in parameters))
    used = values.used(application, parameters)
    groups = {
        properties.RUN_OPTIONS: {"python": MAIN, "jarfile": JAR},
        **values.groups(used, note, given or {}),
    }
    files = {
        MAIN: main_file.write(application, used).encode(),
        properties.FILE: _properties(groups),
        JAR: CONNECTOR.read_bytes(),
    }
    content = zipped(files, deflated=(MAIN, properties.FILE))  # a jar is packed already
    if len(content) > runtime.ARCHIVE_BYTES:
        raise InputError(f"The archive has {len(content):,} bytes: the service takes 512 MiB.")
    return Archive(application.note, content, groups, used)


def write(archive: Archive, folder: Path) -> Path:
    """Put an archive into a folder, whole or not at all, and give its path."""
    path = folder / archive.name
    with written_whole(path) as stream:
        stream.write(archive.content)
    return path


def _properties(groups: Mapping[str, Mapping[str, str]]) -> bytes:
    return (
        json.dumps(properties.for_service(groups), indent=2, ensure_ascii=False) + "\n"
    ).encode()
