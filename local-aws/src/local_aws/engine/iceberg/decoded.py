"""What metadata files, manifest lists and manifests say, decoded once: they never change.

Whoever asks needs leave to read the file, also where it is in memory.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from cachetools import LRUCache
from pyiceberg.io import FileIO
from pyiceberg.manifest import ManifestEntry, ManifestFile, read_manifest_list
from pyiceberg.serializers import FromInputFile
from pyiceberg.table import Table
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Snapshot

from local_aws.engine.context import QueryError
from local_aws.engine.iceberg.files import ObjectsIO

WhatT = TypeVar("WhatT")

KEPT_BYTES = 4 * 1024**2
"""Of the files; what is decoded of a manifest takes about thirty times as much memory."""

_DECODED: LRUCache[tuple[Any, ...], tuple[int, Any]] = LRUCache(KEPT_BYTES, lambda kept: kept[0])
_LOCK = threading.Lock()


@contextmanager
def reading(table: Table) -> Iterator[None]:
    """Tell of manifests that cannot be read in the service's words.

    Raises
    ------
    QueryError
        ICEBERG_INVALID_METADATA where a manifest or a list of them is gone or cut off;
        NOT_SUPPORTED for a codec that is not installed.
    """
    try:
        yield
    except (FileNotFoundError, EOFError, ValueError, ImportError) as error:
        raise unreadable(table, error) from error


def unreadable(table: Table, error: Exception) -> QueryError:
    """Return what the service says where manifests of a table cannot be read."""
    name = ".".join(table.name())
    if isinstance(error, ImportError):
        return QueryError(f"NOT_SUPPORTED: manifests of table {name}: {error}")
    return QueryError(f"ICEBERG_INVALID_METADATA: Error reading manifests of table {name}: {error}")


def metadata(files: ObjectsIO, place: str) -> TableMetadata:
    """Return what a metadata file says."""
    return once(files, place, (), lambda: FromInputFile.table_metadata(files.new_input(place)))


def manifests(snapshot: Snapshot, files: ObjectsIO) -> Sequence[ManifestFile]:
    """Return a snapshot's manifests, whose live entries are kept too."""
    place = snapshot.manifest_list

    def read() -> list[ManifestFile]:
        listed = read_manifest_list(files.new_input(place))
        return [_Kept(*(each[at] for at in range(len(each)))) for each in listed]

    return once(files, place, (), read)


class _Kept(ManifestFile):
    """A manifest that is read once."""

    def fetch_manifest_entry(self, io: FileIO, discard_deleted: bool = True) -> list[ManifestEntry]:
        """Return the entries; live ones are not to be changed."""
        if not discard_deleted or not isinstance(io, ObjectsIO):
            return super().fetch_manifest_entry(io, discard_deleted)
        # entries inherit these from the list
        inherited = (self.sequence_number, self.added_snapshot_id, self.partition_spec_id)
        read = super().fetch_manifest_entry
        return once(io, self.manifest_path, inherited, lambda: read(io, True))


def once(
    files: ObjectsIO, place: str, inherited: tuple[Any, ...], decode: Callable[[], WhatT]
) -> WhatT:
    """Return what `decode` makes of a file, from memory where the same file was decoded before."""
    size, etag = files.identity(place)
    key = (place, etag, *inherited)
    with _LOCK:
        kept = _DECODED.get(key)
    if kept is None:
        kept = (size, decode())
        with _LOCK:
            if size <= KEPT_BYTES:
                _DECODED[key] = kept
    found: WhatT = kept[1]
    return found
