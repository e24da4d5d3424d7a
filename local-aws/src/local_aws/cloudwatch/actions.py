"""What an alarm does when its state changes: it publishes to topics.

The message has the fields that AWS's notifications have, in their spelling.
"""

import json
import logging
from functools import cache
from typing import Any

from botocore.loaders import Loader

from local_aws.cloudwatch import history
from local_aws.cloudwatch.reasons import stamp
from local_aws.cloudwatch.store import Alarm, Store
from local_aws.documents import Document
from local_aws.ministack import topics
from local_aws.tenant import request_scope

log = logging.getLogger("local_aws")

OF_STATE = {
    "ALARM": "AlarmActions",
    "OK": "OKActions",
    "INSUFFICIENT_DATA": "InsufficientDataActions",
}
_STATISTICS = {"SampleCount": "SAMPLE_COUNT"}


@cache
def region_name(region: str) -> str:
    """Return what AWS calls a region: ``US East (N. Virginia)``."""
    partitions = Loader().load_data("endpoints")["partitions"]
    known = (part["regions"].get(region, {}).get("description") for part in partitions)
    return next((str(name) for name in known if name), region)


def act(store: Store, alarm: Alarm, previous: str) -> None:
    """Carry out the actions of an alarm's new state, and note in its history how that went."""
    tenant, document = alarm.tenant, alarm.document
    if not document["ActionsEnabled"]:
        return
    state = document["StateValue"]
    where = region_name(tenant.region)
    text = json.dumps(message(alarm, previous), separators=(",", ":"))
    for arn in document[OF_STATE[state]]:
        subject = f'{state}: "{alarm.name}" in {where}'[:100]
        with request_scope(tenant.account, tenant.region):
            failure = topics.publish(arn, text, subject, document["AlarmArn"])
        if failure:
            log.warning("alarm %s: %s", alarm.name, failure)
        told = f"{'Failed to execute' if failure else 'Successfully executed'} action {arn}"
        data = {
            "actionState": "Failed" if failure else "Succeeded",
            "stateUpdateTimestamp": int(document["StateUpdatedTimestamp"] * 1000),
            "notificationResource": arn,
            "error": failure,
        }
        history.add(store, alarm, "Action", told, data)


def message(alarm: Alarm, previous: str) -> dict[str, Any]:
    """Make the body of a notification."""
    tenant, document = alarm.tenant, alarm.document
    body = {
        "AlarmName": document["AlarmName"],
        "AlarmDescription": document.get("AlarmDescription"),
        "AWSAccountId": tenant.account,
        "AlarmConfigurationUpdatedTimestamp": stamp(document["AlarmConfigurationUpdatedTimestamp"]),
        "NewStateValue": document["StateValue"],
        "NewStateReason": document["StateReason"],
        "StateChangeTime": stamp(document["StateUpdatedTimestamp"]),
        "Region": region_name(tenant.region),
        "AlarmArn": document["AlarmArn"],
        "OldStateValue": previous,
        "OKActions": document["OKActions"],
        "AlarmActions": document["AlarmActions"],
        "InsufficientDataActions": document["InsufficientDataActions"],
    }
    if alarm.kind == "alarm":
        return body | {"Trigger": _trigger(document)}
    children = json.loads(document.get("StateReasonData", '{"triggeringAlarms":[]}'))
    return body | {
        "AlarmRule": document["AlarmRule"],
        "TriggeringChildren": [
            {
                "Arn": child["arn"],
                "State": {
                    "Value": child["state"]["value"],
                    "Timestamp": child["state"]["timestamp"],
                },
            }
            for child in children["triggeringAlarms"]
        ],
    }


def _trigger(alarm: Document) -> dict[str, Any]:
    trigger: dict[str, Any] = {}
    if "Metrics" in alarm:
        trigger["Metrics"] = [_query(query) for query in alarm["Metrics"]]
    else:
        trigger |= {
            "MetricName": alarm["MetricName"],
            "Namespace": alarm["Namespace"],
            **_statistic(alarm),
            "Unit": alarm.get("Unit"),
            "Dimensions": _dimensions(alarm["Dimensions"]),
        }
    trigger["Period"] = alarm.get("Period")
    trigger["EvaluationPeriods"] = alarm["EvaluationPeriods"]
    if "DatapointsToAlarm" in alarm:
        trigger["DatapointsToAlarm"] = alarm["DatapointsToAlarm"]
    return {name: value for name, value in trigger.items() if name != "Period" or value} | {
        "ComparisonOperator": alarm["ComparisonOperator"],
        "Threshold": alarm["Threshold"],
        "TreatMissingData": alarm.get("TreatMissingData", "missing"),
        "EvaluateLowSampleCountPercentile": alarm.get("EvaluateLowSampleCountPercentile", ""),
    }


def _statistic(alarm: Document) -> dict[str, str]:
    if "Statistic" not in alarm:
        extended = alarm["ExtendedStatistic"]
        return {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": extended}
    name = alarm["Statistic"]
    return {"StatisticType": "Statistic", "Statistic": _STATISTICS.get(name, name.upper())}


def _dimensions(dimensions: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{"value": each["Value"], "name": each["Name"]} for each in dimensions]


def _query(query: dict[str, Any]) -> dict[str, Any]:
    if "MetricStat" not in query:
        return query
    stat = query["MetricStat"]
    metric = stat["Metric"] | {"Dimensions": _dimensions(stat["Metric"].get("Dimensions", []))}
    return query | {"MetricStat": stat | {"Metric": metric}}
