"""Operations on alarms."""

import json
from collections.abc import Mapping
from typing import Any

from local_aws.cloudwatch import composites, history, states
from local_aws.cloudwatch.errors import invalid, invalid_format, no_such_alarm
from local_aws.cloudwatch.operations import configuration, tags
from local_aws.cloudwatch.operations.pages import page
from local_aws.cloudwatch.series import metric_from
from local_aws.cloudwatch.store import Alarm, Kind, Store
from local_aws.documents import Document
from local_aws.protocol.codec import time_of
from local_aws.tenant import Tenant

Request = dict[str, Any]

ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
STATE = (
    "StateValue",
    "StateReason",
    "StateReasonData",
    "StateUpdatedTimestamp",
    "StateTransitionedTimestamp",
)
TIMES = (
    "AlarmConfigurationUpdatedTimestamp",
    "StateUpdatedTimestamp",
    "StateTransitionedTimestamp",
)
UNCHECKED = "Unchecked: Initial alarm creation"
PAGE = 50


def put_metric_alarm(store: Store, tenant: Tenant, request: Request) -> Request:
    """Make an alarm, or give one another configuration; its state stays then."""
    configuration.check(tenant, request)
    if "Metrics" not in request:
        request.setdefault("Dimensions", [])
    put(store, tenant, "alarm", request)
    return {}


def put(store: Store, tenant: Tenant, kind: Kind, request: Request) -> Alarm:
    """Keep an alarm of either kind as it was put, and note it in its history.

    Raises
    ------
    CloudWatchError
        ValidationError where the name is an alarm's of the other kind.
    """
    name = request["AlarmName"]
    given_tags = tags.of(request.pop("Tags", []))
    with store.lock:
        found = store.alarm(tenant, name)
        if found and found.kind != kind:
            raise invalid(f"Alarm {name} exists already and is a {history.TYPES[found.kind]}.")
        before = found.document if found else None
        now = store.now()
        arn = f"arn:aws:cloudwatch:{tenant.region}:{tenant.account}:alarm:{name}"
        document = {
            "ActionsEnabled": True,
            **{actions: [] for actions in ACTIONS},
            **request,
            "AlarmArn": arn,
            "AlarmConfigurationUpdatedTimestamp": now,
            "StateValue": "INSUFFICIENT_DATA",
            "StateReason": UNCHECKED,
            "StateUpdatedTimestamp": now,
            "StateTransitionedTimestamp": now,
        }
        if before:
            document |= {member: before[member] for member in STATE if member in before}
        elif given_tags:  # an existing alarm's tags are changed by TagResource only
            tags.put(store, tenant, arn, given_tags)
        alarm = Alarm(tenant, kind, document)
        store.put_alarm(alarm)
        verb = "updated" if before else "created"
        data = {"version": "1.0", "type": verb[:-1].capitalize(), f"{verb}Alarm": request}
        summary = f'Alarm "{name}" {verb}'
        history.add(store, alarm, "ConfigurationUpdate", summary, data)
    return alarm


def delete_alarms(store: Store, tenant: Tenant, request: Request) -> Request:
    """Delete alarms, all of them or none; unknown names are no error."""
    names = list(dict.fromkeys(request["AlarmNames"]))
    with store.lock:
        found = {name: alarm for name in names if (alarm := store.alarm(tenant, name))}
        of_rules = [alarm for alarm in found.values() if alarm.kind == "composite"]
        if len(of_rules) > 1:
            raise invalid(
                f"Cannot delete [{len(of_rules)}] Composite Alarms as only one composite alarm "
                "delete is allowed in single request"
            )
        for name in found:
            if any(above.name != name for above in composites.parents(store, tenant, name)):
                raise invalid(
                    f"Cannot delete {name} as there are composite alarm(s) depending on it."
                )
        for name, alarm in found.items():
            store.documents.delete(tenant, alarm.kind, name)
            store.put_tags(tenant, alarm.document["AlarmArn"], {})
            data = {"version": "1.0", "type": "Delete"}
            summary = f'Alarm "{name}" deleted'
            history.add(store, alarm, "ConfigurationUpdate", summary, data)
    return {}


def enable_alarm_actions(store: Store, tenant: Tenant, request: Request) -> Request:
    """Let changes of state be acted upon."""
    return _set_enabled(store, tenant, request["AlarmNames"], True)


def disable_alarm_actions(store: Store, tenant: Tenant, request: Request) -> Request:
    """Let changes of state pass without action."""
    return _set_enabled(store, tenant, request["AlarmNames"], False)


def _set_enabled(store: Store, tenant: Tenant, names: list[str], enabled: bool) -> Request:
    with store.lock:
        for name in names:
            if found := store.alarm(tenant, name):
                found.document["ActionsEnabled"] = enabled
                store.put_alarm(found)
    return {}


