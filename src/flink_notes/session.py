"""What a kernel's SQL runs in: one environment, its settings, its jobs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from flink_notes import failures, operations
from flink_notes.catalog import Catalog
from flink_notes.environment import Environments, settle_thread
from flink_notes.failures import FlinkError
from flink_notes.job import Job
from flink_notes.jobs import Jobs
from flink_notes.settings import JOB_NAME, Settings
from helpers import sql_text
from helpers.errors import PlatformError, ServiceError
from helpers.names import nearest
from helpers.sql_text import Filled, position

_MISSING: Final = re.compile(r"Object '(\w+)' not found(?: within '.*')?")


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
        if table := operations.made(operation):
            self.catalog.check(table)
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
            place = failure.within(filled.text)
            if place is None:
                line, _ = position(cell, offset)
                where = f"in the statement that begins in line {line} of the cell"
                raise FlinkError(f"{said}\n{where}", failure.stack) from error
            at = filled.origin(sql_text.offset(filled.text, *place))
            said = sql_text.pointed(said, cell, offset + at)
            raise FlinkError(said, failure.stack) from error
