"""The tables of a data set: which columns come out of them, and what is asked of Athena for that.

One physical table, a relation or a statement, and at most one logical table over it that chooses,
renames or casts columns. Joins, filters and calculated columns are refused by name: they belong
into a view here.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from local_aws.documents import Document
from local_aws.protocol.errors import not_supported
from local_aws.quicksight.errors import invalid
from local_aws.quicksight.variants import the_one

_TAKEN = {"RelationalTable", "CustomSql"}
_OPERATIONS = {
    "CastColumnTypeOperation",
    "ProjectOperation",
    "RenameColumnOperation",
    "TagColumnOperation",
    "UntagColumnOperation",
}
# what a column of a source is in a data set
_OUTSIDE = {"BIT": "INTEGER", "BOOLEAN": "INTEGER", "JSON": "STRING", "SEMISTRUCT": "STRING"}


class Column(NamedTuple):
    """A column of a data set: its name, type and subtype, and what it is in its source."""

    name: str
    type: str
    subtype: str
    source: str
    source_type: str

    @property
    def shown(self) -> Document:
        """The column as ``OutputColumns`` has it."""
        subtype = {"SubType": self.subtype} if self.subtype else {}
        return {"Name": self.name, "Type": self.type, **subtype}


class Table(NamedTuple):
    """What a data set is made of."""

    data_source: str
    """The ARN."""
    relation: Document | None
    """The relational table; None for a statement of its own."""
    statement: str
    """What Athena is asked."""
    columns: tuple[Column, ...]


def read(given: Document) -> Table:
    """Read the tables of a data set.

    Parameters
    ----------
    given : dict
        With ``PhysicalTableMap`` and, where there is one, ``LogicalTableMap``.

    Raises
    ------
    ServiceError
        InvalidParameterValueException, or by name what is not carried out here.
    """
    physical = given["PhysicalTableMap"]
    if not physical:
        raise invalid("PhysicalTableMap must have at least one table")
    if len(physical) > 1:
        raise not_supported("data sets of more than one physical table: join them in a view")
    ((name, union),) = physical.items()
    kind, table = the_one(union, f"PhysicalTableMap.{name}")
    if kind not in _TAKEN:
        raise not_supported(f"data sets of a {kind}")
    inputs = table.get("InputColumns") or table.get("Columns") or []
    if not inputs:
        raise invalid(f"PhysicalTableMap.{name}: a table must have at least one column")
    columns = [_input(column) for column in inputs]
    columns = _transformed(columns, given.get("LogicalTableMap") or {}, name)
    names = [column.name for column in columns]
    if repeated := sorted({each for each in names if names.count(each) > 1}):
        raise invalid(f"Duplicate column names found: {', '.join(repeated)}")
    if kind == "RelationalTable":
        return Table(table["DataSourceArn"], table, _of_relation(table, columns), tuple(columns))
    statement = _of_statement(table["SqlQuery"], columns)
    return Table(table["DataSourceArn"], None, statement, tuple(columns))


def _input(column: Document) -> Column:
    kind = column["Type"]
    if "SubType" in column and kind != "DECIMAL":
        raise invalid(f"Column {column['Name']}: only a DECIMAL has a SubType")
    outside = str(_OUTSIDE.get(kind, kind))
    return Column(column["Name"], outside, str(column.get("SubType", "")), column["Name"], kind)


def quoted(name: str) -> str:
    """Quote a name for Athena."""
    return '"' + name.replace('"', '""') + '"'


def _of_relation(table: Document, columns: Sequence[Column]) -> str:
    path = [table[part] for part in ("Catalog", "Schema", "Name") if table.get(part)]
    chosen = ", ".join(quoted(column.source) for column in columns)
    relation = ".".join(quoted(part) for part in path)
    return f"SELECT {chosen} FROM {relation}"  # noqa: S608 - names are quoted


def _of_statement(statement: str, columns: Sequence[Column]) -> str:
    chosen = ", ".join(quoted(column.source) for column in columns)
    text = statement.strip().removesuffix(";")
    return f"SELECT {chosen} FROM (\n{text}\n) AS custom_sql"  # noqa: S608 - the data set's own


def _transformed(columns: list[Column], logical: Document, physical: str) -> list[Column]:
    if not logical:
        return columns
    if len(logical) > 1:
        raise not_supported("data sets of more than one logical table: join them in a view")
    ((name, table),) = logical.items()
    at = f"LogicalTableMap.{name}"
    kind, source = the_one(table["Source"], f"{at}.Source")
    if kind != "PhysicalTableId":
        raise not_supported(f"logical tables over a {kind}")
    if source != physical:
        raise invalid(f"{at}.Source: there is no physical table {source}")
    for number, union in enumerate(table.get("DataTransforms", [])):
        operation, what = the_one(union, f"{at}.DataTransforms[{number}]")
        if operation not in _OPERATIONS:
            raise not_supported(f"{operation} of a logical table: do it in a view")
        if "Source" in what or "Alias" in what:
            raise not_supported(f"Source and Alias of a {operation}")
        columns = _STEPS[operation](columns, what, f"{at}.DataTransforms[{number}]")
    return columns


def _find(columns: Sequence[Column], name: str, at: str) -> Column:
    found = next((column for column in columns if column.name == name), None)
    if found is None:
        raise invalid(f"{at}: there is no column {name}")
    return found


def _replaced(columns: Sequence[Column], old: Column, new: Column) -> list[Column]:
    return [new if column is old else column for column in columns]


def _project(columns: list[Column], what: Document, at: str) -> list[Column]:
    if not what["ProjectedColumns"]:
        raise invalid(f"{at}: ProjectedColumns must have at least one column")
    return [_find(columns, name, at) for name in what["ProjectedColumns"]]


def _rename(columns: list[Column], what: Document, at: str) -> list[Column]:
    old = _find(columns, what["ColumnName"], at)
    return _replaced(columns, old, old._replace(name=what["NewColumnName"]))


def _cast(columns: list[Column], what: Document, at: str) -> list[Column]:
    if what.get("Format"):
        raise not_supported("Format of a CastColumnTypeOperation: parse the text in a view")
    old = _find(columns, what["ColumnName"], at)
    kind = what["NewColumnType"]
    if "SubType" in what and kind != "DECIMAL":
        raise invalid(f"{at}: only a DECIMAL has a SubType")
    return _replaced(columns, old, old._replace(type=kind, subtype=what.get("SubType", "")))


def _named(columns: list[Column], what: Document, at: str) -> list[Column]:
    _find(columns, what["ColumnName"], at)  # a tag says what a column means, and changes no row
    return columns


_STEPS: dict[str, Callable[[list[Column], Any, str], list[Column]]] = {
    "CastColumnTypeOperation": _cast,
    "ProjectOperation": _project,
    "RenameColumnOperation": _rename,
    "TagColumnOperation": _named,
    "UntagColumnOperation": _named,
}
