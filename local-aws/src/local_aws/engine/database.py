"""The DuckDB that answers queries and runs jobs: one instance, a connection of its own for each.

One instance, because opening one takes 50 ms and more, and because its memory limit then bounds
all queries and jobs together. A connection costs microseconds and has its own temporary tables.
"""

import logging
import os
import threading
from weakref import WeakValueDictionary

import duckdb

from local_aws.engine.scan import udf
from local_aws.engine.values import MACROS
from local_aws.folder import DataFolder
from local_aws.trino import connection as trino
from local_aws.variables import Variable

log = logging.getLogger("local_aws.athena")

# a month of the store's size, 42 million rows, is profiled within it
MEMORY_BYTES = 1024**3
MEMORY_SHARE = 0.5
MEMORY = Variable(
    "LOCAL_ATHENA_MEMORY_BYTES",
    0,
    "what all queries and jobs of DataBrew together may hold; what needs more goes through files; "
    "0 is 1 GiB, or half of a smaller machine's memory",
)
SPILL_BYTES = 20 * 1024**3


class Database:
    """Bounded DuckDB whose SQL reaches no file but S3 objects and the scratch folder.

    Parameters
    ----------
    folder : DataFolder
        Its objects may be read, its scratch folder read and written.
    """

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._memory_bytes = _memory_bytes()
        self._lock = threading.Lock()
        self._instance: duckdb.DuckDBPyConnection | None = None

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Return a new connection for one query; the caller closes it."""
        with self._lock:
            if self._instance is None:
                self._instance = self._open()
            return self._instance.cursor()

    def discard(self) -> None:
        """Forget the instance after DuckDB gave it up; the next query gets a new one."""
        with self._lock:
            self._instance = None

    def _open(self) -> duckdb.DuckDBPyConnection:
        spill = self._folder.scratch / "spill"
        instance = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": f"{self._memory_bytes}B",
                "temp_directory": str(spill),
                "max_temp_directory_size": f"{SPILL_BYTES}B",
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
            },
        )
        trino.prepare(instance)
        udf.register(instance)
        for macro in MACROS:
            instance.execute(macro)
        reached = [str(self._folder.objects), str(self._folder.scratch)]
        instance.execute("SET allowed_directories = ?", [reached])
        instance.execute("SET enable_external_access = false")
        instance.execute("SET lock_configuration = true")
        return instance


_SHARED: WeakValueDictionary[DataFolder, Database] = WeakValueDictionary()


def shared(folder: DataFolder) -> Database:
    """Return the one database of a data folder, for as long as somebody holds it."""
    return _SHARED.setdefault(folder, Database(folder))


def _memory_bytes() -> int:
    text = os.environ.get(MEMORY.name, str(MEMORY.default))
    if not text.isdigit():
        raise SystemExit(f"local_aws: {MEMORY.name} is {text!r}: set it to a number")
    half = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * MEMORY_SHARE
    return int(text) or min(MEMORY_BYTES, int(half))
