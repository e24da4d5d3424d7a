"""What of an archive would fail on the service, before anything is deployed."""

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flink_notes.application import layout
from helpers.errors import InputError
from helpers.stream_app import properties

_CELL: Final = re.compile(r"# \d+\. (Cell \d+ of the note)")
_PLAN_SECONDS: Final = 300  # the service gives an application's start five minutes


@dataclass(frozen=True)
class Planned:
    """An archive as Flink would run it.

    Attributes
    ----------
    plan : dict
        Flink's compiled plan: ``nodes`` and ``edges``.
    options : dict of str to str
        The settings that it was made with.
    groups : dict of str to dict of str to str
        The properties.
    operators : frozenset of str
        The ids by which its operators find their state.
    """

    plan: dict[str, Any]
    options: Mapping[str, str]
    groups: Mapping[str, Mapping[str, str]]
    operators: frozenset[str] = frozenset()


def check(path: Path, groups: Mapping[str, Mapping[str, str]] | None = None) -> Planned:
    """Check an archive: its layout, its Python, its properties, and that Flink can plan it.

    Parameters
    ----------
    path : pathlib.Path
        A zip.
    groups : mapping, optional
        The property groups that the application has, or will have, at the service; those in the
        archive, which are for local runs, by default.

    Returns
    -------
    Planned

    Raises
    ------
    InputError
        With what would fail, and the cell of the note that it comes from.
    """
    contents = layout.read(path)
    groups = contents.groups if groups is None else groups
    layout.check_groups(groups)
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as packed:
        packed.extractall(folder)
        listed = properties.for_service(groups)
        (Path(folder) / properties.FILE).write_text(json.dumps(listed), encoding="utf-8")
        target = Path(folder) / "plan.json"
        command = [sys.executable, "-m", "flink_notes.application.planner", folder]
        try:
            done = subprocess.run(
                [*command, contents.main, contents.jar, str(target)],
                capture_output=True,
                text=True,
                check=False,
                timeout=_PLAN_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise InputError(
                f"{contents.main} has not submitted its job within {_PLAN_SECONDS} s, where the "
                "service gives up."
            ) from error
        if done.returncode or not target.exists():
            raise InputError(_said(contents, done.stderr))
        found = json.loads(target.read_text())
    operators = frozenset(found["operators"])
    return Planned(found["plan"], found["options"], groups, operators)


def _said(contents: layout.Contents, stderr: str) -> str:
    """Say what went wrong, and in which cell of the note."""
    lines = re.findall(rf'File ".*/{re.escape(contents.main)}", line (\d+)', stderr)
    cells = (
        _CELL.findall("\n".join(contents.source.splitlines()[: int(lines[-1])])) if lines else []
    )
    where = f"{cells[-1]}: " if cells else ""
    last = stderr.strip().rpartition("\n")[2]
    own = re.match(r"(?:\w+\.)*(?:RefusedError|LookupError|ValueError): (.*)", last)
    return f"{where}{own[1] if own else last}"
