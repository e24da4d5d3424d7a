"""Which parts of the catalog an operation of Glue is authorized on.

A call needs its action on a resource and on all above it: catalog, then database, then table.
Deleting a database needs it on everything in it too.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from local_aws.iam import decisions
from local_aws.protocol.service import Check, Record
from local_aws.tenant import Tenant, current

Action = Callable[[Record], Record]


def checks(tenant: Tenant, operation: str, given: Record) -> list[Check]:
    """Return what a call needs, from the catalog down.

    Parameters
    ----------
    tenant : Tenant
        Whose call it is.
    operation : str
        The operation's name.
    given : dict
        Its arguments, not checked.
    """
    prefix = f"arn:aws:glue:{tenant.region}:{tenant.account}:"
    places = dict.fromkeys(["catalog", *_below(operation, given)])
    return [Check(f"glue:{operation}", prefix + place, {}) for place in places]


def for_callers(operation: str) -> Callable[[Action], Action]:
    """Let an action that Athena takes for somebody need that caller's leave.

    Parameters
    ----------
    operation : str
        The action's name.
    """

    def decorate(act: Action) -> Action:
        @wraps(act)
        def checked(data: Record) -> Record:
            need(operation, data)
            return act(data)

        return checked

    return decorate


def need(operation: str, data: Record) -> None:
    """Check an action for whom Athena acts for; nothing where it acts for nobody.

    Raises
    ------
    AccessDeniedError
        With the first part of the catalog that the caller has no leave for.
    """
    if decisions.acts_for_caller():
        for each in checks(current(), operation, data):
            decisions.as_caller(each.action, each.resource)


def _below(operation: str, given: Record) -> Iterator[str]:
    if operation == "SearchTables":
        yield from ("database/*", "table/*/*")
        return
    if operation.endswith("Database"):
        name = _name(given.get("Name") or _of(given, "DatabaseInput"))
        yield f"database/{name}"
        if operation == "DeleteDatabase":
            yield from (f"table/{name}/*", f"userDefinedFunction/{name}/*")
        return
    if "DatabaseName" not in given:
        return
    database = _name(given["DatabaseName"])
    yield f"database/{database}"
    named = given.get("TablesToDelete")
    tables = named if isinstance(named, list) else [_table(operation, given)]
    yield from (f"table/{database}/{_name(table)}" for table in tables if table)


def _table(operation: str, given: Record) -> object:
    if operation in {"GetTable", "DeleteTable"}:
        return given.get("Name")
    if operation == "GetTables":
        return None
    return given.get("TableName") or _of(given, "TableInput")


def _of(given: Record, member: str) -> object:
    inside: Any = given.get(member)
    return inside.get("Name") if isinstance(inside, dict) else None


def _name(value: object) -> str:
    return value.lower() if isinstance(value, str) else ""
