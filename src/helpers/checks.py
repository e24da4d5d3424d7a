"""Parameters that YAML's types cannot check: choices, ranges, days, time zones."""

import datetime
import difflib
import zoneinfo
from collections.abc import Sequence

from helpers.errors import InputError


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
        raise InputError(f"Parameter {name} is {value!r}: choose one of {', '.join(allowed)}.")


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
    near = difflib.get_close_matches(str(value), zones, 1)
    hint = f"did you mean {near[0]}?" if near else "give a name such as Europe/Berlin."
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
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise InputError(f"Parameter {name} is {value!r}: give a day as YYYY-MM-DD.") from error
