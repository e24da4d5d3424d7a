"""Reading of dates and times as Joda-Time reads them, which is what Trino uses.

Joda's rules: a number takes up to its field's greatest count of digits, names are read in any case
and in any length, what is missing is that of 1970-01-01 00:00:00, and each failure is told with
the place where it happened.
"""

from __future__ import annotations

from local_aws.trino.errors import error_in_python
from local_aws.trino.functions.in_python.date_patterns import joda_steps, mysql_steps
from local_aws.trino.functions.in_python.date_steps import MalformedError, Reading, Step
from local_aws.trino.functions.in_python.date_values import instant, microseconds
from local_aws.trino.functions.in_python.model import Registered


def _read(text: str, steps: tuple[Step, ...]) -> Reading:
    reading = Reading(text)
    try:
        for step in steps:
            step(reading)
        if reading.at < len(text):
            raise MalformedError
    except MalformedError:
        quoted = text.replace('"', '\\"')
        if reading.at >= len(text) and text:
            message = f'Invalid format: "{quoted}" is too short'
        elif reading.at:
            message = f'Invalid format: "{quoted}" is malformed at "{text[reading.at :]}"'
        else:
            message = f'Invalid format: "{quoted}"'
        raise error_in_python(message) from None
    return reading


def mysql(text: str, pattern: str) -> int:
    """Read a text in MySQL's format; microseconds since 1970."""
    return microseconds(_read(text, mysql_steps(pattern)))


def joda(text: str, pattern: str) -> dict[str, int | str]:
    """Read a text in Joda's format; the instant in microseconds and its zone."""
    reading = _read(text, joda_steps(pattern))
    return instant(microseconds(reading), reading.zone)


REGISTERED: list[Registered] = [
    (mysql, "date_parse", ["VARCHAR", "VARCHAR"], "BIGINT"),
    (joda, "parse_datetime", ["VARCHAR", "VARCHAR"], "STRUCT(t BIGINT, z VARCHAR)"),
]
