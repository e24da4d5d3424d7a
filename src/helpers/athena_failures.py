"""Why Athena did not answer: the one line that matters, where in the SQL, and the nearest name."""

import re
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from helpers import aws
from helpers.athena_sql import SqlError
from helpers.errors import PlatformError, ServiceError
from helpers.names import closest
from helpers.sql_text import Filled
from helpers.sql_text import offset as offset_of

_PLACE: Final = re.compile(r"\bline (\d+):(\d+):? ?")
_CODE: Final = re.compile(r"\A(?:FAILED: |[A-Z_]{4,}: |SemanticException |\[Error \d+\]: )+")
_COLUMN: Final = re.compile(r"Column '([^']+)' cannot be resolved")
_TABLE: Final = re.compile(
    r"(?:Table|View) '(?:[^']*\.)?([^'.]+)' does not exist|Table not found (?:[\w]+\.)?(\w+)"
)
_DATABASE: Final = re.compile(r"Schema '([^']+)' does not exist|Database does not exist: (\w+)")
_LIKE: Final = 0.6  # of columns less like than this none is meant
_MORE_LIKE: Final = 0.8  # of tables and databases, which are missing more often than misspelt
_MADE: Final = "notebooks/10_ingest.ipynb makes user_activity, an insight's notebook its view"
_CHANGED: Final = {
    "INVALID_VIEW": f": what the view reads has changed; {_MADE}",
    "snapshot ID does not exist|No version history table": ": VACUUM removed that state, or it "
    "never was; `make as-of STATE=…` asks another one",
}


def of_query(reason: str, source: str, filled: Filled, database: str, bucket: str) -> PlatformError:
    """Read why a query failed.

    Parameters
    ----------
    reason : str
        Athena's ``StateChangeReason``, or what ``StartQueryExecution`` was refused with.
    source : str
        The SQL as it was written.
    filled : helpers.athena_sql.Filled
        What Athena got.
    database, bucket : str
        Where its tables are, and where its results were to go.

    Returns
    -------
    PlatformError
        `SqlError` where it has a place or a name that is not there, else `ServiceError`.
    """
    found = _PLACE.search(reason)
    said = _PLACE.sub("", _CODE.sub("", reason), 1).strip().rstrip(".")
    offset = _origin(filled, int(found[1]), int(found[2])) if found else None
    hint = _hint(reason, source, database)
    if found is None and hint is None:
        return ServiceError(
            f"Athena could not run the query (database {database}, results in s3://{bucket}/): "
            f"{reason}"
        )
    told = f"{said} (database {database}){hint or ''}"
    return SqlError(told if told.endswith("?") else f"{told}.", source, offset)


def of_start(
    error: ClientError | BotoCoreError,
    source: str,
    filled: Filled,
    database: str,
    bucket: str,
) -> PlatformError:
    """Read why Athena did not take a query.

    Parameters
    ----------
    error : botocore.exceptions.ClientError or botocore.exceptions.BotoCoreError
        What the call raised.
    source, filled, database, bucket
        As in `of_query`.

    Returns
    -------
    PlatformError
        As `of_query`.
    """
    message = error.response["Error"]["Message"] if isinstance(error, ClientError) else str(error)
    if _PLACE.search(message):
        return of_query(message, source, filled, database, bucket)
    return ServiceError(
        f"Athena did not take the query (database {database}, bucket {bucket}): {message}"
    )


def _hint(reason: str, source: str, database: str) -> str | None:
    """Say what is meant by a name that is not there; None where that is not what is wrong."""
    changed = [hint for pattern, hint in _CHANGED.items() if re.search(pattern, reason)]
    if changed:
        return changed[0]
    try:
        if column := _COLUMN.search(reason):
            name = column[1].rpartition(".")[2]
            return _meant(name, _columns(source, database)) or ""
        if table := _TABLE.search(reason):
            name, known = table[1] or table[2], [table["Name"] for table in _tables(database)]
            return _meant(name, known, _MORE_LIKE) or f": {_MADE}"
        if schema := _DATABASE.search(reason):
            known = [entry["Name"] for entry in _pages("get_databases", "DatabaseList")]
            return _meant(schema[1] or schema[2], known, _MORE_LIKE) or f": {_MADE}"
    except (ClientError, BotoCoreError):  # who may ask Athena may not always read Glue's names
        return ""
    return None


def _meant(name: str, known: list[str], likeness: float = _LIKE) -> str | None:
    near = closest(name.lower(), known, likeness=likeness)
    return f": did you mean `{near}`?" if near else None


def _tables(database: str) -> list[dict[str, Any]]:
    return _pages("get_tables", "TableList", DatabaseName=database)


def _columns(source: str, database: str) -> list[str]:
    """List the columns of the tables that a query names, or of all where it names none."""
    tables = _tables(database)
    named = [t for t in tables if re.search(rf"\b{re.escape(t['Name'])}\b", source, re.IGNORECASE)]
    return [
        column["Name"]
        for table in named or tables
        for column in [*table["StorageDescriptor"]["Columns"], *table.get("PartitionKeys", [])]
    ]


def _pages(operation: str, key: str, **arguments: str) -> list[dict[str, Any]]:
    pages = aws.client("glue").get_paginator(operation).paginate(**arguments)
    return [entry for page in pages for entry in page[key]]


def _origin(filled: Filled, line: int, column: int) -> int:
    """Find where in the source a line and column that Athena names come from."""
    return filled.origin(offset_of(filled.text, line, column))
