"""The table of the service's operations."""

from local_aws.kinesisanalyticsv2.operations import applications, running
from local_aws.kinesisanalyticsv2.state import State
from local_aws.protocol.service import Operation

OPERATIONS: dict[str, Operation[State]] = {
    "CreateApplication": applications.create_application,
    "DeleteApplication": applications.delete_application,
    "DescribeApplication": applications.describe_application,
    "ListApplications": applications.list_applications,
    "StartApplication": running.start_application,
    "StopApplication": running.stop_application,
}
