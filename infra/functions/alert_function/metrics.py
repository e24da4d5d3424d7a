"""Metrics in the embedded metric format: lines of the log that CloudWatch reads as numbers."""

import json
from collections import Counter
from datetime import datetime

NAMESPACE = "Ecommerce/Alerts"


def emit(counts: Counter[str], opened: Counter[str], now: datetime) -> None:
    """Print what an invocation did.

    Goes out by `print`: a logger of the function's JSON format would wrap it.

    Parameters
    ----------
    counts : Counter
        Numbers by metric name, without a dimension.
    opened : Counter
        Alerts opened by rule: one line for each, and in its total (the empty dimension set).
    now : datetime
        The clock, UTC.
    """
    stamp = int(now.timestamp() * 1000)
    if counts:
        print(_line(stamp, dict(counts), [[]]))  # noqa: T201
    for rule, number in sorted(opened.items()):
        print(_line(stamp, {"AlertsOpened": number}, [["rule"], []], rule=rule))  # noqa: T201


def _line(
    stamp: int, values: dict[str, int], dimensions: list[list[str]], **properties: str
) -> str:
    metrics = [{"Name": name, "Unit": "Count"} for name in values]
    directive = {"Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": metrics}
    body = {"_aws": {"Timestamp": stamp, "CloudWatchMetrics": [directive]}}
    return json.dumps(body | values | properties)
