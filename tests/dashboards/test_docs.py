"""What docs/dashboards.md says of datasets, filters and sheets is what they are."""

import re

import pytest

from dashboards import definition
from dashboards.datasets import BY_NAME, DATASETS
from dashboards.filters import FILTERS, WHY_NOT, Filter
from dashboards.measures import MEASURES
from dashboards.sheets import SHEETS
from helpers.paths import PROJECT

DOC = (PROJECT / "docs/dashboards.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """The cells of the tables under a heading, head and rule left out."""
    part = DOC.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if not set(row[0]) <= {"-"}]


def test_the_matrix_of_the_docs_is_that_of_the_definition() -> None:
    head, *lines = rows("Which sheet obeys which filter")[: len(SHEETS) + 1]
    assert head == ["sheet", *(filter_.column for filter_ in FILTERS)]
    matrix = definition.matrix()
    assert lines == [
        [sheet.title, *(matrix[sheet.name][filter_.column].how for filter_ in FILTERS)]
        for sheet in SHEETS
    ]


def test_every_no_has_its_reason_in_the_docs() -> None:
    for sheet, row in definition.matrix().items():
        for column, heard in row.items():
            assert bool(heard.why) == (heard.how != "yes"), (sheet, column)
            if heard.why:
                assert heard.why in DOC


@pytest.mark.parametrize("filter_", FILTERS, ids=lambda each: each.column)
def test_there_is_a_reason_for_exactly_the_datasets_without_the_column(filter_: Filter) -> None:
    deaf = {dataset.name for dataset in DATASETS if not dataset.has(filter_.column)}
    assert {dataset for column, dataset in WHY_NOT if column == filter_.column} == deaf
    assert BY_NAME[filter_.dataset].has(filter_.column)


def test_the_definition_has_a_control_where_the_matrix_says_so() -> None:
    matrix = definition.matrix()
    for sheet in definition.build()["Sheets"]:
        shown = {
            re.sub("^filter-", "", control["CrossSheet"]["SourceFilterId"])
            for control in sheet["FilterControls"]
        }
        heard = matrix[sheet["SheetId"]]
        assert shown == {column for column, row in heard.items() if row.how != "no"}


def test_every_column_is_told_as_it_is() -> None:
    told = rows("What each dataset holds")
    assert told[0] == ["column", "type", "adds", "what it says"]
    assert [row for row in told if row != told[0]] == [
        [f"`{column.name}`", column.type, column.adds, column.says]
        for dataset in DATASETS
        for column in dataset.columns
    ]
    for dataset in DATASETS:
        assert f"`{dataset.view}`: one row is {dataset.grain}." in DOC


def test_every_calculation_is_told_as_it_is() -> None:
    _, *told = rows("What is calculated from sums")
    assert told == [
        [f"`{measure.name}`", measure.dataset, f"`{measure.expression}`"] for measure in MEASURES
    ]
