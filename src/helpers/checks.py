"""Values that types cannot check: choices, ranges, days, time zones, names, files, folders."""

import datetime
import re
import zoneinfo
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from helpers import paths
from helpers.errors import InputError
from helpers.events import NOW, STAMP_FORMAT, UNMOVED
from helpers.names import closest

FORMS: Final = {
    "bucket": ("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", "small letters, digits and hyphens, 3 to 63"),
    "database": ("[A-Za-z0-9_]{1,255}", "letters, digits and _"),
    "table": ("[a-z_][a-z0-9_]{0,100}", "small letters, digits and _, no digit first"),
    "workgroup": ("[A-Za-z0-9._-]{1,128}", "letters, digits, dots, hyphens and _, 128 at most"),
    "stage": ("[a-z][a-z0-9]{0,11}", "small letters and digits, 12 at most"),
    "stream": ("[A-Za-z0-9_.-]{1,128}", "letters, digits, dots, hyphens and _, 128 at most"),
    "alerts_table": ("[A-Za-z0-9_.-]{3,255}", "letters, digits, dots, hyphens and _, 3 to 255"),
    "email": (r"|none|[^@\s]+@[^@\s]+", "one as ops@example.org, or none"),
    "link": (r"|none|https?://\S+", "one as https://…/{user_id}, or none"),
    "snapshot": (
        "|-?[0-9]{1,19}|[0-9]{4}-[0-9]{2}-[0-9]{2}",
        "the number of a report, or a day as 2026-11-22",
    ),
}
"""What a value of each name is made of: a pattern, and in words."""

LONGEST: Final = 1024
"""Characters of a text: what a key of S3 has at most."""
_BUCKET: Final = "[A-Za-z0-9._-]{3,255}"  # what buckets of others may be, old ones too


def shown(value: object) -> str:
    """Write a value for a message, which is one line: a long one by its beginning."""
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:60]}… ({len(text):,} characters)"


def text(name: str, value: str) -> None:
    """Make sure that a parameter can be a path, a name or an address at all.

    Parameters
    ----------
    name : str
        The parameter's name.
    value : str
        What was given.

    Raises
    ------
    InputError
        Where it is too long, has characters that cannot be seen, or blanks at its ends.
    """
    if len(value) > LONGEST:
        raise InputError(
            f"Parameter {name} is {shown(value)}: give {LONGEST:,} characters at most."
        )
    if not value.isprintable():
        raise InputError(
            f"Parameter {name} is {shown(value)}: leave out line ends and what cannot be printed."
        )
    if value != value.strip():
        raise InputError(f"Parameter {name} is {shown(value)}: leave out the blanks at its ends.")


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
        raise InputError(f"Parameter {name} is {shown(value)}, and cannot be that: take {words}.")


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
        raise InputError(f"Parameter {name} is {shown(value)}: {hint} of {', '.join(allowed)}.")


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
        raise InputError(f"Parameter {name} is {shown(value)}: give a number from {low} to {high}.")


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
            f"Parameter {name} is {shown(value)}: give a whole number from {low} to {high}."
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
    raise InputError(f"Parameter {name} is {shown(value)}, which is no IANA time zone: {hint}")


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
        if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValueError(value)
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"Parameter {name} is {shown(value)}: give a day as YYYY-MM-DD."
        ) from error


def moment(name: str, value: str) -> datetime.datetime:
    """Read a parameter as a time, ``YYYY-MM-DDTHH:MM:SS`` in UTC, or raise an `InputError`."""
    try:
        return datetime.datetime.strptime(value, STAMP_FORMAT)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"Parameter {name} is {shown(value)}: give {NOW}, {UNMOVED} or a time such as "
            "2026-11-22T10:00:00."
        ) from error


def month(name: str, value: str) -> datetime.date:
    """Read a parameter as a month, ``YYYY-MM``: its first day, or an `InputError`."""
    try:
        if not re.fullmatch("[0-9]{4}-[0-9]{2}", value):
            raise ValueError(value)
        return datetime.date.fromisoformat(f"{value}-01")
    except (TypeError, ValueError) as error:
        raise InputError(f"Parameter {name} is {shown(value)}: give a month as YYYY-MM.") from error


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
        if not re.fullmatch(_BUCKET, paths.split_s3(value)[0]):
            raise InputError(
                f"Parameter {name} is {shown(value)}, which names no bucket: give it as "
                "s3://BUCKET/KEY."
            )
        return
    path = _path(name, value)
    if path.exists():
        return
    beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    near = closest(path.name, beside, likeness=0.6)
    hint = f"did you mean {path.parent / near}?" if near else "give the path of one that is there."
    raise InputError(f"Parameter {name} is {shown(value)}, and there is no {path}: {hint}")


def folder(name: str, value: str) -> None:
    """Make sure that a parameter names a folder of this machine, there or to be made.

    Parameters
    ----------
    name : str
        The parameter's name.
    value : str
        A path, relative ones from the project's folder.

    Raises
    ------
    InputError
        Where it is an address of S3, or a file stands at it or on the way to it.
    """
    if paths.is_s3(value):
        raise InputError(f"Parameter {name} is {shown(value)}: give a folder of this machine.")
    path = _path(name, value)
    there = next(each for each in (path, *path.parents) if each.exists())
    if not there.is_dir():
        raise InputError(f"Parameter {name} is {shown(value)}, and {there} is no folder.")


def _path(name: str, value: str) -> Path:
    """Read a path that the file system can hold."""
    if not value:
        raise InputError(f"Parameter {name} is empty: give a path.")
    try:
        path = paths.local(value)
        path.exists()
    except (OSError, RuntimeError, ValueError) as error:  # too long, no such ~user, a null byte
        raise InputError(
            f"Parameter {name} is {shown(value)}, which can be no path ({error.__class__.__name__}"
            "): give a shorter one that is there."
        ) from error
    return path
