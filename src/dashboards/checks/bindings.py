"""Filters reach sheets and visuals that are there, and have the controls that they need."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dashboards import walk
from dashboards.datasets import Dataset


def problems(definition: Mapping[str, Any], datasets: Sequence[Dataset]) -> Iterator[str]:
    """Find scopes, controls and hierarchies that are bound to nothing."""
    sheets: dict[str, dict[str, set[str]]] = {
        sheet["SheetId"]: {} for sheet in definition.get("Sheets", ())
    }
    for _, sheet, _, body in walk.visuals(definition):
        names = {value for _, value in walk.having(body, "DataSetIdentifier")}
        sheets[sheet][body["VisualId"]] = names
    reached: dict[str, set[str]] = {}
    for number, group in enumerate(definition.get("FilterGroups", ())):
        path = f"Definition.FilterGroups[{number}]"
        yield from _scope(path, _places(group), sheets)
        for body in (body for each in group["Filters"] for body in each.values()):
            reached[body["FilterId"]] = {place["SheetId"] for place in _places(group)}
            yield from (f"{path}: {said}" for said in _deaf(group, body, sheets, datasets))
    yield from _controls(definition, reached)
    for path, _, _, body in walk.visuals(definition):
        yield from _hierarchies(path, body)


def _scope(path: str, places: Any, sheets: Mapping[str, Mapping[str, set[str]]]) -> Iterator[str]:
    for name, count in Counter(place["SheetId"] for place in places).items():
        if count > 1:
            yield f"{path}: the scope names the sheet {name!r} twice"
    for place in places:
        if place["SheetId"] not in sheets:
            yield f"{path}: there is no sheet {place['SheetId']!r}"
            continue
        chosen = place.get("VisualIds", [])
        if (place["Scope"] == "SELECTED_VISUALS") != bool(chosen):
            yield f"{path}: VisualIds belong to the scope SELECTED_VISUALS, and it needs some"
        for visual in chosen:
            if visual not in sheets[place["SheetId"]]:
                yield f"{path}: the sheet {place['SheetId']!r} has no visual {visual!r}"


def _deaf(
    group: Mapping[str, Any],
    body: Mapping[str, Any],
    sheets: Mapping[str, Mapping[str, set[str]]],
    datasets: Sequence[Dataset],
) -> Iterator[str]:
    """Find sheets of which no visual has a filter's column: it does nothing, and is not greyed."""
    own, name = body["Column"]["DataSetIdentifier"], body["Column"]["ColumnName"]
    having = {dataset.name for dataset in datasets if dataset.has(name)}
    meant = having if group["CrossDataset"] == "ALL_DATASETS" else {own} & having
    for place in _places(group):
        visuals = sheets.get(place["SheetId"], {})
        chosen = place.get("VisualIds") or visuals
        if not any(visuals.get(visual, set()) & meant for visual in chosen):
            yield f"nothing on the sheet {place['SheetId']!r} has the column {name!r}"


def _places(group: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    scope = group["ScopeConfiguration"].get("SelectedSheets", {})
    places: Sequence[Mapping[str, Any]] = scope.get("SheetVisualScopingConfigurations", ())
    return places


def _controls(definition: Mapping[str, Any], reached: Mapping[str, set[str]]) -> Iterator[str]:
    shown: dict[str, set[str]] = {}
    filters = definition.get("FilterGroups", [])
    titled = {
        body["FilterId"]
        for _, body in walk.parts(filters)
        if "DefaultFilterControlConfiguration" in body
    }
    for number, sheet in enumerate(definition.get("Sheets", ())):
        for place, control in enumerate(sheet.get("FilterControls", ())):
            path = f"Definition.Sheets[{number}].FilterControls[{place}]"
            for body in control.values():
                name = body["SourceFilterId"]
                shown.setdefault(name, set()).add(sheet["SheetId"])
                if name not in reached:
                    yield f"{path}: there is no filter {name!r}"
                elif name not in titled:
                    yield f"{path}: the filter {name!r} has no DefaultFilterControlConfiguration"
                elif sheet["SheetId"] not in reached[name]:
                    yield f"{path}: the filter {name!r} does not reach this sheet"
    for path, body in walk.parts(filters, "Definition.FilterGroups"):
        if "DefaultFilterControlConfiguration" in body:
            name = body["FilterId"]
            for sheet in sorted(reached[name] - shown.get(name, set())):
                yield f"{path}: the filter {name!r} reaches the sheet {sheet!r} without a control"


def _hierarchies(path: str, body: Mapping[str, Any]) -> Iterator[str]:
    kept = {
        hierarchy["HierarchyId"]: hierarchy.get("Columns", [])
        for each in body.get("ColumnHierarchies", ())
        for hierarchy in each.values()
    }
    wells = body.get("ChartConfiguration", {}).get("FieldWells", {})
    named = {
        field["HierarchyId"]: field["Column"]
        for _, part in walk.parts(wells)
        for field in part.values()
        if isinstance(field, Mapping) and "HierarchyId" in field
    }
    for name in named.keys() ^ kept.keys():
        yield f"{path}: the hierarchy {name!r} is not both of a field and of the visual"
    for name in sorted(named.keys() & kept.keys()):
        if kept[name][:1] != [named[name]]:
            yield f"{path}: the hierarchy {name!r} does not begin with the field's own column"
    for name, columns in kept.items():
        if len({column["ColumnName"] for column in columns}) < len(columns):
            yield f"{path}: the hierarchy {name!r} has a level twice"
