"""What services of ours remember: JSON documents by tenant, kind and key, in one SQLite file.

A write is in the file when the call returns, so a killed server loses none.
"""

import json
import threading
from pathlib import Path
from typing import Any, Generic, TypeVar

from local_aws import sqlite
from local_aws.tenant import Tenant

Kind = TypeVar("Kind", bound=str)
Document = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    owner TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (account, region, kind, key)
);
CREATE INDEX IF NOT EXISTS by_owner ON documents (account, region, kind, owner, number);
"""
_OF_KIND = "FROM documents WHERE account = ? AND region = ? AND kind = ?"


class Documents(Generic[Kind]):
    """Documents of every tenant; safe to use from any thread.

    A document may belong to an owner, such as the workgroup of a query. The type's argument names
    the kinds that a service has.

    Parameters
    ----------
    path : Path
        The SQLite file; made when absent.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite.opened(path, SCHEMA)

    def _run(self, sql: str, tenant: Tenant, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, (tenant.account, tenant.region, *values)).fetchall()

    def get(self, tenant: Tenant, kind: Kind, key: str) -> Document | None:
        """Return one document, None when there is none."""
        rows = self._run(f"SELECT body {_OF_KIND} AND key = ?", tenant, kind, key)
        return json.loads(rows[0][0]) if rows else None

    def put(self, tenant: Tenant, kind: Kind, key: str, body: Document, owner: str = "") -> None:
        """Write one document, over the one of that key when there is one."""
        self._run(
            """
            INSERT INTO documents (account, region, kind, key, owner, body)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (account, region, kind, key) DO UPDATE SET body = excluded.body
            """,
            tenant,
            kind,
            key,
            owner,
            json.dumps(body),
        )

    def delete(self, tenant: Tenant, kind: Kind, key: str) -> None:
        """Delete one document, if it is there."""
        self._run(f"DELETE {_OF_KIND} AND key = ?", tenant, kind, key)

    def delete_owned(self, tenant: Tenant, kind: Kind, owner: str) -> None:
        """Delete every document of an owner."""
        self._run(f"DELETE {_OF_KIND} AND owner = ?", tenant, kind, owner)

    def all(self, tenant: Tenant, kind: Kind, owner: str | None = None) -> list[Document]:
        """Return the tenant's documents of a kind, of one owner when given, oldest first."""
        of_owner, values = (" AND owner = ?", [owner]) if owner is not None else ("", [])
        sql = f"SELECT body {_OF_KIND}{of_owner} ORDER BY number"
        return [json.loads(body) for (body,) in self._run(sql, tenant, kind, *values)]

    def newest(
        self, tenant: Tenant, kind: Kind, owner: str, before: int | None, limit: int
    ) -> list[tuple[int, str]]:
        """Return keys of an owner's documents, newest first, each with its number.

        Parameters
        ----------
        before : int or None
            Only documents older than the one of this number.
        limit : int
            The most to return.
        """
        older, values = (" AND number < ?", [before]) if before is not None else ("", [])
        sql = f"SELECT number, key {_OF_KIND} AND owner = ?{older} ORDER BY number DESC LIMIT ?"
        return [(n, key) for n, key in self._run(sql, tenant, kind, owner, *values, limit)]

    def tenants(self) -> list[Tenant]:
        """Return every tenant that has a document."""
        with self._lock:
            rows = self._db.execute("SELECT DISTINCT account, region FROM documents").fetchall()
        return [Tenant(*row) for row in rows]

    def close(self) -> None:
        """Close the file; nothing can be read or written afterwards."""
        with self._lock:
            self._db.close()
