"""Changes of state: kept, noted, acted upon, and handed on to the composite alarms above."""

import datetime
import json
from collections.abc import Callable
from typing import Any

from local_aws.cloudwatch import actions, composites, history
from local_aws.cloudwatch.evaluation import State
from local_aws.cloudwatch.store import Alarm, Store
from local_aws.documents import Document


def change(store: Store, alarm: Alarm, state: State, why: str, data: str | None) -> None:
    """Give an alarm a state, note it, act upon a change, and look at the alarms above it.

    Parameters
    ----------
    store, alarm
        Which alarm.
    state : str
        The new state; it may be the one that the alarm has.
    why, data : str
        The reason, as text and as JSON.
    """
    document = alarm.document
    previous, now = _described(document), store.now()
    changed = state != document["StateValue"]
    document |= {"StateValue": state, "StateReason": why, "StateUpdatedTimestamp": now}
    document.pop("StateReasonData", None)
    if data is not None:
        document["StateReasonData"] = data
    if changed:
        document["StateTransitionedTimestamp"] = now
    if not changed:
        store.put_alarm(alarm)
        return
    summary = f"Alarm updated from {previous['stateValue']} to {state}"
    both = {"version": "1.0", "oldState": previous, "newState": _described(document)}
    history.add(store, alarm, "StateUpdate", summary, both)
    actions.act(store, alarm, previous["stateValue"])
    store.put_alarm(alarm)  # last: a server that is killed before tells people twice, not never
    _tell_parents(store, alarm)


def apply_rule(store: Store, alarm: Alarm, why: Callable[[State], str]) -> None:
    """Evaluate the rule of a composite alarm, and change its state where it gives another.

    Parameters
    ----------
    store, alarm
        Which alarm.
    why : callable
        Makes the reason from the new state.
    """
    state = composites.state_of(store, alarm)
    if state != alarm.document["StateValue"]:
        change(store, alarm, state, why(state), composites.reason_data(store, alarm))


def _tell_parents(store: Store, alarm: Alarm) -> None:
    """Look at the composite alarms above; an alarm that comes again is part of a cycle."""
    child = alarm.document
    moment = datetime.datetime.fromtimestamp(child["StateUpdatedTimestamp"], datetime.UTC)
    when = f"{moment:%A %d %B, %Y %H:%M:%S} UTC"
    why = f"{child['AlarmArn']} transitioned to {child['StateValue']} at {when}"
    store.under_way.add(alarm.name)
    try:
        for parent in composites.parents(store, alarm.tenant, alarm.name):
            if parent.name not in store.under_way:
                apply_rule(store, parent, lambda _state: why)
    finally:
        store.under_way.discard(alarm.name)


def _described(alarm: Document) -> dict[str, Any]:
    state = {"stateValue": alarm["StateValue"], "stateReason": alarm["StateReason"]}
    if "StateReasonData" in alarm:
        try:
            state["stateReasonData"] = json.loads(alarm["StateReasonData"])
        except json.JSONDecodeError:  # SetAlarmState takes any text
            state["stateReasonData"] = alarm["StateReasonData"]
    return state
