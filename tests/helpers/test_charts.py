"""Charts: what a reader sees on the axes, and the picture that is kept."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from helpers import charts


def _axes():
    return Figure().add_subplot()


def test_weekends_are_shaded_and_named_once() -> None:
    ax = _axes()
    charts.mark_weekends(ax, pd.date_range("2019-10-01", "2019-10-14"))
    assert len(ax.patches) == 4
    assert ax.get_legend_handles_labels()[1] == ["Saturday, Sunday"]


@pytest.mark.parametrize(
    ("last", "labels"),
    [
        ("2019-10-02", ["Tue 01 Oct", "Wed 02 Oct"]),
        ("2019-10-31", ["Mon 07 Oct", "Mon 14 Oct", "Mon 21 Oct", "Mon 28 Oct"]),
        ("2019-12-31", ["Oct 2019", "Nov 2019", "Dec 2019"]),
    ],
)
def test_days_are_labelled_as_many_as_fit(last: str, labels: list[str]) -> None:
    ax = _axes()
    charts.label_days(ax, pd.date_range("2019-10-01", last))
    assert [label.get_text() for label in ax.get_xticklabels()] == labels


def test_numbers_on_an_axis_have_separators() -> None:
    ax = _axes()
    charts.thousands(ax.yaxis)
    assert ax.yaxis.get_major_formatter()(1234567.5, 0) == "1,234,567.5"


def test_two_sided_heat_map_has_its_middle_in_the_middle() -> None:
    grid = charts.heat_map(_axes(), pd.DataFrame([[0.5, 3.0]]), ["a"], middle=1.0)
    assert grid.norm(1.0) == 0.5
    assert grid.norm(3.0) == 1.0


def test_heat_map_leaves_missing_cells_empty() -> None:
    grid = charts.heat_map(_axes(), pd.DataFrame([[np.nan, 3.0]]), ["a"])
    assert np.ma.getmaskarray(grid.get_array()).ravel().tolist() == [True, False]


def test_saved_chart_is_a_whole_picture_and_nothing_else(tmp_path: Path) -> None:
    figure = Figure()
    figure.add_subplot().plot([1, 2])
    assert charts.save(figure, str(tmp_path / "run"), "lines") == "lines.png"
    (kept,) = (tmp_path / "run").iterdir()
    assert kept.read_bytes().startswith(b"\x89PNG")
