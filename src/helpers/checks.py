"""Values that types cannot check: choices, ranges, days, time zones, files."""

import datetime
import re
import zoneinfo
from collections.abc import Sequence
from typing import Final

from helpers import paths
from helpers.errors import InputError
from helpers.names import closest

FORMS: Final = {
    "bucket": ("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", "small letters, digits and hyphens, 3 to 63"),
    "database": ("[A-Za-z0-9_]{1,255}", "letters, digits and _"),
    "table": ("[A-Za-z0-9_]{1,255}", "letters, digits and _"),
    "workgroup": ("[A-Za-z0-9._-]{1,128}", "letters, digits, dots, hyphens and _, 128 at most"),
    "stage": ("[a-z][a-z0-9]{0,11}", "small letters and digits, 12 at most"),
}
"""What a name of each kind is made of: a pattern, and in words."""


def form(name: str, value: str) -> None:
    """Make sure that a parameter of `FORMS` is made of what such a name is made of.

    Parameters
    ----------
    name : str
        The parameter's name.
    value : str
        What was given.

    Raises
    ------
    InputError
        Where it is not.
    """
    pattern, words = FORMS[name]
    if not re.fullmatch(pattern, value):
        raise InputError(f"Parameter {name} is {value!r}, which is no such name: take {words}.")


def choice(name: str, value: str, allowed: Sequence[str]) -> None:
    """Make sure that a parameter is one of the allowed words.

    Parameters
    ----------
    name : str
        The parameter's name.
    value : str
        What was given.
    allowed : sequence of str
        What may be given.

    Raises
    ------
    InputError
        Where it is not; the message lists what is allowed.
    """
    if value not in allowed:
        near = closest(str(value), allowed, likeness=0.6)
        hint = f"did you mean {near}? One" if near else "choose one"
        raise InputError(f"Parameter {name} is {value!r}: {hint} of {', '.join(allowed)}.")


def between(name: str, value: float, low: float, high: float) -> None:
    """Make sure that a numeric parameter lies in its range, ends included.

    Parameters
    ----------
    name : str
        The parameter's name.
    value, low, high : float
        What was given and its bounds.

    Raises
    ------
    InputError
        Where it does not.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InputError(f"Parameter {name} is {value!r}: give a number from {low} to {high}.")


def whole(name: str, value: int, low: int, high: int) -> None:
    """Make sure that a parameter is a whole number in its range, ends included.

    Parameters
    ----------
    name : str
        The parameter's name.
    value, low, high : int
        What was given and its bounds.

    Raises
    ------
    InputError
        Where it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(
            f"Parameter {name} is {value!r}: give a whole number from {low} to {high}."
        )


def time_zone(name: str, value: str) -> None:
    """Make sure that a parameter names a time zone of the IANA database.

    Parameters
    ----------
    name : str
        The parameter's name.
    value : str
        Such as ``UTC`` or ``Asia/Kolkata``.

    Raises
    ------
    InputError
        Where no such zone exists; the message offers the nearest name.
    """
    zones = zoneinfo.available_timezones()
    if value in zones:
        return
    near = closest(str(value), zones, likeness=0.6)
    hint = f"did you mean {near}?" if near else "give a name such as Europe/Berlin."
    raise InputError(f"Parameter {name} is {value!r}, which is no IANA time zone: {hint}")


def day(name: str, value: str) -> datetime.date:
    """Read a parameter as a day.

    Parameters
    ----------
    name : str
        The parameter's name.
    value : str
        ``YYYY-MM-DD``.

    Returns
    -------
    datetime.date
        The day.

    Raises
    ------
    InputError
        Where it is not such a day.
    """
    try:
        return datetime.datetime.strptime(value, "%Y-%m-%d").date()
    except (TypeError, ValueError) as error:
        raise InputError(f"Parameter {name} is {value!r}: give a day as YYYY-MM-DD.") from error


def month(name: str, value: str) -> datetime.date:
    """Read a parameter as a month, ``YYYY-MM``: its first day, or an `InputError`."""
    try:
        return datetime.datetime.strptime(value, "%Y-%m").date()
    except (TypeError, ValueError) as error:
        raise InputError(f"Parameter {name} is {value!r}: give a month as YYYY-MM.") from error


def file(name: str, value: str) -> None:
    """Make sure that a parameter names a file or folder that is there.

    Parameters
    ----------
    name : str
        The parameter's name.
    value : str
        A path, relative ones from the project's folder. What lies in S3 is not looked for.

    Raises
    ------
    InputError
        Where it is not there; the message offers the nearest name in its folder.
    """
    if paths.is_s3(value):
        return
    path = paths.local(value)
    if path.exists():
        return
    beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    near = closest(path.name, beside, likeness=0.6)
    hint = f"did you mean {path.parent / near}?" if near else "give the path of one that is there."
    raise InputError(f"Parameter {name} is {value!r}, and there is no {path}: {hint}")
