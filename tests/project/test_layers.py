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

OF_THIS_SHOP = ("dashboards", "helpers", "store_simulator", "flink_notes", "support")
LOCAL_AWS = sorted((PROJECT / "local-aws").rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_nothing_that_runs_on_aws_imports_the_local_aws(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "import local_aws" not in text
    assert "from local_aws" not in text


LAYERS = {
    "dashboards": {"dashboards", "helpers"},
    "helpers": {"helpers"},
    "store_simulator": {"store_simulator", "helpers"},
    "flink_notes": {"flink_notes", "helpers"},
}
"""What each package of src/ may import of the project's own: no edge runs upwards."""


@pytest.mark.parametrize("path", LOCAL_AWS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_the_local_aws_imports_nothing_of_this_shop(path: Path) -> None:
    assert not imported(path) & set(OF_THIS_SHOP)


@pytest.mark.parametrize("package", LAYERS)
def test_no_package_imports_one_above_it(package: str) -> None:
    files = sorted((PROJECT / "src" / package).rglob("*.py"))
    own = {path.name for path in (PROJECT / "src").iterdir() if path.is_dir()} | set(OF_THIS_SHOP)
    upwards = {str(path): imported(path) & own - LAYERS[package] for path in files}
    assert files
    assert {path: names for path, names in upwards.items() if names} == {}


def imported(path: Path) -> set[str]:
    """The packages that a module imports, wherever in it."""
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
    return {name.partition(".")[0] for name in names}
