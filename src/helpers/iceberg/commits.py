"""Changes of a table in one step: readers see all of it or nothing."""

from collections.abc import Mapping, Sequence

from pyiceberg.exceptions import CommitFailedException, ValidationException
from pyiceberg.manifest import DataFile, ManifestContent
from pyiceberg.table import Table

from helpers.errors import ServiceError


def live_files(table: Table) -> list[DataFile]:
    """List the data files of a table's present state."""
    snapshot = table.current_snapshot()
    if snapshot is None:
        return []
    return [
        entry.data_file
        for manifest in snapshot.manifests(table.io)
        if manifest.content == ManifestContent.DATA
        for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True)
    ]


def replace_partitions(table: Table, added: Sequence[DataFile], said: Mapping[str, str]) -> int:
    """Put files in the place of all that their partitions hold, by one commit.

    Parameters
    ----------
    table : pyiceberg.table.Table
        The table as it was when it was decided what comes in.
    added : sequence of DataFile
        The new files, which lie in their place already. Where nothing is committed they stay there
        unnamed, until VACUUM removes them.
    said : mapping of str to str
        What the new snapshot's summary says besides.

    Returns
    -------
    int
        The id of the new snapshot.

    Raises
    ------
    ServiceError
        Where somebody else changed the table meanwhile; it is as they left it.
    """
    partitions = {file.partition for file in added}
    gone = [file for file in live_files(table) if file.partition in partitions]
    try:
        with (
            table.transaction() as change,
            change.update_snapshot(snapshot_properties=dict(said)).overwrite() as producer,
        ):
            for file in gone:
                producer.delete_data_file(file)
            for file in added:
                producer.append_data_file(file)
    except (CommitFailedException, ValidationException) as error:
        name = ".".join(table.name())
        raise ServiceError(
            f"somebody else changed {name} meanwhile ({error}): nothing was replaced, run again"
        ) from error
    return producer.snapshot_id


def latest_saying(table: Table, name: str) -> str | None:
    """Return what the latest of the present state's snapshots says that says it at all.

    Parameters
    ----------
    table : pyiceberg.table.Table
        The table.
    name : str
        One of `said`.
    """
    snapshot = table.current_snapshot()
    while snapshot is not None:
        if snapshot.summary is not None and snapshot.summary.get(name) is not None:
            return snapshot.summary.get(name)
        parent = snapshot.parent_snapshot_id
        snapshot = None if parent is None else table.snapshot_by_id(parent)
    return None
