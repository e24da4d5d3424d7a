"""Metric filters: what PutMetricFilter takes, and the values that events give."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from local_aws.cloudwatch.metrics import Metric, metric_of
from local_aws.logs.errors import invalid
from local_aws.logs.patterns import PatternError, compiled
from local_aws.logs.patterns.conditions import ABSENT, Match, number
from local_aws.protocol.errors import not_supported
from local_aws.protocol.model import input_shape
from local_aws.protocol.validate import checked

Request = dict[str, Any]

MOST_DIMENSIONS = 3
NOT_CARRIED_OUT = ("applyOnTransformedLogs", "fieldSelectionCriteria", "emitSystemFieldDimensions")
_REFERENCE = re.compile(r"\$\.?.+")


class Value(NamedTuple):
    """What one event gives one filter."""

    metric: Metric
    unit: str
    value: float


def check(request: Request) -> None:
    """Check what PutMetricFilter is told.

    Raises
    ------
    ServiceError
        InvalidParameterException in the service's manner; by name for what is not carried out.
    """
    for member in NOT_CARRIED_OUT:
        if request.get(member):
            raise not_supported(f"{member} of logs' PutMetricFilter")
    given = checked(input_shape("logs", "PutMetricFilter"), request, invalid)
    pattern = check_pattern(given["filterPattern"])
    if len(given["metricTransformations"]) != 1:
        raise invalid("A metric filter has exactly one metric transformation.")
    transformation = given["metricTransformations"][0]
    value, dimensions = transformation["metricValue"], transformation.get("dimensions", {})
    references = [text for text in (value, *dimensions.values()) if _REFERENCE.fullmatch(text)]
    if references and not pattern:
        raise invalid(
            f"Invalid metric transformation: {references[0]} needs a pattern of JSON or of fields."
        )
    if value not in references and number(value) is None:
        raise invalid(f"Invalid metric transformation: {value} is neither a number nor a field.")
    if len(dimensions) > MOST_DIMENSIONS:
        raise invalid(f"A metric filter has at most {MOST_DIMENSIONS} dimensions.")
    if dimensions and "defaultValue" in transformation:
        raise invalid(
            "Invalid metric transformation: dimensions and default value are mutually exclusive."
        )
    for text in dimensions.values():
        if text not in references:
            raise invalid(f"Invalid metric transformation: the dimension {text} is no field.")


def check_pattern(text: str) -> bool:
    """Check a filter pattern, and say whether events have fields by it.

    Raises
    ------
    LogsError
        InvalidParameterException for what is no pattern.
    """
    try:
        return compiled(text).has_fields
    except PatternError as error:
        raise invalid(f"Invalid filter pattern: {error}") from None


def tested(request: Request) -> Request:
    """Tell which messages a pattern matches, and what of them it names: TestMetricFilter.

    Raises
    ------
    LogsError
        InvalidParameterException for what is no pattern.
    """
    given = checked(input_shape("logs", "TestMetricFilter"), request, invalid)
    check_pattern(given["filterPattern"])
    found = []
    for place, message in enumerate(given["logEventMessages"], 1):
        if match := compiled(given["filterPattern"]).match(message):
            named = {name: _text(value) for name, value in match.named.items() if _names(value)}
            found.append({"eventNumber": place, "eventMessage": message, "extractedValues": named})
    return {"matches": found}


def values(kept: Request, message: str) -> Iterator[Value] | None:
    """Apply a filter to a log event.

    Parameters
    ----------
    kept : dict
        What PutMetricFilter was told.
    message : str
        The event.

    Returns
    -------
    iterator or None
        The values; None where the event does not match.
    """
    match = compiled(kept["filterPattern"]).match(message)
    if match is None:
        return None
    found = (_value(each, match) for each in kept["metricTransformations"])
    return (value for value in found if value is not None)


def default(kept: Request) -> Iterator[Value]:
    """Return what a filter sends for a minute in which events came and none matched."""
    for each in kept["metricTransformations"]:
        if each.get("defaultValue") is not None:
            metric = metric_of(each["metricNamespace"], each["metricName"], {})
            yield Value(metric, each.get("unit", "None"), float(each["defaultValue"]))


def _value(transformation: Request, match: Match) -> Value | None:
    text = str(transformation["metricValue"])
    found = match.value(text) if _REFERENCE.fullmatch(text) else text
    value = number(found)
    dimensions = {
        name: match.value(field) for name, field in transformation.get("dimensions", {}).items()
    }
    # an event without the field, or with one that is no number, gives no value
    if value is None or any(not _names(each) for each in dimensions.values()):
        return None
    named = {name: _text(each) for name, each in dimensions.items()}
    metric = metric_of(transformation["metricNamespace"], transformation["metricName"], named)
    return Value(metric, transformation.get("unit", "None"), value)


def _names(value: Any) -> bool:
    return value is not ABSENT and isinstance(value, (str, int, float, bool)) and value != ""


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
