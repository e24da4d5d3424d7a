"""Named queries and prepared statements: SQL that a workgroup keeps."""

import time
from dataclasses import dataclass
from uuid import uuid4

from local_aws.athena import workgroups
from local_aws.athena.errors import InvalidRequestError, NotFoundError
from local_aws.athena.pages import page
from local_aws.athena.store import Document, Store
from local_aws.tenant import Tenant


def create_named(store: Store, tenant: Tenant, payload: Document) -> Document:
    """CreateNamedQuery; the same ``ClientRequestToken`` again gives the same query."""
    group = payload.get("WorkGroup", workgroups.PRIMARY)
    workgroups.find(store, tenant, group)
    token = (
        f"named_query/{payload['ClientRequestToken']}" if "ClientRequestToken" in payload else ""
    )
    earlier = store.get(tenant, "request_token", token) if token else None
    if earlier is not None:
        return earlier
    query_id = str(uuid4())
    members = ("Name", "Description", "Database", "QueryString")
    query = {member: payload[member] for member in members if member in payload}
    body = {**query, "NamedQueryId": query_id, "WorkGroup": group}
    store.put(tenant, "named_query", query_id, body, owner=group)
    if token:
        store.put(tenant, "request_token", token, {"NamedQueryId": query_id})
    return {"NamedQueryId": query_id}


def _find_named(store: Store, tenant: Tenant, query_id: str) -> Document:
    found = store.get(tenant, "named_query", query_id)
    if found is None:
        raise InvalidRequestError(f"NamedQuery {query_id} was not found")
    return found


def get_named(store: Store, tenant: Tenant, payload: Document) -> Document:
    """GetNamedQuery."""
    return {"NamedQuery": _find_named(store, tenant, payload["NamedQueryId"])}


def batch_get_named(store: Store, tenant: Tenant, payload: Document) -> Document:
    """BatchGetNamedQuery."""
    found, missing = [], []
    for query_id in payload["NamedQueryIds"]:
        try:
            found.append(_find_named(store, tenant, query_id))
        except InvalidRequestError as error:
            code = {"ErrorCode": error.error_code, "ErrorMessage": error.message}
            missing.append({"NamedQueryId": query_id, **code})
    return {"NamedQueries": found, "UnprocessedNamedQueryIds": missing}


def list_named(store: Store, tenant: Tenant, payload: Document) -> Document:
    """ListNamedQueries."""
    group = payload.get("WorkGroup", workgroups.PRIMARY)
    workgroups.find(store, tenant, group)
    ids = [query["NamedQueryId"] for query in store.all(tenant, "named_query", group)]
    shown, token = page(ids, payload, 50)
    return {"NamedQueryIds": shown, **token}


def update_named(store: Store, tenant: Tenant, payload: Document) -> Document:
    """UpdateNamedQuery."""
    query = _find_named(store, tenant, payload["NamedQueryId"])
    members = ("Name", "Description", "QueryString")
    query.update({member: payload[member] for member in members if member in payload})
    store.put(tenant, "named_query", query["NamedQueryId"], query)
    return {}


def delete_named(store: Store, tenant: Tenant, payload: Document) -> Document:
    """DeleteNamedQuery."""
    _find_named(store, tenant, payload["NamedQueryId"])
    store.delete(tenant, "named_query", payload["NamedQueryId"])
    return {}


def prepared(store: Store, tenant: Tenant, group: str, name: str) -> Document | None:
    """Return a prepared statement, None when the workgroup has none of that name."""
    return store.get(tenant, "prepared_statement", f"{group}/{name}")


def prepare(  # noqa: PLR0917
    store: Store, tenant: Tenant, group: str, name: str, sql: str, description: str | None = None
) -> None:
    """Keep a prepared statement, in the place of one of the same name."""
    statement = {
        "StatementName": name,
        "QueryStatement": sql,
        "WorkGroupName": group,
        "LastModifiedTime": round(time.time(), 3),
        **({"Description": description} if description is not None else {}),
    }
    store.put(tenant, "prepared_statement", f"{group}/{name}", statement, owner=group)


