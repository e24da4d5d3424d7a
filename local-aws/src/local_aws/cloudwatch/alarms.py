"""Alarms by time: datapoints are fetched and a state follows."""

from local_aws.cloudwatch import queries, states
from local_aws.cloudwatch.evaluation import (
    COMPARISONS,
    RANGE_BEYOND,
    Missing,
    Verdict,
    evaluate,
)
from local_aws.cloudwatch.reasons import Point, reason, reason_data
from local_aws.cloudwatch.store import Store
from local_aws.documents import Document
from local_aws.tenant import Tenant

OFTEN_S = 10
SELDOM_S = 60
FEW_SAMPLES = 10
"""Of a percentile p, fewer samples than this divided by the smaller of p and 1 - p are few."""


def interval(alarm: Document) -> int:
    """Return how often an alarm is looked at: every minute, or 10 s for a shorter period."""
    return OFTEN_S if queries.period_of(alarm) < SELDOM_S else SELDOM_S


def look_at(store: Store, tenant: Tenant, name: str) -> None:
    """Evaluate a metric alarm now."""
    with store.lock:
        found = store.alarm(tenant, name)
        if found is None or found.kind != "alarm":
            return  # deleted meanwhile
        alarm = found.document
        now = store.now()
        points = datapoints(store, tenant, alarm, now)
        verdict = verdict_of(alarm, points)
        if verdict.state is None or verdict.state == alarm["StateValue"]:
            return
        why = reason(points, verdict, alarm, alarm["StateValue"])
        data = reason_data(points, verdict, alarm, now)
        states.change(store, found, verdict.state, why, data)


def datapoints(store: Store, tenant: Tenant, alarm: Document, now: float) -> list[Point]:
    """Fetch the datapoints of an alarm's evaluation range, oldest first."""
    period = queries.period_of(alarm)
    size = alarm["EvaluationPeriods"] + RANGE_BEYOND
    end = now // interval(alarm) * interval(alarm)
    start = end - size * period
    values, counts = queries.watched(store.metrics, tenant, alarm, start, end)
    times = [start + number * period for number in range(size)]
    return [Point(at, values.get(at), counts.get(at, 0.0)) for at in times]


def verdict_of(alarm: Document, points: list[Point]) -> Verdict:
    """Find the state that datapoints give an alarm."""
    compare = COMPARISONS[alarm["ComparisonOperator"]]
    threshold = alarm["Threshold"]
    breaches = [None if (v := point.value) is None else compare(v, threshold) for point in points]
    missing: Missing = alarm.get("TreatMissingData", "missing")
    if alarm.get("Namespace") == "AWS/DynamoDB":
        missing = "ignore"  # whatever the alarm says (PutMetricAlarm, TreatMissingData)
    periods = int(alarm["EvaluationPeriods"])
    verdict = evaluate(breaches, int(alarm.get("DatapointsToAlarm", periods)), periods, missing)
    return Verdict(None, verdict.used, 0) if _few(alarm, points, verdict) else verdict


def _few(alarm: Document, points: list[Point], verdict: Verdict) -> bool:
    if alarm.get("EvaluateLowSampleCountPercentile") != "ignore":
        return False
    part = float(alarm.get("ExtendedStatistic", "p50").removeprefix("p")) / 100
    tail = min(part, 1 - part) if 0 < part < 1 else 1.0
    return any(points[place].samples < FEW_SAMPLES / tail for place in verdict.used)
