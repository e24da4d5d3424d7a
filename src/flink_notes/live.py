"""A table in a notebook that changes while its query runs, and stands still at the end."""

import datetime
import time
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final

import pandas as pd
from IPython import get_ipython
from IPython.display import display

from flink_notes.changelog import Row, Rows
from flink_notes.frames import tuples
from flink_notes.rows import Reader
from helpers.interrupts import Pressed

SHOWN: Final = 100
NULL: Final = "NULL"
_REFRESH_SECONDS: Final = 0.5
_POLL_SECONDS: Final = 0.05


def gather(
    reader: Reader,
    table: Rows,
    *,
    rows: int | None,
    seconds: float | None,
    stop: Pressed,
    check: Callable[[], None] = lambda: None,
    refresh: Callable[[], None] = lambda: None,
) -> None:
    """Take changes into a table until the query ends or a bound is reached.

    Parameters
    ----------
    reader : flink_notes.rows.Reader
    table : flink_notes.changelog.Rows
        Takes the changes.
    rows : int, optional
        Stop as soon as the table has this many rows.
    seconds : float, optional
        Stop after this time.
    stop : helpers.interrupts.Pressed
        Stop when it is set.
    check : callable
        Called every half second, and where a bound ends it: raises what the job failed with,
        also where Flink goes on trying.
    refresh : callable
        Called at most every half second while rows arrive.

    Raises
    ------
    Py4JJavaError
        What the job failed with.
    """
    end = time.monotonic() + (float("inf") if seconds is None else seconds)
    shown = checked = time.monotonic()
    while not stop.is_set() and time.monotonic() < end:
        batch = reader.read()
        if batch is None:
            return
        kinds, values = batch
        for kind, row in zip(kinds, tuples(values), strict=True):
            table.apply(kind, row)
            if rows is not None and len(table) >= rows:
                return
        if time.monotonic() - checked > _REFRESH_SECONDS:
            check()
            checked = time.monotonic()
        if not kinds:
            stop.wait(_POLL_SECONDS)
        elif time.monotonic() - shown > _REFRESH_SECONDS:
            refresh()
            shown = time.monotonic()
    check()


class Live:
    """A place in a cell's output that shows a table while it grows, and then nothing.

    nbval sees no updates: what stays has to be a display of its own.
    """

    def __init__(self) -> None:
        self._place = display(_empty(), raw=True, display_id=True) if get_ipython() else None

    def show(self, columns: Iterable[str], rows: Iterable[Row]) -> None:
        """Show the rows as they are."""
        if self._place is not None:
            self._place.update(bundle(columns, rows, "still running"), raw=True)

    def clear(self) -> None:
        """Show nothing."""
        if self._place is not None:
            self._place.update(_empty(), raw=True)


def bundle(columns: Iterable[str], rows: Iterable[Row], note: str = "") -> dict[str, str]:
    """Write rows as text and as HTML.

    Parameters
    ----------
    columns : iterable of str
        The headings.
    rows : iterable of tuple
        The rows; the last `SHOWN` are shown.
    note : str
        Stands under the table.

    Returns
    -------
    dict of str to str
        A mime bundle.
    """
    rows = list(rows)
    shown = rows[-SHOWN:]
    counted = f"{len(rows):,} row{'' if len(rows) == 1 else 's'}"
    if len(shown) < len(rows):
        counted = f"the last {len(shown)} of {counted}"
    foot = f"{counted}, {note}" if note else counted
    names = list(columns)
    frame = pd.DataFrame([[text(value) for value in row] for row in shown], columns=names)
    plain = frame.to_string(index=False) if shown else " ".join(names)
    html = frame.to_html(index=False, border=0, max_rows=None)
    return {"text/plain": f"{plain}\n{foot}", "text/html": f"{html}<p>{foot}</p>"}


def text(value: Any) -> str:
    """Write a value of a row.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
        NULL, TRUE, times with their zone if they have one, what is in an ARRAY, MAP or ROW
        alike, anything else as Python does.

    Examples
    --------
    >>> text(None), text(True), text(1234567)
    ('NULL', 'TRUE', '1234567')
    >>> text([("a", None)]), text({"n": [1, None], "s": "x"})
    ("{'a': NULL}", "{n: [1, NULL], s: 'x'}")
    """
    if value is None:
        return NULL
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime):
        spec = "milliseconds" if value.microsecond % 1000 == 0 < value.microsecond else "auto"
        stamp = value.replace(tzinfo=None).isoformat(" ", spec)
        return f"{stamp}Z" if value.tzinfo else stamp
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    if isinstance(value, Decimal):
        return format(value, "f")
    return _several(value) if isinstance(value, dict | list) else str(value)


def _several(value: dict[str, Any] | list[Any]) -> str:
    """Write a ROW, an ARRAY or a MAP, which comes as a list of pairs."""
    if isinstance(value, dict):
        parts = [f"{name}: {_within(item)}" for name, item in value.items()]
    elif value and isinstance(value[0], tuple):
        parts = [f"{_within(key)}: {_within(item)}" for key, item in value]
    else:
        return f"[{', '.join(map(_within, value))}]"
    return f"{{{', '.join(parts)}}}"


def _within(value: Any) -> str:
    return f"'{value}'" if isinstance(value, str) else text(value)


def _empty() -> dict[str, str]:
    return {"text/plain": ""}
