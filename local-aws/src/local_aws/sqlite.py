"""SQLite files of the services' stores."""

import sqlite3
from pathlib import Path


def opened(path: Path, schema: str) -> sqlite3.Connection:
    """Open a store's file for all threads; whoever uses it holds a lock of its own.

    Parameters
    ----------
    path : Path
        The file; made when absent.
    schema : str
        Statements that make what is missing in it.

    Returns
    -------
    sqlite3.Connection
        Each statement is a transaction unless BEGIN is said; what was confirmed outlives a kill of
        the process.
    """
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.executescript(schema)
    return connection
