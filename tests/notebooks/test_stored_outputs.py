"""The notebooks print today what they printed when their outputs were stored."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbval.plugin import get_sanitize_patterns

from helpers.paths import PROJECT
from helpers.run import BATCH, LIVE

NOTEBOOKS = [*BATCH, *LIVE]
SANITIZE = PROJECT / "tests/notebooks/nbval_sanitize.cfg"
NUMBER = re.compile(r"\d[\d,.]*")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a local AWS with nothing in it; what one run left there the next one finds."""
    return tmp_path_factory.mktemp("notebooks")


def _nbval(folder: Path, *notebooks: Path) -> subprocess.CompletedProcess[str]:
    serving = [sys.executable, "-m", "local_aws", "--port", "0", "--data", str(folder), "--"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval"]
    options = [f"--nbval-sanitize-with={SANITIZE}", "--nbval-cell-timeout=300"]
    return subprocess.run(
        [*serving, *command, *options, *map(str, notebooks)],
        cwd=PROJECT,
        env={name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="module")
def compared(folder: Path) -> subprocess.CompletedProcess[str]:
    """What nbval says of the batch notebooks, run in order from the raw file."""
    subprocess.run(["make", "-s", "data/small.csv"], cwd=PROJECT, check=True)
    return _nbval(folder, *NOTEBOOKS)


def test_stored_outputs_are_what_the_notebooks_print(
    compared: subprocess.CompletedProcess[str],
) -> None:
    assert compared.returncode == 0, compared.stdout[-6000:]
    assert "skipped" not in compared.stdout


def test_one_changed_number_in_a_stored_output_fails(
    compared: subprocess.CompletedProcess[str], folder: Path, tmp_path: Path
) -> None:
    assert compared.returncode == 0
    notebook = nbformat.read(NOTEBOOKS[1], as_version=4)
    tables = [
        output.data
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]
    before = tables[0]["text/plain"]
    number = NUMBER.findall(before)[-1]
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    tables[0]["text/plain"] = wrong.join(before.rsplit(number, 1))
    changed = tmp_path / "changed.ipynb"
    nbformat.write(notebook, changed)
    result = _nbval(folder, changed)
    assert result.returncode == 1
    assert "1 failed" in result.stdout
    assert "Cell outputs differ" in result.stdout


def test_every_cell_with_something_to_say_has_its_output_stored() -> None:
    for path in NOTEBOOKS:
        cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
        assert all(cell.execution_count for cell in cells), path.name
        assert sum(bool(cell.outputs) for cell in cells) >= 4, path.name


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_sanitizers_hide_only_the_lines_they_are_named_for(path: Path) -> None:
    patterns = get_sanitize_patterns(SANITIZE.read_text())
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            for text in (output.get("text", ""), output.get("data", {}).get("text/plain", "")):
                for line in text.splitlines():
                    hidden = line
                    for pattern, replacement in patterns:
                        hidden = re.sub(pattern, replacement, hidden)
                    lost = len(NUMBER.findall(line)) - len(NUMBER.findall(hidden))
                    assert lost <= 0 or "bytes scanned" in line or ": p50 " in line, json.dumps(
                        line
                    )
