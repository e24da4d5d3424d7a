"""What a version is held against: an archive, a savepoint, or an application at the service."""

import re
import tempfile
from pathlib import Path
from typing import Final

from flink_notes.application import check, savepoint, state
from flink_notes.application.check import Planned
from flink_notes.application.state import Verdict
from helpers.deploy import code
from helpers.errors import InputError
from helpers.stream_app import service

FORMS: Final = (
    "an archive (.zip), the folder of a savepoint, either as s3://BUCKET/KEY, or "
    "application:NAME for what runs and application:NAME:SNAPSHOT for what wrote a snapshot"
)
_APPLICATION: Final = re.compile(r"application:([\w.-]+)(?::([\w.-]+))?", re.ASCII)
_S3: Final = re.compile(r"s3://([^/]+)/(.+?)/?")


def verdicts(text: str, after: Planned) -> list[Verdict]:
    """Tell what a version would find of a state.

    The service shows no file of its snapshots, so of these the version that wrote them is looked
    up and planned.

    Parameters
    ----------
    text : str
        One of `FORMS`.
    after : Planned
        The version.

    Returns
    -------
    list of Verdict

    Raises
    ------
    InputError
        Where there is no such thing, or it is not what it must be.
    ServiceError
        Where AWS does not answer or refuses.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if named := _APPLICATION.fullmatch(text):
            name, snapshot = named.groups()
            found = service.at_snapshot(name, snapshot) if snapshot else service.describe(name)
            path = code.fetch(found.code_bucket, found.code_key, folder)
            return state.compare(check.check(path, found.groups), after)
        if named := _S3.fullmatch(text):
            bucket, key = named.groups()
            if not key.endswith((".zip", savepoint.METADATA)):
                key = f"{key}/{savepoint.METADATA}"
            path = code.fetch(bucket, key, folder)
        elif not (path := Path(text)).exists():
            raise InputError(f"There is no {text}: --against takes {FORMS}.")
        if path.is_dir() or path.name == savepoint.METADATA:
            kept = savepoint.read(path if path.is_dir() else path.parent)
            return savepoint.compare(kept, after)
        return state.compare(check.check(path), after)
