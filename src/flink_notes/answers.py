"""What a statement gives: its rows, in a table while its job runs, or as a frame."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import pandas as pd
import pyarrow as pa

from flink_notes import carrier, live, operations, order
from flink_notes.changelog import Current, Row, Rows
from flink_notes.frames import frame, table_of
from flink_notes.job import Job
from flink_notes.rows import Reader
from flink_notes.session import Session
from flink_notes.substitution import fill
from helpers.interrupts import held

_ZONE: Final = "table.local-time-zone"


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


def gather(
    session: Session,
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
    session : flink_notes.session.Session
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
        operation = carrier.carried(operation, session.settings[_ZONE] or "")

    def arranged() -> list[Row]:
        found = table.rows()
        if sort or (sort is None and (keys or table.changed)):
            found = order.ordered(found, keys, len(reader.schema) if width is None else width)
        return [row[:width] for row in found]

    with held() as pressed:
        result = session.execute(operation)
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
    session: Session,
    sql: str,
    rows: int | None = None,
    seconds: float | None = None,
    params: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Run a SELECT and give its rows, as `flink_notes.query` describes."""
    filled = fill(sql, params or {})
    with session.explained(filled, sql):
        found = gather(session, session.parse(filled.text), Current(), rows=rows, seconds=seconds)
    if found.interrupted:
        raise KeyboardInterrupt
    return frame(table_of(found.rows, found.schema))
