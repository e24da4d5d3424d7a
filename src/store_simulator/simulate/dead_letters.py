"""What can never be sent, kept with its reason."""

from pathlib import Path
from typing import Any

import orjson

from helpers.errors import InputError


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

        Raises
        ------
        InputError
            Where the file cannot be written.
        """
        letter = orjson.dumps({"row": row, "reason": reason, "record": record})
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.write(letter + b"\n")
        except OSError as error:
            raise InputError(
                f"{self.path} cannot be written ({error.strerror}), and row {row} cannot be sent "
                f"({reason}): name another place for dead letters."
            ) from error
        self.count += 1
