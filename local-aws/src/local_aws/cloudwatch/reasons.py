"""The words and the data with which an alarm says why it has its state.

The sentences are those that the service writes into its notifications.
"""

import datetime
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from local_aws.cloudwatch.evaluation import COMPARISONS, Verdict

_COMPARED = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}
_TREATED = {"breaching": "Breaching", "notBreaching": "NonBreaching"}
DATE = "%Y-%m-%dT%H:%M:%S"
MOST_REASON = 1023


class Point(NamedTuple):
    """A datapoint of an alarm's evaluation range; its value None where it is missing."""

    at: float
    value: float | None
    samples: float


def stamp(seconds: float) -> str:
    """Write a time as CloudWatch's JSON has it: to the millisecond, with the zone's offset."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return f"{moment:{DATE}}.{moment.microsecond // 1000:03d}+0000"


def java_double(value: float) -> str:
    """Write a number as Java does: ``2.0``, ``1.0E7``."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return format(value, "f") if "e" in repr(value) else repr(float(value))
    digits, _, exponent = f"{value:e}".partition("e")
    exact = repr(value / 10 ** int(exponent)) if abs(int(exponent)) < 300 else digits
    return f"{exact}E{int(exponent)}"


def reason(
    points: Sequence[Point], verdict: Verdict, configured: dict[str, Any], previous: str
) -> str:
    """Say why an alarm has changed its state.

    Parameters
    ----------
    points : sequence of Point
        The evaluation range, oldest first.
    verdict : Verdict
        With the new state.
    configured : dict
        The alarm, as PutMetricAlarm takes it.
    previous : str
        The state that it leaves.
    """
    periods = configured["EvaluationPeriods"]
    if verdict.state == "INSUFFICIENT_DATA":
        plural = "datapoints were" if periods > 1 else "datapoint was"
        return f"Insufficient Data: {periods} {plural} unknown."
    treated = _filled(verdict.filled, configured.get("TreatMissingData", "missing"))
    if not verdict.used:
        plural = "periods" if periods > 1 else "period"
        return f"Threshold Crossed: no datapoints were received for {periods} {plural}{treated}."
    return f"Threshold Crossed: {_compared(points, verdict, configured, previous)}{treated}."[
        :MOST_REASON
    ]


def _filled(number: int, missing: str) -> str:
    if not number:
        return ""
    were = "datapoints were" if number > 1 else "datapoint was"
    return f" and {number} missing {were} treated as [{_TREATED[missing]}]"


def _compared(
    points: Sequence[Point], verdict: Verdict, configured: dict[str, Any], previous: str
) -> str:
    rings = verdict.state == "ALARM"
    relation = ("" if rings else "not ") + _COMPARED[configured["ComparisonOperator"]]
    threshold = java_double(configured["Threshold"])
    needed, periods = configured.get("DatapointsToAlarm"), configured["EvaluationPeriods"]
    shown = [points[place] for place in verdict.used]
    if needed is not None:
        wanted = needed if rings else periods - needed + 1
        shown = _agreeing(shown, configured, rings)
        count = f"{len(shown)} out of the last {periods} datapoints"
        plural = "datapoints" if wanted > 1 else "datapoint"
        least = f" (minimum {wanted} {plural} for {previous} -> {verdict.state} transition)"
        were = "were" if len(shown) > 1 else "was"
    else:
        were = "were" if len(shown) > 1 else "was"
        count = f"{len(shown)} datapoint{'s' if len(shown) > 1 else ''}"
        least = ""
    values = ", ".join(_shown(point) for point in shown)
    return f"{count} [{values}] {were} {relation} the threshold ({threshold}){least}"


def _agreeing(shown: list[Point], configured: dict[str, Any], rings: bool) -> list[Point]:
    compare = COMPARISONS[configured["ComparisonOperator"]]
    return [
        point
        for point in shown
        if point.value is not None and compare(point.value, configured["Threshold"]) == rings
    ]


def _shown(point: Point) -> str:
    moment = datetime.datetime.fromtimestamp(point.at, datetime.UTC)
    return f"{java_double(point.value or 0.0)} ({moment:%d/%m/%y %H:%M:%S})"


def reason_data(
    points: Sequence[Point], verdict: Verdict, configured: dict[str, Any], now: float
) -> str:
    """Write the data behind a reason, as JSON.

    Parameters
    ----------
    points, verdict, configured
        As of `reason`.
    now : float
        When the alarm was looked at, seconds since 1970.
    """
    periods = configured["EvaluationPeriods"]
    real = [points[place] for place in verdict.used]
    evaluated = real or list(reversed(points))[:periods]
    data: dict[str, Any] = {"version": "1.0", "queryDate": stamp(now)}
    if real:
        data["startDate"] = stamp(real[-1].at)
    if "Unit" in configured:
        data["unit"] = configured["Unit"]
    if stat := configured.get("Statistic", configured.get("ExtendedStatistic")):
        data["statistic"] = stat
    if "Period" in configured:
        data["period"] = configured["Period"]
    data["recentDatapoints"] = [point.value for point in reversed(real)]
    data["threshold"] = configured["Threshold"]
    data["evaluatedDatapoints"] = [
        {"timestamp": stamp(point.at)}
        | ({} if point.value is None else {"sampleCount": point.samples, "value": point.value})
        for point in evaluated
    ]
    return json.dumps(data, separators=(",", ":"))
