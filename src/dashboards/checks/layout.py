"""Every visual stands in the grid of its sheet, once, and on no other."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from dashboards.sheets.model import COLUMNS


def problems(definition: Mapping[str, Any]) -> Iterator[str]:
    """Find visuals and controls without a place, with two, outside the grid, or on each other."""
    for number, sheet in enumerate(definition.get("Sheets", ())):
        path = f"Definition.Sheets[{number}]"
        wanted = {
            "VISUAL": [
                body["VisualId"] for visual in sheet.get("Visuals", ()) for body in visual.values()
            ],
            "FILTER_CONTROL": [
                body["FilterControlId"]
                for control in sheet.get("FilterControls", ())
                for body in control.values()
            ],
        }
        placed = [
            *_elements(sheet.get("Layouts", ())),
            *_elements(sheet.get("SheetControlLayouts", ())),
        ]
        for kind, names in wanted.items():
            yield from _once(path, kind, names, placed)
        yield from _inside(path, list(_elements(sheet.get("Layouts", ()))))


def _elements(layouts: Any) -> Iterator[Mapping[str, Any]]:
    for layout in layouts:
        yield from layout["Configuration"].get("GridLayout", {}).get("Elements", ())


def _once(path: str, kind: str, names: list[str], placed: list[Mapping[str, Any]]) -> Iterator[str]:
    places = Counter(each["ElementId"] for each in placed if each["ElementType"] == kind)
    for name in names:
        if places[name] != 1:
            yield f"{path}: {name!r} has {places[name]} places in the layout, not one"
    for name in places.keys() - set(names):
        yield f"{path}: the layout has a place for {name!r}, which the sheet has not"


def _inside(path: str, elements: list[Mapping[str, Any]]) -> Iterator[str]:
    for each in elements:
        if each.get("ColumnIndex", 0) + each["ColumnSpan"] > COLUMNS:
            yield f"{path}: {each['ElementId']!r} is wider than the grid's {COLUMNS} columns"
    for one, other in combinations(elements, 2):
        if _meet(one, other, "Column") and _meet(one, other, "Row"):
            yield f"{path}: {one['ElementId']!r} and {other['ElementId']!r} lie on each other"


def _meet(one: Mapping[str, Any], other: Mapping[str, Any], side: str) -> bool:
    begin, span = f"{side}Index", f"{side}Span"
    first, second = one.get(begin, 0), other.get(begin, 0)
    return bool(first < second + other[span] and second < first + one[span])
