"""Every operation of Athena's API that the local AWS has, and the function that answers it."""

from collections.abc import Callable

from local_aws.athena import workgroups
from local_aws.athena.store import Document, Store
from local_aws.folder import DataFolder
from local_aws.request import Tenant


class State:
    """What the operations work on: the store of definitions.

    Parameters
    ----------
    folder : DataFolder
        The server's data folder.
    """

    def __init__(self, folder: DataFolder) -> None:
        self.store = Store(folder.state / "athena.sqlite")

    def close(self) -> None:
        """Close the store."""
        self.store.close()


Handler = Callable[[State, Tenant, Document], Document]


def _with_store(function: Callable[[Store, Tenant, Document], Document]) -> Handler:
    return lambda state, tenant, payload: function(state.store, tenant, payload)


OPERATIONS: dict[str, Handler] = {
    "CreateWorkGroup": _with_store(workgroups.create),
    "DeleteWorkGroup": _with_store(workgroups.delete),
    "GetWorkGroup": _with_store(workgroups.get),
    "ListWorkGroups": _with_store(workgroups.list_all),
    "UpdateWorkGroup": _with_store(workgroups.update),
}
