"""Actions on databases."""

from local_aws.glue.access import for_callers
from local_aws.glue.errors import already_exists
from local_aws.glue.store import (
    DATABASES,
    LOCK,
    TABLES,
    Record,
    account,
    answer,
    database,
    drop_database,
    drop_table,
    ensure_default,
    folded,
    now,
    page,
)

_FIELDS = ("Description", "LocationUri", "Parameters", "CreateTableDefaultPermissions")


@for_callers("CreateDatabase")
def create_database(data: Record) -> Record:
    """Create a database from ``DatabaseInput``."""
    given = data.get("DatabaseInput") or {}
    name = folded(given.get("Name"), "DatabaseInput.Name")
    ensure_default()
    with LOCK:
        if name in DATABASES:
            raise already_exists(f"Database already exists: {name}")
        DATABASES[name] = {
            "Name": name,
            **{field: given[field] for field in _FIELDS if field in given},
            "CreateTime": now(),
            "CatalogId": account(),
        }
    return {}


@for_callers("GetDatabase")
def get_database(data: Record) -> Record:
    """Return one database."""
    return {"Database": database(data.get("Name"))}


@for_callers("GetDatabases")
def get_databases(data: Record) -> Record:
    """Return the databases by name, a page at a time."""
    ensure_default()
    ordered = [dict(DATABASES[name]) for name in sorted(DATABASES.keys())]
    return answer("DatabaseList", *page(ordered, data, 100))


@for_callers("UpdateDatabase")
def update_database(data: Record) -> Record:
    """Replace what ``DatabaseInput`` describes; the name stays."""
    given = data.get("DatabaseInput") or {}
    with LOCK:
        record = database(data.get("Name"))
        kept = {key: record[key] for key in record if key not in _FIELDS}
        DATABASES[record["Name"]] = {**kept, **{f: given[f] for f in _FIELDS if f in given}}
    return {}


@for_callers("DeleteDatabase")
def delete_database(data: Record) -> Record:
    """Delete a database and everything in it."""
    with LOCK:
        name = database(data.get("Name"))["Name"]
        for key in TABLES.keys():  # noqa: SIM118  (ministack's store is no dict)
            if key.startswith(f"{name}/"):
                drop_table(key)
        drop_database(name)
    return {}
