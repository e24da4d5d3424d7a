"""Actions on tables and their versions."""

import copy
import re

from local_aws.glue.access import for_callers
from local_aws.glue.errors import GlueError, already_exists, invalid, not_found
from local_aws.glue.maps import in_order
from local_aws.glue.store import (
    LOCK,
    TABLES,
    VERSIONS,
    Record,
    account,
    answer,
    caller_arn,
    database,
    drop_table,
    folded,
    now,
    page,
    table,
    table_key,
)

_FIELDS = (
    "Description",
    "Owner",
    "LastAccessTime",
    "LastAnalyzedTime",
    "Retention",
    "StorageDescriptor",
    "PartitionKeys",
    "ViewOriginalText",
    "ViewExpandedText",
    "TableType",
    "Parameters",
    "TargetTable",
    "ViewDefinition",
)


@for_callers("CreateTable")
def create_table(data: Record) -> Record:
    """Create a table from ``TableInput``."""
    if data.get("OpenTableFormatInput"):
        raise invalid("OpenTableFormatInput is not supported here: create Iceberg tables by Athena")
    given = data.get("TableInput") or {}
    key, database_name, name = table_key({**data, "TableName": given.get("Name")})
    database(database_name)
    with LOCK:
        if key in TABLES:
            raise already_exists(f"Table already exists: {name}")
        drop_table(key)
        TABLES[key] = {
            "Name": name,
            "DatabaseName": database_name,
            **_described(given),
            "CreateTime": now(),
            "UpdateTime": now(),
            "CreatedBy": caller_arn(),
            "IsRegisteredWithLakeFormation": False,
            "CatalogId": account(),
            "VersionId": "0",
        }
    return {}


@for_callers("GetTable")
def get_table(data: Record) -> Record:
    """Return one table."""
    return {"Table": copy.deepcopy(table(data, "Name"))}


@for_callers("GetTables")
def get_tables(data: Record) -> Record:
    """Return the tables of a database by name, optionally those matching ``Expression``."""
    name = str(database(data.get("DatabaseName"))["Name"])
    found = _of_database(name)
    if data.get("Expression"):
        matches = _pattern(str(data["Expression"]))
        found = [record for record in found if matches.fullmatch(record["Name"])]
    return answer("TableList", *page(found, data, 100))


def search_tables(data: Record) -> Record:
    """Return the tables whose name, description, columns or parameters hold ``SearchText``.

    A text in double quotes must match a whole value; filters compare a property with equality.
    """
    text = str(data.get("SearchText") or "")
    exact = len(text) > 1 and text[0] == text[-1] == '"'
    wanted = text.strip('"').lower()
    found = []
    for key in sorted(TABLES.keys()):
        record = TABLES[key]
        words = [value.lower() for value in _searchable(record)]
        hit = wanted in words if exact else any(wanted in word for word in words)
        if hit and all(_passes(record, each) for each in data.get("Filters") or []):
            found.append(copy.deepcopy(record))
    return answer("TableList", *page(found, data, 100))


@for_callers("UpdateTable")
def update_table(data: Record) -> Record:
    """Replace a table's description; the former one becomes a version unless SkipArchive."""
    given = data.get("TableInput") or {}
    with LOCK:
        record = table({**data, "TableName": given.get("Name") or data.get("Name")})
        current = str(record.get("VersionId", "0"))
        if data.get("VersionId") is not None and str(data["VersionId"]) != current:
            raise GlueError(
                "ConcurrentModificationException",
                f"Update table failed due to concurrent modifications: version {current} is newer",
            )
        key = f"{record['DatabaseName']}/{record['Name']}"
        if not data.get("SkipArchive"):
            VERSIONS[key] = [*(VERSIONS.get(key) or []), copy.deepcopy(record)]
        kept = {field: value for field, value in record.items() if field not in _FIELDS}
        TABLES[key] = {
            **kept,
            **_described(given),
            "UpdateTime": now(),
            "VersionId": str(int(current) + 1),
        }
    return {}


@for_callers("DeleteTable")
def delete_table(data: Record) -> Record:
    """Delete one table."""
    with LOCK:
        record = table(data, "Name")
        drop_table(f"{record['DatabaseName']}/{record['Name']}")
    return {}


