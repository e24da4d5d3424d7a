"""One accessible style for every chart, and the parts that charts share."""

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

from helpers import paths

# Okabe and Ito's palette: told apart with every common colour blindness (jfly.uni-koeln.de/color)
BLUE: Final = "#0072B2"
ORANGE: Final = "#E69F00"
GREEN: Final = "#009E73"
RED: Final = "#D55E00"
GREY: Final = "#999999"
HEAT: Final = "cividis"
TWO_SIDED: Final = "PuOr_r"

_SATURDAY: Final = 5
_MOST_LABELS: Final = 10


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
        labelled, text = days[days.day == 1], "%b %Y"
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
        scale = Normalize(0, max(float(np.nanmax(numbers)), 1e-9))
        colours = HEAT
    else:
        scale = TwoSlopeNorm(middle, 0, max(float(np.nanmax(numbers)), middle * 1.1))
        colours = TWO_SIDED
    grid = ax.pcolormesh(numbers, cmap=colours, norm=scale, edgecolors="white", linewidth=1)
    ax.set_xticks(np.arange(0.5, 24), [f"{hour:02d}" for hour in range(24)])
    labels = list(rows)
    ax.set_yticks(np.arange(0.5, len(labels)), labels)
    ax.invert_yaxis()
    ax.grid(visible=False)
    return grid


def save(figure: Figure, run_dir: str, name: str) -> str:
    """Keep a chart as a picture in the run's folder.

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
    folder = paths.local(run_dir)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.png"
    scratch = folder / f"{name}.part.png"
    figure.savefig(scratch)
    scratch.replace(target)
    return target.name
