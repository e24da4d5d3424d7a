"""Cells of SQL in a notebook: ``%athena`` says where, ``%%athena`` asks.

::

    %load_ext helpers.athena
    %athena database=db_commerce bucket=ecommerce-analytics-lake

    %%athena daily
    SELECT day, visitors FROM v_unique_visitors WHERE visitors >= :least

``:name`` takes the value of the kernel's variable of that name. The rows are a frame: that of
the last statement is given the name behind ``%%athena``; without a name it is shown.
"""

import dataclasses
import inspect
import keyword
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Any, Final

import pandas as pd
from IPython.core.magic import no_var_expand
from IPython.display import display

from helpers import athena, athena_queries
from helpers.athena_sql import SqlError, statements
from helpers.errors import InputError, PlatformError
from helpers.names import nearest

_LINES: Final = ("EXPLAIN", "EXPLAIN_ANALYZE", "SHOW_CREATE_TABLE", "SHOW_CREATE_VIEW")
"""What answers with one text of several lines."""
_SETTINGS: Final = [field.name for field in dataclasses.fields(athena.Place)]


def register(shell: Any) -> None:
    """Make ``%athena`` and ``%%athena`` known to a shell.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        The kernel's.
    """

    def line(text: str) -> None:
        with _folded():
            _use(text)

    @no_var_expand  # type: ignore[untyped-decorator]
    def cell(head: str, text: str) -> pd.DataFrame | None:
        with _folded():
            return _ask(shell, head.strip(), text)

    line.__doc__, cell.__doc__ = inspect.getdoc(_use), inspect.getdoc(_ask)
    shell.register_magic_function(line, "line", "athena")
    shell.register_magic_function(cell, "cell", "athena")


def _use(text: str) -> None:
    """Say once where the cells' queries run: ``%athena database=… bucket=… workgroup=…``."""
    given = dict(part.partition("=")[::2] for part in text.split())
    for name, value in given.items():
        if name not in _SETTINGS:
            raise InputError(f"%athena takes no `{name}`: {nearest(name, _SETTINGS)}.")
        if not value:
            raise InputError(f"%athena has no value for `{name}`: write {name}=….")
    if missing := {"database", "bucket"} - set(given):
        raise InputError(
            f"%athena needs {' and '.join(sorted(missing))}: %athena database=… bucket=…"
        )
    athena.use(**given)


def _ask(shell: Any, name: str, text: str) -> pd.DataFrame | None:
    """Run a cell's SQL, ``:name`` taken from the kernel; ``%%athena rows`` names the answer."""
    if name and (not name.isidentifier() or keyword.iskeyword(name)):
        raise InputError(f"`{name}` is no name for the rows: write `%%athena rows`.")
    head = f"%%athena {name}".rstrip() + "\n"
    found = _split(head, text)
    if not found:
        raise InputError("The cell holds no SQL.")
    rows = None
    for place, (begin, sql) in enumerate(found, start=1):
        try:
            execution = athena.run(sql, params=shell.user_ns)
        except SqlError as error:
            at = None if error.offset is None else len(head) + begin + error.offset
            raise SqlError(error.said, head + text, at) from error
        rows = _told(execution, sql, shown=place < len(found))
    if name:
        if rows is None:
            raise InputError(f"The statement gives no rows that `{name}` could name: leave it out.")
        shell.user_ns[name] = rows
        return None
    return rows


def _split(head: str, text: str) -> list[tuple[int, str]]:
    try:
        return statements(text)
    except SqlError as error:
        raise SqlError(error.said, head + text, len(head) + (error.offset or 0)) from error


def _told(execution: dict[str, Any], sql: str, *, shown: bool) -> pd.DataFrame | None:
    """Say what became of a statement; give its rows where it has any, or show them."""
    kind = execution.get("SubstatementType", "")
    if costs := athena_queries.cost(execution):
        _say(costs)
    rows = athena_queries.fetch(execution)
    if kind in _LINES:
        _say("\n".join(rows.iloc[:, 0]))
        return None
    if kind == "CREATE_VIEW":
        place = execution["QueryExecutionContext"]["Database"]
        _say(f"{athena.name_of_view(sql)} is a view of {place}")
        return None
    if not len(rows.columns):
        _say(f"{kind.replace('_', ' ').lower() or 'the statement'}: done")
        return None
    if rows.empty:
        _say("no row")
    if shown:
        display(rows)
    return rows


@contextmanager
def _folded() -> Iterator[None]:
    """Show the project's errors as their message, the traceback folded away."""
    try:
        yield
    except PlatformError as error:
        stack = escape("".join(traceback.format_exception(error)))
        html = f"<details><summary>traceback</summary><pre>{stack}</pre></details>"
        display({"text/plain": "", "text/html": html}, raw=True)
        raise


def _say(line: str) -> None:
    print(line)  # noqa: T201
