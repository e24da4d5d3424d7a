"""Operations that take samples in and list metrics."""

import math
from typing import Any

from local_aws.cloudwatch.errors import combination, invalid_value, missing
from local_aws.cloudwatch.metrics import MINUTE, Metric
from local_aws.cloudwatch.operations.pages import page
from local_aws.cloudwatch.samples import Sample
from local_aws.cloudwatch.series import DAY, metric_from
from local_aws.cloudwatch.store import Store
from local_aws.protocol.errors import not_supported
from local_aws.tenant import Tenant

Request = dict[str, Any]

MOST_METRICS = 1000
MOST_VALUES = 150
LARGEST = 2.0**360
PAST_S = 14 * DAY
FUTURE_S = 2 * 3600
LISTED_S = 14 * DAY
RECENT_S = 3 * 3600
PAGE = 500


def put_metric_data(store: Store, tenant: Tenant, request: Request) -> Request:
    """Add samples to metrics; all of them, or none where one is refused."""
    if request.get("EntityMetricData"):
        raise not_supported("EntityMetricData of cloudwatch's PutMetricData")
    if request["Namespace"].startswith("AWS/"):
        raise invalid_value(
            "The value AWS/ for parameter Namespace is invalid; namespaces of AWS are reserved."
        )
    data = request.get("MetricData")
    if not data:
        raise missing("The parameter MetricData is required.")
    if len(data) > MOST_METRICS:
        raise invalid_value(
            f"The collection MetricData must not have a size greater than {MOST_METRICS}."
        )
    now = store.now()
    added: list[tuple[Metric, Sample]] = []
    for number, datum in enumerate(data, 1):
        metric = metric_from({"Namespace": request["Namespace"], **datum})
        added += [
            (metric, sample) for sample in _samples(datum, f"MetricData.member.{number}", now)
        ]
    store.metrics.put(tenant, added)
    return {}


def _samples(datum: Request, at: str, now: float) -> list[Sample]:
    _check_dimensions(datum, at)
    resolution = datum.get("StorageResolution", MINUTE)
    if resolution not in (1, MINUTE):
        raise invalid_value(
            f"The value {resolution} for parameter {at}.StorageResolution is invalid; valid values "
            "are 1 and 60."
        )
    moment = datum.get("Timestamp", now)
    if not now - PAST_S <= moment <= now + FUTURE_S:
        raise invalid_value(
            f"The parameter {at}.Timestamp must specify a time no more than two weeks in the past "
            "and no more than two hours in the future."
        )
    second = int(moment // resolution * resolution)
    unit = datum.get("Unit", "None")
    return [Sample(second, unit, *numbers) for numbers in _numbers(datum, at)]


def _check_dimensions(datum: Request, at: str) -> None:
    names = [each["Name"] for each in datum.get("Dimensions", ())]
    if len(set(names)) < len(names):
        raise invalid_value(f"The parameter {at}.Dimensions must not name a dimension twice.")
    for number, each in enumerate(datum.get("Dimensions", ()), 1):
        for member in ("Name", "Value"):
            text = each[member]
            if not text.strip() or not text.isascii() or not text.isprintable():
                raise invalid_value(
                    f"The value {text} for parameter {at}.Dimensions.member.{number}.{member} must "
                    "contain only ASCII characters, and at least one that is no space."
                )
        if each["Name"].startswith(":"):
            raise invalid_value(
                f"The value {each['Name']} for parameter {at}.Dimensions.member.{number}.Name must "
                "not begin with a colon."
            )


def _numbers(datum: Request, at: str) -> list[tuple[float, float, float, float]]:
    """Return count, total, lowest and highest of each sample of a datum."""
    given = [name for name in ("Value", "StatisticValues", "Values") if name in datum]
    if not given:
        raise missing(
            f"At least one of the parameters {at}.Value, {at}.Values and {at}.StatisticValues must "
            "be specified."
        )
    if len(given) > 1:
        raise combination(
            f"The parameters {at}.{given[0]} and {at}.{given[1]} are mutually exclusive and you "
            "have specified both."
        )
    if "StatisticValues" in datum:
        return [_set(datum["StatisticValues"], f"{at}.StatisticValues")]
    if "Value" in datum:
        value = _number(datum["Value"], f"{at}.Value")
        return [(1.0, value, value, value)]
    return _counted(datum, at)


def _counted(datum: Request, at: str) -> list[tuple[float, float, float, float]]:
    values = datum["Values"]
    counts = datum.get("Counts") or [1.0] * len(values)
    if len(values) != len(counts):
        raise invalid_value(f"The parameters {at}.Values and {at}.Counts must be of the same size.")
    if not 1 <= len(values) <= MOST_VALUES:
        raise invalid_value(
            f"The collection {at}.Values must have a size between 1 and {MOST_VALUES}."
        )
    samples = []
    for number, (value, count) in enumerate(zip(values, counts, strict=True), 1):
        checked = _number(value, f"{at}.Values.member.{number}")
        if _number(count, f"{at}.Counts.member.{number}") < 0:
            raise invalid_value(
                f"The value {count} for parameter {at}.Counts.member.{number} is invalid."
            )
        if count:
            samples.append((float(count), checked * count, checked, checked))
    return samples


def _set(given: Request, at: str) -> tuple[float, float, float, float]:
    names = ("SampleCount", "Sum", "Minimum", "Maximum")
    count, total, low, high = (_number(given[name], f"{at}.{name}") for name in names)
    if low > high:
        raise invalid_value(f"The parameter {at}.Maximum must be greater than {at}.Minimum.")
    if count <= 0:
        raise invalid_value(f"The parameter {at}.SampleCount must be greater than 0.")
    return count, total, low, high


def _number(value: float, at: str) -> float:
    if math.isfinite(value) and abs(value) <= LARGEST:
        return float(value)
    words = {math.inf: "Infinity", -math.inf: "-Infinity"}
    shown = "NaN" if math.isnan(value) else words.get(value, value)
    raise invalid_value(f"The value {shown} for parameter {at} is invalid.")


def list_metrics(store: Store, tenant: Tenant, request: Request) -> Request:
    """List metrics that had a sample within two weeks, 500 a page."""
    if request.get("IncludeLinkedAccounts") or "OwningAccount" in request:
        raise not_supported("metrics of linked accounts")
    since = store.now() - (RECENT_S if "RecentlyActive" in request else LISTED_S)
    found = [
        metric for metric in store.metrics.known(tenant, since) if _is_asked_for(metric, request)
    ]
    metrics, more = page(found, request.get("NextToken"), PAGE)
    return {"Metrics": [described(metric) for metric in metrics]} | more


def described(metric: Metric) -> Request:
    """Describe a metric as an answer does."""
    return {
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
    }


def _is_asked_for(metric: Metric, request: Request) -> bool:
    dimensions = dict(metric.dimensions)
    return (
        request.get("Namespace", metric.namespace) == metric.namespace
        and request.get("MetricName", metric.name) == metric.name
        and all(
            each["Name"] in dimensions
            and each.get("Value", dimensions[each["Name"]]) == dimensions[each["Name"]]
            for each in request.get("Dimensions", ())
        )
    )
