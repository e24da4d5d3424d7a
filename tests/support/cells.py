"""A notebook's cells in this process, without a kernel: what they leave behind can be asked."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat
from matplotlib import pyplot as plt


def run(notebook: Path, **values: Any) -> dict[str, Any]:
    """Run the code cells of a notebook, some of its parameters replaced.

    Parameters
    ----------
    notebook : pathlib.Path
        An ``.ipynb`` file without magics.
    **values : object
        Parameters of it.

    Returns
    -------
    dict
        The names that its cells made.
    """
    mpl.use("Agg")
    names: dict[str, Any] = {"__name__": notebook.stem}
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, notebook.name, "exec"), names)  # noqa: S102 - our own cells
            if "parameters" in cell.metadata.get("tags", []):
                names.update(values)
    plt.close("all")
    return names
