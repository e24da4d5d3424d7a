"""Charts: what a reader sees on the axes, and the picture that is kept."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from helpers import chart_marks, charts


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


def _bars(times: int = 1, height: float = 3, name: str = "views") -> Figure:
    figure = Figure()
    ax = figure.add_subplot()
    for _ in range(times):
        ax.bar(["a", "b"], [height, 2], label=name)
    ax.plot([1.0, 4.0])
    ax.scatter([0, 1], [5, 6])
    ax.set(title="Views", ylabel="views a day")
    return figure


def _said(figure: Figure, capsys: pytest.CaptureFixture[str]) -> str:
    charts.drawn(figure)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "other", [_bars(times=3), _bars(height=9), _bars(height=3.001), _bars(name="carts")]
)
def test_what_is_printed_of_a_chart_changes_with_what_is_drawn(
    other: Figure, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _said(_bars(), capsys) == _said(_bars(), capsys)
    assert _said(_bars(), capsys) != _said(other, capsys)


def test_bars_that_are_higher_than_their_numbers_are_seen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    higher = _bars()
    for bar in higher.axes[0].patches:
        bar.set_height(bar.get_height() * 3)
    assert _said(_bars(), capsys) != _said(higher, capsys)


def test_a_chart_is_described_and_its_picture_carries_the_words(tmp_path: Path) -> None:
    said = chart_marks.describe(_bars())
    assert said == (
        "Views (views a day); line: 2 from 1 to 4, views: 2 from 2 to 3, dots: 2 from 5 to 6."
    )
    picture = tmp_path / charts.save(_bars(), str(tmp_path), "bars")
    assert charts.description(picture.read_bytes()) == said
    assert charts.description(b"\x89PNG") == "chart"


def test_a_heat_map_is_described_by_its_colours() -> None:
    figure = Figure()
    ax = figure.add_subplot()
    figure.colorbar(charts.heat_map(ax, pd.DataFrame([[np.nan, 3.0]]), ["a"]), ax=ax)
    assert chart_marks.describe(figure) == "Chart; colours: 2 from 3 to 3."


def test_an_empty_heat_map_is_drawn() -> None:
    charts.heat_map(_axes(), pd.DataFrame([[np.nan, np.nan]]), ["a"])


@pytest.mark.parametrize("count", [0, 1, 5, 12])
def test_names_of_points_do_not_overlap(count: int) -> None:
    ax = _axes()
    points = pd.DataFrame({"x": np.linspace(0.2, 0.3, count), "y": [0.9] * count})
    charts.name_points(ax, points, [f"brand {n}" for n in range(count)])
    heights = sorted(text.xyann[1] for text in ax.texts)
    assert len(heights) == count
    assert all(high - low > 0.05 for low, high in itertools.pairwise(heights))
    assert all(-0.2 < height <= 1 for height in heights)


@pytest.mark.parametrize(
    "colour", [charts.BLUE, charts.ORANGE, charts.GREEN, charts.RED, charts.GREY]
)
def test_colours_stand_out_from_the_page(colour: str) -> None:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    luminance = float(np.dot(linear, [0.2126, 0.7152, 0.0722]))
    assert 1.05 / (luminance + 0.05) >= 3  # WCAG 2.2, 1.4.11
