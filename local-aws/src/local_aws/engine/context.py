"""What one query is given to run with, and what it hands back.

A query runs in a worker thread of its own, inside ministack's scope of the caller's account and
region: `local_aws.objects` and the Glue catalog then act for that account.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import duckdb

from local_aws.tenant import Tenant
from local_aws.trino.types import BIGINT, TrinoType

EXTERNAL_LOCATION_REFUSED = (
    "The Create Table As Select query failed because it was submitted with an 'external_location' "
    "property to an Athena Workgroup that enforces a centralized output location for all queries. "
    "Please remove the 'external_location' property and resubmit the query."
)

StatementType = Literal["DDL", "DML", "UTILITY"]


# the one column that a statement answers with whose rows go elsewhere
ROWS_WRITTEN = (("rows", BIGINT),)


class PreparedStatements(Protocol):
    """The prepared statements of the query's workgroup, which the API keeps."""

    def find(self, name: str) -> str | None:
        """Return the SQL of one, None where there is none of that name."""

    def keep(self, name: str, sql: str) -> None:
        """Keep one, in the place of one of the same name."""

    def forget(self, name: str) -> bool:
        """Forget one; returns whether there was one."""


class QueryError(Exception):
    """A query that failed, with what Athena says about it.

    Parameters
    ----------
    reason : str
        ``StateChangeReason``, such as ``TABLE_NOT_FOUND: line 1:15: Table ... does not exist``.
    category : int
        ``ErrorCategory``: 1 system, 2 user, 3 other.
    """

    def __init__(self, reason: str, category: int = 2) -> None:
        super().__init__(reason)
        self.reason = reason
        self.category = category


class QueryCancelledError(Exception):
    """The query was stopped; the message is the ``StateChangeReason``, empty when a user did it."""


@dataclass
class Context:
    """Everything that a statement may use.

    Attributes
    ----------
    query_id : str
        The execution's id, also the name of what it writes.
    tenant : Tenant
        Account and region of the caller.
    workgroup, catalog, database : str
        Where names without these parts are looked up; ``AwsDataCatalog`` and ``default`` when the
        caller named none.
    output_prefix : str or None
        ``s3://BUCKET/PREFIX/`` for results, manifests and CTAS data; None when none is known.
    parameters : list of str
        ``ExecutionParameters``: SQL literals for the question marks, in order.
    connection : duckdb.DuckDBPyConnection
        A connection of this query alone, with bounded memory, prepared for Trino's functions, that
        reaches no file but the S3 objects and `scratch`.
    scratch : Path
        An empty folder of this query alone, removed after it: write files here and hand them to
        `local_aws.objects.put_file`.
    prepared : PreparedStatements
        Prepared statements, for PREPARE, EXECUTE and DEALLOCATE.
    scanned_limit : int or None
        The workgroup's ``BytesScannedCutoffPerQuery``.
    repairs_texts : bool
        Whether Parquet files are read through copies whose texts were made UTF-8.
    location_enforced : bool
        Whether the workgroup says where results go, so that a statement may not.
    """

    query_id: str
    tenant: Tenant
    workgroup: str
    catalog: str
    database: str
    output_prefix: str | None
    parameters: list[str]
    connection: duckdb.DuckDBPyConnection
    scratch: Path
    prepared: PreparedStatements
    scanned_limit: int | None = None
    location_enforced: bool = False
    scanned_bytes: int = 0
    repairs_texts: bool = False
    _cancelled: threading.Event = field(default_factory=threading.Event)

    def add_scanned(self, size: int) -> None:
        """Count bytes of objects that the query reads; call it before they are read.

        Raises
        ------
        QueryCancelledError
            When the workgroup's limit is passed.
        """
        self.scanned_bytes += size
        if self.scanned_limit is not None and self.scanned_bytes > self.scanned_limit:
            self.scanned_bytes = self.scanned_limit  # where the service stops to read
            raise QueryCancelledError("Bytes scanned limit was exceeded")

    def cancel(self) -> None:
        """Ask the query to end: whatever DuckDB does is interrupted at once."""
        self._cancelled.set()
        self.connection.interrupt()

    def check_cancelled(self) -> None:
        """Raise `QueryCancelledError` when the query was asked to end; call it in long loops."""
        if self._cancelled.is_set():
            raise QueryCancelledError("")


@dataclass(frozen=True)
class Outcome:
    """What a statement came to; exactly one of `sql` and `lines` is set where there is a result.

    Attributes
    ----------
    statement_type : {"DDL", "DML", "UTILITY"}
        ``StatementType``.
    substatement_type : str
        ``SubstatementType``, such as ``SELECT`` or ``CREATE_TABLE_AS_SELECT``.
    columns : sequence of (name, TrinoType)
        The result's columns, in order.
    sql : str or None
        DuckDB text whose rows, with those columns, are the result: it is run on the context's
        connection and written as CSV.
    lines : sequence of str or None
        A text result, one line a row, written as ``.txt``; columns are separated by tabs.
    manifest : sequence of str or None
        URIs of the objects that a CTAS, INSERT or UNLOAD wrote, for ``DataManifestLocation``.
    update_count : int or None
        Rows that a CTAS or INSERT wrote.
    """

    statement_type: StatementType
    substatement_type: str
    columns: Sequence[tuple[str, TrinoType]] = ()
    sql: str | None = None
    lines: Sequence[str] | None = None
    manifest: Sequence[str] | None = None
    update_count: int | None = None
