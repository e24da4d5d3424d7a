"""DataBrew over HTTP."""

from local_aws.databrew import access
from local_aws.databrew.errors import invalid
from local_aws.databrew.operations import OPERATIONS, DataBrew
from local_aws.databrew.runs import Runs
from local_aws.databrew.store import Store
from local_aws.folder import DataFolder
from local_aws.protocol.rest import RestService
from local_aws.protocol.service import Check, Record
from local_aws.tenant import Tenant


class DataBrewService(RestService[DataBrew]):
    """DataBrew for every account and region that calls.

    Parameters
    ----------
    folder : DataFolder
        Where resources and the history of runs are kept.
    """

    name = "databrew"
    operations = OPERATIONS
    invalid = staticmethod(invalid)

    def __init__(self, folder: DataFolder) -> None:
        store = Store(folder.state / "databrew.sqlite")
        super().__init__(DataBrew(store, Runs(folder, store)))

    def resources(self, tenant: Tenant, operation: str, given: Record) -> list[Check]:
        """Return what a call needs of its caller."""
        return access.checks(tenant, operation, given)

    def stop(self) -> None:
        """Stop what runs, note it, and close the store."""
        self.state.runs.close()
        self.state.store.close()
