"""Snapshots that are too old, and the files that nothing names any more.

Source: the Athena user guide, "VACUUM" and the properties ``vacuum_…``.
"""

import datetime as dt
from collections.abc import Iterable

from pyiceberg.manifest import ManifestFile
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot, ancestors_of

from local_aws import objects
from local_aws.engine.iceberg.catalog import committing
from local_aws.engine.iceberg.decoded import reading
from local_aws.glue.store import wait_until_kept

_AGE_S = 432_000
_KEPT = 1


def expired(table: Table, now: dt.datetime) -> list[Snapshot]:
    """Return the snapshots that VACUUM takes off a table at a moment."""
    age = int(table.properties.get("vacuum_max_snapshot_age_seconds", _AGE_S))
    least = int(table.properties.get("vacuum_min_snapshots_to_keep", _KEPT))
    line = list(ancestors_of(table.current_snapshot(), table.metadata))
    kept = {each.snapshot_id for each in line[: max(least, 1)]}
    kept |= {ref.snapshot_id for ref in table.metadata.refs.values()}
    oldest = now.timestamp() * 1000 - age * 1000
    return [
        each
        for each in table.metadata.snapshots
        if each.snapshot_id not in kept and each.timestamp_ms < oldest
    ]


def expire(table: Table, snapshots: Iterable[Snapshot]) -> None:
    """Take snapshots off a table, and delete what only they named.

    Raises
    ------
    QueryError
        ICEBERG_COMMIT_ERROR.
    """
    gone = list(snapshots)
    if not gone:
        return
    before = _named(table, gone)
    with committing(table):
        table.maintenance.expire_snapshots().by_ids([each.snapshot_id for each in gone]).commit()
    wait_until_kept()
    for path in before - _named(table, table.metadata.snapshots):
        objects.delete(*objects.split_uri(path))


def remove_orphans(table: Table, now: dt.datetime) -> None:
    """Delete files below a table's location that are as old as an expired snapshot and unnamed."""
    age = int(table.properties.get("vacuum_max_snapshot_age_seconds", _AGE_S))
    named = _named(table, table.metadata.snapshots)
    named |= {each.metadata_file for each in table.metadata.metadata_log}
    named |= {table.metadata_location}
    named |= {each.statistics_path for each in table.metadata.statistics}
    bucket, prefix = objects.split_uri(table.location())
    for folder in ("data", "metadata"):
        for each in objects.list_objects(bucket, f"{prefix.rstrip('/')}/{folder}/".lstrip("/")):
            modified = dt.datetime.fromisoformat(each.modified)
            if each.uri not in named and (now - modified).total_seconds() > age:
                objects.delete(bucket, each.key)


def _named(table: Table, snapshots: Iterable[Snapshot]) -> set[str]:
    """Return the paths of all files that snapshots name, their own lists among them.

    Raises
    ------
    QueryError
        ICEBERG_INVALID_METADATA.
    """
    with reading(table):
        return _read_names(table, snapshots)


def _read_names(table: Table, snapshots: Iterable[Snapshot]) -> set[str]:
    found = set()
    manifests: dict[str, ManifestFile] = {}
    for snapshot in snapshots:
        found.add(snapshot.manifest_list)
        manifests |= {each.manifest_path: each for each in snapshot.manifests(table.io)}
    for path, manifest in manifests.items():
        found.add(path)
        # files that a manifest says are deleted are named by older ones, where any are left
        found |= {
            entry.data_file.file_path
            for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True)
        }
    return found
