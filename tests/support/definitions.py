"""A dashboard's definition, and its parts to be broken by a test."""

import copy
import json
from collections.abc import Callable
from typing import Any

from dashboards import checks, definition

BUILT = json.loads(definition.text())
KPI = BUILT["Sheets"][0]["Visuals"][1]["KPIVisual"]["VisualId"]
Part = Any


def visual(whole: Part, name: str) -> Part:
    """The body of a visual, by its identifier."""
    return next(
        body
        for sheet in whole["Sheets"]
        for each in sheet["Visuals"]
        for body in each.values()
        if body["VisualId"] == name
    )


def wells(whole: Part, name: str) -> Part:
    """The fields of a visual."""
    found = visual(whole, name)["ChartConfiguration"]["FieldWells"]
    return found if "Values" in found else next(iter(found.values()))


def group(whole: Part, name: str) -> Part:
    """A filter's group."""
    return next(each for each in whole["FilterGroups"] if each["FilterGroupId"] == f"{name}-group")


def scope(whole: Part, name: str) -> Part:
    """The sheets that a filter reaches."""
    selected = group(whole, name)["ScopeConfiguration"]["SelectedSheets"]
    return selected["SheetVisualScopingConfigurations"]


def elements(whole: Part, sheet: int) -> Part:
    """The places of a sheet's grid."""
    return whole["Sheets"][sheet]["Layouts"][0]["Configuration"]["GridLayout"]["Elements"]


def put(part: Part, name: str, value: object) -> None:
    part[name] = value


def levels(whole: Part, name: str) -> Part:
    """The columns of a visual's drill."""
    return visual(whole, name)["ColumnHierarchies"][0]["ExplicitHierarchy"]["Columns"]


Break = Callable[[Part], object]


def problems_of(breaking: Break) -> list[str]:
    """What is said of the definition once it is broken."""
    broken = copy.deepcopy(BUILT)
    breaking(broken)
    return checks.problems(broken)
