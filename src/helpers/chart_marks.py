"""What a chart shows, read from its marks: in words, and as a digest of its numbers."""

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.container import BarContainer
from matplotlib.figure import Figure

Numbers = npt.NDArray[np.float64]


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


def digest(figure: Figure) -> str:
    """Hash what was drawn: every number to six digits, every word, in the order of drawing.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The chart.

    Returns
    -------
    str
        12 hexadecimal digits.
    """
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
