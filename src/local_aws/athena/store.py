"""What Athena remembers: JSON documents by tenant, kind and key, in one SQLite file.

A write is in the file when the call returns, so a killed server loses none.
"""

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any, Literal

from local_aws.request import Tenant

Kind = Literal[
    "workgroup", "named_query", "prepared_statement", "data_catalog", "tags", "execution", "token"
]
Document = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    number INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (account, region, kind, key)
)
"""


class Store:
    """Documents of every tenant; safe to use from any thread.

    Parameters
    ----------
    path : Path
        The SQLite file; made when absent.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute(SCHEMA)

    def _run(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def get(self, tenant: Tenant, kind: Kind, key: str) -> Document | None:
        """Return one document, None when there is none."""
        rows = self._run(
            "SELECT body FROM documents WHERE account = ? AND region = ? AND kind = ? AND key = ?",
            tenant.account,
            tenant.region,
            kind,
            key,
        )
        return json.loads(rows[0][0]) if rows else None

    def put(self, tenant: Tenant, kind: Kind, key: str, body: Document) -> None:
        """Write one document, over the one of that key when there is one."""
        self._run(
            """
            INSERT INTO documents (account, region, kind, key, body) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (account, region, kind, key) DO UPDATE SET body = excluded.body
            """,
            tenant.account,
            tenant.region,
            kind,
            key,
            json.dumps(body),
        )

    def delete(self, tenant: Tenant, kind: Kind, key: str) -> None:
        """Delete one document, if it is there."""
        self._run(
            "DELETE FROM documents WHERE account = ? AND region = ? AND kind = ? AND key = ?",
            tenant.account,
            tenant.region,
            kind,
            key,
        )

    def all(self, tenant: Tenant, kind: Kind) -> list[Document]:
        """Return the tenant's documents of a kind, oldest first."""
        rows = self._run(
            "SELECT body FROM documents WHERE account = ? AND region = ? AND kind = ? "
            "ORDER BY number",
            tenant.account,
            tenant.region,
            kind,
        )
        return [json.loads(body) for (body,) in rows]

    def tenants(self) -> list[Tenant]:
        """Return every tenant that has a document."""
        return [Tenant(*row) for row in self._run("SELECT DISTINCT account, region FROM documents")]

    def close(self) -> None:
        """Close the file; nothing can be read or written afterwards."""
        with self._lock:
            self._db.close()
