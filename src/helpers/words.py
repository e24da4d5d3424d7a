"""Numbers and days in sentences."""

import datetime
from collections.abc import Iterable
from typing import Final

_MOST: Final = 5


def count(number: float, thing: str, things: str | None = None) -> str:
    """Write how many there are.

    Parameters
    ----------
    number : float
        A whole number.
    thing : str
        What one of them is called.
    things : str, optional
        What several are called; ``thing`` with an s by default.

    Returns
    -------
    str
        With separators, singular and plural told apart.

    Examples
    --------
    >>> count(1, "pair"), count(1234, "pair"), count(0, "day"), count(2, "loss", "losses")
    ('1 pair', '1,234 pairs', '0 days', '2 losses')
    """
    return f"{number:,.0f} {thing if number == 1 else things or f'{thing}s'}"


def listed(days: Iterable[datetime.date], most: int = _MOST) -> str:
    """List days for a sentence, neighbours as a span, and how many more there are.

    Parameters
    ----------
    days : iterable of datetime.date
        At least one; in any order.
    most : int
        So many days and spans are written out.

    Returns
    -------
    str
        Such as ``2019-10-03, 2019-10-05 to 2019-10-09 and 12 more days``.

    Examples
    --------
    >>> listed(datetime.date(2019, 10, day) for day in (1, 5, 6, 9))
    '2019-10-01, 2019-10-05 to 2019-10-06, 2019-10-09'
    >>> listed((datetime.date(2019, 10, day) for day in range(1, 20, 2)), most=2)
    '2019-10-01, 2019-10-03 and 8 more days'
    """
    spans: list[list[datetime.date]] = []
    for day in sorted({datetime.date(day.year, day.month, day.day) for day in days}):
        if spans and day - spans[-1][-1] == datetime.timedelta(days=1):
            spans[-1].append(day)
        else:
            spans.append([day])
    shown = ", ".join(
        f"{span[0]}" if len(span) == 1 else f"{span[0]} to {span[-1]}" for span in spans[:most]
    )
    left = sum(map(len, spans[most:]))
    return f"{shown} and {count(left, 'more day')}" if left else shown
