"""Which workgroup or data catalog an operation of Athena is authorized on."""

from local_aws.athena.store import Store
from local_aws.athena.workgroups import PRIMARY
from local_aws.protocol.service import Check, Record
from local_aws.tenant import Tenant

_OF_NONE = frozenset({"ListDataCatalogs", "ListEngineVersions", "ListWorkGroups"})
_OF_CATALOG = frozenset(
    {"GetDataCatalog", "GetDatabase", "GetTableMetadata", "ListDatabases", "ListTableMetadata"}
)
_IDS = {
    "QueryExecutionId": "execution",
    "QueryExecutionIds": "execution",
    "NamedQueryId": "named_query",
    "NamedQueryIds": "named_query",
}


def checks(store: Store, tenant: Tenant, operation: str, given: Record) -> list[Check]:
    """Return what a call needs: its action on the workgroups that it names or whose ids it has.

    Parameters
    ----------
    store : Store
        Knows the workgroup of a query.
    tenant : Tenant
        Whose call it is.
    operation : str
        The operation's name.
    given : dict
        Its arguments, not checked.
    """
    prefix = f"arn:aws:athena:{tenant.region}:{tenant.account}:"
    if operation in _OF_NONE:
        resources = ["*"]
    elif "ResourceARN" in given:
        resources = [str(given["ResourceARN"])]
    elif operation in _OF_CATALOG:
        resources = [f"{prefix}datacatalog/{given.get('CatalogName') or given.get('Name') or ''}"]
    else:
        groups = dict.fromkeys(_workgroups(store, tenant, operation, given))
        resources = [f"{prefix}workgroup/{group}" for group in groups]
    return [Check(f"athena:{operation}", resource, {}) for resource in resources]


def _workgroups(store: Store, tenant: Tenant, operation: str, given: Record) -> list[str]:
    for member, kind in _IDS.items():
        if member in given:
            ids = given[member] if isinstance(given[member], list) else [given[member]]
            return [_of_id(store, tenant, kind, str(each)) for each in ids]
    named = given.get("Name") if operation == "CreateWorkGroup" else given.get("WorkGroup")
    return [str(named or PRIMARY)]


def _of_id(store: Store, tenant: Tenant, kind: str, key: str) -> str:
    if kind == "execution":
        found = (store.get(tenant, "execution", key) or {}).get("QueryExecution")
    else:
        found = store.get(tenant, "named_query", key)
    return str(found["WorkGroup"]) if found else "*"
