"""What happened to alarms: items of DescribeAlarmHistory, kept for 30 days."""

import json
from typing import Any, Literal
from uuid import uuid4

from local_aws.cloudwatch.store import Alarm, Kind, Store
from local_aws.documents import Document
from local_aws.tenant import Tenant

KEPT_S = 30 * 86_400
TYPES: dict[Kind, str] = {"alarm": "MetricAlarm", "composite": "CompositeAlarm"}
MOST_DATA = 4095

Item = Literal["ConfigurationUpdate", "StateUpdate", "Action"]


def add(store: Store, alarm: Alarm, item: Item, summary: str, data: Any) -> None:
    """Note that something happened to an alarm just now."""
    document = {
        "AlarmName": alarm.name,
        "AlarmType": TYPES[alarm.kind],
        "Timestamp": store.now(),
        "HistoryItemType": item,
        "HistorySummary": summary[:255],
        "HistoryData": json.dumps(data, separators=(",", ":"))[:MOST_DATA],
    }
    store.documents.put(alarm.tenant, "history", str(uuid4()), document, owner=alarm.name)


def items(store: Store, tenant: Tenant, name: str | None) -> list[Document]:
    """Return what is kept of one alarm, or of all, oldest first."""
    since = store.now() - KEPT_S
    found = store.documents.all(tenant, "history", name)
    return [document for document in found if document["Timestamp"] >= since]
