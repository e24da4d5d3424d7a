"""Metrics: what PutMetricData takes, and what is read of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

NOW = datetime.now(UTC).replace(second=0, microsecond=0)


def put(cloudwatch: Any, name: str, *data: dict[str, Any]) -> None:
    cloudwatch.put_metric_data(
        Namespace="Metrics", MetricData=[{"MetricName": name} | datum for datum in data]
    )


def statistics(cloudwatch: Any, name: str, **more: Any) -> list[dict[str, Any]]:
    asked = {
        "Namespace": "Metrics",
        "MetricName": name,
        "StartTime": NOW - timedelta(minutes=30),
        "EndTime": NOW + timedelta(hours=10),
        "Period": 60,
    }
    if "ExtendedStatistics" not in more:
        asked["Statistics"] = ["SampleCount", "Sum", "Minimum", "Maximum", "Average"]
    found = cloudwatch.get_metric_statistics(**(asked | more))["Datapoints"]
    return sorted(found, key=lambda point: point["Timestamp"])


def test_values_counts_and_sets_come_together(cloudwatch: Any) -> None:
    put(
        cloudwatch,
        "together",
        {"Values": [1.0, 6.0, 10.0], "Counts": [2, 4, 1], "Timestamp": NOW},
        {"Value": 3, "Timestamp": NOW},
        {
            "StatisticValues": {"SampleCount": 2, "Sum": 9, "Minimum": 0, "Maximum": 9},
            "Timestamp": NOW,
        },
    )
    (point,) = statistics(cloudwatch, "together")
    assert point["SampleCount"] == 10
    assert point["Sum"] == 1 * 2 + 6 * 4 + 10 + 3 + 9
    assert (point["Minimum"], point["Maximum"], point["Average"]) == (0, 10, 4.8)
    assert (point["Unit"], point["Timestamp"]) == ("None", NOW)


def test_a_metric_is_exactly_its_dimensions_in_any_order(cloudwatch: Any) -> None:
    one, two = {"Name": "a", "Value": "1"}, {"Name": "b", "Value": "2"}
    put(cloudwatch, "exact", {"Value": 1, "Dimensions": [one, two]})
    put(cloudwatch, "exact", {"Value": 1, "Dimensions": [two, one]})
    put(cloudwatch, "exact", {"Value": 5, "Dimensions": [one]})
    assert statistics(cloudwatch, "exact") == []
    assert sum(p["Sum"] for p in statistics(cloudwatch, "exact", Dimensions=[two, one])) == 2
    assert sum(p["Sum"] for p in statistics(cloudwatch, "exact", Dimensions=[one])) == 5
    listed = cloudwatch.list_metrics(Namespace="Metrics", MetricName="exact")["Metrics"]
    assert [each["Dimensions"] for each in listed] == [[one, two], [one]]
    of_b = cloudwatch.list_metrics(MetricName="exact", Dimensions=[{"Name": "b"}])["Metrics"]
    assert [each["Dimensions"] for each in of_b] == [[one, two]]


def test_each_unit_is_read_apart(cloudwatch: Any) -> None:
    put(cloudwatch, "units", *({"Value": n, "Unit": u} for n, u in ((1, "Seconds"), (5, "Count"))))
    found = statistics(cloudwatch, "units", Unit="Seconds")
    assert [(point["Sum"], point["Unit"]) for point in found] == [(1, "Seconds")]
    assert {point["Unit"] for point in statistics(cloudwatch, "units")} == {"Seconds", "Count"}
    assert statistics(cloudwatch, "units", Unit="Bytes") == []
    (result,) = data(cloudwatch, stat("m", "units", "Sum"))["MetricDataResults"]
    assert result["Values"] == [5.0]
    assert result["Messages"] == [
        {"Code": "MultipleUnits", "Value": "Multiple units returned: '[Count, Seconds]'"}
    ]


def test_percentiles_need_the_values_themselves(cloudwatch: Any) -> None:
    put(cloudwatch, "tail", {"Values": [float(n) for n in range(1, 101)], "Timestamp": NOW})
    asked = ["p50", "p99", "p100", "tm90", "TC(10:20)", "PR(:25)", "IQM"]
    (point,) = statistics(cloudwatch, "tail", ExtendedStatistics=asked)
    assert point["ExtendedStatistics"] == {
        "p50": 50.0,
        "p99": 99.0,
        "p100": 100.0,
        "tm90": 45.5,
        "TC(10:20)": 10.0,
        "PR(:25)": 25.0,
        "IQM": 50.5,
    }
    whole = {"SampleCount": 2, "Sum": 9, "Minimum": 0, "Maximum": 9}
    put(cloudwatch, "tail", {"StatisticValues": whole, "Timestamp": NOW})
    (point,) = statistics(cloudwatch, "tail", ExtendedStatistics=["p50"])
    assert "ExtendedStatistics" not in point
    with pytest.raises(ClientError, match="ExtendedStatistics is invalid"):
        statistics(cloudwatch, "tail", ExtendedStatistics=["p101"])


def test_high_resolution_is_kept_by_the_second_and_anything_else_by_the_minute(
    cloudwatch: Any,
) -> None:
    second = NOW - timedelta(minutes=2) + timedelta(seconds=7)
    for name, resolution in (("fine", 1), ("coarse", 60)):
        put(cloudwatch, name, {"Value": 1, "Timestamp": second, "StorageResolution": resolution})
    span = {"StartTime": NOW - timedelta(minutes=3), "EndTime": NOW}
    fine = statistics(cloudwatch, "fine", Period=1, **span)
    coarse = statistics(cloudwatch, "coarse", Period=1, **span)
    assert [point["Timestamp"] for point in fine] == [second]
    assert [point["Timestamp"] for point in coarse] == [second.replace(second=0)]


@pytest.mark.parametrize(
    ("datum", "code", "said"),
    [
        ({}, "MissingParameter", "At least one of the parameters MetricData.member.1.Value"),
        (
            {"Value": 1.5, "Values": [1.0]},
            "InvalidParameterCombination",
            "MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive",
        ),
        ({"Values": [1.0], "Counts": [1, 2]}, "InvalidParameterValue", "must be of the same size"),
        ({"Values": [1.0] * 151}, "InvalidParameterValue", "between 1 and 150"),
        ({"Value": float("nan")}, "InvalidParameterValue", "The value NaN for parameter"),
        ({"Value": float("inf")}, "InvalidParameterValue", "The value Infinity for parameter"),
        ({"Value": 2.0**361}, "InvalidParameterValue", "MetricData.member.1.Value is invalid"),
        ({"Value": 1, "StorageResolution": 5}, "InvalidParameterValue", "StorageResolution"),
        ({"Value": 1, "Timestamp": 1}, "InvalidParameterValue", "two weeks in the past"),
        (
            {"Value": 1, "Timestamp": NOW + timedelta(hours=3)},
            "InvalidParameterValue",
            "two hours in the future",
        ),
        (
            {"Value": 1, "Dimensions": [{"Name": "é", "Value": "x"}]},
            "InvalidParameterValue",
            "only ASCII characters",
        ),
        (
            {"Value": 1, "Dimensions": [{"Name": f"n{n}", "Value": "x"} for n in range(31)]},
            "ValidationError",
            "length less than or equal to 30",
        ),
        (
            {"StatisticValues": {"SampleCount": 1, "Sum": 1, "Minimum": 2, "Maximum": 1}},
            "InvalidParameterValue",
            "Maximum must be greater",
        ),
        ({"Value": 1, "Unit": "Furlongs"}, "ValidationError", "enum value set"),
    ],
)
def test_what_is_no_sample_is_refused_and_nothing_of_the_call_is_kept(
    cloudwatch: Any, datum: dict[str, Any], code: str, said: str
) -> None:
    good = {"MetricName": "refused", "Value": 1.0}
    with pytest.raises(ClientError) as refused:
        cloudwatch.put_metric_data(
            Namespace="Refused", MetricData=[{"MetricName": "bad"} | datum, good]
        )
    error = refused.value.response["Error"]
    assert error["Code"] == code
    assert said in error["Message"]
    assert cloudwatch.list_metrics(Namespace="Refused")["Metrics"] == []


def test_limits_of_a_call(cloudwatch: Any) -> None:
    many = [{"MetricName": f"m{n}", "Value": 1.0} for n in range(1001)]
    with pytest.raises(ClientError, match="must not have a size greater than 1000"):
        cloudwatch.put_metric_data(Namespace="Many", MetricData=many)
    cloudwatch.put_metric_data(Namespace="Many", MetricData=many[:1000])  # compressed by boto3
    pages = cloudwatch.get_paginator("list_metrics").paginate(Namespace="Many")
    assert [len(page["Metrics"]) for page in pages] == [500, 500]
    with pytest.raises(ClientError, match="namespaces of AWS are reserved"):
        cloudwatch.put_metric_data(Namespace="AWS/Mine", MetricData=many[:1])
    with pytest.raises(ClientError, match=r"up to 1,441 datapoints, which exceeds .* 1,440"):
        statistics(
            cloudwatch, "any", StartTime=NOW - timedelta(minutes=1441), EndTime=NOW, Period=60
        )
    with pytest.raises(ClientError, match="StartTime must be less than the parameter EndTime"):
        statistics(cloudwatch, "any", StartTime=NOW, EndTime=NOW)
    with pytest.raises(ClientError, match="EntityMetricData"):
        cloudwatch.put_metric_data(
            Namespace="Many",
            EntityMetricData=[{"MetricData": many[:1]}],
            StrictEntityValidation=True,
        )


def stat(query: str, name: str, statistic: str, **more: Any) -> dict[str, Any]:
    metric = {"Namespace": "Metrics", "MetricName": name}
    whole = {"Metric": metric, "Period": 60, "Stat": statistic}
    return {"Id": query, "MetricStat": whole} | more


def data(cloudwatch: Any, *queries: dict[str, Any], **more: Any) -> dict[str, Any]:
    asked = {"StartTime": NOW - timedelta(minutes=9), "EndTime": NOW + timedelta(hours=10)}
    return dict(cloudwatch.get_metric_data(MetricDataQueries=list(queries), **(asked | more)))


def test_expressions_are_read_beside_metrics_in_pages(cloudwatch: Any) -> None:
    times = [NOW - timedelta(minutes=minute) for minute in range(4)]
    put(cloudwatch, "calls", *({"Value": 10, "Timestamp": at} for at in times))
    put(
        cloudwatch,
        "faults",
        {"Value": 4, "Timestamp": times[0]},
        {"Value": 1, "Timestamp": times[2]},
    )
    queries = (
        stat("calls", "calls", "Sum"),
        stat("faults", "faults", "Sum", ReturnData=False),
        {"Id": "rate", "Expression": "100 * FILL(faults, 0) / calls", "Label": "percent"},
    )
    found = data(cloudwatch, *queries)["MetricDataResults"]
    assert [(each["Id"], each["Label"], each["StatusCode"]) for each in found] == [
        ("calls", "calls", "Complete"),
        ("rate", "percent", "Complete"),
    ]
    assert found[1]["Values"] == [40.0, 0.0, 10.0, 0.0]
    assert [at.astimezone(UTC) for at in found[1]["Timestamps"]] == times
    oldest_first = data(cloudwatch, *queries, ScanBy="TimestampAscending")["MetricDataResults"]
    assert oldest_first[1]["Values"] == [0.0, 10.0, 0.0, 40.0]
    first = data(cloudwatch, *queries, MaxDatapoints=5)
    second = data(cloudwatch, *queries, MaxDatapoints=5, NextToken=first["NextToken"])
    values = [
        value
        for page in (first, second)
        for each in page["MetricDataResults"]
        for value in each["Values"]
    ]
    assert values == [10.0] * 4 + [40.0, 0.0, 10.0, 0.0]
    assert "NextToken" not in second


@pytest.mark.parametrize(
    ("queries", "said"),
    [
        ([stat("A", "x", "Sum")], "not matching the expected pattern"),
        ([stat("a", "x", "Sum")] * 2, "are not unique"),
        ([{"Id": "a"}], r"The parameter MetricDataQueries.member.1.MetricStat is required"),
        ([stat("a", "x", "Sum", Expression="1")], "are mutually exclusive"),
        (
            [stat("a", "x", "Sum", Period=60)],
            "Period and MetricDataQueries.member.1.MetricStat are",
        ),
        ([stat("a", "x", "Most")], "The value Most for parameter"),
        ([{"Id": "e", "Expression": "m9 + 1"}], "'e': Undefined variable m9"),
        ([{"Id": "e", "Expression": "e + 1"}], "'e': it depends on itself"),
        ([{"Id": "e", "Expression": "1 +"}], "'e': Unexpected end"),
        ([{"Id": "e", "Expression": "GUESS(1)"}], "'e': Unknown function GUESS"),
        ([{"Id": "e", "Expression": "1 + 1"}], "its result is a number"),
        ([{"Id": "e", "Expression": "SEARCH('{A} B', 'Sum', 60)"}], "SEARCH of cloudwatch's"),
        ([{"Id": "e", "Expression": "SELECT AVG(x) FROM y"}], "Metrics Insights"),
        ([stat("a", "x", "Sum", Label="${LAST}")], "dynamic labels"),
    ],
)
def test_what_is_no_query_is_refused(
    cloudwatch: Any, queries: list[dict[str, Any]], said: str
) -> None:
    with pytest.raises(ClientError, match=said):
        data(cloudwatch, *queries)


def test_accounts_and_regions_are_apart(cloudwatch: Any) -> None:
    put(cloudwatch, "mine", {"Value": 1})
    put(boto3.client("cloudwatch", region_name="eu-central-1"), "there", {"Value": 1})
    other = boto3.client("cloudwatch", aws_access_key_id="1" * 12, aws_secret_access_key="x")
    put(other, "theirs", {"Value": 1})
    names = {each["MetricName"] for each in cloudwatch.list_metrics(Namespace="Metrics")["Metrics"]}
    assert "mine" in names
    assert not {"there", "theirs"} & names


def test_what_was_recorded_within_a_minute_is_one_datapoint(cloudwatch: Any) -> None:
    at = NOW - timedelta(minutes=5)
    for second in (0, 30, 59):
        put(cloudwatch, "minute", {"Value": second, "Timestamp": at + timedelta(seconds=second)})
    (point,) = statistics(cloudwatch, "minute")
    assert (point["Timestamp"], point["SampleCount"]) == (at, 3)
