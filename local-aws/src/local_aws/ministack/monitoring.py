"""ministack's other services see our CloudWatch.

CloudFormation and Lambda reach alarms, dashboards and metrics through the module
``ministack.services.cloudwatch``, so its names that they use are pointed at our operations.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from local_aws.cloudwatch.metrics import record
from local_aws.ministack.foreign import cloudwatch
from local_aws.protocol.errors import ServiceError
from local_aws.protocol.http import Answer, Request
from local_aws.tenant import Tenant, current

Record = dict[str, Any]
Call = Callable[[Tenant, str, Record], Any]
PutTags = Callable[[Tenant, str, dict[str, str]], None]

_STATE = ("AlarmArn", "StateValue", "StateReason", "StateUpdatedTimestamp")
_NOT_PUT = (*_STATE, "AlarmConfigurationUpdatedTimestamp")


def install(answer: Callable[[Request], Answer], call: Call, put_tags: PutTags) -> None:
    """Point ministack's CloudWatch at ours.

    Parameters
    ----------
    answer : callable
        Answers a request that reaches CloudWatch through another service.
    call : callable
        Carries out an operation for a tenant.
    put_tags : callable
        Writes the tags of a resource, by tenant and ARN.
    """

    async def handle_request(
        _method: str, path: str, headers: dict[str, str], body: bytes, _query: Record
    ) -> tuple[int, dict[str, str], Any]:
        operation = headers.get("x-amz-target", "").partition(".")[2] or path.rpartition("/")[2]
        # not on the event loop, which an alarm's action may be waiting for
        said = await asyncio.to_thread(answer, Request(operation, body, headers, current()))
        return said.status, {"Content-Type": said.headers["content-type"]}, said.body

    def carried_out(name: str, **given: Any) -> Record:
        try:
            done: Record = call(current(), name, given)
        except ServiceError as error:
            # what CloudFormation turns into CREATE_FAILED with this reason
            raise ValueError(error.message) from error
        return done

    def put_metric_alarm(alarm: Record) -> None:
        given = {
            name: value
            for name, value in alarm.items()
            if value is not None and name not in _NOT_PUT and not (name in _BLANK and value == "")
        }
        if "ExtendedStatistic" in given:
            given.pop("Statistic", None)  # ministack's default
        carried_out("PutMetricAlarm", **given)

    def set_metric_alarm_tags(name: str, tags: list[Record]) -> None:
        # all of them at once, those of AWS's own that name the stack included
        tenant = current()
        arn = f"arn:aws:cloudwatch:{tenant.region}:{tenant.account}:alarm:{name}"
        put_tags(tenant, arn, {tag["Key"]: tag.get("Value", "") for tag in tags})

    def delete_metric_alarm(name: str, **_how: bool) -> None:
        carried_out("DeleteAlarms", AlarmNames=[name])

    def put_dashboard(name: str, body: str) -> str:
        carried_out("PutDashboard", DashboardName=name, DashboardBody=body)
        return f"arn:aws:cloudwatch::{current().account}:dashboard/{name}"

    def delete_dashboard(name: str) -> None:
        try:
            call(current(), "DeleteDashboards", {"DashboardNames": [name]})
        except ServiceError as error:
            if error.code != "DashboardNotFoundError":
                raise ValueError(error.message) from error

    def record_metric(
        namespace: str, metric_name: str, value: float, unit: str, dimensions: Record
    ) -> None:
        record(namespace, metric_name, float(value), unit, dimensions)

    for name, value in {
        "_alarms": Alarms(call),
        "handle_request": handle_request,
        "record_metric": record_metric,
        "cloudformation_put_metric_alarm": put_metric_alarm,
        "cloudformation_set_metric_alarm_tags": set_metric_alarm_tags,
        "cloudformation_delete_metric_alarm": delete_metric_alarm,
        "cloudformation_put_dashboard": put_dashboard,
        "cloudformation_delete_dashboard": delete_dashboard,
        "get_state": dict,
        "load_persisted_state": lambda state: None,
        "reset": lambda: None,
    }.items():
        cloudwatch.replace(name, value)


_BLANK = ("AlarmDescription", "Unit")


class Alarms:
    """Metric alarms as ministack's CloudFormation looks them up, within the present request's."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def __contains__(self, name: str) -> bool:
        return self._found(name) is not None

    def __getitem__(self, name: str) -> Record:
        found = self._found(name)
        if found is None:
            raise KeyError(name)
        return found

    def get(self, name: str, default: Any = None) -> Any:
        """Look an alarm up."""
        return self._found(name) or default

    def _found(self, name: str) -> Record | None:
        answer: Record = self._call(current(), "DescribeAlarms", {"AlarmNames": [name]})
        return next(iter(answer["MetricAlarms"]), None)
