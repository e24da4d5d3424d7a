"""The operation that makes composite alarms; all others take either kind."""

from typing import Any

from local_aws.cloudwatch import rules, states
from local_aws.cloudwatch.errors import invalid
from local_aws.cloudwatch.operations import configuration
from local_aws.cloudwatch.operations.alarms import put
from local_aws.cloudwatch.store import Store
from local_aws.protocol.errors import not_supported
from local_aws.tenant import Tenant

Request = dict[str, Any]

MOST_CHILDREN = 100
SUPPRESSION = (
    "ActionsSuppressor",
    "ActionsSuppressorWaitPeriod",
    "ActionsSuppressorExtensionPeriod",
)


def put_composite_alarm(store: Store, tenant: Tenant, request: Request) -> Request:
    """Make a composite alarm, or give one another rule, and evaluate it at once."""
    for member in SUPPRESSION:
        if member in request:
            raise not_supported(f"{member} of cloudwatch's PutCompositeAlarm")
    configuration.check_actions(tenant, request)
    children = rules.read(request["AlarmRule"]).children
    if len(children) > MOST_CHILDREN:
        raise invalid(f"The rule has more than {MOST_CHILDREN} underlying alarms.")
    with store.lock:
        _check_children(store, tenant, children)
        existed = store.documents.get(tenant, "composite", request["AlarmName"]) is not None
        alarm = put(store, tenant, "composite", request)
        verb = "updated and its new" if existed else "created and its"
        why = f"{alarm.document['AlarmArn']} was {verb} alarm rule evaluates to"
        states.apply_rule(store, alarm, lambda state: f"{why} {state}")
    return {}


def _check_children(store: Store, tenant: Tenant, children: tuple[str, ...]) -> None:
    prefix = f"arn:aws:cloudwatch:{tenant.region}:{tenant.account}:alarm:"
    absent = []
    for child in children:
        arn = child if child.startswith("arn:") else f"{prefix}{child}"
        if not arn.startswith(prefix) or store.alarm(tenant, rules.name_of(child)) is None:
            absent.append(arn)
    if absent:
        raise invalid(
            f"Could not save the composite alarm as alarms [{', '.join(absent)}] in the alarm "
            "rule do not exist"
        )
