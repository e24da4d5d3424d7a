"""What of CloudWatch Logs is ours: filter patterns, metric filters that apply, metrics in events.

Groups, streams and events are ministack's, and so are Insights' queries.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from local_aws.clock import clock
from local_aws.cloudwatch.metrics import Metrics
from local_aws.logs.ingestion import Ingestion
from local_aws.logs.metric_filters import check, check_pattern
from local_aws.logs.patterns import compiled
from local_aws.ministack.foreign import logs
from local_aws.protocol.errors import ServiceError

Record = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]


def install(metrics: Metrics) -> Ingestion:
    """Replace ministack's functions in this process.

    Parameters
    ----------
    metrics : Metrics
        Where the metrics of log events are put.

    Returns
    -------
    Ingestion
        Its `Ingestion.end_minutes` is to be called once a minute.
    """
    ingestion = Ingestion(metrics, _filters_of)
    fan_out = logs._fanout_to_subscription_filters

    def taken(group_name: str, stream_name: str, events: list[Record]) -> None:
        # both PutLogEvents and Lambda's own log come by here
        now = int(clock() * 1000)
        whole = [{"timestamp": now, "message": "", **event} for event in events]
        ingestion.take(group_name, whole)
        fan_out(group_name, stream_name, events)

    logs.replace("_fanout_to_subscription_filters", taken)
    logs.replace("_subscription_pattern_matches", _matches)
    logs.replace("_compile_filter_pattern", lambda raw: lambda msg: _matches(raw, msg))
    _refuse("_put_metric_filter", check)
    _refuse("_put_subscription_filter", lambda data: _check_text(data.get("filterPattern")))
    _refuse("_filter_log_events", lambda data: _check_text(data.get("filterPattern")))
    _refuse("_start_live_tail", lambda data: _check_text(data.get("logEventFilterPattern")))
    return ingestion


def _filters_of(group: str) -> Iterable[Record]:
    return [each for each in logs._metric_filters.values() if each["logGroupName"] == group]


def _matches(pattern: str | None, message: str | None) -> bool:
    return compiled(pattern or "").match(message or "") is not None


def _check_text(pattern: str | None) -> None:
    check_pattern(pattern or "")


def _refuse(name: str, check: Callable[[Record], Any]) -> None:
    """Let a check go before one of ministack's operations."""
    carry_out = getattr(logs, name)

    def checked(data: Record) -> Any:
        try:
            check(data)
        except ServiceError as error:
            headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": error.code}
            body = {"__type": error.code, "message": error.message}
            return error.status, headers, json.dumps(body).encode()
        return carry_out(data)

    logs.replace(name, checked)
