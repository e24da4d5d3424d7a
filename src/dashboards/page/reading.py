"""A QuickSight definition, read as the plan of a page: its sheets and visuals."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from dashboards.page import expressions
from dashboards.supported import not_drawn
from helpers.errors import InputError

Plan = dict[str, Any]
Calculated = Mapping[tuple[str, str], expressions.Tree]

_KINDS: Final = {
    "KPIVisual": ("kpi", (), ("Values",)),
    "LineChartVisual": ("line", ("Category",), ("Values",)),
    "BarChartVisual": ("bar", ("Category",), ("Values",)),
    "HeatMapVisual": ("heat", ("Rows", "Columns"), ("Values",)),
    "ScatterPlotVisual": ("scatter", ("Label", "Category"), ("XAxis", "YAxis", "Size")),
    "TableVisual": ("table", ("GroupBy",), ("Values",)),
}
"""What each visual is here, and its wells of dimensions and of measures."""
_SORTS: Final = ("CategorySort", "RowSort", "HeatMapRowSort")
_NAMES: Final = {"category_2": "second level", "category_3": "third level"}
_STACKS: Final = {"CLUSTERED": None, "STACKED": "zero"}


def read(definition: Mapping[str, Any]) -> list[Plan]:
    """Read the sheets of a definition.

    Parameters
    ----------
    definition : mapping
        ``DashboardVersionDefinition``.

    Returns
    -------
    list of dict
        A sheet each: ``id``, ``title``, ``text`` and its ``visuals``, in the order of the grid.

    Raises
    ------
    InputError
        With the path of each member that the page cannot draw.
    """
    if foreign := list(not_drawn(definition)):
        raise InputError("The page cannot draw the definition:\n" + "\n".join(foreign))
    calculated = {
        (field["DataSetIdentifier"], field["Name"]): expressions.parse(
            field["Expression"], f"CalculatedFields.{field['Name']}.Expression"
        )
        for field in definition["CalculatedFields"]
    }
    return [_sheet(sheet, calculated) for sheet in definition["Sheets"]]


def _sheet(sheet: Mapping[str, Any], calculated: Calculated) -> Plan:
    elements = [
        element
        for layout in sheet["Layouts"]
        for element in layout["Configuration"]["GridLayout"]["Elements"]
    ]
    places = {
        element["ElementId"]: (element["RowIndex"], element["ColumnIndex"]) for element in elements
    }
    spans = {element["ElementId"]: element["ColumnSpan"] for element in elements}
    visuals = [
        _visual(name, body, calculated) for part in sheet["Visuals"] for name, body in part.items()
    ]
    if lost := [visual["id"] for visual in visuals if visual["id"] not in places]:
        raise InputError(f"The sheet {sheet['SheetId']} has no place for {', '.join(lost)}.")
    return {
        "id": sheet["SheetId"],
        "title": sheet["Name"],
        "text": sheet["Description"],
        "visuals": [
            visual | {"span": spans[visual["id"]]}
            for visual in sorted(visuals, key=lambda one: places[one["id"]])
        ],
    }


def _visual(name: str, body: Mapping[str, Any], calculated: Calculated) -> Plan:
    kind, by_names, value_names = _KINDS[name]
    chart = body["ChartConfiguration"]
    wells = chart["FieldWells"]
    if kind != "kpi":
        (wells,) = wells.values()
    by = [_dimension(field) for well in by_names for field in wells.get(well, ())]
    measures = [_measure(f, calculated) for well in value_names for f in wells.get(well, ())]
    if not measures:
        raise InputError(f"The visual {body['VisualId']} has nothing to show.")
    labels = dict(_labels(chart))
    for field in (*by, *measures):
        field["label"] = labels.get(field.pop("field"), field["label"])
    sorting = chart.get("SortConfiguration", {})
    return {
        "id": body["VisualId"],
        "kind": kind,
        "title": body["Title"]["FormatText"]["PlainText"],
        "text": body["Subtitle"]["FormatText"]["PlainText"],
        "alt": body["VisualContentAltText"],
        "dataset": measures[0]["dataset"],
        "by": by,
        "hierarchy": [
            _named(column)
            for hierarchy in body.get("ColumnHierarchies", ())
            for column in hierarchy["ExplicitHierarchy"]["Columns"]
        ],
        "measures": measures,
        "time": by[0]["time"] if kind == "line" else None,
        "fixed": [],
        "horizontal": chart.get("Orientation") == "HORIZONTAL",
        "stacked": _STACKS[chart.get("BarsArrangement", "CLUSTERED")],
        "sort": _sort(sorting, [measure["id"] for measure in measures]),
        "limit": sorting.get("CategoryItemsLimit", {}).get("ItemsLimit"),
    }


def _dimension(field: Mapping[str, Any]) -> Plan:
    (body,) = field.values()
    time = body.get("DateGranularity", "").lower() or None
    return _named(body["Column"]) | {"field": body["FieldId"], "time": time}


def _labels(chart: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the fields that are called otherwise than their columns."""
    for one in chart.get("CategoryLabelOptions", {}).get("AxisLabelOptions", ()):
        yield one["ApplyTo"]["FieldId"], one["CustomLabel"]
    for one in chart.get("FieldOptions", {}).get("SelectedFieldOptions", ()):
        yield one["FieldId"], one["CustomLabel"]


def _named(column: Mapping[str, str]) -> Plan:
    name = column["ColumnName"]
    return {
        "dataset": column["DataSetIdentifier"],
        "column": name,
        "label": _NAMES.get(name, name.removesuffix("_id").replace("_", " ")),
    }


def _measure(field: Mapping[str, Any], calculated: Calculated) -> Plan:
    (body,) = field.values()
    column = _named(body["Column"])
    tree = calculated.get((column["dataset"], column["column"]))
    if tree is None:
        function = body["AggregationFunction"]
        name = function if isinstance(function, str) else function["SimpleNumericalAggregation"]
        tree = {"op": expressions.AGGREGATES[name], "column": column["column"]}
    shown = _format(body.get("FormatConfiguration", {}).get("FormatConfiguration", {}))
    parts = expressions.as_share(tree) if shown["kind"] == "percent" else []
    return {
        "id": body["FieldId"],
        "field": body["FieldId"],
        "dataset": column["dataset"],
        "label": column["label"],
        "tree": tree,
        "format": shown,
        "share": bool(parts),
        "parts": [part.replace("_", " ") for part in parts],
    }


def _format(display: Mapping[str, Any]) -> Plan:
    for name, body in display.items():
        digits = body["DecimalPlacesConfiguration"]["DecimalPlaces"]
        return {"kind": "percent" if name.startswith("Percent") else "number", "digits": digits}
    return {"kind": "number", "digits": 0}


def _sort(sorting: Mapping[str, Any], measures: list[str]) -> Plan | None:
    """Say by which measure the groups are sorted; by their own names where by none."""
    fields: Iterable[Any] = (one["FieldSort"] for name in _SORTS for one in sorting.get(name, ()))
    for field in fields:
        place = measures.index(field["FieldId"]) if field["FieldId"] in measures else None
        return {"measure": place, "descending": field["Direction"] == "DESC"}
    return None
