"""One query from QUEUED to its end, in a worker thread."""

import logging
import shutil
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from local_aws import objects
from local_aws.athena import documents, managed, permissions, results
from local_aws.athena.queries import PreparedOfGroup
from local_aws.athena.store import Document, Store
from local_aws.engine import statements
from local_aws.engine.context import Context, Outcome, QueryCancelledError, QueryError
from local_aws.engine.database import shared
from local_aws.engine.scan import repair
from local_aws.folder import DataFolder
from local_aws.glue import access
from local_aws.glue.store import wait_until_kept
from local_aws.iam import decisions
from local_aws.tenant import Tenant, request_scope
from local_aws.trino.errors import TrinoError
from local_aws.trino.failures import translate_runtime_error
from local_aws.trino.syntax.parameters import parameter_sql

log = logging.getLogger("local_aws.athena")

CATALOG = "awsdatacatalog"
INVALID_LOCATION = (
    "The S3 location provided to save your query results is invalid. Please check your S3 location "
    "is correct and is in the same region and try again."
)


@dataclass
class Active:
    """An execution that waits or runs: its document, its statement, for whom, what ends it."""

    tenant: Tenant
    document: Document
    statement: statements.Statement
    submitted: float = field(default_factory=time.monotonic)
    caller: Any = None
    context: Context | None = None
    stopped: threading.Event = field(default_factory=threading.Event)
    finished: threading.Event = field(default_factory=threading.Event)

    @property
    def query_id(self) -> str:
        """The execution's id."""
        return str(self.document["QueryExecution"]["QueryExecutionId"])

    def stop(self) -> None:
        """Ask it to end, now if it runs."""
        self.stopped.set()
        if self.context is not None:
            self.context.cancel()


