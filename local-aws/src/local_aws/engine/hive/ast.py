"""The statements of Athena's data definition language, as data."""

from dataclasses import dataclass, field
from typing import Literal

Properties = dict[str, str]


@dataclass(frozen=True)
class TableName:
    """A table's name; the database is None where the statement names none."""

    database: str | None
    table: str


@dataclass(frozen=True)
class Column:
    """A column: name, Hive type in canonical form, and comment."""

    name: str
    type: str
    comment: str | None = None


@dataclass(frozen=True)
class Storage:
    """How a table's files are read, as the statement said it; None where it said nothing."""

    serde: str | None = None
    properties: Properties = field(default_factory=dict)
    delimited: Properties | None = None
    stored_as: str | None = None
    input_format: str | None = None
    output_format: str | None = None


@dataclass(frozen=True)
class CreateTable:
    """CREATE [EXTERNAL] TABLE; `transforms` are the hidden partitions of an Iceberg table."""

    table: TableName
    external: bool
    if_not_exists: bool
    columns: tuple[Column, ...]
    partitions: tuple[Column, ...]
    storage: Storage
    comment: str | None = None
    bucket_columns: tuple[str, ...] = ()
    bucket_count: int | None = None
    location: str | None = None
    properties: Properties = field(default_factory=dict)
    transforms: tuple[str, ...] = ()


Spec = tuple[tuple[str, str], ...]
Comparison = tuple[str, str, str]


@dataclass(frozen=True)
class AddPartitions:
    """ALTER TABLE … ADD PARTITION; each partition has a spec and perhaps a location."""

    table: TableName
    if_not_exists: bool
    partitions: tuple[tuple[Spec, str | None], ...]


@dataclass(frozen=True)
class DropPartitions:
    """ALTER TABLE … DROP PARTITION; each is a list of (column, operator, value)."""

    table: TableName
    if_exists: bool
    partitions: tuple[tuple[Comparison, ...], ...]


@dataclass(frozen=True)
class RenamePartition:
    """ALTER TABLE … PARTITION … RENAME TO PARTITION …."""

    table: TableName
    old: Spec
    new: Spec


@dataclass(frozen=True)
class SetLocation:
    """ALTER TABLE … [PARTITION …] SET LOCATION."""

    table: TableName
    partition: Spec | None
    location: str


@dataclass(frozen=True)
class SetProperties:
    """ALTER TABLE … SET TBLPROPERTIES."""

    table: TableName
    properties: Properties


@dataclass(frozen=True)
class UnsetProperties:
    """ALTER TABLE … UNSET TBLPROPERTIES, which only Iceberg tables have."""

    table: TableName
    names: tuple[str, ...]


@dataclass(frozen=True)
class RenameTable:
    """ALTER TABLE … RENAME TO …, which only Iceberg tables have."""

    table: TableName
    new: TableName


@dataclass(frozen=True)
class DropColumn:
    """ALTER TABLE … DROP COLUMN, which only Iceberg tables have."""

    table: TableName
    column: str


@dataclass(frozen=True)
class ChangeColumns:
    """ALTER TABLE … ADD COLUMNS or REPLACE COLUMNS."""

    table: TableName
    action: Literal["add", "replace"]
    columns: tuple[Column, ...]
    partition: Spec | None = None


@dataclass(frozen=True)
class ChangeColumn:
    """ALTER TABLE … CHANGE [COLUMN] old new type [COMMENT …] [FIRST | AFTER column]."""

    table: TableName
    old: str
    new: Column
    first: bool = False
    after: str | None = None


@dataclass(frozen=True)
class RepairTable:
    """MSCK REPAIR TABLE."""

    table: TableName


@dataclass(frozen=True)
class CreateDatabase:
    """CREATE DATABASE."""

    name: str
    if_not_exists: bool
    comment: str | None
    location: str | None
    properties: Properties


@dataclass(frozen=True)
class SetDatabaseProperties:
    """ALTER DATABASE … SET DBPROPERTIES."""

    name: str
    properties: Properties


@dataclass(frozen=True)
class Drop:
    """DROP TABLE, VIEW or DATABASE."""

    kind: Literal["table", "view", "database"]
    name: TableName
    if_exists: bool
    cascade: bool = False


@dataclass(frozen=True)
class Show:
    """SHOW …: what, of which database or table, and the pattern or property that was named."""

    what: Literal[
        "databases",
        "tables",
        "views",
        "columns",
        "partitions",
        "tblproperties",
        "create table",
        "create view",
    ]
    name: TableName | None = None
    database: str | None = None
    pattern: str | None = None


@dataclass(frozen=True)
class Describe:
    """DESCRIBE [EXTENDED | FORMATTED] table [PARTITION …] [column]."""

    table: TableName
    style: Literal["", "extended", "formatted"] = ""
    partition: Spec | None = None
    column: tuple[str, ...] = ()


Statement = (
    CreateTable
    | AddPartitions
    | DropPartitions
    | RenamePartition
    | SetLocation
    | SetProperties
    | UnsetProperties
    | DropColumn
    | RenameTable
    | ChangeColumns
    | ChangeColumn
    | RepairTable
    | CreateDatabase
    | SetDatabaseProperties
    | Drop
    | Show
    | Describe
)
