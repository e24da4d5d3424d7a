"""Rules that every notebook keeps, seen from its file alone."""

import ast
import itertools
from pathlib import Path

import nbformat
import pytest

from helpers import insights, params, run
from helpers.paths import PROJECT
from support import statements

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
NOTES = sorted((PROJECT / "flink_notebooks").glob("*.ipynb"))
INSIGHTS = insights.notebooks()
CORRECTIONS = PROJECT / "notebooks/12_corrections.ipynb"
WITH_DATABASE = {run.DEPLOY, *run.BATCH, CORRECTIONS, run.LIVE[-1], run.DASHBOARDS}

each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS + NOTES, ids=lambda path: path.stem)
each_insight = pytest.mark.parametrize("notebook", INSIGHTS, ids=lambda path: path.stem)


@each_notebook
def test_every_code_cell_follows_words(notebook: Path) -> None:
    cells = nbformat.read(notebook, as_version=4).cells
    assert cells[0].cell_type == "markdown"
    for before, cell in itertools.pairwise(cells):
        if cell.cell_type == "code":
            assert before.cell_type == "markdown", cell.source[:60]


@each_notebook
def test_no_cell_defines_a_function(notebook: Path) -> None:
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "code" and not cell.source.startswith("%%flink.ssql"):
            source = "\n".join(x for x in cell.source.splitlines() if not x.startswith("%"))
            kinds = {type(node) for node in ast.walk(ast.parse(source))}
            assert not kinds & {ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef}


@each_notebook
def test_database_bucket_and_run_folder_are_parameters_where_they_are_used(notebook: Path) -> None:
    known = {parameter.name: parameter for parameter in params.of_notebook(notebook)}
    assert "bucket" in known
    assert ("run_dir" in known) == (notebook not in {run.DEPLOY, run.DASHBOARD_VIEWS})
    assert ("database" in known) == (notebook in WITH_DATABASE)
    assert known["bucket"].required


@each_insight
def test_an_insight_is_one_view_and_queries_that_read_it(notebook: Path) -> None:
    view, *queries = statements.of_notebook(notebook)
    create, name = view.split()[:4], view.split()[4]
    assert create == ["CREATE", "OR", "REPLACE", "VIEW"]
    assert queries
    for query in queries:
        assert f"FROM {name}" in query
        assert "user_activity" not in query


@each_insight
def test_outputs_keep_no_path_and_no_noise(notebook: Path) -> None:
    for cell in nbformat.read(notebook, as_version=4).cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error"
            assert output.get("name") != "stderr"
            text = str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
            assert "/runs/" not in text
            assert str(PROJECT) not in text