def set_alarm_state(store: Store, tenant: Tenant, request: Request) -> Request:
    """Give an alarm a state until it is looked at next."""
    with store.lock:
        found = store.alarm(tenant, request["AlarmName"])
        if found is None:
            raise no_such_alarm()
        data = request.get("StateReasonData")
        if data is not None and not _is_json(data):
            raise invalid_format("StateReasonData is not valid JSON")
        states.change(store, found, request["StateValue"], request["StateReason"], data)
    return {}


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def describe_alarms(store: Store, tenant: Tenant, request: Request) -> Request:
    """Describe alarms by name, prefix, state, action, or by what is above or below one."""
    if "AlarmNames" in request and "AlarmNamePrefix" in request:
        raise invalid("AlarmNamePrefix and AlarmNames cannot be specified together.")
    related = {"ChildrenOfAlarmName", "ParentsOfAlarmName"} & request.keys()
    if related:
        if request.keys() - related - {"MaxRecords", "NextToken"} or len(related) > 1:
            raise invalid(f"{related.pop()} cannot be specified with other parameters.")
        return _related(store, tenant, request)
    wanted = request.get("AlarmTypes") or ["MetricAlarm"]
    found = [
        Alarm(tenant, kind, document)
        for kind, name in history.TYPES.items()
        if name in wanted
        for document in store.documents.all(tenant, kind)
        if _is_asked_for(document, request)
    ]
    found.sort(key=lambda alarm: alarm.name)
    return _paged(found, request)


def _is_asked_for(alarm: Document, request: Request) -> bool:
    actions = [arn for member in ACTIONS for arn in alarm[member]]
    names = request.get("AlarmNames")
    return (
        (not names or alarm["AlarmName"] in names)
        and alarm["AlarmName"].startswith(request.get("AlarmNamePrefix", ""))
        and request.get("StateValue", alarm["StateValue"]) == alarm["StateValue"]
        and (
            "ActionPrefix" not in request
            or any(arn.startswith(request["ActionPrefix"]) for arn in actions)
        )
    )


def _related(store: Store, tenant: Tenant, request: Request) -> Request:
    members = ["AlarmName", "AlarmArn"]
    if parent := request.get("ChildrenOfAlarmName"):
        members += ["StateValue", "StateUpdatedTimestamp"]
        above = store.documents.get(tenant, "composite", parent)
        if above is None:
            raise no_such_alarm()
        names = composites.children(above)
        found = [alarm for name in names if (alarm := store.alarm(tenant, name))]
    else:
        found = composites.parents(store, tenant, request["ParentsOfAlarmName"])
    shown = [
        alarm._replace(document={name: alarm.document[name] for name in members}) for alarm in found
    ]
    return _paged(shown, request)


def _paged(found: list[Alarm], request: Request) -> Request:
    shown, more = page(found, request.get("NextToken"), request.get("MaxRecords", PAGE))
    return {
        "CompositeAlarms": [described(a.document) for a in shown if a.kind == "composite"],
        "MetricAlarms": [described(a.document) for a in shown if a.kind == "alarm"],
    } | more


def described(document: Mapping[str, Any]) -> Request:
    """Describe what was kept as an answer does: its times as times."""
    return {name: time_of(value) if name in TIMES else value for name, value in document.items()}


def describe_alarms_for_metric(store: Store, tenant: Tenant, request: Request) -> Request:
    """Describe the alarms that watch one metric, by exactly its dimensions."""
    metric = metric_from(request)
    asked = [m for m in ("Statistic", "ExtendedStatistic", "Period", "Unit") if m in request]
    return {
        "MetricAlarms": [
            described(alarm)
            for alarm in store.documents.all(tenant, "alarm")
            if "MetricName" in alarm
            and metric_from(alarm) == metric
            and all(alarm.get(member) == request[member] for member in asked)
        ]
    }


def describe_alarm_history(store: Store, tenant: Tenant, request: Request) -> Request:
    """Tell what happened to alarms, the newest first unless asked otherwise."""
    types = request.get("AlarmTypes") or ["MetricAlarm"]
    found = [
        item
        for item in history.items(store, tenant, request.get("AlarmName"))
        if item["AlarmType"] in types
        and request.get("HistoryItemType", item["HistoryItemType"]) == item["HistoryItemType"]
        and request.get("StartDate", 0) <= item["Timestamp"]
        and item["Timestamp"] <= request.get("EndDate", item["Timestamp"])
    ]
    if request.get("ScanBy") != "TimestampAscending":
        found.reverse()
    shown, more = page(found, request.get("NextToken"), request.get("MaxRecords", PAGE))
    items = [item | {"Timestamp": time_of(item["Timestamp"])} for item in shown]
    return {"AlarmHistoryItems": items} | more
