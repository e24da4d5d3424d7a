"""Query executions: started, stopped, remembered, listed, and their results read."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from local_aws.athena import documents, managed, pages, permissions, results, workgroups
from local_aws.athena.errors import InvalidRequestError, TooManyRequestsError
from local_aws.athena.runner import Active, Runner
from local_aws.athena.store import Document, Store
from local_aws.engine import statements
from local_aws.engine.context import EXTERNAL_LOCATION_REFUSED
from local_aws.folder import DataFolder
from local_aws.iam import decisions
from local_aws.tenant import Tenant, request_scope
from local_aws.trino.errors import TrinoError

MAX_RUNNING = 8
MAX_ACTIVE = 200
MAX_QUERY_BYTES = 262_144
HISTORY_S = 45 * 24 * 3600
STOP_S = 1.0
INTERRUPT_EVERY_S = 0.02


class Executions:
    """All executions of every tenant.

    Parameters
    ----------
    folder : DataFolder
        The server's data folder.
    store : Store
        Where executions are remembered.
    """

    def __init__(self, folder: DataFolder, store: Store) -> None:
        self._store = store
        self._own_storage = folder.state / "managed-results"
        managed.purge(self._own_storage)
        self._runner = Runner(folder, store)
        self._pool = ThreadPoolExecutor(MAX_RUNNING, thread_name_prefix="athena-query")
        self._lock = threading.Lock()
        self._active: dict[str, Active] = {}
        self._end_interrupted()
        self._pool.submit(self._runner.warm)

    def _end_interrupted(self) -> None:
        """Mark what an earlier process did not finish, and forget what is too old."""
        for tenant in self._store.tenants():
            for document in self._store.all(tenant, "execution"):
                execution = document["QueryExecution"]
                if execution["Status"]["SubmissionDateTime"] < time.time() - HISTORY_S:
                    self._store.delete(tenant, "execution", execution["QueryExecutionId"])
                elif not documents.is_final(document):
                    reason = "INTERNAL_ERROR: The local AWS ended while the query ran"
                    documents.fail(document, reason, documents.SYSTEM_ERROR, retryable=True)
                    self._save(tenant, document)

    def _save(self, tenant: Tenant, document: Document) -> None:
        execution = document["QueryExecution"]
        query_id, group = execution["QueryExecutionId"], execution["WorkGroup"]
        self._store.put(tenant, "execution", query_id, document, owner=group)

    def start(self, tenant: Tenant, payload: Document) -> Document:
        """StartQueryExecution."""
        token = payload.get("ClientRequestToken")
        with self._lock:
            if token is not None:
                earlier = self._store.get(tenant, "request_token", token)
                if earlier is not None:
                    return _same_request(earlier, payload)
            if len(self._active) >= MAX_ACTIVE:
                raise TooManyRequestsError("You have exceeded the limit for the number of queries")
            document, statement = self._understood(tenant, payload)
            active = Active(tenant, document, statement, caller=decisions.requester())
            self._active[active.query_id] = active
            self._save(tenant, active.document)
            if token is not None:
                seen = {"QueryExecutionId": active.query_id, "Payload": payload}
                self._store.put(tenant, "request_token", token, seen)
        self._pool.submit(self._run, active)
        return {"QueryExecutionId": active.query_id}

    def _understood(
        self, tenant: Tenant, payload: Document
    ) -> tuple[Document, statements.Statement]:
        name = payload.get("WorkGroup", workgroups.PRIMARY)
        group = workgroups.find(self._store, tenant, name)
        if group["State"] == "DISABLED":
            raise InvalidRequestError(f"WorkGroup {name} is disabled.")
        if len(payload["QueryString"].encode()) > MAX_QUERY_BYTES:
            raise InvalidRequestError(
                f"Query string length exceeds the maximum of {MAX_QUERY_BYTES} bytes in UTF-8",
                "INVALID_INPUT",
            )
        try:
            statement = statements.parse(payload["QueryString"])
        except TrinoError as error:
            reason = str(error).removeprefix("SYNTAX_ERROR: ")
            raise InvalidRequestError(reason, "MALFORMED_QUERY") from None
        if statement.external_location and workgroups.enforces_location(group):
            raise InvalidRequestError(EXTERNAL_LOCATION_REFUSED)
        kind = (statement.statement_type, statement.substatement_type)
        document = documents.new(payload, group, kind, managed.prefix(self._own_storage))
        permissions.check_output(document["Prefix"])
        return document, statement

    def _run(self, active: Active) -> None:
        self._runner.run(active)
        self._save(active.tenant, active.document)
        with self._lock:
            del self._active[active.query_id]
        active.finished.set()

    def find(self, tenant: Tenant, query_id: str) -> Document:
        """Return the document of an execution as it is now.

        Raises
        ------
        InvalidRequestError
            When the tenant has none of that id.
        """
        active = self._active.get(query_id)
        if active is not None and active.tenant == tenant:
            return active.document
        document = self._store.get(tenant, "execution", query_id)
        if document is None:
            raise InvalidRequestError(f"QueryExecution {query_id} was not found")
        return document

    def stop(self, tenant: Tenant, payload: Document) -> Document:
        """StopQueryExecution: returns when the query has ended, or after a second of trying."""
        self.find(tenant, payload["QueryExecutionId"])
        active = self._active.get(payload["QueryExecutionId"])
        if active is not None:
            self._stop([active], STOP_S)
        return {}

    def _stop(self, stopped: list[Active], patience_s: float) -> None:
        deadline = time.monotonic() + patience_s
        # again and again, because DuckDB forgets an interrupt that comes between two statements
        while stopped and time.monotonic() < deadline:
            for active in stopped:
                active.stop()
            time.sleep(INTERRUPT_EVERY_S)
            stopped = [active for active in stopped if not active.finished.is_set()]

    def get(self, tenant: Tenant, payload: Document) -> Document:
        """GetQueryExecution."""
        document = self.find(tenant, payload["QueryExecutionId"])
        return {"QueryExecution": document["QueryExecution"]}

    def batch_get(self, tenant: Tenant, payload: Document) -> Document:
        """BatchGetQueryExecution."""
        found, missing = [], []
        for query_id in payload["QueryExecutionIds"]:
            try:
                found.append(self.find(tenant, query_id)["QueryExecution"])
            except InvalidRequestError as error:
                code = {"ErrorCode": error.error_code, "ErrorMessage": error.message}
                missing.append({"QueryExecutionId": query_id, **code})
        return {"QueryExecutions": found, "UnprocessedQueryExecutionIds": missing}

    def list_ids(self, tenant: Tenant, payload: Document) -> Document:
        """ListQueryExecutions: the newest first."""
        name = payload.get("WorkGroup", workgroups.PRIMARY)
        workgroups.find(self._store, tenant, name)
        before = pages.decode(payload.get("NextToken")) or None
        size = payload.get("MaxResults", 50)
        found = self._store.newest(tenant, "execution", name, before, size + 1)
        ids = [query_id for _, query_id in found[:size]]
        token = {"NextToken": pages.encode(found[size - 1][0])} if len(found) > size else {}
        return {"QueryExecutionIds": ids, **token}

    def results(self, tenant: Tenant, payload: Document) -> Document:
        """GetQueryResults."""
        document = self.find(tenant, payload["QueryExecutionId"])
        execution = document["QueryExecution"]
        state = execution["Status"]["State"]
        if state != "SUCCEEDED":
            message = f"Query did not finish successfully. Final query state: {state}"
            if state not in documents.FINAL:
                message = f"Query has not yet finished. Current state: {state}"
            raise InvalidRequestError(message, "INVALID_QUERY_EXECUTION_STATE")
        columns = document["Columns"]
        rows: list[list[str | None]] = []
        token: dict[str, str] = {}
        if document["HasResult"]:
            told = execution["ResultConfiguration"].get("OutputLocation")
            location = told or document["Location"]
            with request_scope(tenant.account, tenant.region):
                rows, token = results.read_page(location, len(columns), payload)
        answer: Document = {
            "ResultSet": {
                "Rows": [{"Data": [_datum(value) for value in row]} for row in rows],
                "ResultSetMetadata": {"ColumnInfo": columns},
            },
            **token,
        }
        return {"UpdateCount": document.get("UpdateCount", 0), **answer}

    def runtime_statistics(self, tenant: Tenant, payload: Document) -> Document:
        """GetQueryRuntimeStatistics: the timeline and the rows; there are no stages to show."""
        document = self.find(tenant, payload["QueryExecutionId"])
        statistics = document["QueryExecution"]["Statistics"]
        members = (
            "QueryQueueTimeInMillis",
            "ServicePreProcessingTimeInMillis",
            "QueryPlanningTimeInMillis",
            "EngineExecutionTimeInMillis",
            "ServiceProcessingTimeInMillis",
            "TotalExecutionTimeInMillis",
        )
        timeline = {member: statistics[member] for member in members if member in statistics}
        rows = {"InputBytes": statistics.get("DataScannedInBytes", 0)}
        return {"QueryRuntimeStatistics": {"Timeline": timeline, "Rows": rows}}

    def close(self) -> None:
        """Stop what runs, for at most a second; what does not end is marked at the next start."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            stopped = list(self._active.values())
        self._stop(stopped, STOP_S)


def _same_request(earlier: Document, payload: Document) -> Document:
    if earlier["Payload"] != payload:
        raise InvalidRequestError("Idempotent parameters do not match")
    return {"QueryExecutionId": earlier["QueryExecutionId"]}


def _datum(value: str | None) -> Document:
    return {} if value is None else {"VarCharValue": value}
