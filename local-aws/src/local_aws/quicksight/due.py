"""When a refresh schedule is due: by the hour, or at a time of the day of its own time zone."""

import calendar
import datetime
import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from local_aws.documents import Document
from local_aws.quicksight.errors import invalid

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_DAYS = [str(day).upper() for day in calendar.day_name]
_LAST = "LAST_DAY_OF_MONTH"
_HOUR_S = 3600


def check(frequency: Document) -> None:
    """Refuse a frequency whose members do not fit its interval.

    Raises
    ------
    QuickSightError
        InvalidParameterValueException.
    """
    interval, on = frequency["Interval"], frequency.get("RefreshOnDay", {})
    if interval in {"MINUTE15", "MINUTE30"}:
        raise invalid(f"{interval} is for incremental refreshes")
    _zone(frequency)
    if interval == "HOURLY":
        if "TimeOfTheDay" in frequency:
            raise invalid("TimeOfTheDay is not for an HOURLY schedule")
    elif not _TIME.fullmatch(frequency.get("TimeOfTheDay", "")):
        raise invalid(f"A {interval} schedule must have TimeOfTheDay, as HH:MM")
    wanted = {"WEEKLY": {"DayOfWeek"}, "MONTHLY": {"DayOfMonth"}}.get(interval, set())
    if on.keys() != wanted:
        told = " and ".join(sorted(wanted)) or "no RefreshOnDay"
        raise invalid(f"A {interval} schedule must have {told}")


def _zone(frequency: Document) -> ZoneInfo:
    name = frequency.get("Timezone", "UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise invalid(f"{name} is no time zone") from None


def after(frequency: Document, moment: float) -> float:
    """Return when a schedule is due next.

    Parameters
    ----------
    frequency : dict
        ``ScheduleFrequency``, checked.
    moment : float
        Seconds since 1970: what is due at that very moment was.

    Returns
    -------
    float
        Seconds since 1970. A time that a change of clocks leaves out is the one an hour later.
    """
    if frequency["Interval"] == "HOURLY":
        return (moment // _HOUR_S + 1) * _HOUR_S
    zone = _zone(frequency)
    hour, minute = (int(part) for part in frequency["TimeOfTheDay"].split(":"))
    day = datetime.datetime.fromtimestamp(moment, zone).date()
    while True:
        at = datetime.datetime.combine(day, datetime.time(hour, minute), zone)
        if at.timestamp() > moment and _is_on(frequency.get("RefreshOnDay", {}), day):
            return at.timestamp()
        day += datetime.timedelta(days=1)


def _is_on(on: Document, day: datetime.date) -> bool:
    if "DayOfWeek" in on:
        return bool(_DAYS[day.weekday()] == on["DayOfWeek"])
    if on.get("DayOfMonth") == _LAST:
        return day.day == calendar.monthrange(day.year, day.month)[1]
    return "DayOfMonth" not in on or day.day == int(on["DayOfMonth"])
