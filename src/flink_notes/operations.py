"""What a statement is: the operation that Flink's own parser makes of it."""

from functools import cache
from pathlib import PurePath
from typing import Any, Final

from flink_notes import java
from helpers.errors import InputError

_PACKAGE: Final = "org.apache.flink.table.operations"
_SETS: Final = ("StatementSetOperation",)
_PLANS: Final = ("ExecutePlanOperation", "CompileAndExecutePlanOperation")
_MAKING: Final = ("CreateTableOperation", "CreateTableASOperation", "ReplaceTableAsOperation")
_TABLES: Final = (*_MAKING, "DropTableOperation")
_FUNCTION: Final = "CreateCatalogFunctionOperation"
_VIEWS: Final = ("CreateViewOperation", "AlterViewAsOperation", "AlterViewRenameOperation")
_WITHOUT_TABLES: Final = ("SetOperation", "ResetOperation")
_REFUSED: Final = {
    "ShowJobsOperation": "SHOW JOBS is not for a note: `%flink.jobs` lists its jobs.",
    "DescribeJobOperation": "DESCRIBE JOB is not for a note: `%flink.jobs` lists its jobs.",
    "StopJobOperation": "STOP JOB is not for a note: `%flink.cancel [name]` ends its jobs.",
    "QuitOperation": "QUIT is the SQL client's own: a note ends with its kernel.",
    "ClearOperation": "CLEAR is the SQL client's own: a cell's output is cleared in its menu.",
    "HelpOperation": "HELP is the SQL client's own: `%%flink.ssql?` tells what a cell takes.",
    "BeginStatementSetOperation": "BEGIN STATEMENT SET; needs its statements and `END;` behind it "
    "in the same cell.",
    "EndStatementSetOperation": "END; ends a statement set, and none began in this cell.",
}


def kind(operation: Any) -> str:
    """Name the class of an operation, such as ``SetOperation``."""
    return str(operation.getClass().getSimpleName())


def check(operation: Any) -> None:
    """Make sure that a note can do it.

    Raises
    ------
    InputError
        Where it is the SQL client's own, or a permanent view or function, which nothing would
        keep.
    """
    name = kind(operation)
    if name in _REFUSED:
        raise InputError(_REFUSED[name])
    if name in _VIEWS and not (name == _VIEWS[0] and operation.isTemporary()):
        raise InputError(
            "A permanent view would be kept nowhere, Glue's views being Athena's: write CREATE "
            "TEMPORARY VIEW."
        )
    if name == _FUNCTION and not operation.isTemporary():
        raise InputError(
            "A permanent function would be kept nowhere: write CREATE TEMPORARY FUNCTION."
        )


def is_query(operation: Any) -> bool:
    """Say whether it gives rows until it ends: SELECT, VALUES, TABLE, WITH, in brackets or not."""
    return bool(_class("QueryOperation").isInstance(operation))


def names_tables(operation: Any) -> bool:
    """Say whether it may be about a table of the catalog."""
    if kind(operation) in _WITHOUT_TABLES:
        return False
    if kind(operation) == "PlannerQueryOperation":
        return "TableScan" in str(operation.getCalciteTree().explain())
    return True


def writes(operation: Any) -> bool:
    """Say whether it starts a job that goes on behind the cell."""
    return kind(operation) in {*_SETS, *_PLANS} or bool(
        _class("ModifyOperation").isInstance(operation)
    )


def defines_permanent_table(operation: Any) -> bool:
    """Say whether it makes, changes or drops a table that is to outlive the kernel."""
    name = kind(operation)
    if name in _TABLES:
        return not _definition(operation).isTemporary()
    return bool(_class("ddl.AlterTableOperation").isInstance(operation))


def made(operation: Any) -> Any | None:
    """Give the identifier of the permanent table that it makes; None where it makes none."""
    if kind(operation) not in _MAKING:
        return None
    definition = _definition(operation)
    return None if definition.isTemporary() else definition.getTableIdentifier()


def sinks(operation: Any) -> list[str]:
    """Name the tables that it writes into.

    Parameters
    ----------
    operation : py4j.java_gateway.JavaObject
        One that `writes`.

    Returns
    -------
    list of str
        Each table's own name once, in order, without catalog and database; of a compiled
        plan its file's name.
    """
    name = kind(operation)
    if name in _SETS:
        found = [sink for part in operation.getOperations() for sink in sinks(part)]
        return list(dict.fromkeys(found))
    if name == _PLANS[0]:
        return [PurePath(str(operation.getFilePath())).stem]
    if name == _PLANS[1]:
        return sinks(operation.getOperation())
    if name in _TABLES:
        return [str(_definition(operation).getTableIdentifier().getObjectName())]
    if hasattr(operation, "getContextResolvedTable"):
        return [str(operation.getContextResolvedTable().getIdentifier().getObjectName())]
    return [name]


def _definition(operation: Any) -> Any:
    """Give the CREATE TABLE in a CREATE TABLE AS; any other as it is."""
    if kind(operation) in {"CreateTableASOperation", "ReplaceTableAsOperation"}:
        return operation.getCreateTableOperation()
    return operation


@cache
def _class(name: str) -> Any:
    return java.type_of(f"{_PACKAGE}.{name}")
