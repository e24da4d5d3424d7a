"""Every operation of Athena's API that the local AWS has, and the function that answers it.

Any other operation (notebooks, sessions, capacity reservations, further data catalogs) is refused
by name.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from local_aws.athena import metadata, queries, tags, workgroups
from local_aws.athena.executions import Executions
from local_aws.athena.store import Document, Store
from local_aws.iam import decisions
from local_aws.protocol.service import Operation
from local_aws.tenant import Tenant


class Athena(NamedTuple):
    """What the operations work on: what is remembered, and what runs."""

    store: Store
    executions: Executions


DEFINITIONS: dict[str, Callable[[Store, Tenant, Document], Document]] = {
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

EXECUTIONS: dict[str, Callable[[Executions, Tenant, Document], Document]] = {
    "BatchGetQueryExecution": Executions.batch_get,
    "GetQueryExecution": Executions.get,
    "GetQueryResults": Executions.results,
    "GetQueryRuntimeStatistics": Executions.runtime_statistics,
    "ListQueryExecutions": Executions.list_ids,
    "StartQueryExecution": Executions.start,
    "StopQueryExecution": Executions.stop,
}


def _of_store(function: Callable[[Store, Tenant, Document], Document]) -> Operation[Athena]:
    return _as_caller(lambda athena, tenant, payload: function(athena.store, tenant, payload))


def _of_executions(
    function: Callable[[Executions, Tenant, Document], Document],
) -> Operation[Athena]:
    return _as_caller(lambda athena, tenant, payload: function(athena.executions, tenant, payload))


def _as_caller(operation: Operation[Athena]) -> Operation[Athena]:
    """Let an operation look into the catalog and S3 with its caller's rights."""

    def acting(athena: Athena, tenant: Tenant, payload: Document) -> Any:
        with decisions.acting_for(decisions.requester()):
            return operation(athena, tenant, payload)

    return acting


OPERATIONS: Mapping[str, Operation[Athena]] = {
    **{name: _of_store(function) for name, function in DEFINITIONS.items()},
    **{name: _of_executions(function) for name, function in EXECUTIONS.items()},
}
