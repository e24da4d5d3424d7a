"""Numbers that the services tell of themselves, as CloudWatch keeps them."""

from collections.abc import Mapping

from local_aws.ministack.foreign import cloudwatch


def record(  # noqa: PLR0917 - what makes up a datum
    namespace: str,
    name: str,
    value: float,
    unit: str,
    dimensions: Mapping[str, str],
    at: float | None = None,
) -> None:
    """Add a datum to a metric of the account and region of the present request scope.

    Parameters
    ----------
    namespace, name, unit : str
        As PutMetricData names them.
    value : float
        The datum.
    dimensions : mapping
        By name; each set of them is a metric of its own.
    at : float, optional
        Seconds since 1970; now where it is not given.
    """
    datum: dict[str, object] = {"MetricName": name, "Value": value, "Unit": unit}
    datum["Dimensions"] = [{"Name": key, "Value": text} for key, text in dimensions.items()]
    if at is not None:
        datum["Timestamp"] = at
    cloudwatch._put_metric_data({}, {"Namespace": namespace, "MetricData": [datum]}, False, True)
