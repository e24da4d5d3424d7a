"""Metrics in log events: the Embedded Metric Format, after its specification.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from local_aws.cloudwatch.metrics import MINUTE, Metric, metric_of
from local_aws.cloudwatch.samples import Sample
from local_aws.protocol.model import enumeration

ROOT = "_aws"
MOST_DIMENSIONS = 30
MOST_METRICS = 100
MOST_VALUES = 100
PAST_S = 14 * 86_400
FUTURE_S = 2 * 3600
UNITS = enumeration("cloudwatch", "StandardUnit")
# what Lambda writes before a line: time, request and level, with tabs between
_PREFIX = re.compile(r"^(?:[^\t{]*\t)+(?=\{)")
_NAMESPACE = re.compile(r"[^:].{0,1023}", re.DOTALL)


class ParsingError(ValueError):
    """An event that wants to be in this format and is no JSON."""


class ValidationError(ValueError):
    """An event that is JSON and breaks the specification; says where."""


class Found(NamedTuple):
    """One metric's values in an event."""

    metric: Metric
    samples: list[Sample]


def extract(message: str, now: float) -> list[Found]:
    """Find the metrics of a log event.

    Parameters
    ----------
    message : str
        One log event; what is not in this format has no metrics.
    now : float
        Seconds since 1970: a metric's time lies within two weeks before and two hours after it.

    Returns
    -------
    list of Found
        A metric for each name and each set of dimensions.

    Raises
    ------
    ParsingError, ValidationError
        For an event that is in this format and faulty: it has no metrics at all.
    """
    if f'"{ROOT}"' not in message:
        return []
    text = _PREFIX.sub("", message).strip()
    try:
        event = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ParsingError(str(error)) from None
    if not isinstance(event, dict) or ROOT not in event:
        return []
    metadata = _object(event[ROOT], ROOT)
    if "CloudWatchMetrics" not in metadata:
        return []
    at = _timestamp(metadata, now)
    directives = _list(metadata["CloudWatchMetrics"], "CloudWatchMetrics")
    return [
        found
        for number, directive in enumerate(directives)
        for found in _of_directive(event, directive, f"CloudWatchMetrics[{number}]", at)
    ]


def _timestamp(metadata: dict[str, Any], now: float) -> float:
    at = metadata.get("Timestamp")
    if not isinstance(at, int) or isinstance(at, bool):
        raise ValidationError(f"{ROOT}.Timestamp is no whole number of milliseconds")
    if not now - PAST_S <= at / 1000 <= now + FUTURE_S:
        raise ValidationError(f"{ROOT}.Timestamp is too long ago or ahead")
    return at / 1000


def _of_directive(event: dict[str, Any], given: Any, path: str, at: float) -> Iterator[Found]:
    directive = _object(given, path)
    namespace = directive.get("Namespace")
    if not isinstance(namespace, str) or not _NAMESPACE.fullmatch(namespace):
        raise ValidationError(f"{path}.Namespace is no text of 1 to 1024 characters")
    sets = _list(directive.get("Dimensions"), f"{path}.Dimensions")
    if not sets:
        raise ValidationError(f"{path}.Dimensions has no set")
    dimensions = [
        _dimensions(event, each, f"{path}.Dimensions[{number}]") for number, each in enumerate(sets)
    ]
    metrics = _list(directive.get("Metrics"), f"{path}.Metrics")
    if len(metrics) > MOST_METRICS:
        raise ValidationError(f"{path}.Metrics has more than {MOST_METRICS} items")
    for number, definition in enumerate(metrics):
        name, samples = _samples(event, definition, f"{path}.Metrics[{number}]", at)
        for each in dimensions:
            yield Found(metric_of(namespace, name, each), samples)


def _dimensions(event: dict[str, Any], given: Any, path: str) -> dict[str, str]:
    names = _list(given, path)
    if len(names) > MOST_DIMENSIONS:
        raise ValidationError(f"{path} has more than {MOST_DIMENSIONS} items")
    values = {}
    for name in names:
        if not isinstance(name, str) or not 1 <= len(name) <= 250:
            raise ValidationError(f"{path} has what is no name of a dimension")
        value = event.get(name)
        if not isinstance(value, str) or not 1 <= len(value) <= 1024:
            raise ValidationError(f"{path}: the member {name} is no text of 1 to 1024 characters")
        values[name] = value
    return values


def _samples(event: dict[str, Any], given: Any, path: str, at: float) -> tuple[str, list[Sample]]:
    definition = _object(given, path)
    name = definition.get("Name")
    if not isinstance(name, str) or not 1 <= len(name) <= 1024:
        raise ValidationError(f"{path}.Name is no text of 1 to 1024 characters")
    unit = definition.get("Unit", "None")
    if unit not in UNITS:
        raise ValidationError(f"{path}.Unit {unit} is none of CloudWatch's")
    resolution = definition.get("StorageResolution", MINUTE)
    if resolution not in (1, MINUTE) or isinstance(resolution, bool):
        raise ValidationError(f"{path}.StorageResolution is neither 1 nor 60")
    value = event.get(name)
    values: list[Any] = value if isinstance(value, list) else [value]
    if not 1 <= len(values) <= MOST_VALUES:
        raise ValidationError(f"{path}: the member {name} has not 1 to {MOST_VALUES} values")
    if not all(_is_number(each) for each in values):
        raise ValidationError(f"{path}: the member {name} is no number and no array of numbers")
    second = int(at // resolution * resolution)
    return name, [
        Sample(second, unit, 1.0, float(each), float(each), float(each)) for each in values
    ]


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and math.isfinite(value)
        and abs(value) <= 2.0**360
    )


def _object(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValidationError(f"{path} is no object")
    return value


def _list(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValidationError(f"{path} is no array")
    return value
