"""Metrics and their samples: a metric is a namespace, a name and exactly its dimensions.

Samples of one second or minute, unit and value are one row that counts them, so that a busy metric
stays small and percentiles can still be had.
"""

import json
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from local_aws import sqlite
from local_aws.clock import clock
from local_aws.cloudwatch.samples import Sample
from local_aws.tenant import Tenant, current

MINUTE = 60
KEPT_S = 455 * 86_400
SCHEMA = """
CREATE TABLE IF NOT EXISTS metrics (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    dimensions TEXT NOT NULL,
    last REAL NOT NULL,
    UNIQUE (account, region, namespace, name, dimensions)
);
CREATE TABLE IF NOT EXISTS samples (
    metric INTEGER NOT NULL,
    at INTEGER NOT NULL,
    unit TEXT NOT NULL,
    low REAL NOT NULL,
    high REAL NOT NULL,
    count REAL NOT NULL,
    total REAL NOT NULL,
    PRIMARY KEY (metric, at, unit, low, high)
) WITHOUT ROWID;
"""


class Metric(NamedTuple):
    """What a metric is; its dimensions in the order of their names."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()


def metric_of(namespace: str, name: str, dimensions: Mapping[str, str]) -> Metric:
    """Make the metric of these dimensions."""
    return Metric(namespace, name, tuple(sorted(dimensions.items())))


class Metrics:
    """The metrics of every tenant; safe to use from any thread.

    Parameters
    ----------
    path : Path
        The SQLite file; made when absent.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite.opened(path, SCHEMA)
        self._db.execute("DELETE FROM samples WHERE at < ?", (clock() - KEPT_S,))
        self._ids: dict[tuple[Tenant, Metric], int] = {}

    def put(self, tenant: Tenant, samples: Iterable[tuple[Metric, Sample]]) -> None:
        """Add samples; all of them are in the file when this returns."""
        with self._lock:
            self._db.execute("BEGIN")
            try:
                for metric, sample in samples:
                    self._add(self._id(tenant, metric, sample.at), sample)
            except BaseException:
                self._db.execute("ROLLBACK")
                self._ids.clear()
                raise
            self._db.execute("COMMIT")

    def _id(self, tenant: Tenant, metric: Metric, at: float) -> int:
        known = self._ids.get((tenant, metric))
        if known is not None:
            self._db.execute("UPDATE metrics SET last = max(last, ?) WHERE id = ?", (at, known))
            return known
        row = self._db.execute(
            """
            INSERT INTO metrics (account, region, namespace, name, dimensions, last)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (account, region, namespace, name, dimensions)
            DO UPDATE SET last = max(last, excluded.last)
            RETURNING id
            """,
            (
                tenant.account,
                tenant.region,
                metric.namespace,
                metric.name,
                json.dumps(metric.dimensions),
                at,
            ),
        ).fetchone()
        self._ids[tenant, metric] = row[0]
        return int(row[0])

    def _add(self, metric: int, sample: Sample) -> None:
        self._db.execute(
            """
            INSERT INTO samples (metric, at, unit, low, high, count, total)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (metric, at, unit, low, high)
            DO UPDATE SET count = count + excluded.count, total = total + excluded.total
            """,
            (
                metric,
                sample.at,
                sample.unit,
                sample.low,
                sample.high,
                sample.size,
                sample.total,
            ),
        )

    def read(
        self, tenant: Tenant, metric: Metric, start: float, end: float, unit: str | None = None
    ) -> list[Sample]:
        """Return a metric's samples from a time on, before another, of one unit when given."""
        with self._lock:
            rows = self._db.execute(
                """
                SELECT at, unit, count, total, low, high FROM samples
                WHERE metric = (
                    SELECT id FROM metrics
                    WHERE account = ? AND region = ?
                      AND namespace = ? AND name = ? AND dimensions = ?
                ) AND at >= ? AND at < ? AND unit = coalesce(?, unit)
                ORDER BY at
                """,
                (
                    tenant.account,
                    tenant.region,
                    metric.namespace,
                    metric.name,
                    json.dumps(metric.dimensions),
                    start,
                    end,
                    unit,
                ),
            ).fetchall()
        return [Sample(*row) for row in rows]

    def known(self, tenant: Tenant, since: float) -> list[Metric]:
        """List a tenant's metrics that had a sample since a time, in order."""
        with self._lock:
            rows = self._db.execute(
                """
                SELECT namespace, name, dimensions FROM metrics
                WHERE account = ? AND region = ? AND last >= ?
                ORDER BY namespace, name, dimensions
                """,
                (tenant.account, tenant.region, since),
            ).fetchall()
        return [
            Metric(namespace, name, tuple((key, value) for key, value in json.loads(dimensions)))
            for namespace, name, dimensions in rows
        ]

    def close(self) -> None:
        """Close the file; nothing can be read or written afterwards."""
        with self._lock:
            self._db.close()


class _Kept:
    metrics: Metrics | None = None


def keep_in(metrics: Metrics) -> None:
    """Let `record` put samples here."""
    _Kept.metrics = metrics


def record(  # noqa: PLR0917, what every service calls with a metric's parts
    namespace: str,
    name: str,
    value: float,
    unit: str,
    dimensions: Mapping[str, str],
    at: float | None = None,
) -> None:
    """Add one value to a metric of a service, for the account and region of the present request.

    Parameters
    ----------
    namespace, name : str
        Such as ``AWS/Lambda`` and ``Errors``.
    value : float
        In `unit`.
    unit : str
        One of CloudWatch's units, ``Count`` or ``Milliseconds`` for instance.
    dimensions : mapping
        All of them: a metric with one dimension less is another metric.
    at : float, optional
        Seconds since 1970, now when absent. Kept by the minute, as services send them.

    Raises
    ------
    RuntimeError
        Where no CloudWatch runs in this process.
    """
    record_sample(namespace, name, Sample(0, unit, 1, value, value, value), dimensions, at)


def record_sample(
    namespace: str,
    name: str,
    sample: Sample,
    dimensions: Mapping[str, str],
    at: float | None = None,
) -> None:
    """Add many values to a metric at once; their time is `at`, as in `record`."""
    if _Kept.metrics is None:
        raise RuntimeError(f"{namespace} {name}: no CloudWatch runs in this process")
    moment = clock() if at is None else at
    minute = int(moment // MINUTE * MINUTE)
    metric = metric_of(namespace, name, dimensions)
    _Kept.metrics.put(current(), [(metric, sample._replace(at=minute))])
