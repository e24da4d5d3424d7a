"""From a stream of changes to the rows that a table shows."""

from collections import deque
from collections.abc import Iterable
from typing import Any, Final, Protocol

from helpers.errors import InputError

INSERT: Final = 0
UPDATE_BEFORE: Final = 1
UPDATE_AFTER: Final = 2
DELETE: Final = 3

Row = tuple[Any, ...]


class Rows(Protocol):
    """What takes changes and holds rows.

    Attributes
    ----------
    changed : bool
        Whether a row was ever taken back.
    """

    changed: bool

    def apply(self, kind: int, row: Row) -> None:
        """Take one change."""

    def rows(self) -> Iterable[Row]:
        """Give the rows, in the order to show them."""

    def __len__(self) -> int:
        """Count the rows taken in (`Newest`) or held (`Current`)."""


class Newest:
    """The newest rows of a stream that only adds.

    Parameters
    ----------
    most : int or None
        How many are kept; all without it.
    """

    def __init__(self, most: int | None) -> None:
        self.changed = False
        self._rows: deque[Row] = deque(maxlen=most)
        self._taken = 0

    def apply(self, kind: int, row: Row) -> None:
        """Add a row.

        Raises
        ------
        InputError
            Where the change takes a row back.
        """
        if kind != INSERT:
            raise InputError(
                "This query changes rows that it gave before, so type=append cannot show it: "
                "use type=update."
            )
        self._rows.append(row)
        self._taken += 1

    def rows(self) -> Iterable[Row]:
        """Give the kept rows, the newest last."""
        return self._rows

    def __len__(self) -> int:
        return self._taken


class Current:
    """The rows that hold after all changes so far, an updated row in its old place.

    Attributes
    ----------
    changed : bool
        Whether a row was ever taken back.
    """

    def __init__(self) -> None:
        self.changed = False
        self._rows: dict[int, Row] = {}
        self._places: dict[str, list[int]] = {}
        self._next = 0
        self._free: int | None = None

    def apply(self, kind: int, row: Row) -> None:
        """Apply +I, -U, +U or -D.

        Raises
        ------
        InputError
            Where a row is taken back that is not there.
        """
        free, self._free = self._free, None
        if free is not None and kind != UPDATE_AFTER:
            del self._rows[free]
        key = repr(row)  # lists and maps in a row have no hash
        if kind in {INSERT, UPDATE_AFTER}:
            place = self._next if free is None or kind == INSERT else free
            self._next = max(self._next, place + 1)
            self._rows[place] = row
            self._places.setdefault(key, []).append(place)
            return
        self.changed = True
        places = self._places.get(key)
        if not places:
            raise InputError(
                f"The query takes back a row that it never gave: {row}. A column of it is not the "
                "same at every call (PROCTIME, RAND, UUID): leave it out."
            )
        place = places.pop()
        if not places:
            del self._places[key]
        if kind == UPDATE_BEFORE:
            self._free = place
        else:
            del self._rows[place]

    def rows(self) -> Iterable[Row]:
        """Give the rows, the oldest place first."""
        return [row for place, row in self._rows.items() if place != self._free]

    def __len__(self) -> int:
        return len(self._rows) - (self._free is not None)
