"""The code of all notebooks as one Python file, for tools that read no notebooks.

``python tests/support/notebook_code.py > code.py``
"""

import re
import sys
from pathlib import Path

import nbformat

PROJECT = Path(__file__).parents[2]


NAME_IN_SQL = re.compile(r"\$\{(\w+)|(?<![:\w]):([a-z]\w*)")


def code(notebook: Path) -> str:
    """Join the code cells of a notebook; of a cell of SQL the names that it takes."""
    lines: list[str] = []
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "code" and cell.source.startswith("%%"):
            lines += [brace or colon for brace, colon in NAME_IN_SQL.findall(cell.source)]
        elif cell.cell_type == "code":
            lines += [line for line in cell.source.splitlines() if not line.startswith("%")]
    return "\n".join(lines)


if __name__ == "__main__":
    for path in sorted(PROJECT.glob("*notebooks/*.ipynb")):
        sys.stdout.write(code(path) + "\n")
