"""Durations and zones as text."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from local_aws.trino.errors import error_in_python
from local_aws.trino.functions.in_python.model import Registered

_DURATION_MS = {
    "ns": 1e-6,
    "us": 1e-3,
    "ms": 1.0,
    "s": 1e3,
    "m": 6e4,
    "h": 3.6e6,
    "d": 8.64e7,
}


def duration(text: str) -> int:
    """Read a duration such as ``1.5h``; milliseconds."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]+)\s*", text)
    if found is None:
        raise error_in_python(f"duration is not a valid data duration string: {text}")
    if found[2] not in _DURATION_MS:
        raise error_in_python(f"Unknown time unit: {found[2]}")
    return int(float(found[1]) * _DURATION_MS[found[2]] + 0.5)


def human_readable(seconds: float) -> str:
    """Say a number of seconds in weeks, days, hours, minutes and seconds."""
    rest = int(abs(seconds) + 0.5)
    parts = []
    for name, size in (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    if rest or not parts:
        parts.append(f"{rest} second{'' if rest == 1 else 's'}")
    return ", ".join(parts)


def zone_abbreviation(zone: str, instant: int) -> str:
    """Give the short name of a zone at an instant in microseconds, or its offset.

    Examples
    --------
    >>> zone_abbreviation("Europe/Berlin", 0), zone_abbreviation("Asia/Dubai", 0)
    ('CET', 'GMT+04:00')
    """
    if zone == "UTC" or zone[0] in "+-":
        return zone
    moment = datetime.fromtimestamp(instant // 1_000_000, ZoneInfo(zone))
    name = moment.tzname() or ""
    if name.isalpha():
        return name
    offset = moment.strftime("%z")
    written = f"{offset[:3]}:{offset[3:5]}"
    return written if zone.startswith("Etc/") else f"GMT{written}"


REGISTERED: list[Registered] = [
    (zone_abbreviation, "zone_abbreviation", ["VARCHAR", "BIGINT"], "VARCHAR"),
    (duration, "parse_duration", ["VARCHAR"], "BIGINT"),
    (human_readable, "human_readable_seconds", ["DOUBLE"], "VARCHAR"),
]
