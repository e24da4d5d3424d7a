"""One accessible style for every chart, and the parts that charts share."""

import io
from collections.abc import Iterable
from typing import Final

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import QuadMesh
from matplotlib.colors import Normalize, TwoSlopeNorm
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler
from matplotlib.ticker import FuncFormatter
from PIL import Image, UnidentifiedImageError

from helpers import chart_marks, paths
from helpers.files import written_whole

# Okabe and Ito's palette, told apart with every common colour blindness
# (jfly.uni-koeln.de/color); orange, green and grey darker: 3:1 on white (WCAG 2.2, 1.4.11).
BLUE: Final = "#0072B2"
ORANGE: Final = "#BD7E00"
GREEN: Final = "#008A64"
RED: Final = "#D55E00"
GREY: Final = "#808080"
HEAT: Final = "cividis"
TWO_SIDED: Final = "PuOr_r"

_SATURDAY: Final = 5
_MOST_LABELS: Final = 10
_LINE: Final = 0.055  # height of a line of small text, as a share of a chart's height


def use_style() -> None:
    """Set fonts, colours and grid of every chart drawn from here on."""
    mpl.rcParams.update(
        {
            "figure.figsize": (10, 4.5),
            "figure.dpi": 100,
            "figure.constrained_layout.use": True,
            "savefig.dpi": 150,
            "font.size": 11,
            "axes.titlesize": 13,
            "axes.titlelocation": "left",
            "axes.titleweight": "bold",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.color": "#E5E5E5",
            "axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, RED, GREY]),
            "legend.frameon": False,
            "lines.linewidth": 2,
        }
    )


def thousands(axis: Axis) -> None:
    """Write an axis's numbers with thousands separators.

    Parameters
    ----------
    axis : matplotlib.axis.Axis
        ``ax.xaxis`` or ``ax.yaxis``.
    """
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))


def mark_weekends(ax: Axes, days: pd.DatetimeIndex) -> None:
    """Shade Saturdays and Sundays behind a line of days.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        A chart whose x axis holds days.
    days : pandas.DatetimeIndex
        The days shown, one each.
    """
    label = "Saturday, Sunday"
    for day in date2num(days[days.weekday >= _SATURDAY]):  # type: ignore[no-untyped-call]
        ax.axvspan(day - 0.5, day + 0.5, color="#EDEDED", lw=0, zorder=0, label=label)
        label = "_again"


def label_days(ax: Axes, days: pd.DatetimeIndex) -> None:
    """Label a time axis: every day while they fit, else Mondays, else months.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        A chart whose x axis holds days.
    days : pandas.DatetimeIndex
        The days shown, one each.
    """
    mondays = days[days.weekday == 0]
    if len(days) <= _MOST_LABELS:
        labelled, text = days, "%a %d %b"
    elif len(mondays) <= _MOST_LABELS:
        labelled, text = mondays, "%a %d %b"
    else:
        labelled, text = days[days.day == 1][:: len(days) // 300 + 1], "%b %Y"
    ax.set_xticks(date2num(labelled), labelled.strftime(text))  # type: ignore[no-untyped-call]


def legend_above(ax: Axes) -> None:
    """Put a chart's legend above it, beside the title, where it covers no data.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        A chart with labelled parts.
    """
    ax.legend(ncols=4, loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0.2)


def heat_map(
    ax: Axes, values: pd.DataFrame, rows: Iterable[str], middle: float | None = None
) -> QuadMesh:
    """Draw a table of numbers as colours, one column an hour of the day.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    values : pandas.DataFrame
        One row a line, 24 columns; missing values stay empty.
    rows : iterable of str
        The lines' labels, top to bottom.
    middle : float, optional
        The value in the middle of a two-sided scale of numbers above 0; without it the
        scale is one-sided.

    Returns
    -------
    matplotlib.collections.QuadMesh
        For the colour bar.
    """
    numbers = values.to_numpy(dtype=float)
    scale: Normalize
    if middle is None:
        scale = Normalize(0, max(_largest(numbers), 1e-9))
        colours = HEAT
    else:
        scale = TwoSlopeNorm(middle, 0, max(_largest(numbers), middle * 1.1))
        colours = TWO_SIDED
    grid = ax.pcolormesh(numbers, cmap=colours, norm=scale, edgecolors="white", linewidth=1)
    ax.set_xticks(np.arange(0.5, 24), [f"{hour:02d}" for hour in range(24)])
    labels = list(rows)
    ax.set_yticks(np.arange(0.5, len(labels)), labels)
    ax.invert_yaxis()
    ax.grid(visible=False)
    return grid


def _largest(numbers: chart_marks.Numbers) -> float:
    return max((float(n) for n in numbers.ravel() if np.isfinite(n)), default=0.0)


def name_points(ax: Axes, points: pd.DataFrame, names: Iterable[str]) -> None:
    """Name some points at the right edge of a chart, apart from each other and from the dots.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        A chart whose limits are set.
    points : pandas.DataFrame
        x and y of each point, in two columns.
    names : iterable of str
        As many.
    """
    (low, high), rows = ax.get_ylim(), sorted(zip(points.to_numpy(float), names, strict=True),
                                             key=lambda row: row[0][1])  # fmt: skip
    heights = np.array([(y - low) / (high - low) for (_, y), _ in rows])
    for place in range(1, len(heights)):  # upwards, each at least a line above the last
        heights[place] = max(heights[place], heights[place - 1] + _LINE)
    over = max(heights[-1] - 1, 0) if len(heights) else 0
    for height, (point, name) in zip(heights - over, rows, strict=True):
        ax.annotate(
            name,
            tuple(point),
            xytext=(1.02, height),
            textcoords="axes fraction",
            va="center",
            fontsize="small",
            arrowprops={"arrowstyle": "-", "color": GREY, "lw": 0.8},
        )


def drawn(figure: Figure) -> None:
    """Print what a chart shows and a digest of its numbers, for whoever cannot see it.

    nbval compares printed lines and no pictures: a bar that is three times as high fails so.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The chart, finished.
    """
    print(f"{chart_marks.describe(figure)} (digest {chart_marks.digest(figure)})")  # noqa: T201


def description(image: bytes) -> str:
    """Read what `save` wrote of a chart into its picture.

    Parameters
    ----------
    image : bytes
        A PNG.

    Returns
    -------
    str
        As `helpers.chart_marks.describe`; "chart" where the picture says nothing.
    """
    try:
        with Image.open(io.BytesIO(image)) as picture:
            return str(picture.info.get("Description", "chart"))
    except UnidentifiedImageError:
        return "chart"


def save(figure: Figure, run_dir: str, name: str) -> str:
    """Keep a chart as a picture in the run's folder, with its description in it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The chart.
    run_dir : str
        The run's folder, the notebook's parameter of that name.
    name : str
        The picture's name without its ending.

    Returns
    -------
    str
        The file's name, for the report.
    """
    target = paths.local(run_dir) / f"{name}.png"
    with written_whole(target) as picture:
        figure.savefig(
            picture, format="png", metadata={"Description": chart_marks.describe(figure)}
        )
    return target.name
