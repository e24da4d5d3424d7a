"""Athena over HTTP."""

from local_aws.athena.errors import InvalidRequestError
from local_aws.athena.executions import Executions
from local_aws.athena.operations import OPERATIONS, Athena
from local_aws.athena.store import Store
from local_aws.folder import DataFolder
from local_aws.protocol.service import Service


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

    def stop(self) -> None:
        """Cancel what runs, note it, and close the store."""
        self.state.executions.close()
        self.state.store.close()
