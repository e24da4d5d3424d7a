"""What a kernel's SQL runs in: one environment, its settings, its jobs."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import pandas as pd
from py4j.protocol import Py4JJavaError
from pyflink.util.exceptions import JavaException

from flink_notes import failures, live
from flink_notes.catalog import Catalog
from flink_notes.changelog import Current, Rows
from flink_notes.environment import Environments, settle_thread
from flink_notes.failures import FlinkError
from flink_notes.interrupts import held
from flink_notes.jobs import Job, Jobs
from flink_notes.rows import Reader, frame, table_of
from flink_notes.settings import Settings
from flink_notes.sql import Filled, fill, position, sinks
from helpers.errors import InputError, PlatformError
from helpers.names import nearest

QUERIES: Final = ("SELECT", "WITH", "VALUES")
_NAME: Final = "pipeline.name"
_MISSING: Final = re.compile(r"Object '(\w+)' not found")


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

    def execute(self, sql: str) -> Any:
        """Give one statement to Flink.

        Parameters
        ----------
        sql : str

        Returns
        -------
        pyflink.table.TableResult

        Raises
        ------
        Py4JJavaError or JavaException
            What Flink refuses it with.
        """
        settle_thread()
        return self.st_env.execute_sql(sql)

    def submit(self, sql: str, words: tuple[str, ...]) -> Job | None:
        """Run a statement that may start a job which writes.

        Parameters
        ----------
        sql : str
            INSERT, a statement set, CREATE TABLE AS, or any DDL.
        words : tuple of str
            Its first words, in capitals.

        Returns
        -------
        Job or None
            The job, once all its tasks run; None where the statement starts none.

        Raises
        ------
        InputError
            Where a job of its name runs already, or Glue cannot keep the table.
        ServiceError
            Where the table is permanent and no Glue answers.
        FlinkError
            Where the job does not start.
        """
        permanent = _defines_permanent_table(words)
        if permanent:
            self.catalog.load()
        targets = sinks(sql)
        name = self.settings[_NAME] or "+".join(targets)
        if not targets:
            result = self.execute(sql)
        else:
            self.jobs.check_free(name)
            self.st_env.get_config().set(_NAME, name)
            try:
                result = self.execute(sql)
            finally:
                self.settings.restore(_NAME)
        job = Job(name or "create table as", result) if result.get_job_client() else None
        if permanent:
            try:
                self.catalog.publish()
            except PlatformError:
                if job is not None:
                    job.cancel()
                raise
        if job is None:
            return None
        self.jobs.add(job)
        job.wait_until_running()
        return job

    def gather(
        self,
        sql: str,
        table: Rows,
        *,
        rows: int | None = None,
        seconds: float | None = None,
        show: Callable[[list[str], Rows], None] = lambda *_: None,
    ) -> tuple[Any, bool]:
        """Run a statement that gives rows, and take them into a table.

        The job is cancelled in any case.

        Parameters
        ----------
        sql : str
        table : flink_notes.changelog.Rows
        rows, seconds
            Bounds, as for `flink_notes.live.gather`.
        show : callable
            Shows columns and table meanwhile.

        Returns
        -------
        tuple of (pyarrow.Schema, bool)
            The columns, and whether an interrupt ended it.

        Raises
        ------
        Py4JJavaError or JavaException
            What Flink refuses it with, or what its job failed with.
        """
        with held() as pressed:
            result = self.execute(sql)
            reader = Reader(result)
            try:
                live.gather(
                    reader,
                    table,
                    rows=rows,
                    seconds=seconds,
                    stop=pressed,
                    refresh=lambda: show(reader.schema.names, table),
                )
            finally:
                reader.close()
                if result.get_job_client() is not None:
                    Job("query", result).cancel()
        return reader.schema, pressed.is_set()

    def query(
        self,
        sql: str,
        rows: int | None = None,
        seconds: float | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Run a SELECT and give its rows, as `flink_notes.query` describes."""
        table = Current()
        filled = fill(sql, params or {})
        with self.explained(filled, sql):
            schema, interrupted = self.gather(filled.text, table, rows=rows, seconds=seconds)
        if interrupted:
            raise KeyboardInterrupt
        rows_found = table.rows()
        if table.changed:
            rows_found = live.ordered(rows_found, schema.names, filled.text)
        return frame(table_of(rows_found, schema))

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
        except (Py4JJavaError, JavaException) as error:
            failure = failures.read(error)
            said = failure.said
            tables = self.st_env.list_tables() if (missing := _MISSING.fullmatch(said)) else []
            if missing and tables:
                said = f"{said}: {nearest(missing[1], tables)}"
            if failure.place is None:
                line, _ = position(cell, offset)
                where = f"in the statement that begins in line {line} of the cell"
                raise FlinkError(f"{said}\n{where}", failure.stack) from error
            line, column = failure.place
            before = filled.text.split("\n")[: line - 1]
            at = filled.origin(sum(len(part) + 1 for part in before) + column - 1)
            said = failures.pointed(said, cell, *position(cell, offset + at))
            raise FlinkError(said, failure.stack) from error


def _defines_permanent_table(words: tuple[str, ...]) -> bool:
    if words[0] not in {"CREATE", "ALTER", "DROP"} or "TEMPORARY" in words[:4]:
        return False
    if "VIEW" in words[1:4] and words[0] != "DROP":
        raise InputError(
            "A permanent view would be kept nowhere, Glue's views being Athena's: write CREATE "
            "TEMPORARY VIEW."
        )
    return "TABLE" in words[1:4]
