"""QuickSight over HTTP: REST with JSON."""

from local_aws.folder import DataFolder
from local_aws.protocol.rest import RestService
from local_aws.protocol.service import Check, Record
from local_aws.quicksight import access
from local_aws.quicksight.operations import OPERATIONS
from local_aws.quicksight.store import Store
from local_aws.tenant import Tenant


class QuickSightService(RestService[Store]):
    """QuickSight for every account and region that calls.

    Parameters
    ----------
    folder : DataFolder
        Where data sources, data sets, rows and dashboards are kept.
    """

    name = "quicksight"
    operations = OPERATIONS

    def __init__(self, folder: DataFolder) -> None:
        super().__init__(Store(folder))
        self.state.end_interrupted()

    def resources(self, tenant: Tenant, operation: str, given: Record) -> list[Check]:
        """Return what a call needs of its caller."""
        return access.checks(tenant, operation, given)

    def stop(self) -> None:
        """Begin nothing more and close the store."""
        self.state.close()
