"""Every visual has the fields that its kind is drawn from, all of one dataset."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dashboards import walk

_NEEDED: Final[Mapping[str, Mapping[str, int | None]]] = {
    "KPIVisual": {"Values": None},
    "LineChartVisual": {"Category": 1, "Values": None},
    "BarChartVisual": {"Category": 1, "Values": None},
    "HeatMapVisual": {"Rows": 1, "Columns": 1, "Values": 1},
    "ScatterPlotVisual": {"XAxis": 1, "YAxis": 1, "Category": 1},
    "TableVisual": {"GroupBy": None, "Values": None},
}
"""Wells that must not be empty, and how many fields the page draws of each: None for any."""


def problems(definition: Mapping[str, Any]) -> Iterator[str]:
    """Find visuals that would stay empty, draw a part of their fields, or mix datasets."""
    for path, _, kind, body in walk.visuals(definition):
        configuration = body.get("ChartConfiguration", {})
        yield from _wells(f"{path}.ChartConfiguration.FieldWells", kind, configuration)
        yield from _datasets(path, body)
        for place, limit in walk.having(configuration, "ItemsLimit"):
            if limit < 1:
                short = place.removeprefix("Definition")
                yield f"{path}.ChartConfiguration{short} is {limit}: nothing would be drawn"


def _wells(path: str, kind: str, configuration: Mapping[str, Any]) -> Iterator[str]:
    wells = configuration.get("FieldWells", {})
    if kind != "KPIVisual":  # the others have a variant between
        ((name, wells),) = wells.items() or [("", {})]
        path = f"{path}.{name}".rstrip(".")
    for name, most in _NEEDED.get(kind, {}).items():
        count = len(wells.get(name, ()))
        if not count:
            yield f"{path}: the visual has no field as {name}"
        elif most is not None and count > most:
            yield f"{path}.{name}: the page draws {most} field, not {count}"


def _datasets(path: str, body: Mapping[str, Any]) -> Iterator[str]:
    named = list(walk.having(body, "DataSetIdentifier"))
    for place, name in named[1:]:
        if name != named[0][1]:
            short = place.removeprefix("Definition")
            yield f"{path}{short}: the visual is of {named[0][1]!r}, not of {name!r}"
