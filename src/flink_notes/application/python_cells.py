"""Python of a note that goes into its application: what it may use and do."""

import ast
import builtins
import sys
from collections.abc import Sequence
from typing import Final

from flink_notes.application import runtime
from flink_notes.application.cells import Cell, PromotionError
from flink_notes.tokens import tokens
from helpers.names import nearest

GIVEN: Final = frozenset({"st_env", "s_env"})
_STARTS: Final = {
    "execute": "starts a job of its own",
    "execute_async": "starts a job of its own",
    "execute_insert": "starts a job of its own",
    "create_statement_set": "makes a job of its own",
    "wait": "waits for a job, which the service refuses",
    "collect": "fetches rows, for which nobody is there",
    "execute_and_collect": "fetches rows, for which nobody is there",
    "to_pandas": "fetches rows, for which nobody is there",
}
_ONLY_LOOKS_OR_WRITES: Final = ("SELECT", "INSERT", "WITH", "EXECUTE", "BEGIN", "VALUES")


def check(cells: Sequence[Cell], parameters: frozenset[str]) -> None:
    """Make sure that the Python cells of an application run on the service.

    Parameters
    ----------
    cells : sequence of Cell
        Their sources without the magic's line, in their order.
    parameters : frozenset of str
        Names that the properties give.

    Raises
    ------
    PromotionError
        Where one is not valid for Python 3.12, uses what only a kernel has, imports what the
        runtime lacks, sets what it refuses, or starts a job.
    """
    known = set(GIVEN | parameters | set(dir(builtins)))
    for cell in cells:
        try:
            tree = ast.parse(cell.source, feature_version=runtime.PYTHON)
        except SyntaxError as error:
            raise PromotionError(cell, f"line {error.lineno}: {error.msg}") from error
        bound = {name for node in ast.walk(tree) for name in _bound(node)}
        for node in ast.walk(tree):
            said = import_trouble(node) or _call_trouble(node) or _name_trouble(node, known | bound)
            if said:
                raise PromotionError(cell, said)
        known |= bound


def _bound(node: ast.AST) -> list[str]:
    """List the names that a node gives a value to."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return [node.id]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).partition(".")[0] for alias in node.names]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.arg):
        return [node.arg]
    if isinstance(node, ast.ExceptHandler) and node.name:
        return [node.name]
    return []


def import_trouble(node: ast.AST) -> str | None:
    """Say which package that a node imports the runtime lacks; None where it has them."""
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        names = [node.module or "."]
    for name in names:
        top = name.partition(".")[0]
        if top not in runtime.PACKAGES and top not in sys.stdlib_module_names:
            return (
                f"the package {top or name} is not in the runtime {runtime.NAME}: its packages are "
                "Python's own and those of apache-flink"
            )
    return None


def _name_trouble(node: ast.AST, known: set[str]) -> str | None:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in known:
        return (
            f"`{node.id}` has its value from the kernel, and the application runs without one: "
            "give it in this cell, or make it a parameter of the note"
        )
    return None


def refused(key: str) -> str:
    """Say that an application may not set a key, and which is the nearest that it may."""
    return (
        f"the runtime {runtime.NAME} lets no application set '{key}' "
        f"({nearest(key, sorted(runtime.SETTINGS))}): parallelism, checkpoints and restarts belong "
        "to the application's configuration"
    )


def _call_trouble(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    name, first = node.func.attr, node.args[0] if node.args else None
    text = first.value if isinstance(first, ast.Constant) else None
    said = None
    if name in _STARTS:
        said = f"`.{name}(…)` {_STARTS[name]}: write the job as INSERT in %%flink.ssql"
    elif name in runtime.CONFIGURED:
        said = (
            f"`.{name}(…)` sets {runtime.CONFIGURED[name]}, which belongs to the application's "
            f"configuration: the runtime {runtime.NAME} ends with an exception"
        )
    elif name == "execute_sql" and not _defines(text):
        said = (
            "`.execute_sql(…)` may define here, with its text in place; INSERT belongs into "
            "%%flink.ssql"
        )
    elif name == "set" and len(node.args) == 2 and not isinstance(text, str):
        said = "`.set(…)` needs its key in place, so that it can be checked"
    elif name == "set" and len(node.args) == 2 and text not in runtime.SETTINGS:
        said = refused(str(text))
    return said


def _defines(sql: object) -> bool:
    if not isinstance(sql, str):
        return False
    words = [token[0].upper() for token in tokens(sql) if token.lastgroup == "word"]
    return bool(words) and words[0] not in _ONLY_LOOKS_OR_WRITES
