"""Values of one statistic of one metric, a period each."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from local_aws.cloudwatch.errors import invalid
from local_aws.cloudwatch.metrics import Metric, Metrics
from local_aws.cloudwatch.samples import Sample, statistic
from local_aws.tenant import Tenant

DAY = 86_400
# what is kept no longer than so many seconds has no shorter period than this
RESOLUTIONS = ((3 * 3600, 1), (15 * DAY, 60), (63 * DAY, 300), (455 * DAY, 3600))
SHORT_PERIODS = (1, 5, 10, 20, 30)

Series = dict[float, float]
"""By the beginning of the period, in seconds since 1970."""


class Read(NamedTuple):
    """The values of a statistic, the samples behind each, and the units that there were."""

    values: Series
    counts: Series
    units: list[str]


def metric_from(given: Mapping[str, Any]) -> Metric:
    """Make the metric that a request names by Namespace, MetricName and Dimensions."""
    pairs = sorted((each["Name"], each["Value"]) for each in given.get("Dimensions", ()))
    return Metric(given["Namespace"], given["MetricName"], tuple(pairs))


def fits(period: int) -> bool:
    """Say whether CloudWatch has periods of so many seconds."""
    return period in SHORT_PERIODS or (period > 0 and period % 60 == 0)


def first_kept(period: int, now: float) -> float:
    """Return since when datapoints of a period are kept."""
    return now - max(age for age, shortest in RESOLUTIONS if period % shortest == 0)


def by_period(samples: list[Sample], start: float, period: int) -> dict[float, list[Sample]]:
    """Put samples together by the period, counted from `start`, that they lie in."""
    held: dict[float, list[Sample]] = defaultdict(list)
    for sample in samples:
        held[start + (sample.at - start) // period * period].append(sample)
    return held


def read(
    metrics: Metrics, tenant: Tenant, wanted: Mapping[str, Any], start: float, end: float
) -> Read:
    """Read a statistic.

    Parameters
    ----------
    metrics : Metrics
        Where samples are.
    tenant : Tenant
        Whose metric.
    wanted : mapping
        A MetricStat: Metric, Period in seconds, Stat, and perhaps Unit.
    start, end : float
        Seconds since 1970; the first period begins at `start`.

    Returns
    -------
    Read
        Of several units only the first by name has values, as the service gives them.

    Raises
    ------
    CloudWatchError
        ValidationError for a statistic that CloudWatch does not have.
    """
    compute = statistic(wanted["Stat"])
    if compute is None:
        raise invalid(f"The value {wanted['Stat']} for parameter Stat is not supported.")
    samples = metrics.read(tenant, metric_from(wanted["Metric"]), start, end, wanted.get("Unit"))
    units = sorted({sample.unit for sample in samples})
    values, counts = {}, {}
    of_unit = [sample for sample in samples if sample.unit == units[0]]
    for at, held in by_period(of_unit, start, wanted["Period"]).items():
        value = compute(held)
        if value is not None:
            values[at] = value
            counts[at] = sum(sample.size for sample in held)
    return Read(values, counts, units)
