"""The notebooks print today what they printed when their outputs were stored."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbval.plugin import get_sanitize_patterns

from helpers import insights
from helpers.bursts import NOTE
from helpers.paths import PROJECT
from helpers.run import BATCH, DASHBOARDS, DEPLOY, LIVE

pytestmark = pytest.mark.server  # it starts servers of its own

NOTEBOOKS = [DEPLOY, *BATCH, DASHBOARDS, NOTE, *LIVE]
CORRECTIONS = insights.FOLDER / "12_corrections.ipynb"
QUESTION = insights.notebooks()[0]
SANITIZE = PROJECT / "tests/notebooks/nbval_sanitize.cfg"
NUMBER = re.compile(r"\d[\d,.]*")


def _nbval(folder: Path, *notebooks: Path, first: str = ":") -> subprocess.CompletedProcess[str]:
    """Compare notebooks on a fresh local AWS, where a command of the shell comes first."""
    serving = [sys.executable, "-m", "local_aws", "--port", "0", "--data", str(folder), "--"]
    serving += ["sh", "-c", f'{first} && exec "$@"', "sh"]
    command = [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "-q", "--nbval"]
    options = [f"--nbval-sanitize-with={SANITIZE}", "--nbval-cell-timeout=300"]
    options += ["-p", "no:cacheprovider"]
    return subprocess.run(
        [*serving, *command, *options, *map(str, notebooks)],
        cwd=PROJECT,
        env={name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def _with_one_changed_number(source: Path, path: Path) -> Path:
    """A copy of a notebook up to its first table, in which one digit is another."""
    notebook = nbformat.read(source, as_version=4)
    end, table = next(
        (place + 1, output.data)
        for place, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    )
    before = table["text/plain"]
    number = NUMBER.findall(before)[-1]
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    table["text/plain"] = wrong.join(before.rsplit(number, 1))
    notebook.cells = notebook.cells[:end]
    nbformat.write(notebook, path)
    return path


def _with_bars_three_times_as_high(source: Path, path: Path) -> Path:
    """A copy of a notebook up to its first chart of bars, which are drawn too high."""
    notebook = nbformat.read(source, as_version=4)
    place, cell = next((n, c) for n, c in enumerate(notebook.cells) if ".bar(" in c.source)
    higher = (
        "for bar in middle.patches:\n        bar.set_height(3 * bar.get_height())\n    pictures["
    )
    cell.source = cell.source.replace("pictures[", higher)
    notebook.cells = notebook.cells[: place + 1]
    nbformat.write(notebook, path)
    return path


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], str]:
    """What nbval says of all notebooks, run in order from the raw file, and of two wrong copies."""
    folder = tmp_path_factory.mktemp("notebooks")
    subprocess.run(["make", "-s", "data/small.csv"], cwd=PROJECT, check=True)
    notebooks = [
        *NOTEBOOKS,
        _with_one_changed_number(QUESTION, folder / "changed.ipynb"),
        _with_bars_three_times_as_high(QUESTION, folder / "higher.ipynb"),
    ]
    said = _nbval(folder / "aws", *notebooks)
    assert said.returncode == 1, said.stdout[-6000:] + said.stderr[-2000:]
    return notebooks, said.stdout


def test_stored_outputs_are_what_the_notebooks_print(compared: tuple[list[Path], str]) -> None:
    notebooks, said = compared
    cells = sum(_code_cells(path) for path in notebooks)
    assert f"2 failed, {cells - 2} passed" in said, said[-6000:]
    assert "skipped" not in said


def test_the_stored_output_of_the_corrections_is_what_a_lake_of_iceberg_gives(
    tmp_path: Path,
) -> None:
    python = shlex.quote(sys.executable)
    ingest = shlex.quote(str(insights.FOLDER / "10_ingest.ipynb"))
    first = (
        f"{python} -m helpers.deploy --stage dev --params params/demo.yaml --quiet && "
        f"{python} -m papermill --log-level ERROR --no-progress-bar {ingest} /dev/null "
        "-p table_format iceberg"
    )
    said = _nbval(tmp_path / "aws", CORRECTIONS, first=first)
    assert said.returncode == 0, said.stdout[-6000:] + said.stderr[-2000:]
    assert f"{_code_cells(CORRECTIONS)} passed" in said.stdout
    assert "skipped" not in said.stdout


def test_one_changed_number_and_bars_that_are_too_high_fail(
    compared: tuple[list[Path], str],
) -> None:
    notebooks, said = compared
    failed = re.findall(r"^FAILED (.*::Cell \d+) ", said, re.MULTILINE)
    # The copies' last cells; nbval names a notebook outside the project by nothing.
    assert failed == [f"::Cell {_code_cells(path) - 1}" for path in notebooks[-2:]], said[-6000:]
    assert "Cell outputs differ" in said


def _code_cells(path: Path) -> int:
    return sum(c.cell_type == "code" for c in nbformat.read(path, as_version=4).cells)


def test_every_cell_with_something_to_say_has_its_output_stored() -> None:
    for path in [*NOTEBOOKS, CORRECTIONS]:
        cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
        assert all(cell.execution_count for cell in cells), path.name
        assert sum(bool(cell.outputs) for cell in cells) >= 4, path.name


@pytest.mark.parametrize("path", [*NOTEBOOKS, CORRECTIONS], ids=lambda path: path.stem)
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
