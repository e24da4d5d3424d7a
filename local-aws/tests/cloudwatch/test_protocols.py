"""CloudWatch in the protocols of SDKs of today and of before."""

import gzip
import json
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import boto3
import cbor2
import pytest
import urllib3
from botocore.loaders import Loader

TARGET = "GraniteServiceVersion20100801"
CREDENTIAL = "Credential=test/20261129/us-east-1/monitoring/aws4_request"
SIGNED = {"authorization": f"AWS4-HMAC-SHA256 {CREDENTIAL}, SignedHeaders=host, Signature=0"}
NAMESPACE = b'"http://monitoring.amazonaws.com/doc/2010-08-01/"'


def smithy(endpoint: str, operation: str, given: Any) -> urllib3.BaseHTTPResponse:
    headers = SIGNED | {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
    path = f"/service/{TARGET}/operation/{operation}"
    return urllib3.request("POST", endpoint + path, body=cbor2.dumps(given), headers=headers)


def as_json(endpoint: str, operation: str, given: Any) -> urllib3.BaseHTTPResponse:
    headers = SIGNED | {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": f"{TARGET}.{operation}",
    }
    return urllib3.request("POST", endpoint, body=json.dumps(given).encode(), headers=headers)


def query(endpoint: str, operation: str, **given: Any) -> urllib3.BaseHTTPResponse:
    body = urlencode({"Action": operation, "Version": "2010-08-01", **given})
    headers = SIGNED | {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    return urllib3.request("POST", endpoint, body=body, headers=headers)


def leaves(answer: urllib3.BaseHTTPResponse) -> dict[str, str]:
    """Return the elements of an XML answer that hold text; each is there once."""
    return dict(re.findall(r"<(\w+)>([^<]+)</\1>", answer.data.decode()))


def test_one_metric_through_all_three(local_aws: str) -> None:
    now = int(time.time())
    datum = {"MetricName": "one", "Value": 1.5, "Unit": "Count"}
    put = smithy(
        local_aws,
        "PutMetricData",
        {"Namespace": "Three", "MetricData": [datum | {"Timestamp": cbor2.CBORTag(1, now)}]},
    )
    assert (put.status, put.data) == (200, b"")
    assert put.headers["smithy-protocol"] == "rpc-v2-cbor"
    given = {"Namespace": "Three", "MetricData": [datum | {"Timestamp": now}]}
    assert as_json(local_aws, "PutMetricData", given).status == 200
    members = {f"MetricData.member.1.{name}": value for name, value in datum.items()}
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    members["MetricData.member.1.Timestamp"] = stamp
    assert query(local_aws, "PutMetricData", Namespace="Three", **members).status == 200

    span = {"StartTime": now - 600, "EndTime": now + 600}
    asked = {"Namespace": "Three", "MetricName": "one", "Period": 60, "Statistics": ["Sum"]} | span
    (point,) = as_json(local_aws, "GetMetricStatistics", asked).json()["Datapoints"]
    minute = now // 60 * 60
    assert point == {"Timestamp": minute, "Unit": "Count", "Sum": 4.5}
    tagged = asked | {name: cbor2.CBORTag(1, at) for name, at in span.items()}
    read = cbor2.loads(smithy(local_aws, "GetMetricStatistics", tagged).data)
    (point,) = read["Datapoints"]
    assert point["Timestamp"].timestamp() == minute
    assert point["Sum"] == 4.5
    form = {
        "Namespace": "Three",
        "MetricName": "one",
        "Period": 60,
        "Statistics.member.1": "Sum",
        "StartTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now - 600)),
        "EndTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + 600)),
    }
    answer = query(local_aws, "GetMetricStatistics", **form)
    assert answer.data.startswith(b"<GetMetricStatisticsResponse xmlns=" + NAMESPACE)
    assert leaves(answer) == {
        "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(minute)),
        "Unit": "Count",
        "Sum": "4.5",
        "Label": "one",
    }


@pytest.mark.parametrize("protocol", ["smithy-rpc-v2-cbor", "json", "query"])
def test_boto3_reads_what_each_protocol_answers(
    aws_env: str, protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Loader.load_service_model

    def speaking(self: Any, service_name: str, type_name: str, api_version: Any = None) -> Any:
        model = load(self, service_name, type_name, api_version)
        if (service_name, type_name) != ("cloudwatch", "service-2"):
            return model
        return model | {"metadata": model["metadata"] | {"protocols": [protocol]}}

    monkeypatch.setattr(Loader, "load_service_model", speaking)
    client = boto3.session.Session().client("cloudwatch")
    assert client.meta.service_model.resolved_protocol == protocol
    dimensions = [{"Name": "protocol", "Value": protocol}]
    metric = {"Namespace": "Spoken", "MetricName": "words", "Dimensions": dimensions}
    client.put_metric_alarm(
        AlarmName=protocol,
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1.5,
        ComparisonOperator="GreaterThanThreshold",
        ActionsEnabled=False,
        Tags=[{"Key": "a", "Value": "<&>"}],
        **metric,
    )
    (alarm,) = client.describe_alarms(AlarmNames=[protocol])["MetricAlarms"]
    assert (alarm["Threshold"], alarm["ActionsEnabled"]) == (1.5, False)
    assert alarm["Dimensions"] == dimensions
    tags = client.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
    assert tags == [{"Key": "a", "Value": "<&>"}]
    now = datetime.now(UTC)
    span = {"StartTime": now - timedelta(hours=1), "EndTime": now + timedelta(hours=1)}
    counted = {"Values": [1.0, 2.5], "Counts": [1.0, 2.0], "Timestamp": now}
    datum = {"MetricName": "words", "Dimensions": dimensions} | counted
    client.put_metric_data(Namespace="Spoken", MetricData=[datum])
    (point,) = client.get_metric_statistics(
        Period=60, ExtendedStatistics=["p100"], **metric, **span
    )["Datapoints"]
    assert point["ExtendedStatistics"] == {"p100": 2.5}
    assert point["Timestamp"] == now.replace(second=0, microsecond=0)
    stat = {"Metric": metric, "Period": 60, "Stat": "Sum"}
    query_of = [{"Id": "m", "MetricStat": stat}]
    (result,) = client.get_metric_data(MetricDataQueries=query_of, **span)["MetricDataResults"]
    assert result["Values"] == [6.0]
    with pytest.raises(client.exceptions.DashboardInvalidInputError):
        client.put_dashboard(DashboardName="d", DashboardBody="{")
    with pytest.raises(client.exceptions.ResourceNotFound):
        client.set_alarm_state(AlarmName="nobody", StateValue="OK", StateReason="")


def test_a_refusal_has_its_old_code_everywhere(local_aws: str) -> None:
    given = {"DashboardName": "nowhere"}
    for ask in (smithy, as_json):
        answer = ask(local_aws, "GetDashboard", given)
        said = cbor2.loads(answer.data) if ask is smithy else answer.json()
        assert answer.status == 404
        assert said["__type"] == "DashboardNotFoundError"
        assert answer.headers["x-amzn-query-error"] == "ResourceNotFound;Sender"
    answer = query(local_aws, "GetDashboard", **given)
    assert answer.status == 404
    assert leaves(answer) == {
        "Type": "Sender",
        "Code": "ResourceNotFound",
        "Message": "Dashboard nowhere does not exist",
    }


def test_what_is_not_there_is_refused_by_name_everywhere(local_aws: str) -> None:
    for answer in (
        smithy(local_aws, "ListMetricStreams", {}),
        as_json(local_aws, "ListMetricStreams", {}),
        query(local_aws, "ListMetricStreams"),
    ):
        assert answer.status == 501
        assert b"cloudwatch's ListMetricStreams" in answer.data


@pytest.mark.parametrize(
    "form",
    [
        {"Threshold": "high"},
        {"Period": "1.5"},
        {"ActionsEnabled": "maybe"},
        {"Dimensions": "x"},
        {"Dimensions.member.x.Name": "x"},
        {"AlarmName.x": "y"},
    ],
)
def test_a_form_that_is_none_is_refused(local_aws: str, form: dict[str, str]) -> None:
    answer = query(local_aws, "PutMetricAlarm", **({"AlarmName": "form"} | form))
    assert answer.status == 400
    assert b"<Code>SerializationException</Code>" in answer.data


def test_a_form_may_stand_in_the_address_and_a_body_may_be_compressed(local_aws: str) -> None:
    address = f"{local_aws}/?{urlencode({'Action': 'ListMetrics', 'Version': '2010-08-01'})}"
    answer = urllib3.request("GET", address, headers=SIGNED)
    assert answer.status == 200
    assert b"<ListMetricsResult><Metrics>" in answer.data
    given = {"Namespace": "Packed", "MetricData": [{"MetricName": "m", "Value": 1}]}
    headers = SIGNED | {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": f"{TARGET}.PutMetricData",
        "content-encoding": "gzip",
    }
    packed = gzip.compress(json.dumps(given).encode())
    assert urllib3.request("POST", local_aws, body=packed, headers=headers).status == 200
    broken = urllib3.request("POST", local_aws, body=packed[:-9], headers=headers)
    assert (broken.status, broken.json()["__type"]) == (400, "SerializationException")
    bomb = urllib3.request(
        "POST", local_aws, body=gzip.compress(b" " * (17 << 20)), headers=headers
    )
    assert bomb.status == 413
