"""Dates of partition projection: their formats, bounds and steps."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from local_aws.engine.catalog import Table
from local_aws.engine.scan.projection_properties import (
    MOST,
    count_of,
    property_of,
    range_of,
    too_many,
    word_of,
    wrong_property,
)

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


def dates(table: Table, name: str, fixed: Sequence[str] | None, now: datetime) -> list[str]:
    """Return the texts of the dates that a column can have in a query.

    Parameters
    ----------
    table, name
        The table and the column.
    fixed
        The values that the query fixes the column to; None where it does not.
    now
        In UTC.

    Raises
    ------
    QueryError
        INVALID_TABLE_PROPERTY; HIVE_EXCEEDED_PARTITION_LIMIT where too many are left.
    """
    java = property_of(table, name, "format").strip()
    python = date_format(java)
    if python is None:
        raise wrong_property(table, f"projection.{name}.format", f"'{java}' is not supported here")
    key = f"projection.{name}.range"
    first, last = (date_at(table, key, text, python, now) for text in range_of(table, name))
    unit, step = _interval(table, name, java)
    if fixed is not None:
        wanted = sorted({at for text in fixed if (at := _read(text, python)) is not None})
        return [
            at.strftime(python)
            for at in wanted
            if first <= at <= last and _on_step(first, at, unit, step, python)
        ]
    found: list[str] = []
    at = first
    number = 0
    while at <= last:
        if (written := at.strftime(python)) not in found[-1:]:
            found.append(written)
        number += 1
        if number > MOST:
            raise too_many()
        at = add(first, unit, number * step)
    return found


def _read(text: str, python: str) -> datetime | None:
    """Read a value of a column: of its format, or, where it is a date, as dates are written."""
    try:
        return datetime.strptime(text, python)
    except ValueError:
        pass
    try:
        return datetime.strptime(datetime.fromisoformat(text).strftime(python), python)
    except ValueError:
        return None


def _on_step(first: datetime, at: datetime, unit: str, step: int, python: str) -> bool:
    """Return whether steps from the first date come to another, as far as the format tells."""
    if unit in SECONDS:
        steps = int((at - first).total_seconds()) // (SECONDS[unit] * step)
    else:
        months = (at.year - first.year) * 12 + at.month - first.month
        steps = months // (step * (12 if unit == "YEAR" else 1))
    near = [add(first, unit, number * step) for number in (steps, steps + 1)]
    return at.strftime(python) in [each.strftime(python) for each in near]


def _interval(table: Table, name: str, java: str) -> tuple[str, int]:
    """Return the unit and count that dates are apart: only days and months are so by themselves."""
    letters = re.sub(r"'[^']*'", "", java)
    default = "DAY" if "d" in letters else "MONTH"
    implied = not re.search("[HhKkmsS]", letters) and re.search("[dM]", letters) is not None
    unit = word_of(table, name, "interval.unit", default if implied else None).upper()
    step = count_of(table, name, "interval", "1" if implied else None)
    unit = unit.removesuffix("S")
    if unit not in (*SECONDS, "MONTH", "YEAR"):
        raise wrong_property(
            table, f"projection.{name}.interval.unit", f"is '{unit}', not a unit of time"
        )
    return unit, step


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
