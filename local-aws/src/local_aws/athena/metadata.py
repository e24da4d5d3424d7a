"""Data catalogs, and the databases and tables of the one that there is, as Athena shows them."""

import fnmatch
import re
from typing import Any
from uuid import uuid4

from local_aws.athena.errors import InvalidRequestError, MetadataError
from local_aws.athena.pages import page
from local_aws.athena.store import Document, Store
from local_aws.glue.errors import GlueError
from local_aws.glue.operations import ACTIONS
from local_aws.tenant import Tenant, request_scope

CATALOG = "AwsDataCatalog"


def _check(name: str) -> None:
    if name.lower() != CATALOG.lower():
        raise InvalidRequestError(f"DataCatalog {name} was not found")


def get_catalog(_: Store, tenant: Tenant, payload: Document) -> Document:
    """GetDataCatalog."""
    _check(payload["Name"])
    parameters = {"catalog-id": tenant.account}
    description = "AWS Glue Data Catalog"
    catalog = {
        "Name": CATALOG,
        "Description": description,
        "Type": "GLUE",
        "Parameters": parameters,
    }
    return {"DataCatalog": catalog}


def list_catalogs(_: Store, __: Tenant, payload: Document) -> Document:
    """ListDataCatalogs."""
    shown, token = page([{"CatalogName": CATALOG, "Type": "GLUE"}], payload, 50)
    return {"DataCatalogsSummary": shown, **token}


def _glue(tenant: Tenant, action: str, **members: Any) -> Document:
    with request_scope(tenant.account, tenant.region):
        try:
            return ACTIONS[action](members)
        except GlueError as error:
            raise MetadataError(_from_glue(error)) from None


def _from_glue(error: GlueError) -> str:
    """Return Glue's error in the words that Athena wraps it in: clients read the code there."""
    known = error.code == "EntityNotFoundException"
    where = f"Status Code: 400; Error Code: {error.code}; Request ID: {uuid4()}; Proxy: null"
    return f"{'Entity Not Found' if known else error.message} (Service: AmazonDataCatalog; {where})"


def _all(tenant: Tenant, action: str, member: str, **members: Any) -> list[Document]:
    found: list[Document] = []
    token: dict[str, str] = {}
    while True:
        answer = _glue(tenant, action, **members, **token)
        found += answer[member]
        if not answer.get("NextToken"):
            return found
        token = {"NextToken": answer["NextToken"]}


def _database(record: Document) -> Document:
    members = ("Name", "Description", "Parameters")
    return {member: record[member] for member in members if record.get(member)}


def get_database(_: Store, tenant: Tenant, payload: Document) -> Document:
    """GetDatabase."""
    _check(payload["CatalogName"])
    answer = _glue(tenant, "GetDatabase", Name=payload["DatabaseName"])
    return {"Database": _database(answer["Database"])}


def list_databases(_: Store, tenant: Tenant, payload: Document) -> Document:
    """ListDatabases."""
    _check(payload["CatalogName"])
    found = _all(tenant, "GetDatabases", "DatabaseList")
    shown, token = page(sorted((_database(d) for d in found), key=_name), payload, 50)
    return {"DatabaseList": shown, **token}


def _name(record: Document) -> str:
    return str(record["Name"])


def _table(record: Document) -> Document:
    storage = record.get("StorageDescriptor", {})
    serde = storage.get("SerdeInfo", {})
    shown = {
        "inputformat": storage.get("InputFormat"),
        "location": storage.get("Location"),
        "outputformat": storage.get("OutputFormat"),
        "serde.serialization.lib": serde.get("SerializationLibrary"),
        **{f"serde.param.{k}": v for k, v in serde.get("Parameters", {}).items()},
    }
    table = {
        "Name": record["Name"],
        "CreateTime": record.get("CreateTime"),
        "LastAccessTime": record.get("LastAccessTime"),
        "TableType": record.get("TableType"),
        "Columns": [_column(column) for column in storage.get("Columns", [])],
        "PartitionKeys": [_column(column) for column in record.get("PartitionKeys", [])],
        "Parameters": {
            **record.get("Parameters", {}),
            **{k: v for k, v in shown.items() if v is not None},
        },
    }
    return {member: value for member, value in table.items() if value is not None}


def _column(column: Document) -> Document:
    members = ("Name", "Type", "Comment")
    return {member: column[member] for member in members if column.get(member) is not None}


def get_table(_: Store, tenant: Tenant, payload: Document) -> Document:
    """GetTableMetadata."""
    _check(payload["CatalogName"])
    names = {"DatabaseName": payload["DatabaseName"], "Name": payload["TableName"]}
    return {"TableMetadata": _table(_glue(tenant, "GetTable", **names)["Table"])}


def list_tables(_: Store, tenant: Tenant, payload: Document) -> Document:
    """ListTableMetadata; ``Expression`` is a pattern of ``*`` and ``|``, as Glue takes it."""
    _check(payload["CatalogName"])
    found = _all(tenant, "GetTables", "TableList", DatabaseName=payload["DatabaseName"])
    if payload.get("Expression"):
        pattern = "|".join(
            fnmatch.translate(part.strip().lower()) for part in payload["Expression"].split("|")
        )
        found = [table for table in found if re.match(pattern, table["Name"])]
    shown, token = page([_table(t) for t in sorted(found, key=_name)], payload, 50)
    return {"TableMetadataList": shown, **token}
