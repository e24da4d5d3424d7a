"""The cells of a note in IPython: ``%%flink.ssql``, ``%%flink.pyflink``, ``%flink.jobs``."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from IPython.core.magic import no_var_expand
from IPython.display import display

from flink_notes import answers, live, operations
from flink_notes.changelog import Current, Newest
from flink_notes.failures import FlinkError
from flink_notes.paragraph import PYFLINK, SSQL, read_properties
from flink_notes.session import Session
from flink_notes.statements import Statement, statements
from flink_notes.substitution import fill, substitute
from flink_notes.tokens import SqlError
from helpers.errors import InputError, PlatformError, ServiceError
from helpers.sql_text import Filled, pointed

_DONE: Final = "result"  # the one column of a statement that gives nothing but OK


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
            self._session.catalog.load(needed=True)
        except ServiceError as error:
            _say(f"Tables of Glue are not here: {error}")
        self._tell_problems()
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
                    self._run(filled.text, properties)
            self._tell_failures()

    def pyflink(self, line: str) -> None:
        """Stand in the first line of a cell of Python."""
        with _short():
            read_properties(PYFLINK, line)
            self._session.catalog.load()
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

    def _run(self, sql: str, properties: dict[str, Any]) -> None:
        operation = self._session.parse(sql)
        if operations.is_query(operation):
            self._show(operation, properties)
        elif operations.kind(operation) == "SetOperation":
            self._set(operation)
        elif operations.kind(operation) == "ResetOperation":
            self._session.settings.reset(operation.getKey().orElse(None))
        elif operations.writes(operation) or operations.defines_permanent_table(operation):
            job = self._session.submit(operation)
            if job is not None:
                _say(f"job {job.name}: {job.state}")
        else:
            self._list(operation)

    def _set(self, operation: Any) -> None:
        if operation.getKey().isPresent():
            self._session.settings.set(operation.getKey().get(), operation.getValue().get())
            return
        listed = self._session.settings.table()
        display(live.bundle(listed.columns, listed.itertuples(index=False)), raw=True)

    def _list(self, operation: Any) -> None:
        """Do any other statement, and show what it gives: a table, or one text of many lines."""
        found = answers.gather(self._session, operation, Current())
        if found.schema.names == [_DONE] and found.rows == [("OK",)]:
            return
        if len(found.rows) == len(found.schema) == 1 and "\n" in str(found.rows[0][0]):
            _say(str(found.rows[0][0]))
            return
        display(live.bundle(found.schema.names, found.rows), raw=True)

    def _show(self, operation: Any, properties: dict[str, Any]) -> None:
        rows, seconds = properties.get("rows"), properties.get("seconds")
        appended = properties.get("type") == "append"
        view = live.Live()
        try:
            found = answers.gather(
                self._session,
                operation,
                Newest(rows or live.SHOWN) if appended else Current(),
                rows=rows,
                seconds=seconds,
                sort=not appended,
                show=view.show,
            )
        finally:
            view.clear()
        display(live.bundle(found.schema.names, found.rows), raw=True)

    def _tell_problems(self) -> None:
        for problem in self._session.catalog.problems():
            _say(problem)

    def _tell_failures(self) -> None:
        self._tell_problems()
        for failure in self._session.jobs.news():
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
        raise FlinkError(pointed(error.said, head + cell, at)) from error
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
