"""AWS::CloudWatch::Alarm, AWS::CloudWatch::CompositeAlarm and AWS::CloudWatch::Dashboard."""

from local_aws.cloudformation.calls import Call
from local_aws.cloudformation.types.model import (
    Made,
    Record,
    Resource,
    carried_out,
    changed_tags,
    chosen,
    names,
    tag_list,
)
from local_aws.tenant import current

_ACTIONS = "ActionsEnabled AlarmActions AlarmDescription InsufficientDataActions OKActions"
_OF_ALARM = names(
    f"{_ACTIONS} ComparisonOperator DatapointsToAlarm Dimensions EvaluateLowSampleCountPercentile "
    "EvaluationPeriods ExtendedStatistic MetricName Metrics Namespace Period Statistic Threshold "
    "ThresholdMetricId TreatMissingData Unit"
)
_OF_COMPOSITE = names(
    f"{_ACTIONS} ActionsSuppressor ActionsSuppressorExtensionPeriod ActionsSuppressorWaitPeriod "
    "AlarmRule"
)


def _create(call: Call, properties: Record, name: str) -> Made:
    return _put(call, "PutMetricAlarm", name, chosen(properties, _OF_ALARM), tag_list(properties))


def _create_composite(call: Call, properties: Record, name: str) -> Made:
    given = chosen(properties, _OF_COMPOSITE)
    return _put(call, "PutCompositeAlarm", name, given, tag_list(properties))


def _put(call: Call, operation: str, name: str, given: Record, tags: list[dict[str, str]]) -> Made:
    more = {"Tags": tags} if tags else {}
    call("cloudwatch", operation, AlarmName=name, **given, **more)
    kinds = ["MetricAlarm", "CompositeAlarm"]
    found = call("cloudwatch", "DescribeAlarms", AlarmNames=[name], AlarmTypes=kinds)
    told = [*found["MetricAlarms"], *found["CompositeAlarms"]]
    carried_out("AWS::CloudWatch::Alarm", given, told[0])
    return Made(name, _attributes(name))


def _attributes(name: str) -> Record:
    return {"Arn": f"arn:aws:cloudwatch:{current().region}:{current().account}:alarm:{name}"}


def _update(call: Call, name: str, old: Record, new: Record) -> Record:
    made = _put(call, "PutMetricAlarm", name, chosen(new, _OF_ALARM), [])
    _retag(call, made.attributes["Arn"], old, new)
    return made.attributes


def _update_composite(call: Call, name: str, old: Record, new: Record) -> Record:
    made = _put(call, "PutCompositeAlarm", name, chosen(new, _OF_COMPOSITE), [])
    _retag(call, made.attributes["Arn"], old, new)
    return made.attributes


def _retag(call: Call, arn: str, old: Record, new: Record) -> None:
    added, gone = changed_tags(old, new)
    if gone:
        call("cloudwatch", "UntagResource", ResourceARN=arn, TagKeys=gone)
    if added:
        tags = [{"Key": key, "Value": value} for key, value in added.items()]
        call("cloudwatch", "TagResource", ResourceARN=arn, Tags=tags)


def _delete(call: Call, name: str, _properties: Record) -> None:
    call("cloudwatch", "DeleteAlarms", AlarmNames=[name])


def _put_dashboard(call: Call, properties: Record, name: str) -> Made:
    body = properties["DashboardBody"]
    call("cloudwatch", "PutDashboard", DashboardName=name, DashboardBody=body)
    return Made(name, {})


def _update_dashboard(call: Call, name: str, _old: Record, new: Record) -> Record:
    return _put_dashboard(call, new, name).attributes


def _delete_dashboard(call: Call, name: str, _properties: Record) -> None:
    call("cloudwatch", "DeleteDashboards", DashboardNames=[name])


TYPES = {
    "AWS::CloudWatch::Alarm": Resource(
        names("AlarmName Tags") | _OF_ALARM, _create, _update, _delete, named_by="AlarmName"
    ),
    "AWS::CloudWatch::CompositeAlarm": Resource(
        names("AlarmName Tags") | _OF_COMPOSITE,
        _create_composite,
        _update_composite,
        _delete,
        named_by="AlarmName",
    ),
    "AWS::CloudWatch::Dashboard": Resource(
        names("DashboardName DashboardBody"),
        _put_dashboard,
        _update_dashboard,
        _delete_dashboard,
        named_by="DashboardName",
    ),
}
