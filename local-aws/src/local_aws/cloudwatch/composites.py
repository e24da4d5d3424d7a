"""Composite alarms: the alarms that their rules name, and the state that follows."""

import json

from local_aws.cloudwatch import rules
from local_aws.cloudwatch.evaluation import State
from local_aws.cloudwatch.reasons import stamp
from local_aws.cloudwatch.store import Alarm, Store
from local_aws.documents import Document
from local_aws.tenant import Tenant


def children(alarm: Document) -> list[str]:
    """Name the alarms that the rule of a composite alarm names."""
    return [rules.name_of(child) for child in rules.read(alarm["AlarmRule"]).children]


def parents(store: Store, tenant: Tenant, name: str) -> list[Alarm]:
    """Return the composite alarms whose rules name an alarm."""
    every = store.documents.all(tenant, "composite")
    return [Alarm(tenant, "composite", each) for each in every if name in children(each)]


def state_of(store: Store, alarm: Alarm) -> State:
    """Evaluate the rule of a composite alarm."""

    def of_child(reference: str) -> str | None:
        found = store.alarm(alarm.tenant, rules.name_of(reference))
        return found.document["StateValue"] if found else None

    return "ALARM" if rules.read(alarm.document["AlarmRule"]).holds(of_child) else "OK"


def reason_data(store: Store, alarm: Alarm) -> str:
    """Write which children are in ALARM, as JSON."""
    triggering = []
    for name in children(alarm.document):
        found = store.alarm(alarm.tenant, name)
        if found and found.document["StateValue"] == "ALARM":
            child = found.document
            state = {"value": "ALARM", "timestamp": stamp(child["StateUpdatedTimestamp"])}
            triggering.append({"arn": child["AlarmArn"], "state": state})
    return json.dumps({"triggeringAlarms": triggering}, separators=(",", ":"))
