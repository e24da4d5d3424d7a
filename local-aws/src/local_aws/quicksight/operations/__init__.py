"""The table of QuickSight's operations."""

from collections.abc import Callable

from local_aws.documents import Document
from local_aws.protocol.service import Operation
from local_aws.quicksight.errors import denied
from local_aws.quicksight.operations import (
    dashboards,
    data_sets,
    data_sources,
    ingestions,
    people,
    permissions,
    schedules,
    tags,
    themes,
)
from local_aws.quicksight.store import Store
from local_aws.tenant import Tenant

_of_data_source, _change_data_source = permissions.operations("DataSource", data_sources.find)
_of_data_set, _change_data_set = permissions.operations("DataSet", data_sets.find)
_of_dashboard, _change_dashboard = permissions.operations("Dashboard", dashboards.find)
_of_theme, _change_theme = permissions.operations("Theme", themes.find)

_TABLE: dict[str, Callable[[Store, Tenant, Document], Document]] = {
    "CancelIngestion": ingestions.cancel,
    "CreateDashboard": dashboards.create,
    "CreateDataSet": data_sets.create,
    "CreateDataSource": data_sources.create,
    "CreateGroup": people.create_group,
    "CreateGroupMembership": people.add_member,
    "CreateIngestion": ingestions.create,
    "CreateRefreshSchedule": schedules.create,
    "CreateTheme": themes.create,
    "DeleteDashboard": dashboards.delete,
    "DeleteDataSet": data_sets.delete,
    "DeleteDataSource": data_sources.delete,
    "DeleteGroup": people.delete_group,
    "DeleteGroupMembership": people.remove_member,
    "DeleteRefreshSchedule": schedules.delete,
    "DeleteTheme": themes.delete,
    "DeleteUser": people.delete_user,
    "DescribeAccountSubscription": people.describe_subscription,
    "DescribeDashboard": dashboards.describe,
    "DescribeDashboardDefinition": dashboards.describe_definition,
    "DescribeDashboardPermissions": _of_dashboard,
    "DescribeDataSet": data_sets.describe,
    "DescribeDataSetPermissions": _of_data_set,
    "DescribeDataSource": data_sources.describe,
    "DescribeDataSourcePermissions": _of_data_source,
    "DescribeGroup": people.describe_group,
    "DescribeGroupMembership": people.describe_member,
    "DescribeIngestion": ingestions.describe,
    "DescribeNamespace": people.describe_namespace,
    "DescribeRefreshSchedule": schedules.describe,
    "DescribeTheme": themes.describe,
    "DescribeThemePermissions": _of_theme,
    "DescribeUser": people.describe_user,
    "ListDashboardVersions": dashboards.list_versions,
    "ListDashboards": dashboards.list_all,
    "ListDataSets": data_sets.list_all,
    "ListDataSources": data_sources.list_all,
    "ListGroupMemberships": people.list_members,
    "ListGroups": people.list_groups,
    "ListIngestions": ingestions.list_all,
    "ListNamespaces": people.list_namespaces,
    "ListRefreshSchedules": schedules.list_all,
    "ListTagsForResource": tags.list_tags,
    "ListThemeVersions": themes.list_versions,
    "ListThemes": themes.list_all,
    "ListUsers": people.list_users,
    "RegisterUser": people.register_user,
    "TagResource": tags.tag,
    "UntagResource": tags.untag,
    "UpdateDashboard": dashboards.update,
    "UpdateDashboardPermissions": _change_dashboard,
    "UpdateDashboardPublishedVersion": dashboards.publish,
    "UpdateDataSet": data_sets.update,
    "UpdateDataSetPermissions": _change_data_set,
    "UpdateDataSource": data_sources.update,
    "UpdateDataSourcePermissions": _change_data_source,
    "UpdateGroup": people.update_group,
    "UpdateRefreshSchedule": schedules.update,
    "UpdateTheme": themes.update,
    "UpdateThemePermissions": _change_theme,
}


def _of_account(operation: Callable[[Store, Tenant, Document], Document]) -> Operation[Store]:
    """Let an operation answer whom its account's id is: each but the tags' has it in its path."""

    def called(store: Store, tenant: Tenant, given: Document) -> Document:
        account = given.get("AwsAccountId", tenant.account)
        if account != tenant.account:
            raise denied(f"The caller is not of the account {account}")
        return operation(store, tenant, given)

    return called


OPERATIONS: dict[str, Operation[Store]] = {
    name: _of_account(operation) for name, operation in _TABLE.items()
}
