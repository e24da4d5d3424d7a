"""Every operation of Athena's API that the local AWS has, and the function that answers it.

Any other operation (notebooks, sessions, capacity reservations, further data catalogs) is refused
by name.
"""

from collections.abc import Callable

from local_aws.athena import metadata, queries, tags, workgroups
from local_aws.athena.executions import Executions
from local_aws.athena.store import Document, Store
from local_aws.folder import DataFolder
from local_aws.request import Tenant

Handler = Callable[[Tenant, Document], Document]
Definition = Callable[[Store, Tenant, Document], Document]

DEFINITIONS: dict[str, Definition] = {
    "BatchGetNamedQuery": queries.batch_get_named,
    "BatchGetPreparedStatement": queries.batch_get_prepared,
    "CreateNamedQuery": queries.create_named,
    "CreatePreparedStatement": queries.create_prepared,
    "CreateWorkGroup": workgroups.create,
    "DeleteNamedQuery": queries.delete_named,
    "DeletePreparedStatement": queries.delete_prepared,
    "DeleteWorkGroup": workgroups.delete,
    "GetDataCatalog": metadata.get_catalog,
    "GetDatabase": metadata.get_database,
    "GetNamedQuery": queries.get_named,
    "GetPreparedStatement": queries.get_prepared,
    "GetTableMetadata": metadata.get_table,
    "GetWorkGroup": workgroups.get,
    "ListDataCatalogs": metadata.list_catalogs,
    "ListDatabases": metadata.list_databases,
    "ListEngineVersions": workgroups.list_engine_versions,
    "ListNamedQueries": queries.list_named,
    "ListPreparedStatements": queries.list_prepared,
    "ListTableMetadata": metadata.list_tables,
    "ListTagsForResource": tags.list_tags,
    "ListWorkGroups": workgroups.list_all,
    "TagResource": tags.tag,
    "UntagResource": tags.untag,
    "UpdateNamedQuery": queries.update_named,
    "UpdatePreparedStatement": queries.update_prepared,
    "UpdateWorkGroup": workgroups.update,
}


class Api:
    """The operations over one data folder.

    Parameters
    ----------
    folder : DataFolder
        The server's data folder.
    """

    def __init__(self, folder: DataFolder) -> None:
        self._store = Store(folder.state / "athena.sqlite")
        self._executions = Executions(folder, self._store)
        self._executing: dict[str, Handler] = {
            "BatchGetQueryExecution": self._executions.batch_get,
            "GetQueryExecution": self._executions.get,
            "GetQueryResults": self._executions.results,
            "GetQueryRuntimeStatistics": self._executions.runtime_statistics,
            "ListQueryExecutions": self._executions.list_ids,
            "StartQueryExecution": self._executions.start,
            "StopQueryExecution": self._executions.stop,
        }

    def handler(self, operation: str) -> Handler | None:
        """Return what answers an operation, None when it is not supported."""
        if operation in self._executing:
            return self._executing[operation]
        definition = DEFINITIONS.get(operation)
        if definition is None:
            return None
        return lambda tenant, payload: definition(self._store, tenant, payload)

    def close(self) -> None:
        """Stop running queries and close the store."""
        self._executions.close()
        self._store.close()
