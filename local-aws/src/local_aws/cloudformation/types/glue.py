"""AWS::Glue::Database and AWS::Glue::Table, under the names that the catalog gives them."""

from local_aws.cloudformation.calls import Call
from local_aws.cloudformation.types.model import Made, Record, Resource, names


def _create_database(call: Call, properties: Record, name: str) -> Made:
    given = {**properties["DatabaseInput"]}
    given["Name"] = properties.get("DatabaseName") or given.get("Name") or name
    catalog = properties["CatalogId"]
    call("glue", "CreateDatabase", CatalogId=catalog, DatabaseInput=given)
    # Glue keeps names in small letters, and that is what it is found under
    return Made(given["Name"].lower(), {})


def _update_database(call: Call, name: str, _old: Record, new: Record) -> Record:
    given = {**new["DatabaseInput"], "Name": name}
    catalog = new["CatalogId"]
    call("glue", "UpdateDatabase", CatalogId=catalog, Name=name, DatabaseInput=given)
    return {}


def _delete_database(call: Call, name: str, properties: Record) -> None:
    call("glue", "DeleteDatabase", CatalogId=properties["CatalogId"], Name=name)


def _place(properties: Record) -> Record:
    return {"CatalogId": properties["CatalogId"], "DatabaseName": properties["DatabaseName"]}


def _create_table(call: Call, properties: Record, name: str) -> Made:
    given = {**properties["TableInput"]}
    given["Name"] = properties.get("Name") or given.get("Name") or name
    call("glue", "CreateTable", **_place(properties), TableInput=given)
    return Made(given["Name"].lower(), {})


def _update_table(call: Call, name: str, _old: Record, new: Record) -> Record:
    call("glue", "UpdateTable", **_place(new), TableInput={**new["TableInput"], "Name": name})
    return {}


def _delete_table(call: Call, name: str, properties: Record) -> None:
    call("glue", "DeleteTable", **_place(properties), Name=name)


TYPES = {
    "AWS::Glue::Database": Resource(
        names("CatalogId DatabaseInput DatabaseName"),
        _create_database,
        _update_database,
        _delete_database,
        lower=True,
        refused=(
            "DatabaseInput/FederatedDatabase",
            "DatabaseInput/TargetDatabase",
        ),
    ),
    "AWS::Glue::Table": Resource(
        names("CatalogId DatabaseName Name TableInput"),
        _create_table,
        _update_table,
        _delete_table,
        lower=True,
        refused=("TableInput/TargetTable", "TableInput/ViewDefinition"),
    ),
}
