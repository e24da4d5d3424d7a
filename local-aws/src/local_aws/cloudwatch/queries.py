"""MetricDataQueries: statistics of metrics and expressions over them, read for a span of time."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from local_aws.cloudwatch import series
from local_aws.cloudwatch.errors import CloudWatchError, invalid
from local_aws.cloudwatch.math import evaluate as maths
from local_aws.cloudwatch.math.functions import Span
from local_aws.cloudwatch.math.parser import parse
from local_aws.cloudwatch.math.values import Value
from local_aws.cloudwatch.metrics import Metrics
from local_aws.cloudwatch.samples import statistic
from local_aws.cloudwatch.series import Read, Series
from local_aws.documents import Document
from local_aws.protocol.errors import not_supported
from local_aws.tenant import Tenant

Query = dict[str, Any]

MOST = 500
_ID = re.compile(r"[a-z][a-zA-Z0-9_]*")
_INSIGHTS = re.compile(r"\s*SELECT\b", re.IGNORECASE)


def check(tenant: Tenant, queries: Sequence[Query]) -> None:
    """Check queries against each other.

    Raises
    ------
    ServiceError
        ValidationError in the service's words; by name for what is not carried out here.
    """
    if not 1 <= len(queries) <= MOST:
        raise invalid(f"The collection MetricDataQueries must have a size between 1 and {MOST}.")
    ids = [query["Id"] for query in queries]
    if len(set(ids)) < len(ids):
        raise invalid("The values for parameter id in MetricDataQueries are not unique.")
    for number, query in enumerate(queries, 1):
        _check_one(tenant, query, f"MetricDataQueries.member.{number}")
    used = {query["Id"]: _used(query) for query in queries if "Expression" in query}
    for name, names in used.items():
        if unknown := sorted(names - set(ids)):
            raise invalid(f"Error in expression '{name}': Undefined variable {unknown[0]}")
        _check_no_circle(name, used, ())


def _check_one(tenant: Tenant, query: Query, at: str) -> None:
    if not _ID.fullmatch(query["Id"]):
        raise invalid(
            f"The value {query['Id']} for parameter {at}.Id is not matching the expected pattern "
            "^[a-z][a-zA-Z0-9_]*$."
        )
    if query.get("AccountId", tenant.account) != tenant.account:
        raise not_supported("metrics of another account")
    if "Expression" in query and "MetricStat" in query:
        raise invalid(
            f"The parameters {at}.Expression and {at}.MetricStat are mutually exclusive and you "
            "have specified both."
        )
    if "MetricStat" in query:
        _check_stat(query, at)
    elif "Expression" not in query:
        raise invalid(f"The parameter {at}.MetricStat is required.\n")
    elif _INSIGHTS.match(query["Expression"]):
        raise not_supported("Metrics Insights (SELECT) in cloudwatch")


def _check_stat(query: Query, at: str) -> None:
    stat = query["MetricStat"]
    if "Period" in query:
        raise invalid(
            f"The parameters {at}.Period and {at}.MetricStat are mutually exclusive and you have "
            "specified both."
        )
    for member in ("Namespace", "MetricName"):
        if member not in stat["Metric"]:
            raise invalid(f"The parameter {at}.MetricStat.Metric.{member} is required.\n")
    if statistic(stat["Stat"]) is None:
        raise invalid(
            f"The value {stat['Stat']} for parameter {at}.MetricStat.Stat is not supported."
        )
    if not series.fits(stat["Period"]):
        raise invalid(
            f"The parameter {at}.MetricStat.Period must be 1, 5, 10, 20, 30 or a multiple of 60."
        )


def _used(query: Query) -> set[str]:
    with _named(query):
        return maths.names(parse(query["Expression"]))


@contextmanager
def _named(query: Query) -> Iterator[None]:
    """Say in errors which expression they are about."""
    try:
        yield
    except CloudWatchError as error:
        raise invalid(f"Error in expression '{query['Id']}': {error.message}") from None


def _check_no_circle(name: str, used: dict[str, set[str]], path: tuple[str, ...]) -> None:
    if name in path:
        raise invalid(f"Error in expression '{name}': it depends on itself")
    for other in used.get(name, ()):
        _check_no_circle(other, used, (*path, name))


class Reader:
    """Reads queries over a span of time, each at most once.

    Parameters
    ----------
    metrics : Metrics
        Where samples are.
    tenant : Tenant
        Whose metrics.
    queries : sequence
        All of them, checked.
    start, end : float
        Seconds since 1970; the first period begins at `start`.
    """

    def __init__(
        self, metrics: Metrics, tenant: Tenant, queries: Sequence[Query], start: float, end: float
    ) -> None:
        self._metrics = metrics
        self._tenant = tenant
        self._queries = {query["Id"]: query for query in queries}
        self._start, self._end = start, end
        self._periods = {
            name: int(query["MetricStat"]["Period"])
            for name, query in self._queries.items()
            if "MetricStat" in query
        }
        self._read: dict[str, Read] = {}
        self._values: dict[str, Value] = {}

    def statistic(self, name: str) -> Read:
        """Read the query of a metric, by its Id."""
        if name not in self._read:
            stat = self._queries[name]["MetricStat"]
            self._read[name] = series.read(
                self._metrics, self._tenant, stat, self._start, self._end
            )
        return self._read[name]

    def value(self, name: str) -> Value:
        """Read a query of either kind, by its Id.

        Raises
        ------
        CloudWatchError
            ValidationError for an expression whose operands do not fit.
        """
        if name in self._periods:
            return self.statistic(name).values
        if name not in self._values:
            query = self._queries[name]
            period = query.get("Period") or max(self._periods.values(), default=60)
            span = Span(self._start, self._end, period)
            with _named(query):
                scope = maths.Scope(span, self.value, self._periods)
                self._values[name] = maths.evaluate(parse(query["Expression"]), scope)
        return self._values[name]

    def results(self, name: str) -> list[Series]:
        """Return the series that a query gives: one, or those of an array.

        Raises
        ------
        CloudWatchError
            ValidationError for an expression that gives a number.
        """
        value = self.value(name)
        if isinstance(value, list):
            return value
        if isinstance(value, dict):
            return [value]
        raise invalid(f"Error in expression '{name}': its result is a number, no time series")


def watched_queries(alarm: Document) -> list[Query]:
    """Return what an alarm watches as queries, whether it was put as one metric or as several."""
    if "Metrics" in alarm:
        queries: list[Query] = alarm["Metrics"]
        return queries
    metric = {
        "Namespace": alarm["Namespace"],
        "MetricName": alarm["MetricName"],
        "Dimensions": alarm.get("Dimensions", []),
    }
    stat = {
        "Metric": metric,
        "Period": alarm["Period"],
        "Stat": alarm.get("Statistic") or alarm["ExtendedStatistic"],
    }
    if "Unit" in alarm:
        stat["Unit"] = alarm["Unit"]
    return [{"Id": "m", "MetricStat": stat, "ReturnData": True}]


def period_of(alarm: Document) -> int:
    """Return the period of an alarm in seconds; all of its metrics have the same."""
    stats = [query["MetricStat"] for query in watched_queries(alarm) if "MetricStat" in query]
    return int(stats[0]["Period"])


def watched(
    metrics: Metrics, tenant: Tenant, alarm: Document, start: float, end: float
) -> tuple[Series, Series]:
    """Read what an alarm watches: its values, and the number of samples behind each.

    Raises
    ------
    CloudWatchError
        ValidationError for an expression that gives no single series.
    """
    queries = watched_queries(alarm)
    reader = Reader(metrics, tenant, queries, start, end)
    shown = next(query for query in queries if query.get("ReturnData", True))
    if "MetricStat" in shown:
        found = reader.statistic(shown["Id"])
        return found.values, found.counts
    results = reader.results(shown["Id"])
    if len(results) != 1:
        raise invalid(f"Error in expression '{shown['Id']}': it gives {len(results)} time series")
    return results[0], {}
