"""Reading of ISO 8601."""

from __future__ import annotations

import re

from local_aws.trino.errors import error_in_python
from local_aws.trino.functions.in_python.date_steps import Reading, offset
from local_aws.trino.functions.in_python.date_values import instant, microseconds
from local_aws.trino.functions.in_python.model import Registered

_ISO_DATE = (
    r"(?P<y>[+-]?\d{1,9})"
    r"(?:-(?P<m>\d\d?)(?:-(?P<d>\d\d?))?|-W(?P<w>\d\d?)(?:-(?P<e>\d))?|-(?P<j>\d{3}))?"
)
_ISO_TIME = r"(?P<h>\d\d?)(?::(?P<n>\d\d?)(?::(?P<s>\d\d?)(?:[.,](?P<f>\d{1,9}))?)?)?"
_ISO = re.compile(rf"{_ISO_DATE}(?:T(?:{_ISO_TIME})?)?(?P<z>Z|[+-]\d\d(?::?\d\d)?)?")


def _iso(text: str) -> Reading:
    found = _ISO.fullmatch(text)
    if found is None:
        raise error_in_python(f'Invalid format: "{text}"')
    names = {
        "m": "monthOfYear",
        "d": "dayOfMonth",
        "j": "dayOfYear",
        "w": "weekOfWeekyear",
        "e": "dayOfWeek",
        "h": "hourOfDay",
        "n": "minuteOfHour",
        "s": "secondOfMinute",
    }
    reading = Reading(text, values={n: int(found[g]) for g, n in names.items() if found[g]})
    reading.values["weekyear" if found["w"] else "year"] = int(found["y"])
    if found["f"]:
        reading.values["millis"] = int((found["f"] + "00")[:3])
    if found["z"]:
        zone = Reading(found["z"])
        offset(zone)
        reading.zone = zone.zone
    return reading


def iso_timestamp(text: str) -> dict[str, int | str]:
    """Read an ISO 8601 time; the instant in microseconds and its zone."""
    reading = _iso(text)
    return instant(microseconds(reading), reading.zone)


def iso_date(text: str) -> int:
    """Read an ISO 8601 date; days since 1970."""
    if "T" in text:
        raise error_in_python(f'Invalid format: "{text}"')
    return microseconds(_iso(text)) // 86_400_000_000


REGISTERED: list[Registered] = [
    (iso_timestamp, "iso_timestamp", ["VARCHAR"], "STRUCT(t BIGINT, z VARCHAR)"),
    (iso_date, "iso_date", ["VARCHAR"], "INTEGER"),
]
