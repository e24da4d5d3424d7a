"""Dates of partition projection: their formats, bounds and steps."""

import re
from datetime import datetime, timedelta

from local_aws.engine.catalog import Table
from local_aws.engine.scan.projection_properties import wrong_property

_NOW = re.compile(r"NOW(?:([+-])(\d+)(YEAR|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND)S?)?", re.IGNORECASE)
_JAVA_DATE = {
    "yyyy": "%Y",
    "yy": "%y",
    "MM": "%m",
    "dd": "%d",
    "HH": "%H",
    "mm": "%M",
    "ss": "%S",
}
SECONDS = {"WEEK": 604800, "DAY": 86400, "HOUR": 3600, "MINUTE": 60, "SECOND": 1}


def date_format(java: str) -> str | None:
    """Return the strftime format of a Java date pattern of numbers, None for another one.

    Examples
    --------
    >>> date_format("yyyy/MM/dd"), date_format("dd-MMM-yyyy")
    ('%Y/%m/%d', '%d-%b-%Y')
    """
    out = []
    for match in re.finditer(r"'([^']*)'|(([A-Za-z])\3*)|(.)", java):
        quoted, letters, _, other = match.groups()
        if letters:
            known = {**_JAVA_DATE, "MMM": "%b", "MMMM": "%B", "uuuu": "%Y"}.get(letters)
            if known is None:
                return None
            out.append(known)
        else:
            out.append((quoted if quoted is not None else other).replace("%", "%%"))
    return "".join(out)


def date_at(table: Table, key: str, text: str, python: str, now: datetime) -> datetime:
    """Read a bound: a date in its format, or one relative to NOW."""
    relative = _NOW.fullmatch(text.replace(" ", ""))
    try:
        if relative is None:
            return datetime.strptime(text, python)
        # what the format leaves out does not count: NOW is cut to its precision
        here = datetime.strptime(now.strftime(python), python)
    except ValueError as error:
        raise wrong_property(table, key, f"holds '{text}', which is not of its format") from error
    sign, count, unit = relative.groups()
    if unit is None:
        return here
    moved = add(now, unit.upper(), int(count) if sign == "+" else -int(count))
    return datetime.strptime(moved.strftime(python), python)


def add(at: datetime, unit: str, count: int) -> datetime:
    """Return a time moved by a number of YEAR, MONTH, WEEK, DAY, HOUR, MINUTE or SECOND.

    Examples
    --------
    >>> add(datetime(2020, 1, 31), "MONTH", 1)
    datetime.datetime(2020, 2, 29, 0, 0)
    """
    if unit in SECONDS:
        return at + timedelta(seconds=SECONDS[unit] * count)
    months = at.year * 12 + at.month - 1 + count * (12 if unit == "YEAR" else 1)
    year, month = divmod(months, 12)
    next_month = datetime(year + month // 11, (month + 1) % 12 + 1, 1)
    last = (next_month - timedelta(days=1)).day
    return at.replace(year=year, month=month + 1, day=min(at.day, last))
