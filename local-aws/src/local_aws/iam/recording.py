"""The record of decisions: a line of JSON in ``iam.jsonl`` for each that differs.

The same principal that asks for the same again adds nothing, so that a million records put into a
stream are one line.
"""

import json
import threading
from collections.abc import Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple

MAX_REMEMBERED = 100_000


class Decision(NamedTuple):
    """One decision, as a line holds it.

    Attributes
    ----------
    principal : str
        The ARN of a user, of a role's session or of an account's root, or a service's name.
    statement : str
        The Sid of the statement that decided, empty where it has none or none did.
    context : dict
        The condition keys of the request itself, in lower case.
    """

    principal: str
    action: str
    resource: str
    allowed: bool
    statement: str
    context: dict[str, Any]


class _Book:
    """The file of this process, and what stands in it."""

    file: TextIOWrapper | None = None
    seen: set[str] = set()  # noqa: RUF012 - one book for the process
    lock = threading.Lock()


def start(path: Path) -> None:
    """Write decisions to a file from now on, after what it holds."""
    _Book.file = path.open("a", encoding="utf-8", buffering=1)
    _Book.seen = set()


def record(decision: Decision) -> None:
    """Note a decision, unless this process noted the same before."""
    if _Book.file is None:
        return
    line = json.dumps(decision._asdict(), default=str)
    with _Book.lock:
        if line in _Book.seen:
            return
        if len(_Book.seen) >= MAX_REMEMBERED:
            _Book.seen.clear()
        _Book.seen.add(line)
        _Book.file.write(f"{line}\n")


def read(path: Path) -> list[Decision]:
    """Read the decisions of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Decision(**json.loads(line)) for line in lines]


def plain(context: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return condition keys as the record has them: in lower case, without empty ones."""
    given = (context or {}).items()
    return {key.lower(): value for key, value in given if value is not None}