def batch_delete_table(data: Record) -> Record:
    """Delete several tables, naming those that were not there."""
    errors = []
    for name in data.get("TablesToDelete") or []:
        try:
            delete_table({"DatabaseName": data.get("DatabaseName"), "Name": name})
        except GlueError as error:
            detail = {"ErrorCode": error.code, "ErrorMessage": error.message}
            errors.append({"TableName": name, "ErrorDetail": detail})
    return {"Errors": errors}


def get_table_version(data: Record) -> Record:
    """Return one version of a table, the current one where none is named."""
    wanted = data.get("VersionId")
    for each in _versions(data):
        if wanted is None or each["VersionId"] == str(wanted):
            return {"TableVersion": each}
    raise not_found(f"Version {wanted} not found.")


def get_table_versions(data: Record) -> Record:
    """Return a table's versions, the newest first."""
    return answer("TableVersions", *page(_versions(data), data, 100))


def delete_table_version(data: Record) -> Record:
    """Delete one former version of a table."""
    with LOCK:
        record = table(data)
        key = f"{record['DatabaseName']}/{record['Name']}"
        former = VERSIONS.get(key) or []
        kept = [each for each in former if each["VersionId"] != str(data.get("VersionId"))]
        if len(kept) == len(former):
            raise not_found(f"Version {data.get('VersionId')} not found.")
        VERSIONS[key] = kept
    return {}


def batch_delete_table_version(data: Record) -> Record:
    """Delete several former versions, naming those that were not there."""
    errors = []
    for version in data.get("VersionIds") or []:
        try:
            delete_table_version({**data, "VersionId": version})
        except GlueError as error:
            detail = {"ErrorCode": error.code, "ErrorMessage": error.message}
            errors.append({"TableName": data.get("TableName"), "VersionId": version, **detail})
    return {"Errors": errors}


def _described(given: Record) -> Record:
    described = {field: copy.deepcopy(given[field]) for field in _FIELDS if field in given}
    described.setdefault("Retention", 0)
    described.setdefault("PartitionKeys", [])
    if described.get("Parameters"):
        described["Parameters"] = in_order(described["Parameters"])
    folded(given.get("Name"), "TableInput.Name")
    return described


def _of_database(name: str) -> list[Record]:
    keys = sorted(key for key in TABLES.keys() if key.startswith(f"{name}/"))  # noqa: SIM118
    return [copy.deepcopy(TABLES[key]) for key in keys]


def _versions(data: Record) -> list[Record]:
    record = table(data)
    key = f"{record['DatabaseName']}/{record['Name']}"
    history = [*(VERSIONS.get(key) or []), record]
    return [
        {"Table": copy.deepcopy(each), "VersionId": str(each.get("VersionId", "0"))}
        for each in reversed(history)
    ]


def _pattern(expression: str) -> re.Pattern[str]:
    # Glue's expressions are regular expressions in which a lone * stands for anything, as in Hive.
    try:
        return re.compile(re.sub(r"(?<![.\])])\*", ".*", expression), re.IGNORECASE)
    except re.error as error:
        raise invalid(f"Expression {expression!r} is not valid: {error}") from error


def _searchable(record: Record) -> list[str]:
    storage = record.get("StorageDescriptor") or {}
    columns = [*(storage.get("Columns") or []), *(record.get("PartitionKeys") or [])]
    return [
        record["Name"],
        record["DatabaseName"],
        record.get("Description") or "",
        *(record.get("Parameters") or {}).values(),
        *(column.get("Name", "") for column in columns),
        *(column.get("Comment", "") for column in columns),
    ]


def _passes(record: Record, predicate: Record) -> bool:
    key, value = str(predicate.get("Key")), str(predicate.get("Value"))
    properties = {
        **{name: str(v) for name, v in (record.get("Parameters") or {}).items()},
        "DatabaseName": record["DatabaseName"],
        "Name": record["Name"],
        "Owner": record.get("Owner", ""),
    }
    if predicate.get("Comparator", "EQUALS") != "EQUALS":
        raise invalid("SearchTables: only the comparator EQUALS is supported here")
    return properties.get(key) == value
