"""The records behind the catalog: ministack's dictionaries, scoped by account and region.

The scope comes from ministack's context variables, so code that works for a request in another
thread must run in a copy of that request's context.
"""

import base64
import binascii
import threading
import time
from collections.abc import Sequence
from concurrent.futures import wait
from typing import Any

from local_aws.glue.errors import invalid, not_found
from local_aws.ministack import saving
from local_aws.ministack.foreign import glue as ministack_glue
from local_aws.ministack.foreign import responses

Record = dict[str, Any]
DEFAULT = "default"

_PATIENCE_S = 10  # a server that is stopping saves all when its queries have ended

LOCK = threading.RLock()
DATABASES = ministack_glue._databases
TABLES = ministack_glue._tables
PARTITIONS = ministack_glue._partitions
VERSIONS = responses.AccountRegionScopedDict()
_GONE = responses.AccountRegionScopedDict()
# ministack saves and restores every store that is registered here.
ministack_glue.add("_ALL_STATE", "table_versions", VERSIONS)
ministack_glue.add("_ALL_STATE", "default_database_gone", _GONE)
_PER_TABLE = (
    TABLES,
    PARTITIONS,
    VERSIONS,
    ministack_glue._partition_indexes,
    ministack_glue._table_column_statistics,
    ministack_glue._partition_column_statistics,
)


def wait_until_kept() -> None:
    """Wait until a killed server would still know what the catalog says now.

    Who tells a caller that a table was changed waits first, and so does who deletes files that the
    catalog has just ceased to name.
    """
    saving.soon("glue")
    wait([saving.settled()], _PATIENCE_S)


def now() -> int:
    """Return the time as Glue stores it, in whole seconds since 1970."""
    return int(time.time())


def account() -> str:
    """Return the account of the request, which is also the catalog's id."""
    return str(responses.get_account_id())


def caller_arn() -> str:
    """Return the principal that Glue names as a table's creator."""
    return f"arn:aws:iam::{account()}:root"


def folded(name: object, what: str) -> str:
    """Return a database or table name as Glue stores it: in lower case.

    Raises
    ------
    GlueError
        InvalidInputException for a name that is no text, is empty or exceeds 255 characters.
    """
    if not isinstance(name, str) or not 1 <= len(name) <= 255 or "/" in name:
        raise invalid(f"{what} must be a name of 1 to 255 characters, not {name!r}")
    return name.lower()


def ensure_default() -> None:
    """Make the database that every account has until it is deleted."""
    with LOCK:
        if DEFAULT not in DATABASES and DEFAULT not in _GONE:
            DATABASES[DEFAULT] = {"Name": DEFAULT, "CreateTime": now(), "CatalogId": account()}


def drop_database(name: str) -> None:
    """Forget a database; the default one does not come back by itself."""
    del DATABASES[name]
    if name == DEFAULT:
        _GONE[DEFAULT] = True


def database(name: object) -> Record:
    """Return a database's record, or raise EntityNotFoundException."""
    ensure_default()
    folded_name = folded(name, "Database name")
    record = DATABASES.get(folded_name) or DATABASES.get(name)
    if record is None:
        raise not_found(f"Database {name} not found.")
    return dict(record)


def table_key(data: Record, name_field: str = "TableName") -> tuple[str, str, str]:
    """Return the store's key of a request's table with its database and table names."""
    database_name = folded(data.get("DatabaseName"), "DatabaseName")
    name = folded(data.get(name_field), name_field)
    return f"{database_name}/{name}", database_name, name


def table(data: Record, name_field: str = "TableName") -> Record:
    """Return the live record of the table that a request names."""
    key, _, name = table_key(data, name_field)
    record = TABLES.get(key)
    if record is None:
        database(data.get("DatabaseName"))
        raise not_found(f"Entity Not Found: table {name} not found.")
    return record  # type: ignore[no-any-return]


def drop_table(key: str) -> None:
    """Forget a table with its partitions, versions and statistics."""
    for store in _PER_TABLE:
        store.pop(key, None)


def page(items: Sequence[Record], data: Record, largest: int) -> tuple[list[Record], str | None]:
    """Return one page of a listing and the token of the next.

    Parameters
    ----------
    items
        The whole listing in a stable order.
    data
        The request, with ``MaxResults`` and ``NextToken``.
    largest
        The most that the service answers at once, also the default.

    Raises
    ------
    GlueError
        InvalidInputException for a token that no listing gave out.
    """
    size = min(int(data.get("MaxResults") or largest), largest)
    start = 0
    if data.get("NextToken"):
        try:
            start = int(base64.urlsafe_b64decode(str(data["NextToken"])))
        except (ValueError, binascii.Error) as error:
            raise invalid("NextToken is not valid") from error
    end = start + size
    token = base64.urlsafe_b64encode(str(end).encode()).decode() if end < len(items) else None
    return list(items[start:end]), token


def answer(name: str, items: list[Record], token: str | None) -> Record:
    """Return a listing's answer, with NextToken only where there is more."""
    return {name: items, **({"NextToken": token} if token else {})}
