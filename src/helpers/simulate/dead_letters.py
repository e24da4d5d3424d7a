"""What can never be sent, kept with its reason."""

from pathlib import Path
from typing import Any

import orjson


class DeadLetters:
    """A file of JSON lines, made with its first letter.

    Parameters
    ----------
    path : pathlib.Path
        Where; a file that is there already is added to.

    Attributes
    ----------
    count : int
        Letters written by this object.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0

    def add(self, reason: str, record: Any, row: int | None = None) -> None:
        """Write one letter.

        Parameters
        ----------
        reason : str
            Why the record cannot be sent.
        record : str or dict
            What it was.
        row : int, optional
            Its number in the source, from 0.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.write(orjson.dumps({"row": row, "reason": reason, "record": record}) + b"\n")
        self.count += 1
