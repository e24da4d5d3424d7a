"""The SQL that stands in a notebook's cells, for tests and benchmarks."""

import ast
from pathlib import Path
from typing import Final

import nbformat

_CALLS: Final = ("create_view", "query")


def of_notebook(notebook: Path) -> list[str]:
    """List the statements that a notebook sends to Athena.

    Parameters
    ----------
    notebook : pathlib.Path
        An ``.ipynb`` file whose cells call `helpers.athena`.

    Returns
    -------
    list of str
        The first argument of each ``athena.create_view`` and ``athena.query``,
        in the notebook's order.
    """
    cells = nbformat.read(notebook, as_version=4).cells
    trees = [ast.parse(cell.source) for cell in cells if cell.cell_type == "code"]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        ast.literal_eval(call.args[0])
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and (call.func.value.id, call.func.attr) in {("athena", name) for name in _CALLS}
    ]
