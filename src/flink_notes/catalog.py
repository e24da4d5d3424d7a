"""The kernel's permanent tables in Glue, as Studio keeps them: another kernel sees them too."""

import time
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from flink_notes import failures, java
from flink_notes.environment import DATABASE
from flink_notes.hive_types import hive_type
from helpers import aws
from helpers.errors import InputError, MissingError, ServiceError

_CATALOG: Final = "default_catalog"
_IN_MEMORY: Final = "GenericInMemoryCatalog"
_SILENT_SECONDS: Final = 60
_PREFIX: Final = "flink."
_SECRETS: Final = ("secret", "accesskey", "password", "token", "apikey", "api-key")


class _Kept(NamedTuple):
    """A table as Glue had it, and as Flink writes the same one."""

    in_glue: dict[str, str]
    in_flink: dict[str, str]


class Catalog:
    """Keeps the permanent tables of `DATABASE` the same in Flink and in Glue.

    Parameters
    ----------
    st_env : pyflink.table.StreamTableEnvironment
    """

    def __init__(self, st_env: Any) -> None:
        self._manager = st_env._j_tenv.getCatalogManager()
        self._tables = self._manager.getCatalog(_CATALOG).get()
        self._glue: dict[str, dict[str, str]] = {}  # as it was last
        self._kept: dict[str, _Kept] = {}
        self._unread: dict[str, dict[str, str]] = {}
        self._problems: list[str] = []
        self._answers = False
        self._silent_until = 0.0

    def check(self, table: Any) -> None:
        """Make sure that a table to be made would be kept.

        Parameters
        ----------
        table : py4j.java_gateway.JavaObject
            Its ``ObjectIdentifier``.

        Raises
        ------
        InputError
            Where it would be in memory alone, and not in `DATABASE`.
        """
        name, database = table.getCatalogName(), table.getDatabaseName()
        if (name, database) == (_CATALOG, DATABASE):
            return
        found = self._manager.getCatalog(name).orElse(None)
        if found is not None and found.getClass().getSimpleName() == _IN_MEMORY:
            raise InputError(
                f"{name}.{database} is in memory, and its tables would be kept nowhere: "
                f"USE {_CATALOG}.{DATABASE}, or write CREATE TEMPORARY TABLE."
            )

    def load(self, *, needed: bool = False) -> bool:
        """Take over what other kernels have made, changed and dropped: one question to Glue.

        Parameters
        ----------
        needed : bool
            Whether a statement is wrong without it, as one that makes a permanent table.

        Returns
        -------
        bool
            Whether anything is another now.

        Raises
        ------
        ServiceError
            Where neither AWS nor the local AWS answers, if it is needed or has answered with
            tables before. Otherwise a kernel goes on without Glue, and asks it a minute later.
        """
        if not (needed or self._kept) and time.monotonic() < self._silent_until:
            return False
        try:
            if not self._answers:
                aws.check()  # says what is wrong, and after one try
            self._glue = _glue_tables()
        except ServiceError:
            self._answers = False
            self._silent_until = time.monotonic() + _SILENT_SECONDS
            if needed or self._kept:
                raise
            return False
        self._answers = True
        return self._take_over(
            {name: found for name, raw in self._glue.items() if (found := _flink(raw))}
        )

    def problems(self) -> list[str]:
        """Give a line for each table that Flink cannot read and that was not told before."""
        told, self._problems = self._problems, []
        return told

    def _take_over(self, there: Mapping[str, dict[str, str]]) -> bool:
        changed = False
        for name in self._kept.keys() - there.keys():
            self._tables.dropTable(_path(name), True)
            del self._kept[name]
            changed = True
        for name, properties in there.items():
            kept = self._kept[name].in_glue if name in self._kept else self._unread.get(name)
            if kept == properties:
                continue
            changed = True
            self._unread.pop(name, None)
            self._tables.dropTable(_path(name), True)
            try:
                self._create(name, properties)
                self._kept[name] = _Kept(properties, self._written(name))
            except failures.RAISED as error:
                self._tables.dropTable(_path(name), True)
                self._kept.pop(name, None)
                self._unread[name] = properties
                self._problems.append(
                    f"The table {name} in Glue is not read: {failures.read(error).said}"
                )
        return changed

    def publish(self) -> None:
        """Write to Glue what a statement has made, changed or dropped in Flink.

        Raises
        ------
        InputError
            Where a table has a secret among its options, a name that Glue cannot
            keep, or the name of a table that is not Flink's, or the database is
            not there; Flink has it as it was before.
        ServiceError
            Where Glue refuses.
        """
        here = {name: self._written(name) for name in self._names()}
        changed = {
            name: properties
            for name, properties in here.items()
            if name not in self._kept or self._kept[name].in_flink != properties
        }
        if not changed and self._kept.keys() <= here.keys():
            return
        glue = self._glue
        for name, properties in changed.items():
            if problem := _refused(name, properties, glue):
                self._undo(name)
                raise InputError(problem)
        try:
            for name, properties in changed.items():
                try:
                    _write(self._input(name, properties), exists=name in glue)
                except MissingError:
                    self._undo(name)
                    raise
                self._kept[name] = _Kept(properties, properties)
            for name in self._kept.keys() - here.keys():
                if _flink(glue.get(name, {})):
                    aws.client("glue").delete_table(DatabaseName=DATABASE, Name=name)
                del self._kept[name]
        except (BotoCoreError, ClientError) as error:
            raise ServiceError(f"Glue did not keep the table: {error}") from error

    def _names(self) -> list[str]:
        paths = {name: _path(name) for name in self._tables.listTables(DATABASE)}
        return [
            name
            for name, path in paths.items()
            if self._tables.getTable(path).getTableKind().name() == "TABLE"
        ]

    def _resolved(self, name: str) -> Any:
        return self._manager.resolveCatalogTable(self._tables.getTable(_path(name)))

    def _written(self, name: str) -> dict[str, str]:
        util = java.jvm().org.apache.flink.table.catalog.CatalogPropertiesUtil
        factory = self._manager.getSqlFactory()
        return dict(util.serializeCatalogTable(self._resolved(name), factory))

    def _create(self, name: str, properties: Mapping[str, str]) -> None:
        packages = java.jvm().org.apache.flink.table.catalog
        table = packages.CatalogPropertiesUtil.deserializeCatalogTable(dict(properties))
        identifier = packages.ObjectIdentifier.of(_CATALOG, DATABASE, name)
        self._manager.createTable(table, identifier, True)

    def _undo(self, name: str) -> None:
        self._tables.dropTable(_path(name), True)
        if name in self._kept:
            self._create(name, self._kept[name].in_flink)

    def _input(self, name: str, properties: Mapping[str, str]) -> dict[str, Any]:
        table = self._resolved(name)
        columns = [
            {"Name": column.getName(), "Type": hive_type(column.getDataType().getLogicalType())}
            for column in table.getResolvedSchema().getColumns()
        ]
        return {
            "Name": name,
            "Description": table.getComment() or "a stream, for Flink SQL",
            "TableType": "EXTERNAL_TABLE",
            "StorageDescriptor": {"Columns": columns, "SerdeInfo": {}},
            "Parameters": {f"{_PREFIX}{key}": value for key, value in properties.items()},
        }


