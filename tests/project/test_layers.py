"""Code that runs on AWS knows nothing of the local one."""

import ast
from pathlib import Path

import pytest

from helpers.paths import PROJECT

FOLDERS = ("src", "notebooks", "flink_notebooks", "infra")
FILES = [
    path
    for folder in FOLDERS
    for path in (PROJECT / folder).rglob("*")
    if path.suffix in {".py", ".ipynb", ".yaml"} and ".ipynb_checkpoints" not in path.parts
]

OF_THIS_SHOP = ("helpers", "store_simulator", "flink_notes", "support")
LOCAL_AWS = sorted((PROJECT / "local-aws").rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_nothing_that_runs_on_aws_imports_the_local_aws(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "import local_aws" not in text
    assert "from local_aws" not in text


@pytest.mark.parametrize("path", LOCAL_AWS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_the_local_aws_imports_nothing_of_this_shop(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        name
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert not {name.partition(".")[0] for name in names} & set(OF_THIS_SHOP)
