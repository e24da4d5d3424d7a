"""What a kernel's SQL runs in: one environment, its settings, its jobs."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final, NamedTuple

import pandas as pd
import pyarrow as pa

from flink_notes import carrier, failures, live, operations, order
from flink_notes.catalog import Catalog
from flink_notes.changelog import Current, Row, Rows
from flink_notes.environment import Environments, settle_thread
from flink_notes.failures import FlinkError
from flink_notes.frames import frame, table_of
from flink_notes.interrupts import held
from flink_notes.job import Job
from flink_notes.jobs import Jobs
from flink_notes.rows import Reader
from flink_notes.settings import JOB_NAME, Settings
from flink_notes.substitution import fill
from helpers import sql_text
from helpers.errors import PlatformError, ServiceError
from helpers.names import nearest
from helpers.sql_text import Filled, position

_ZONE: Final = "table.local-time-zone"
_MISSING: Final = re.compile(r"Object '(\w+)' not found")


class Gathered(NamedTuple):
    """What came of a statement that gives rows.

    Attributes
    ----------
    schema : pyarrow.Schema
        The columns.
    rows : list of tuple
        In the order to show them.
    interrupted : bool
        Whether an interrupt ended it.
    """

    schema: pa.Schema
    rows: list[Row]
    interrupted: bool


class Session:
    """Runs SQL statements.

    Parameters
    ----------
    environments : flink_notes.environment.Environments
    """

    def __init__(self, environments: Environments) -> None:
        self.st_env, self.s_env = environments
        self.settings = Settings(self.st_env)
        self.jobs = Jobs()
        self.catalog = Catalog(self.st_env)

    def parse(self, sql: str) -> Any:
        """Let Flink read one statement, over the tables that Glue has now.

        Parameters
        ----------
        sql : str

        Returns
        -------
        py4j.java_gateway.JavaObject
            Its ``Operation``.

        Raises
        ------
        InputError
            Where it is not for a note.
        ServiceError
            Where Glue has had tables, and does not answer any more.
        failures.RAISED
            What Flink refuses it with.
        """
        settle_thread()
        try:
            operation = self._parsed(sql)
        except failures.RAISED:
            with suppress(ServiceError):
                if self.catalog.load():
                    return self._parsed(sql)
            raise
        if operations.names_tables(operation):
            needed = operations.defines_permanent_table(operation)
            if self.catalog.load(needed=needed):
                operation = self._parsed(sql)
        return operation

    def _parsed(self, sql: str) -> Any:
        (operation,) = self.st_env._j_tenv.getParser().parse(sql)
        operations.check(operation)
        return operation

    def execute(self, operation: Any, job: str | None = None) -> Any:
        """Give one statement to Flink.

        Parameters
        ----------
        operation : py4j.java_gateway.JavaObject
            As from `parse`.
        job : str, optional
            The name of the job that it starts.

        Returns
        -------
        pyflink.table.TableResult

        Raises
        ------
        failures.RAISED
            What Flink refuses it with.
        """
        from pyflink.table import TableResult  # noqa: PLC0415

        with self.settings.planning(job):
            return TableResult(self.st_env._j_tenv.executeInternal(operation))

    def submit(self, operation: Any) -> Job | None:
        """Do what makes a table or starts a job that writes.

        Parameters
        ----------
        operation : py4j.java_gateway.JavaObject
            As from `parse`.

        Returns
        -------
        Job or None
            The job, once all its tasks run; None where the statement starts none.

        Raises
        ------
        InputError
            Where a job of its name runs already, or Glue cannot keep the table.
        ServiceError
            Where Glue refuses.
        FlinkError
            Where the job does not start.
        """
        name = None
        if operations.writes(operation):
            name = self.settings[JOB_NAME] or "+".join(operations.sinks(operation))
            self.jobs.check_free(name)
        result = self.execute(operation, name)
        client = result.get_job_client()
        job = Job(name, client) if name and client else None
        if operations.defines_permanent_table(operation):
            try:
                self.catalog.publish()
            except PlatformError:
                if job is not None:
                    job.cancel()
                raise
        if job is not None:
            self.jobs.add(job)
            job.wait_until_running()
        return job

    def gather(
        self,
        operation: Any,
        table: Rows,
        *,
        rows: int | None = None,
        seconds: float | None = None,
        sort: bool | None = None,
        show: Callable[[list[str], list[Row]], None] = lambda *_: None,
    ) -> Gathered:
        """Do what gives rows, and take them into a table.

        Its job is cancelled in any case.

        Parameters
        ----------
        operation : py4j.java_gateway.JavaObject
            As from `parse`.
        table : flink_notes.changelog.Rows
        rows, seconds
            Bounds, as for `flink_notes.live.gather`.
        sort : bool, optional
            Whether to put the rows in order: first that of the query's ORDER BY, then by all
            columns. Without it, those of a query that has one or that changes its rows.
        show : callable
            Shows columns and rows meanwhile.

        Returns
        -------
        Gathered

        Raises
        ------
        failures.RAISED
            What Flink refuses it with, or what its job failed with, also where Flink would
            go on trying.
        """
        width: int | None = None
        keys: tuple[order.Key, ...] = ()
        stamps: dict[int, bool] = {}
        if operations.is_query(operation):
            operation, width, keys = order.of_plan(operation)
            stamps = carrier.stamps(operation)
            operation = carrier.carried(operation, self.settings[_ZONE] or "")

        def arranged() -> list[Row]:
            found = table.rows()
            if sort or (sort is None and (keys or table.changed)):
                found = order.ordered(found, keys, len(reader.schema) if width is None else width)
            return [row[:width] for row in found]

        with held() as pressed:
            result = self.execute(operation)
            client = result.get_job_client()
            job = Job("query", client) if client else None
            reader = Reader(result, stamps)
            schema = pa.schema(list(reader.schema)[:width])
            try:
                live.gather(
                    reader,
                    table,
                    rows=rows,
                    seconds=seconds,
                    stop=pressed,
                    check=job.check if job else lambda: None,
                    refresh=lambda: show(schema.names, arranged()),
                )
            finally:
                reader.close()
                if job is not None:
                    job.cancel()
        return Gathered(schema, arranged(), pressed.is_set())

    def query(
        self,
        sql: str,
        rows: int | None = None,
        seconds: float | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Run a SELECT and give its rows, as `flink_notes.query` describes."""
        filled = fill(sql, params or {})
        with self.explained(filled, sql):
            found = self.gather(self.parse(filled.text), Current(), rows=rows, seconds=seconds)
        if found.interrupted:
            raise KeyboardInterrupt
        return frame(table_of(found.rows, found.schema))

    @contextmanager
    def explained(self, filled: Filled, cell: str, offset: int = 0) -> Iterator[None]:
        """Turn what Flink raises into one line, with the place in the cell.

        Parameters
        ----------
        filled : Filled
            The statement that runs in the block.
        cell : str
            The cell's source.
        offset : int
            Where the statement begins in the cell.

        Raises
        ------
        FlinkError
            In place of Java's.
        """
        try:
            yield
        except failures.RAISED as error:
            failure = failures.read(error)
            said = failure.said
            tables = self.st_env.list_tables() if (missing := _MISSING.fullmatch(said)) else []
            if missing and tables:
                said = f"{said}: {nearest(missing[1], tables)}"
            if failure.place is None:
                line, _ = position(cell, offset)
                where = f"in the statement that begins in line {line} of the cell"
                raise FlinkError(f"{said}\n{where}", failure.stack) from error
            at = filled.origin(sql_text.offset(filled.text, *failure.place))
            said = failures.pointed(said, cell, *position(cell, offset + at))
            raise FlinkError(said, failure.stack) from error
