"""What event sources remember: mappings, and how far each of them has read.

A write is in the file when the call returns, so a killed server goes on where it was.
"""

import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from local_aws import sqlite
from local_aws.event_source.settings import Document
from local_aws.tenant import Tenant

SCHEMA = """
CREATE TABLE IF NOT EXISTS mappings (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    body TEXT NOT NULL,
    tags TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS checkpoints (
    uuid TEXT NOT NULL,
    stream TEXT NOT NULL,
    shard INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    lanes INTEGER NOT NULL,
    position INTEGER NOT NULL,
    drained INTEGER NOT NULL,
    tumbling TEXT,
    PRIMARY KEY (uuid, stream, shard, lane)
);
"""


class Checkpoint(NamedTuple):
    """How far a lane of a shard is."""

    shard: int
    lane: int
    lanes: int
    """Of how many lanes it is one: their keys are others where the number is another."""
    position: int
    """Everything before it is done."""
    drained: bool = False
    """Whether the shard is closed and all of it done."""
    tumbling: dict[str, Any] | None = None
    """The window that is open, and its state."""


class Store:
    """Mappings of every tenant, and checkpoints; safe to use from any thread.

    Parameters
    ----------
    path : Path
        The SQLite file; made when absent.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite.opened(path, SCHEMA)

    def _run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def add(self, tenant: Tenant, body: Document, tags: dict[str, str]) -> str | None:
        """Write a new mapping, unless there is one of the same source and function.

        Returns
        -------
        str or None
            The UUID of the one that is there already.
        """
        both = ("EventSourceArn", "FunctionArn")
        with self._lock:
            sql = "SELECT body FROM mappings WHERE account = ? AND region = ?"
            for (kept,) in self._db.execute(sql, (tenant.account, tenant.region)).fetchall():
                other = json.loads(kept)
                if all(other[name] == body[name] for name in both):
                    return str(other["UUID"])
            self._db.execute(
                """
                INSERT INTO mappings (uuid, account, region, body, tags)
                VALUES (?, ?, ?, ?, ?)
                """,
                (body["UUID"], tenant.account, tenant.region, json.dumps(body), json.dumps(tags)),
            )
        return None

    def change(self, uuid: str, changes: Document) -> None:
        """Write some members of a mapping over the ones that it has; None takes one away."""
        with self._lock:
            sql = "SELECT body FROM mappings WHERE uuid = ?"
            for (body,) in self._db.execute(sql, (uuid,)).fetchall():
                after = {k: v for k, v in (json.loads(body) | changes).items() if v is not None}
                written = (json.dumps(after), uuid)
                self._db.execute("UPDATE mappings SET body = ? WHERE uuid = ?", written)

    def get(self, tenant: Tenant, uuid: str) -> Document | None:
        """Return a mapping, None when the tenant has none of that UUID."""
        sql = "SELECT body FROM mappings WHERE uuid = ? AND account = ? AND region = ?"
        rows = self._run(sql, uuid, tenant.account, tenant.region)
        return json.loads(rows[0][0]) if rows else None

    def all(self, tenant: Tenant) -> list[Document]:
        """Return the tenant's mappings, oldest first."""
        sql = "SELECT body FROM mappings WHERE account = ? AND region = ? ORDER BY number"
        return [json.loads(body) for (body,) in self._run(sql, tenant.account, tenant.region)]

    def every(self) -> list[tuple[Tenant, Document]]:
        """Return the mappings of all tenants."""
        rows = self._run("SELECT account, region, body FROM mappings ORDER BY number")
        return [(Tenant(account, region), json.loads(body)) for account, region, body in rows]

    def delete(self, uuid: str) -> None:
        """Delete a mapping and its checkpoints."""
        self._run("DELETE FROM mappings WHERE uuid = ?", uuid)
        self._run("DELETE FROM checkpoints WHERE uuid = ?", uuid)

    def tags(self, uuid: str) -> dict[str, str]:
        """Return a mapping's tags."""
        rows = self._run("SELECT tags FROM mappings WHERE uuid = ?", uuid)
        return json.loads(rows[0][0]) if rows else {}

    def set_tags(self, uuid: str, tags: dict[str, str]) -> None:
        """Write a mapping's tags."""
        self._run("UPDATE mappings SET tags = ? WHERE uuid = ?", json.dumps(tags), uuid)

    def checkpoints(self, uuid: str, stream: str) -> list[Checkpoint]:
        """Return how far a mapping is in each shard of a stream.

        Parameters
        ----------
        uuid : str
            The mapping's.
        stream : str
            Names the stream and when it was made: one of the same name later is another.
        """
        rows = self._run(
            """
            SELECT shard, lane, lanes, position, drained, tumbling
            FROM checkpoints
            WHERE uuid = ? AND stream = ?
            """,
            uuid,
            stream,
        )
        return [
            Checkpoint(shard, lane, lanes, at, bool(drained), json.loads(tumbling or "null"))
            for shard, lane, lanes, at, drained, tumbling in rows
        ]

    def reach(self, uuid: str, stream: str, checkpoints: Iterable[Checkpoint]) -> None:
        """Remember how far lanes are."""
        for each in checkpoints:
            tumbling = json.dumps(each.tumbling) if each.tumbling else None
            self._run(
                "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                uuid,
                stream,
                *each[:4],
                int(each.drained),
                tumbling,
            )

    def drop_lanes(self, uuid: str, stream: str, shard: int) -> None:
        """Forget the lanes of a shard: others begin."""
        sql = "DELETE FROM checkpoints WHERE uuid = ? AND stream = ? AND shard = ?"
        self._run(sql, uuid, stream, shard)

    def close(self) -> None:
        """Close the file; nothing can be read or written afterwards."""
        with self._lock:
            self._db.close()