def deallocate(store: Store, tenant: Tenant, group: str, name: str) -> bool:
    """Forget a prepared statement; returns whether there was one."""
    there = prepared(store, tenant, group, name) is not None
    store.delete(tenant, "prepared_statement", f"{group}/{name}")
    return there


@dataclass(frozen=True)
class PreparedOfGroup:
    """The prepared statements of one workgroup, as PREPARE, EXECUTE and DEALLOCATE use them."""

    store: Store
    tenant: Tenant
    group: str

    def find(self, name: str) -> str | None:
        """Return the SQL of one, None where there is none of that name."""
        found = prepared(self.store, self.tenant, self.group, name)
        return None if found is None else str(found["QueryStatement"])

    def keep(self, name: str, sql: str) -> None:
        """Keep one, in the place of one of the same name."""
        prepare(self.store, self.tenant, self.group, name, sql)

    def forget(self, name: str) -> bool:
        """Forget one; returns whether there was one."""
        return deallocate(self.store, self.tenant, self.group, name)


def _find_prepared(store: Store, tenant: Tenant, group: str, name: str) -> Document:
    workgroups.find(store, tenant, group)
    found = prepared(store, tenant, group, name)
    if found is None:
        message = f"PreparedStatement {name} was not found in workGroup {group}"
        raise NotFoundError(message, name)
    return found


def create_prepared(store: Store, tenant: Tenant, payload: Document) -> Document:
    """CreatePreparedStatement."""
    group, name = payload["WorkGroup"], payload["StatementName"]
    workgroups.find(store, tenant, group)
    if prepared(store, tenant, group, name) is not None:
        raise InvalidRequestError(f"PreparedStatement {name} already exists in WorkGroup {group}")
    prepare(store, tenant, group, name, payload["QueryStatement"], payload.get("Description"))
    return {}


def get_prepared(store: Store, tenant: Tenant, payload: Document) -> Document:
    """GetPreparedStatement."""
    found = _find_prepared(store, tenant, payload["WorkGroup"], payload["StatementName"])
    return {"PreparedStatement": found}


def batch_get_prepared(store: Store, tenant: Tenant, payload: Document) -> Document:
    """BatchGetPreparedStatement."""
    found, missing = [], []
    for name in payload["PreparedStatementNames"]:
        try:
            found.append(_find_prepared(store, tenant, payload["WorkGroup"], name))
        except NotFoundError as error:
            code = {"ErrorCode": "STATEMENT_NOT_FOUND", "ErrorMessage": error.message}
            missing.append({"StatementName": name, **code})
    return {"PreparedStatements": found, "UnprocessedPreparedStatementNames": missing}


def list_prepared(store: Store, tenant: Tenant, payload: Document) -> Document:
    """ListPreparedStatements."""
    workgroups.find(store, tenant, payload["WorkGroup"])
    members = ("StatementName", "LastModifiedTime")
    found = [
        {member: statement[member] for member in members}
        for statement in store.all(tenant, "prepared_statement", payload["WorkGroup"])
    ]
    shown, token = page(found, payload, 50)
    return {"PreparedStatements": shown, **token}


def update_prepared(store: Store, tenant: Tenant, payload: Document) -> Document:
    """UpdatePreparedStatement."""
    group, name = payload["WorkGroup"], payload["StatementName"]
    _find_prepared(store, tenant, group, name)
    prepare(store, tenant, group, name, payload["QueryStatement"], payload.get("Description"))
    return {}


def delete_prepared(store: Store, tenant: Tenant, payload: Document) -> Document:
    """DeletePreparedStatement."""
    group, name = payload["WorkGroup"], payload["StatementName"]
    _find_prepared(store, tenant, group, name)
    deallocate(store, tenant, group, name)
    return {}
