"""The table of the service's operations."""

from local_aws.kinesisanalyticsv2.operations import (
    applications,
    history,
    logging_options,
    pages_of_flink,
    running,
    snapshots,
    tags,
    updates,
)
from local_aws.kinesisanalyticsv2.state import State
from local_aws.protocol.service import Operation

OPERATIONS: dict[str, Operation[State]] = {
    "AddApplicationCloudWatchLoggingOption": (
        logging_options.add_application_cloud_watch_logging_option
    ),
    "CreateApplication": applications.create_application,
    "CreateApplicationPresignedUrl": pages_of_flink.create_application_presigned_url,
    "CreateApplicationSnapshot": snapshots.create_application_snapshot,
    "DeleteApplication": applications.delete_application,
    "DeleteApplicationCloudWatchLoggingOption": (
        logging_options.delete_application_cloud_watch_logging_option
    ),
    "DeleteApplicationSnapshot": snapshots.delete_application_snapshot,
    "DescribeApplication": applications.describe_application,
    "DescribeApplicationOperation": history.describe_application_operation,
    "DescribeApplicationSnapshot": snapshots.describe_application_snapshot,
    "DescribeApplicationVersion": history.describe_application_version,
    "ListApplicationOperations": history.list_application_operations,
    "ListApplicationSnapshots": snapshots.list_application_snapshots,
    "ListApplicationVersions": history.list_application_versions,
    "ListApplications": applications.list_applications,
    "ListTagsForResource": tags.list_tags_for_resource,
    "RollbackApplication": updates.rollback_application,
    "StartApplication": running.start_application,
    "StopApplication": running.stop_application,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "UpdateApplication": updates.update_application,
    "UpdateApplicationMaintenanceConfiguration": (
        tags.update_application_maintenance_configuration
    ),
}
