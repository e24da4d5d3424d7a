"""Commits of rows: data files added and removed, and files of position deletes.

Source: the Iceberg specification, "Snapshots" and "Manifests". pyiceberg's own producers write no
delete files; this one adds them and leaves the rest of a commit to pyiceberg.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from pyiceberg.exceptions import ValidationException
from pyiceberg.manifest import (
    DataFile,
    DataFileContent,
    ManifestContent,
    ManifestEntry,
    ManifestEntryStatus,
    ManifestFile,
    ManifestWriterV2,
)
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Operation, Summary
from pyiceberg.table.update.snapshot import _FastAppendFiles
from pyiceberg.typedef import EMPTY_DICT

from local_aws import objects
from local_aws.engine.context import QueryError
from local_aws.engine.iceberg.catalog import committing


def append(table: Table, files: Sequence[DataFile]) -> None:
    """Add data files to a table: a commit that another one comes before is made again after it.

    Raises
    ------
    QueryError
        ICEBERG_COMMIT_ERROR; the files are gone then.
    """
    with (
        _discarding(files),
        committing(table),
        table.transaction() as change,
        change.update_snapshot().fast_append() as added,
    ):
        for file in files:
            added.append_data_file(file)


def replace_rows(
    table: Table,
    added: Sequence[DataFile],
    deletes: Sequence[DataFile] = (),
    removed: Sequence[DataFile] = (),
    operation: Operation = Operation.OVERWRITE,
) -> None:
    """Commit what takes rows off a table, unless another commit came since it was loaded.

    Parameters
    ----------
    table
        The table as the rows were read.
    added
        New data files.
    deletes
        New files of position deletes.
    removed
        Data and delete files that are no part of the table any more.
    operation
        What the snapshot says that it is.

    Raises
    ------
    QueryError
        ICEBERG_COMMIT_ERROR, the new files gone; NOT_SUPPORTED for a table of format 1.
    """
    with _discarding([*added, *deletes]), committing(table):
        check_version(table)
        with table.transaction() as change:
            _Delta(operation, change, table.io).of(added, deletes, removed).commit()


def check_version(table: Table) -> None:
    """Refuse to write into a table that the service does not write.

    Raises
    ------
    QueryError
        NOT_SUPPORTED for one of format version 1.
    """
    if table.metadata.format_version < 2:
        raise QueryError("NOT_SUPPORTED: Iceberg table updates require at least format version 2")


@contextmanager
def _discarding(files: Sequence[DataFile]) -> Iterator[None]:
    """Delete the objects of files where the commit that would name them fails."""
    try:
        yield
    except BaseException:
        discard(files)
        raise


def discard(files: Iterable[DataFile]) -> None:
    """Delete the objects of files that no commit names."""
    for file in files:
        with suppress(objects.NoSuchBucketError):
            objects.delete(*objects.split_uri(file.file_path))


class _DeleteWriter(ManifestWriterV2):
    """A manifest of delete files."""

    def content(self) -> ManifestContent:
        return ManifestContent.DELETES

    @property
    def _meta(self) -> dict[str, str]:
        return {**super()._meta, "content": "deletes"}


class _Delta(_FastAppendFiles):
    """A snapshot that adds and removes data and delete files."""

    def of(
        self, added: Sequence[DataFile], deletes: Sequence[DataFile], removed: Sequence[DataFile]
    ) -> "_Delta":
        """Say what the snapshot is made of."""
        self._deletes = list(deletes)
        self._removed = {file.file_path for file in removed}
        for file in added:
            self.append_data_file(file)
        for file in removed:
            self.delete_data_file(file)
        return self

    def _summary(self, snapshot_properties: dict[str, str] = EMPTY_DICT) -> Summary:
        """Count delete files too, and replaced files, which pyiceberg does not."""
        added, operation = self._added_data_files, self._operation
        spec = self._transaction.table_metadata.default_spec_id
        self._added_data_files = [*added, *(each for each in self._deletes if each.spec_id == spec)]
        if operation == Operation.REPLACE:
            self._operation = Operation.OVERWRITE
        found = super()._summary(snapshot_properties)
        self._added_data_files, self._operation = added, operation
        return Summary(operation, **found.additional_properties)

    def _validate_concurrency(self) -> None:
        """Refuse to go on after another commit: rows that this one read may be gone."""
        if self._commit_window is not None and not self._commit_window.is_empty():
            raise ValidationException("another commit came first")

    def _existing_manifests(self) -> list[ManifestFile]:
        kept = [self._without_removed(each) for each in super()._existing_manifests()]
        return [*self._new_deletes(), *kept]

    def _without_removed(self, manifest: ManifestFile) -> ManifestFile:
        entries = self.fetch_manifest_entry(manifest) if self._removed else []
        if not any(entry.data_file.file_path in self._removed for entry in entries):
            return manifest
        spec = self.spec(manifest.partition_spec_id)
        with self._writer(spec, manifest.content) as writer:
            for entry in entries:
                gone = entry.data_file.file_path in self._removed
                writer.add_entry(
                    ManifestEntry.from_args(
                        status=(
                            ManifestEntryStatus.DELETED if gone else ManifestEntryStatus.EXISTING
                        ),
                        snapshot_id=self._snapshot_id if gone else entry.snapshot_id,
                        sequence_number=entry.sequence_number,
                        file_sequence_number=entry.file_sequence_number,
                        data_file=entry.data_file,
                    )
                )
        return writer.to_manifest_file()

    def _new_deletes(self) -> list[ManifestFile]:
        found = []
        for number in sorted({file.spec_id for file in self._deletes}):
            with self._writer(self.spec(number), ManifestContent.DELETES) as writer:
                for file in self._deletes:
                    if file.spec_id == number:
                        writer.add(
                            ManifestEntry.from_args(
                                status=ManifestEntryStatus.ADDED,
                                snapshot_id=self._snapshot_id,
                                sequence_number=None,
                                file_sequence_number=None,
                                data_file=file,
                            )
                        )
            found.append(writer.to_manifest_file())
        return found

    def _writer(self, spec: PartitionSpec, content: ManifestContent) -> ManifestWriterV2:
        made = _DeleteWriter if content == ManifestContent.DELETES else ManifestWriterV2
        output = self.new_manifest_output()
        return made(spec, self.schema(), output, self._snapshot_id, self._compression)


def of_content(entries: Iterable[ManifestEntry], *contents: DataFileContent) -> list[DataFile]:
    """Return the files of entries that are of some kinds."""
    return [each.data_file for each in entries if each.data_file.content in contents]
