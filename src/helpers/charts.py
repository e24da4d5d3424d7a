"""One accessible style for every chart, and the parts that charts share."""

import hashlib
import io
from collections.abc import Iterable, Iterator
from typing import Any, Final

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.colors import Normalize, TwoSlopeNorm
from matplotlib.container import BarContainer
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler
from matplotlib.ticker import FuncFormatter
from PIL import Image, UnidentifiedImageError

from helpers import paths
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
Numbers = npt.NDArray[np.float64]


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


def _largest(numbers: Numbers) -> float:
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
    print(f"{describe(figure)} (digest {_digest(figure)})")  # noqa: T201


def describe(figure: Figure) -> str:
    """Say in words what a chart shows: of each part its title, axes, and kinds of marks.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The chart.

    Returns
    -------
    str
        A sentence or two for each part.
    """
    return " ".join(_described(ax) for ax in figure.axes if ax.get_label() != "<colorbar>")


def description(image: bytes) -> str:
    """Read what `save` wrote of a chart into its picture.

    Parameters
    ----------
    image : bytes
        A PNG.

    Returns
    -------
    str
        As `describe`; "chart" where the picture says nothing.
    """
    try:
        with Image.open(io.BytesIO(image)) as picture:
            return str(picture.info.get("Description", "chart"))
    except UnidentifiedImageError:
        return "chart"


def _described(ax: Axes) -> str:
    title = next((t for place in ("left", "center") if (t := ax.get_title(loc=place))), "Chart")
    marks = [f"{what}: {_span(values)}" for what, values in _marks(ax) if len(values)]
    axes = " by ".join(label for label in (ax.get_ylabel(), ax.get_xlabel()) if label)
    return f"{title}{f' ({axes})' if axes else ''}; {', '.join(marks) or 'nothing drawn'}."


def _span(values: Numbers) -> str:
    known = values[np.isfinite(values)]
    if not len(known):
        return f"{len(values)} without a value"
    return f"{len(values):,} from {known.min():,.5g} to {known.max():,.5g}"


def _marks(ax: Axes) -> Iterator[tuple[str, Numbers]]:
    """Give the numbers that each mark of a chart shows: heights, lengths, places, colours."""
    for line in ax.get_lines():
        label = str(line.get_label())
        yield ("line" if label.startswith("_") else label), np.asarray(line.get_ydata(), float)
    for container in ax.containers:
        if isinstance(container, BarContainer):
            lying = container.orientation == "horizontal"
            sizes = [bar.get_width() if lying else bar.get_height() for bar in container]
            label = str(container.get_label())
            yield ("bars" if label.startswith("_") else label), np.array(sizes, float)
    for marks in ax.collections:
        if isinstance(marks, QuadMesh):
            yield "colours", _plain(marks.get_array())
        elif isinstance(marks, PathCollection):
            label = str(marks.get_label())
            yield ("dots" if label.startswith("_") else label), _points(marks)[:, 1]


def _points(marks: PathCollection) -> Numbers:
    return _plain(marks.get_offsets()).reshape(-1, 2)


def _plain(values: Any) -> Numbers:
    """Give the numbers of a masked array, those that are not shown as NaN."""
    hidden = np.ma.getmaskarray(values)  # type: ignore[no-untyped-call]
    return np.where(hidden, np.nan, np.asarray(values, float)).ravel()


def _digest(figure: Figure) -> str:
    """Hash what was drawn: every number to six digits, every word, in the order of drawing."""
    parts: list[str] = []
    for ax in figure.axes:
        arrays = [np.asarray(line.get_xydata(), float) for line in ax.get_lines()]
        arrays += [np.array([b.get_bbox().extents for b in ax.patches if hasattr(b, "get_bbox")])]
        arrays += [_points(marks) for marks in ax.collections if isinstance(marks, PathCollection)]
        arrays += [values for _, values in _marks(ax)]
        arrays += [np.array([ax.get_xlim(), ax.get_ylim()])]
        parts += [f"{value:.6g}" for array in arrays for value in np.ravel(array)]
        parts += [text.get_text() for text in (*ax.texts, *ax.get_xticklabels())]
        parts += [ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


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
        figure.savefig(picture, format="png", metadata={"Description": describe(figure)})
    return target.name
