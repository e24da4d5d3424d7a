"""Athena over HTTP."""

from local_aws.athena import access
from local_aws.athena.errors import InvalidRequestError
from local_aws.athena.executions import Executions
from local_aws.athena.operations import OPERATIONS, Athena
from local_aws.athena.store import Store
from local_aws.folder import DataFolder
from local_aws.protocol.service import Check, Record, Service
from local_aws.tenant import Tenant


class AthenaService(Service[Athena]):
    """Athena for every account and region that calls.

    Parameters
    ----------
    folder : DataFolder
        Where workgroups, queries and their history are kept.
    """

    name = "athena"
    operations = OPERATIONS
    invalid = staticmethod(InvalidRequestError)

    def __init__(self, folder: DataFolder) -> None:
        store = Store(folder.state / "athena.sqlite")
        super().__init__(Athena(store, Executions(folder, store)))

    def resources(self, tenant: Tenant, operation: str, given: Record) -> list[Check]:
        """Return what a call needs of its caller."""
        return access.checks(self.state.store, tenant, operation, given)

    def stop(self) -> None:
        """Cancel what runs, note it, and close the store."""
        self.state.executions.close()
        self.state.store.close()
