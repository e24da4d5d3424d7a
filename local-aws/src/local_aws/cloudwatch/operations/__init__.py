"""The table of CloudWatch's operations."""

from local_aws.cloudwatch.operations import alarms, composites, dashboards, data, statistics, tags
from local_aws.cloudwatch.store import Store
from local_aws.protocol.service import Operation

OPERATIONS: dict[str, Operation[Store]] = {
    "DeleteAlarms": alarms.delete_alarms,
    "DescribeAlarmHistory": alarms.describe_alarm_history,
    "DescribeAlarms": alarms.describe_alarms,
    "DescribeAlarmsForMetric": alarms.describe_alarms_for_metric,
    "DisableAlarmActions": alarms.disable_alarm_actions,
    "EnableAlarmActions": alarms.enable_alarm_actions,
    "GetMetricData": statistics.get_metric_data,
    "GetMetricStatistics": statistics.get_metric_statistics,
    "ListMetrics": data.list_metrics,
    "ListTagsForResource": tags.list_tags_for_resource,
    "PutCompositeAlarm": composites.put_composite_alarm,
    "PutMetricAlarm": alarms.put_metric_alarm,
    "PutMetricData": data.put_metric_data,
    "SetAlarmState": alarms.set_alarm_state,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "DeleteDashboards": dashboards.delete_dashboards,
    "GetDashboard": dashboards.get_dashboard,
    "ListDashboards": dashboards.list_dashboards,
    "PutDashboard": dashboards.put_dashboard,
}
