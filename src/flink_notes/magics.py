"""The cells of a note in IPython: ``%%flink.ssql``, ``%%flink.pyflink``, ``%flink.jobs``."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from IPython.core.magic import no_var_expand
from IPython.display import display

from flink_notes import live
from flink_notes.changelog import Current, Newest, Row, Rows
from flink_notes.failures import FlinkError, pointed
from flink_notes.paragraph import PYFLINK, SSQL, read_properties
from flink_notes.session import QUERIES, Session
from flink_notes.sql import Filled, SqlError, Statement, fill, position, statements, substitute
from helpers.errors import InputError, PlatformError, ServiceError

_LISTS: Final = ("SHOW", "DESCRIBE", "DESC")
_JOBS: Final[dict[tuple[str, ...], str]] = {
    ("SHOW", "JOBS"): "`%flink.jobs` lists its jobs",
    ("STOP", "JOB"): "`%flink.cancel [name]` ends its jobs",
}


class Magics:
    """The magics of one kernel.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    session : Session
    """

    def __init__(self, shell: Any, session: Session) -> None:
        self._shell = shell
        self._session = session

    def register(self) -> None:
        """Make the magics known to the shell, and ``st_env`` and ``s_env`` to its cells."""
        self._shell.register_magic_function(self.ssql, "cell", SSQL)
        self._shell.register_magic_function(self.pyflink, "line", PYFLINK)
        self._shell.register_magic_function(self.jobs, "line", "flink.jobs")
        self._shell.register_magic_function(self.cancel, "line", "flink.cancel")
        self._shell.input_transformers_cleanup.append(as_python)
        try:
            for problem in self._session.catalog.load():
                _say(problem)
        except ServiceError as error:
            _say(f"Tables of Glue are not here: {error}")
        self._shell.push({"st_env": self._session.st_env, "s_env": self._session.s_env})

    @no_var_expand  # type: ignore[untyped-decorator]
    def ssql(self, line: str, cell: str) -> None:
        """Run the SQL statements of a cell, ``${name}`` taken from the kernel's names."""
        head = f"%%{SSQL} {line}".rstrip() + "\n"
        with _short():
            properties = read_properties(SSQL, substitute(line, self._shell.user_ns))
            self._tell_failures()
            for statement, filled in _filled(head, cell, self._shell.user_ns):
                with self._session.explained(filled, head + cell, len(head) + statement.offset):
                    self._run(statement.words, filled.text, properties)

    def pyflink(self, line: str) -> None:
        """Stand in the first line of a cell of Python."""
        with _short():
            read_properties(PYFLINK, line)
            self._tell_failures()

    def jobs(self, line: str) -> None:
        """Show the jobs that this kernel submitted."""
        with _short():
            if line.strip():
                raise InputError("%flink.jobs takes nothing: it lists every job.")
            self._tell_failures()
            columns, rows = self._session.jobs.table()
            display(live.bundle(columns, rows), raw=True)

    def cancel(self, line: str) -> None:
        """Cancel the job of a name, or every job."""
        with _short():
            self._tell_failures()
            stopped = self._session.jobs.cancel(line.strip() or None)
            _say("\n".join(f"job {name}: CANCELED" for name in stopped) or "no job was running")

    def _run(self, words: tuple[str, ...], sql: str, properties: dict[str, Any]) -> None:
        verb = words[0] if words else ""
        if verb == "SET":
            listed = self._session.settings.set(sql)
            if listed is not None:
                display(live.bundle(listed.columns, listed.itertuples(index=False)), raw=True)
        elif verb == "RESET":
            self._session.settings.reset(sql)
        elif verb in QUERIES:
            self._show(sql, properties)
        elif verb == "EXPLAIN" or words[:2] == ("SHOW", "CREATE"):
            table = Current()
            self._session.gather(sql, table)
            _say("\n".join(row[0] for row in table.rows()))
        elif words[:2] in _JOBS:
            raise InputError(f"{' '.join(words[:2])} is not for a note: {_JOBS[words[:2]]}.")
        elif verb in _LISTS:
            table = Current()
            schema, _ = self._session.gather(sql, table)
            display(live.bundle(schema.names, table.rows()), raw=True)
        else:
            job = self._session.submit(sql, words)
            if job is not None:
                _say(f"job {job.name}: {job.state}")

    def _show(self, sql: str, properties: dict[str, Any]) -> None:
        rows, seconds = properties.get("rows"), properties.get("seconds")
        appended = properties.get("type") == "append"
        table = Newest(rows or live.SHOWN) if appended else Current()
        view = live.Live()

        def rows_of(columns: list[str], table: Rows) -> Iterable[Row]:
            return table.rows() if appended else live.ordered(table.rows(), columns, sql)

        try:
            schema, _ = self._session.gather(
                sql,
                table,
                rows=rows,
                seconds=seconds,
                show=lambda columns, table: view.show(columns, rows_of(columns, table)),
            )
        finally:
            view.clear()
        display(live.bundle(schema.names, rows_of(schema.names, table)), raw=True)

    def _tell_failures(self) -> None:
        for failure in self._session.jobs.failed():
            _say(str(failure))
            display(failure.details(), raw=True)


def as_python(lines: list[str]) -> list[str]:
    """Make a cell that begins with ``%%flink.pyflink`` a plain one of Python.

    So it shows its last value and its traceback as any other cell does.

    Parameters
    ----------
    lines : list of str
        A cell.

    Returns
    -------
    list of str
        As many lines.
    """
    first, *rest = lines or [""]
    name, _, properties = first.strip().partition(" ")
    if name != f"%%{PYFLINK}":
        return lines
    return [f"get_ipython().run_line_magic({PYFLINK!r}, {properties!r})\n", *rest]


def _filled(head: str, cell: str, values: Mapping[str, Any]) -> list[tuple[Statement, Filled]]:
    """Split and fill all of a cell before any of it runs."""
    begin = 0
    try:
        found = []
        for statement in statements(cell):
            begin = statement.offset
            found.append((statement, fill(statement.text, values)))
    except SqlError as error:
        at = len(head) + begin + error.offset
        raise FlinkError(pointed(error.said, head + cell, *position(head + cell, at))) from error
    return found


@contextmanager
def _short() -> Iterator[None]:
    """Show the project's errors in a notebook without their traceback."""
    try:
        yield
    except FlinkError as error:
        if error.stack:
            display(error.details(), raw=True)
        raise
    except PlatformError as error:
        raise FlinkError(str(error)) from error


def _say(line: str) -> None:
    print(line)  # noqa: T201
