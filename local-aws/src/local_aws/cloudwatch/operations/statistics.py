"""Operations that read metrics."""

from collections.abc import Mapping
from typing import Any

from local_aws.cloudwatch import queries, series
from local_aws.cloudwatch.errors import combination, invalid, invalid_value
from local_aws.cloudwatch.operations.pages import page
from local_aws.cloudwatch.queries import Reader
from local_aws.cloudwatch.samples import SIMPLE, Sample, statistic
from local_aws.cloudwatch.series import DAY, Series
from local_aws.cloudwatch.store import Store
from local_aws.protocol.codec import time_of
from local_aws.protocol.errors import not_supported
from local_aws.tenant import Tenant

Request = dict[str, Any]

MOST_DATAPOINTS = 1440
MOST_ASKED = 100_800


def get_metric_statistics(store: Store, tenant: Tenant, request: Request) -> Request:
    """Read statistics of one metric: a datapoint for each period and unit that has samples."""
    period, now = request["Period"], store.now()
    _check_statistics(request, period)
    start, end = _span(request, period, now)
    samples = store.metrics.read(
        tenant,
        series.metric_from(request),
        max(start, series.first_kept(period, now)),
        end,
        request.get("Unit"),
    )
    points = []
    for unit in sorted({sample.unit for sample in samples}):
        of_unit = [sample for sample in samples if sample.unit == unit]
        for at, held in series.by_period(of_unit, start, period).items():
            points.append(_datapoint(request, at, unit, held))
    return {"Label": request["MetricName"], "Datapoints": points}


def _check_statistics(request: Request, period: int) -> None:
    if not series.fits(period):
        raise invalid_value(
            "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60 seconds."
        )
    given = [name for name in ("Statistics", "ExtendedStatistics") if request.get(name)]
    if len(given) != 1:
        raise combination("Must specify either Statistics or ExtendedStatistics")
    for name in request.get("ExtendedStatistics", ()):
        if name in SIMPLE or statistic(name) is None:
            raise invalid_value(f"The value {name} for parameter ExtendedStatistics is invalid.")


def _span(request: Request, period: int, now: float) -> tuple[float, float]:
    if request["StartTime"] >= request["EndTime"]:
        raise invalid_value("The parameter StartTime must be less than the parameter EndTime.")
    start, end = rounded(request["StartTime"], period, now), request["EndTime"]
    asked = int(-((start - end) // period))
    if asked > MOST_DATAPOINTS:
        raise combination(
            f"You have requested up to {asked:,} datapoints, which exceeds the limit of "
            f"{MOST_DATAPOINTS:,}. You may reduce the datapoints requested by increasing Period, "
            "or decreasing the time range."
        )
    return start, end


def rounded(start: float, period: int, now: float) -> float:
    """Round the start of a request down as the service does, the coarser the longer ago."""
    age = now - start
    step = 60 if age < 15 * DAY else 300 if age < 63 * DAY else 3600
    if period < step == 60:
        step = period
    return start // step * step


def _datapoint(request: Request, at: float, unit: str, held: list[Sample]) -> Request:
    point: Request = {"Timestamp": time_of(at), "Unit": unit}
    for name in request.get("Statistics", ()):
        point[name] = SIMPLE[name](held)
    extended = {}
    for name in request.get("ExtendedStatistics", ()):
        compute = statistic(name)
        value = compute(held) if compute else None
        if value is not None:
            extended[name] = value
    return point | ({"ExtendedStatistics": extended} if extended else {})


def get_metric_data(store: Store, tenant: Tenant, request: Request) -> Request:
    """Read metrics and expressions over them."""
    if "LabelOptions" in request:
        raise not_supported("LabelOptions of cloudwatch's GetMetricData")
    if request["StartTime"] >= request["EndTime"]:
        raise invalid("The parameter EndTime must be greater than StartTime.")
    asked = request["MetricDataQueries"]
    queries.check(tenant, asked)
    periods = [query["MetricStat"]["Period"] for query in asked if "MetricStat" in query]
    start = rounded(request["StartTime"], min(periods, default=60), store.now())
    reader = Reader(store.metrics, tenant, asked, start, request["EndTime"])
    newest_first = request.get("ScanBy") != "TimestampAscending"
    results = [
        result
        for query in asked
        if query.get("ReturnData", True)
        for result in _results(reader, query, newest_first)
    ]
    return _paged(results, request) | {"Messages": []}


def _results(reader: Reader, query: Request, newest_first: bool) -> list[Request]:
    found = reader.results(query["Id"])
    result = {"Id": query["Id"], "Label": _label(query), "StatusCode": "Complete"}
    if "MetricStat" in query and len(units := reader.statistic(query["Id"]).units) > 1:
        told = f"Multiple units returned: '[{', '.join(units)}]'"
        result["Messages"] = [{"Code": "MultipleUnits", "Value": told}]
    return [result | {"points": _ordered(one, newest_first)} for one in found]


def _label(query: Mapping[str, Any]) -> str:
    if "Label" in query:
        if "${" in query["Label"]:
            raise not_supported("dynamic labels (${…}) in cloudwatch")
        return str(query["Label"])
    return str(
        query["MetricStat"]["Metric"]["MetricName"] if "MetricStat" in query else query["Id"]
    )


def _ordered(one: Series, newest_first: bool) -> list[tuple[float, float]]:
    return sorted(one.items(), reverse=newest_first)


def _paged(results: list[Request], request: Request) -> Request:
    """Cut what is found at MaxDatapoints; a result goes on under its Id on the next page."""
    size = request.get("MaxDatapoints", MOST_ASKED)
    if size < 1:
        raise invalid("The parameter MaxDatapoints must be greater than 0.")
    every = [(number, point) for number, result in enumerate(results) for point in result["points"]]
    shown, more = page(every, request.get("NextToken"), min(size, MOST_ASKED))
    held: dict[int, list[tuple[float, float]]] = {}
    for number, point in shown:
        held.setdefault(number, []).append(point)
    first = "NextToken" not in request
    return {
        "MetricDataResults": [
            {name: value for name, value in result.items() if name != "points"}
            | {
                "Timestamps": [time_of(at) for at, _ in held.get(number, [])],
                "Values": [value for _, value in held.get(number, [])],
                "StatusCode": "PartialData"
                if more and number >= max(held, default=0)
                else "Complete",
            }
            for number, result in enumerate(results)
            if number in held or (first and not result["points"])
        ]
    } | more
