"""Which files a snapshot's rows are in, and which deletes apply to each.

Source of the rules: the Iceberg specification, "Scan planning".
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any, cast

from pyiceberg.expressions import AlwaysTrue, BooleanExpression
from pyiceberg.manifest import DataFile, DataFileContent, ManifestEntry
from pyiceberg.table import ManifestGroupPlanner, Table
from pyiceberg.table.snapshots import Snapshot

from local_aws.engine.iceberg import decoded
from local_aws.engine.iceberg.files import ObjectsIO

_PATH_ID = 2147483546  # the field of the path in files of position deletes


@dataclass(frozen=True)
class Planned:
    """A data file, and the files whose position and equality deletes apply to it."""

    file: DataFile
    positions: tuple[DataFile, ...] = ()
    equalities: tuple[DataFile, ...] = ()


def entries(
    table: Table, snapshot: Snapshot | None, row_filter: BooleanExpression | None = None
) -> list[ManifestEntry]:
    """Return the live entries of a snapshot's manifests that may matter to a filter.

    Raises
    ------
    QueryError
        ICEBERG_INVALID_METADATA where a manifest is gone or cut off.
    """
    if snapshot is None:
        return []
    with decoded.reading(table):
        manifests = decoded.manifests(snapshot, cast(ObjectsIO, table.io))
        if row_filter is None or row_filter == AlwaysTrue():
            # the planner would ask each file of nothing
            planned = [each.fetch_manifest_entry(table.io) for each in manifests]
        else:
            planner = ManifestGroupPlanner(
                table.metadata, table.io, row_filter, case_sensitive=False
            )
            planned = list(planner.plan_manifest_entries(manifests))
    return list(chain.from_iterable(planned))


def plan(
    table: Table, snapshot: Snapshot | None, row_filter: BooleanExpression | None = None
) -> list[Planned]:
    """Return the data files that may hold rows which match, each with its deletes."""
    data: list[ManifestEntry] = []
    deletes: dict[Any, list[ManifestEntry]] = defaultdict(list)
    unpartitioned = {number for number, spec in table.specs().items() if not spec.fields}
    for entry in entries(table, snapshot, row_filter):
        file = entry.data_file
        if file.content == DataFileContent.DATA:
            data.append(entry)
            continue
        equal = file.content == DataFileContent.EQUALITY_DELETES
        # an equality delete of no partition applies to all of them
        everywhere = equal and file.spec_id in unpartitioned
        deletes[None if everywhere else partition_of(file)].append(entry)
    if not deletes:
        return [Planned(entry.data_file) for entry in data]
    found = []
    for entry in data:
        at = entry.sequence_number or 0
        near = chain(deletes[None], deletes[partition_of(entry.data_file)])
        applying = [each for each in near if _applies(each, entry.data_file, at)]
        found.append(
            Planned(
                entry.data_file,
                _of_kind(applying, DataFileContent.POSITION_DELETES),
                _of_kind(applying, DataFileContent.EQUALITY_DELETES),
            )
        )
    return found


def partition_of(file: DataFile) -> tuple[Any, ...]:
    """Return the partitioning that a file is of, and the values of its partition."""
    return (file.spec_id, *(file.partition[at] for at in range(len(file.partition))))


def _applies(delete: ManifestEntry, file: DataFile, at: int) -> bool:
    since = delete.sequence_number or 0
    if delete.data_file.content == DataFileContent.EQUALITY_DELETES:
        return since > at
    low = (delete.data_file.lower_bounds or {}).get(_PATH_ID)
    high = (delete.data_file.upper_bounds or {}).get(_PATH_ID)
    path = file.file_path.encode()
    # bounds may be cut: an upper one is then no longer than what it bounds
    within = (low is None or low <= path) and (high is None or path[: len(high)] <= high)
    return since >= at and within


def _of_kind(applying: Iterable[ManifestEntry], content: DataFileContent) -> tuple[DataFile, ...]:
    return tuple(each.data_file for each in applying if each.data_file.content == content)
