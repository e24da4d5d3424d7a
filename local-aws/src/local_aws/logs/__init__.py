"""What of CloudWatch Logs is ours: filter patterns, metric filters that apply, metrics in events.

Groups, streams and events are ministack's, and so are Insights' queries.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from local_aws.clock import clock
from local_aws.cloudwatch.metrics import Metrics
from local_aws.logs.ingestion import Ingestion
from local_aws.logs.metric_filters import check, check_pattern, tested
from local_aws.logs.patterns import compiled
from local_aws.ministack.foreign import logs
from local_aws.protocol.errors import ServiceError

Record = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]

_JSON = {"Content-Type": "application/x-amz-json-1.1"}


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
    _answer_tests()
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


def _answer_tests() -> None:
    """Add TestMetricFilter, which ministack does not have."""
    carry_out = logs.handle_request

    async def handled(
        method: str, path: str, headers: dict[str, str], body: bytes, query: Record
    ) -> Answer:
        if not headers.get("x-amz-target", "").endswith(".TestMetricFilter"):
            answer: Answer = await carry_out(method, path, headers, body, query)
            return answer
        try:
            found = tested(json.loads(body))
            # ministack writes into the headers that it is given
            return 200, dict(_JSON), json.dumps(found).encode()
        except json.JSONDecodeError as error:
            return _refused(ServiceError("SerializationException", str(error)))
        except ServiceError as error:
            return _refused(error)

    logs.replace("handle_request", handled)


def _refuse(name: str, check: Callable[[Record], Any]) -> None:
    """Let a check go before one of ministack's operations."""
    carry_out = getattr(logs, name)

    def checked(data: Record) -> Any:
        try:
            check(data)
        except ServiceError as error:
            return _refused(error)
        return carry_out(data)

    logs.replace(name, checked)


def _refused(error: ServiceError) -> Answer:
    body = {"__type": error.code, "message": error.message}
    return error.status, {**_JSON, "x-amzn-errortype": error.code}, json.dumps(body).encode()