class Runner:
    """Runs queries on the one database.

    Parameters
    ----------
    folder : DataFolder
        The server's data folder.
    store : Store
        Prepared statements and the results that may be reused.
    """

    def __init__(self, folder: DataFolder, store: Store) -> None:
        self._store = store
        self._scratch = folder.scratch / "queries"
        self._database = shared(folder)

    def warm(self) -> None:
        """Open the database, so that the first query need not wait for it."""
        self._database.connect().close()

    def run(self, active: Active) -> None:
        """Run one execution; whatever happens is in its document afterwards."""
        document = active.document
        scratch = self._scratch / active.query_id
        try:
            with (
                request_scope(active.tenant.account, active.tenant.region),
                decisions.acting_for(active.caller),
            ):
                if active.stopped.is_set():
                    raise QueryCancelledError("")
                if not self._reuse(active):
                    self._execute(active, scratch)
        except QueryCancelledError as cancelled:
            documents.cancel(document, str(cancelled))
        except decisions.AccessDeniedError as denied:
            reason = permissions.reason(denied, active.query_id)
            documents.fail(document, reason, documents.USER_ERROR)
        except QueryError as error:
            documents.fail(document, error.reason, error.category)
        except TrinoError as error:
            documents.fail(document, str(error), documents.USER_ERROR)
        except duckdb.Error as error:
            self._end_of_duckdb(active, error)
        except Exception as error:
            log.exception("query %s failed inside the local Athena", active.query_id)
            reason = self._without_paths(f"GENERIC_INTERNAL_ERROR: {type(error).__name__}: {error}")
            documents.fail(document, reason, documents.SYSTEM_ERROR)
        finally:
            context, active.context = active.context, None
            if context is not None:
                context.connection.close()
            shutil.rmtree(scratch, ignore_errors=True)

    def _end_of_duckdb(self, active: Active, error: duckdb.Error) -> None:
        if active.stopped.is_set():
            documents.cancel(active.document, "")
            return
        if isinstance(error, duckdb.FatalException | duckdb.InternalException):
            log.exception("DuckDB gave up")
            self._database.discard()
        reason = self._without_paths(str(translate_runtime_error(error)))
        documents.fail(active.document, reason, documents.USER_ERROR)

    def _without_paths(self, text: str) -> str:
        """Return a message without the files of this machine."""
        return objects.with_addresses(text).replace(f"{self._scratch}/", "")

    def _execute(self, active: Active, scratch: Path) -> None:
        document = active.document
        execution = document["QueryExecution"]
        own_storage = managed.is_managed(document["Prefix"])
        if not own_storage and not objects.bucket_exists(objects.split_uri(document["Prefix"])[0]):
            raise QueryError(INVALID_LOCATION)
        access.need("GetDatabase", {"Name": "default"})  # of each who asks Athena anything
        scratch.mkdir(parents=True)
        names = execution["QueryExecutionContext"]
        context = active.context = Context(
            query_id=active.query_id,
            tenant=active.tenant,
            workgroup=execution["WorkGroup"],
            catalog=names.get("Catalog", CATALOG),
            database=names.get("Database", "default"),
            output_prefix=None if own_storage else document["Prefix"],
            parameters=[parameter_sql(text) for text in execution.get("ExecutionParameters", [])],
            connection=self._database.connect(),
            scratch=scratch,
            prepared=PreparedOfGroup(self._store, active.tenant, execution["WorkGroup"]),
            scanned_limit=document["ScannedLimit"],
            location_enforced=document["Enforced"],
        )
        documents.run(document)
        began = time.monotonic()
        documents.count(document, QueryQueueTimeInMillis=_millis(began - active.submitted))
        if active.stopped.is_set():
            context.cancel()
        try:
            context.check_cancelled()
            try:
                outcome, manifest, planned = self._answer(active, context)
            except duckdb.InvalidInputException as error:
                if not repair.is_wanted_after(error):
                    raise
                context.repairs_texts, context.scanned_bytes = True, 0
                active.statement = statements.parse(execution["Query"])  # each runs once
                outcome, manifest, planned = self._answer(active, context)
        finally:
            ended = time.monotonic()
            documents.count(
                document,
                DataScannedInBytes=context.scanned_bytes,
                EngineExecutionTimeInMillis=_millis(ended - began),
            )
        documents.count(document, QueryPlanningTimeInMillis=_millis(planned - began))
        if manifest is not None:
            documents.count(document, DataManifestLocation=manifest)
        selecting = outcome.substatement_type == "SELECT"
        if not selecting:
            wait_until_kept()  # it may have changed the catalog
        documents.succeed(document, outcome)
        if selecting and not own_storage:
            key = documents.reuse_key(document)
            self._store.put(active.tenant, "reusable_result", key, document)

    @staticmethod
    def _answer(active: Active, context: Context) -> tuple[Outcome, str | None, float]:
        """Run a statement; return what it came to, its manifest, and when it was planned."""
        outcome = statements.run(active.statement, context)
        planned = time.monotonic()
        location = documents.locate(active.document, outcome)
        return outcome, results.write(context, outcome, location), planned

    def _reuse(self, active: Active) -> bool:
        """Take an earlier result when the call allows one of that age and it is still there."""
        configuration = active.document["QueryExecution"]["ResultReuseConfiguration"]
        by_age = configuration.get("ResultReuseByAgeConfiguration", {})
        if not by_age.get("Enabled") or managed.is_managed(active.document["Prefix"]):
            return False
        key = documents.reuse_key(active.document)
        earlier = self._store.get(active.tenant, "reusable_result", key)
        if earlier is None:
            return False
        execution = earlier["QueryExecution"]
        age_s = time.time() - execution["Status"]["CompletionDateTime"]
        location = execution["ResultConfiguration"]["OutputLocation"]
        if age_s > by_age.get("MaxAgeInMinutes", 60) * 60 or not objects.exists(location):
            return False
        documents.reuse(active.document, earlier)
        return True


def _millis(seconds: float) -> int:
    return round(seconds * 1000)
