"""Zeppelin-style Flink in JupyterLab: paragraphs of SQL over one PyFlink environment a kernel.

``%load_ext flink_notes`` starts Flink and gives a notebook its magics:

``%%flink.ssql [type=update|append] [rows=N] [seconds=S]``
    SQL statements. ``${name}`` takes a value of the kernel's. A SELECT shows a table
    that changes while it runs, until it ends, a bound is reached or the kernel is
    interrupted; an INSERT starts a job and goes on once it runs.
``%%flink.pyflink``
    Python, with ``st_env`` and ``s_env``.
``%flink.jobs``, ``%flink.cancel [name]``
    The jobs of this kernel with their counters, and their end.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from flink_notes.session import Session


def query(
    sql: str,
    rows: int | None = None,
    seconds: float | None = None,
    params: Mapping[str, Any] | None = None,
) -> "pd.DataFrame":
    """Run a SELECT in the kernel's Flink and give the rows that hold at its end.

    Parameters
    ----------
    sql : str
        One statement; ``${name}`` takes a value of `params`.
    rows : int, optional
        Stop as soon as there are this many rows.
    seconds : float, optional
        Stop after this time, counted from when the job is submitted.
    params : mapping of str to object, optional
        str, int, float or bool by name.

    Returns
    -------
    pandas.DataFrame
        Whole numbers, truth values and text in nullable dtypes, TIMESTAMP without
        and TIMESTAMP_LTZ with the zone UTC, other types as Python objects. In the
        order of arrival; where the query changes rows that it gave, in that of its
        ORDER BY, then by all columns from the left.

    Raises
    ------
    SqlError
        Where a value is missing or may not stand in its place.
    FlinkError
        Where Flink refuses the statement or its job fails.
    KeyboardInterrupt
        On an interrupt, once the job is cancelled.

    Examples
    --------
    >>> query("SELECT 1 + ${n} AS two", params={"n": 1})["two"].tolist()  # doctest: +SKIP
    [2]
    """
    from flink_notes import answers  # noqa: PLC0415

    return answers.query(kernel_session(), sql, rows, seconds, params)


def counters(job: str, at_least: int = 0, seconds: float = 60) -> dict[str, int]:
    """Count what a job of this kernel took in, once that is at least so many records.

    Parameters
    ----------
    job : str
        Its name, as ``%flink.jobs`` shows it.
    at_least : int, optional
        Wait for so many records, dead letters among them.
    seconds : float, optional
        How long to wait for them.

    Returns
    -------
    dict of str to int
        ``read`` from sources, ``written`` to sinks, ``late dropped`` by windows and frames
        (each counts for itself), ``not decoded`` by sources (dead letters).

    Raises
    ------
    InputError
        Where there is no such job, it has ended, or has not taken in so many.

    Examples
    --------
    >>> counters("ecomm_user_activity_stream_2", at_least=1100)["read"]  # doctest: +SKIP
    1100
    """
    return kernel_session().jobs.counters(job, at_least, seconds)


def wait_for_event_time(job: str, moment: datetime, seconds: float = 60) -> None:
    """Wait until event time is past a moment in every task of a job of this kernel.

    What the rules say of actions before it is written then, whatever they wait for.

    Parameters
    ----------
    job : str
        Its name, as ``%flink.jobs`` shows it.
    moment : datetime
        UTC, without a zone.
    seconds : float, optional
        How long to wait.

    Raises
    ------
    InputError
        Where there is no such job, it has ended, or its time does not come so far.

    Examples
    --------
    >>> wait_for_event_time("alerts", datetime(2019, 10, 1))  # doctest: +SKIP
    """
    kernel_session().jobs.wait_for_event_time(job, moment, seconds)


@cache
def kernel_session() -> "Session":
    """Give the kernel's session; the first call starts Flink.

    Returns
    -------
    flink_notes.session.Session

    Raises
    ------
    InputError
        Where Java or the connector is missing.
    """
    from flink_notes.environment import environments  # noqa: PLC0415
    from flink_notes.session import Session  # noqa: PLC0415

    return Session(environments())


def load_ipython_extension(shell: Any) -> None:
    """Give a kernel the magics; what ``%load_ext flink_notes`` calls."""
    from flink_notes.magics import Magics  # noqa: PLC0415

    Magics(shell, kernel_session()).register()
