"""What PutMetricAlarm checks before it keeps an alarm, beyond the service's model."""

import re
from typing import Any

from local_aws.cloudwatch import queries
from local_aws.cloudwatch.errors import invalid
from local_aws.cloudwatch.evaluation import COMPARISONS
from local_aws.cloudwatch.samples import statistic
from local_aws.protocol.errors import not_supported
from local_aws.tenant import Tenant

Request = dict[str, Any]

MISSING = ("breaching", "notBreaching", "ignore", "missing")
LOW_SAMPLES = ("evaluate", "ignore")
DAY = 86_400
WEEK = 7 * DAY
ALARM_PERIODS = (10, 20, 30)
OF_ONE_METRIC = (
    "MetricName",
    "Namespace",
    "Statistic",
    "ExtendedStatistic",
    "Dimensions",
    "Period",
    "Unit",
)
NOT_CARRIED_OUT = (
    "EvaluationWindow",
    "WarmUpConfiguration",
    "EvaluationCriteria",
    "EvaluationInterval",
    "ThresholdMetricId",
)
_ARN = re.compile(r"arn:[^:]+:(?P<service>[^:]+):(?P<region>[^:]*):(?P<account>[^:]*):(?P<name>.+)")


def check(tenant: Tenant, request: Request) -> None:
    """Check what PutMetricAlarm is told.

    Raises
    ------
    ServiceError
        ValidationError in the service's words; by name for what is not carried out here.
    """
    for member in NOT_CARRIED_OUT:
        if member in request:
            raise not_supported(f"{member} of cloudwatch's PutMetricAlarm")
    for member in ("EvaluationPeriods", "ComparisonOperator", "Threshold"):
        if member not in request:
            raise invalid(f"The parameter {member} is required.")
    if request["ComparisonOperator"] not in COMPARISONS:
        raise not_supported("anomaly detection in cloudwatch's PutMetricAlarm")
    _check_words(request)
    if "Metrics" in request:
        _check_metrics(tenant, request)
    else:
        _check_one(request)
    _check_span(request)
    check_actions(tenant, request)


def _check_words(request: Request) -> None:
    if request.get("TreatMissingData", "missing") not in MISSING:
        raise invalid(
            f"Value '{request['TreatMissingData']}' at 'treatMissingData' failed to satisfy "
            f"constraint: Member must satisfy enum value set: [{', '.join(MISSING)}]"
        )
    low = request.get("EvaluateLowSampleCountPercentile")
    if low is not None and low not in LOW_SAMPLES:
        raise invalid(f"Option {low} is not supported. Supported options: evaluate, ignore.")
    if low is not None and "ExtendedStatistic" not in request:
        raise invalid("EvaluateLowSampleCountPercentile is only supported for percentiles.")
    needed = request.get("DatapointsToAlarm")
    if needed is not None and needed > request["EvaluationPeriods"]:
        raise invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods.")


def _check_one(request: Request) -> None:
    for member in ("MetricName", "Namespace", "Period"):
        if member not in request:
            raise invalid(f"The parameter {member} is required.")
    given = [request[name] for name in ("Statistic", "ExtendedStatistic") if name in request]
    if len(given) != 1:
        raise invalid("Exactly one of Statistic and ExtendedStatistic must be specified.")
    if statistic(given[0]) is None:
        raise invalid(f"The value {given[0]} for parameter ExtendedStatistic is not supported.")
    _check_period(request["Period"])


def _check_period(period: int) -> None:
    if period not in ALARM_PERIODS and period % 60:
        raise invalid("Period must be 10, 20, 30 or a multiple of 60")


def _check_metrics(tenant: Tenant, request: Request) -> None:
    given = [name for name in OF_ONE_METRIC if name in request]
    if given:
        raise invalid(f"Metrics list and {given[0]} cannot be specified together.")
    queries.check(tenant, request["Metrics"])
    shown = [query for query in request["Metrics"] if query.get("ReturnData", True)]
    if len(shown) != 1:
        raise invalid("Exactly one element of the metrics list should return data.")
    periods = {
        query["MetricStat"]["Period"] for query in request["Metrics"] if "MetricStat" in query
    }
    if not periods:
        raise invalid("Invalid metrics list: an alarm needs at least one MetricStat.")
    if len(periods) > 1:
        raise invalid("All metrics of an alarm must have the same Period.")
    _check_period(periods.pop())


def _check_span(request: Request) -> None:
    period = queries.period_of(request)
    span = period * request["EvaluationPeriods"]
    if period < 3600 and span > DAY:
        raise invalid(
            "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be "
            f"<= {DAY})."
        )
    if span > WEEK:
        raise invalid(
            "Metrics cannot be checked across more than a week (EvaluationPeriods * Period must "
            f"be <= {WEEK})."
        )


def check_actions(tenant: Tenant, request: Request) -> None:
    """Check the actions of an alarm of either kind.

    Raises
    ------
    ServiceError
        ValidationError for what is no ARN or of another region; by name for actions other than
        topics of SNS.
    """
    for state in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        for arn in request.get(state, ()):
            found = _ARN.fullmatch(arn)
            if not found:
                raise invalid(f"Invalid arn syntax: {arn}")
            if found["service"] != "sns":
                raise not_supported(f"the action {arn} of an alarm: only topics of SNS")
            if found["region"] != tenant.region:
                raise invalid(
                    f"Invalid region {found['region']} specified. Only {tenant.region} is "
                    "supported."
                )