def _path(name: str) -> Any:
    return java.jvm().org.apache.flink.table.catalog.ObjectPath(DATABASE, name)


def _glue_tables() -> dict[str, dict[str, str]]:
    """Read the parameters of every table of the database."""
    pages = aws.client("glue").get_paginator("get_tables").paginate(DatabaseName=DATABASE)
    try:
        return {t["Name"]: t.get("Parameters", {}) for page in pages for t in page["TableList"]}
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            return {}
        raise ServiceError(f"Glue does not list the tables of {DATABASE}: {error}") from error
    except BotoCoreError as error:
        raise ServiceError(f"Glue does not answer: {error}") from error


def _flink(parameters: Mapping[str, str]) -> dict[str, str]:
    """Pick Flink's own properties; none for a table that is not Flink's."""
    return {
        key.removeprefix(_PREFIX): value
        for key, value in parameters.items()
        if key.startswith(_PREFIX)
    }


def _refused(name: str, properties: Iterable[str], glue: Mapping[str, Mapping[str, str]]) -> str:
    """Say why a table cannot be in Glue, or nothing."""
    if secret := next((key for key in properties if _is_secret(key)), None):
        return (
            f"The table {name} is permanent, and its option '{secret}' would stand in Glue for "
            "everyone to read: write CREATE TEMPORARY TABLE, or leave the option out and let the "
            "credentials come from the environment ('aws.credentials.provider' = 'AUTO')."
        )
    if name != name.lower():
        return f"Glue keeps names in lower case alone: call the table {name.lower()}, not {name}."
    if name in glue and not _flink(glue[name]):
        return (
            f"{name} is a table of {DATABASE} already, and not one of Flink's: take another name, "
            "or write CREATE TEMPORARY TABLE."
        )
    return ""


def _is_secret(key: str) -> bool:
    return any(mark in key.lower() for mark in _SECRETS) and not key.endswith(".file")


def _write(entry: Mapping[str, Any], *, exists: bool) -> None:
    glue = aws.client("glue")
    if exists:
        glue.update_table(DatabaseName=DATABASE, TableInput=entry, SkipArchive=True)
        return
    try:
        glue.create_table(DatabaseName=DATABASE, TableInput=entry)
    except glue.exceptions.EntityNotFoundException as error:
        raise MissingError(f"The Glue database {DATABASE}") from error
