"""The local Glue as pyiceberg's catalog: a commit is one compare-and-set on the Glue table."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pyiceberg.catalog import MetastoreCatalog
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.exceptions import (
    CommitFailedException,
    NoSuchIcebergTableError,
    NoSuchPropertyException,
    NoSuchTableError,
    TableAlreadyExistsError,
    ValidationError,
    ValidationException,
)
from pyiceberg.manifest import DataFile
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import CreateTableTransaction, Table
from pyiceberg.typedef import Properties

from local_aws.engine.context import QueryError
from local_aws.engine.iceberg import decoded
from local_aws.engine.iceberg.avro_doubles import mend
from local_aws.engine.iceberg.files import ObjectsIO
from local_aws.glue import GlueError, tables

Record = dict[str, Any]


class LocalCatalog(GlueCatalog):
    """pyiceberg's Glue catalog with the local Glue's functions in the place of calls."""

    def __init__(self) -> None:
        mend()
        # the parent's own would make a client of AWS
        MetastoreCatalog.__init__(self, "awsdatacatalog")

    def _load_file_io(
        self,
        properties: Properties | None = None,
        location: str | None = None,
    ) -> ObjectsIO:
        return ObjectsIO(properties or {})

    def _convert_glue_to_iceberg(self, glue_table: Any) -> Table:
        """Return what a record leads to, as the parent does, the metadata being decoded once."""
        parameters = glue_table.get("Parameters") or {}
        if parameters.get("table_type", "").upper() != "ICEBERG":
            raise NoSuchIcebergTableError(f"{glue_table['DatabaseName']}.{glue_table['Name']}")
        place = parameters.get("metadata_location")
        if place is None:
            raise NoSuchPropertyException("metadata_location")
        files = self._load_file_io()
        return Table(
            identifier=(glue_table["DatabaseName"], glue_table["Name"]),
            metadata=decoded.metadata(files, place),
            metadata_location=place,
            io=files,
            catalog=self,
        )

    def _is_s3tables_database(self, database_name: str) -> bool:
        return False

    def _get_glue_table(self, database_name: str, table_name: str) -> Any:
        try:
            return tables.get_table({"DatabaseName": database_name, "Name": table_name})["Table"]
        except GlueError as error:
            raise NoSuchTableError(f"{database_name}.{table_name}") from error

    def _create_glue_table(self, database_name: str, table_name: str, table_input: Any) -> None:
        try:
            tables.create_table({"DatabaseName": database_name, "TableInput": table_input})
        except GlueError as error:
            raise TableAlreadyExistsError(f"{database_name}.{table_name}") from error

    def _update_glue_table(
        self, database_name: str, table_name: str, table_input: Any, version_id: str
    ) -> None:
        given = {
            "DatabaseName": database_name,
            "TableInput": table_input,
            "SkipArchive": True,
            "VersionId": version_id,
        }
        try:
            tables.update_table(given)
        except GlueError as error:
            raise CommitFailedException(f"{table_name}: {error.message}") from error


def load(record: Record) -> Table:
    """Return an Iceberg table as its metadata file describes it now.

    Raises
    ------
    QueryError
        ICEBERG_MISSING_METADATA, ICEBERG_INVALID_METADATA, or NOT_SUPPORTED for format 3.
    """
    name = f"{record['DatabaseName']}.{record['Name']}"
    place = (record.get("Parameters") or {}).get("metadata_location")
    try:
        found = LocalCatalog()._convert_glue_to_iceberg(record)
    except (NoSuchPropertyException, FileNotFoundError) as error:
        raise QueryError(
            f"ICEBERG_MISSING_METADATA: Metadata not found in metadata location for table {name}: "
            f"{place}"
        ) from error
    except (ValueError, KeyError, ValidationError, ValidationException) as error:
        raise QueryError(
            f"ICEBERG_INVALID_METADATA: Invalid metadata file for table {name}: {place}"
        ) from error
    number = found.metadata.current_snapshot_id
    if number is not None and found.metadata.snapshot_by_id(number) is None:
        # its rows would be none, and the next commit would lose them
        raise QueryError(
            f"ICEBERG_INVALID_METADATA: Invalid metadata file for table {name}: {place}: cannot "
            f"find current snapshot {number}"
        )
    if found.metadata.format_version > 2:
        raise QueryError(
            f"NOT_SUPPORTED: Iceberg format version {found.metadata.format_version} of table "
            f"{name} is not supported"
        )
    return found


@dataclass(frozen=True)
class NewTable:
    """A table that is to be; `location` is a folder without a slash at its end."""

    database: str
    name: str
    schema: Schema
    location: str
    spec: PartitionSpec
    properties: Properties

    @property
    def _given(self) -> dict[str, Any]:
        return {
            "identifier": (self.database, self.name),
            "schema": self.schema,
            "location": self.location,
            "partition_spec": self.spec,
            "properties": {"format-version": "2", **self.properties},
        }

    def create(self) -> Table:
        """Create the table without rows.

        Raises
        ------
        TableAlreadyExistsError
            Where there is one of that name.
        """
        return LocalCatalog().create_table(**self._given)

    def stage(self) -> "Staged":
        """Return the table, which comes to be with its first rows."""
        return Staged(LocalCatalog().create_table_transaction(**self._given))


@dataclass
class Staged:
    """A table that is not there yet, to which data files are written before it is."""

    transaction: CreateTableTransaction

    @property
    def table(self) -> Table:
        """The table that is to be, with the ids that its columns will have."""
        return self.transaction._table

    def commit(self, files: Sequence[DataFile]) -> None:
        """Create the table with these files as its first snapshot.

        Raises
        ------
        TableAlreadyExistsError
            Where somebody else created one of that name meanwhile.
        """
        try:
            with self.transaction.update_snapshot().fast_append() as added:
                for file in files:
                    added.append_data_file(file)
            self.transaction.commit_transaction()
        except CommitFailedException as error:
            raise TableAlreadyExistsError(".".join(self.table.name())) from error


@contextmanager
def committing(table: Table) -> Iterator[None]:
    """Tell of a commit that came too late in the service's words.

    Raises
    ------
    QueryError
        ICEBERG_COMMIT_ERROR; where manifests cannot be read or written, as `decoded.reading`.
    """
    try:
        yield
    except (FileNotFoundError, EOFError, ImportError) as error:
        raise decoded.unreadable(table, error) from error
    except (CommitFailedException, ValidationException, NoSuchTableError) as error:
        name = ".".join(table.name())
        raise QueryError(
            f"ICEBERG_COMMIT_ERROR: Failed to commit Iceberg update to table: {name}"
        ) from error
