"""Code that runs on AWS knows nothing of the local one."""

from pathlib import Path

import pytest

from helpers.paths import PROJECT

FOLDERS = ("src/helpers", "notebooks", "flink_notebooks", "infra")
FILES = [
    path
    for folder in FOLDERS
    for path in (PROJECT / folder).rglob("*")
    if path.suffix in {".py", ".ipynb", ".yaml"} and ".ipynb_checkpoints" not in path.parts
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_nothing_that_runs_on_aws_imports_the_local_aws(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "import local_aws" not in text
    assert "from local_aws" not in text
