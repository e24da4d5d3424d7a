"""The filters of a definition: those that a reader sets, and those that visuals always have."""

from collections.abc import Iterator, Mapping
from typing import Any

from helpers.errors import InputError

Plan = dict[str, Any]


def read(definition: Mapping[str, Any], sheets: list[Plan]) -> list[Plan]:
    """Read the filters that a reader sets, and give the others to their visuals.

    Parameters
    ----------
    definition : mapping
        ``DashboardVersionDefinition``.
    sheets : list of dict
        As of `dashboards.page.reading.read`; their visuals get what they always filter by.

    Returns
    -------
    list of dict
        A filter each: ``id`` and ``column``, its ``label``, and its ``kind``: a ``range`` of days
        or a ``set`` of values.

    Raises
    ------
    InputError
        Where a filter is given to a visual that is not there.
    """
    made = []
    for group in definition["FilterGroups"]:
        for part in group["Filters"]:
            ((name, body),) = part.items()
            if group["CrossDataset"] == "ALL_DATASETS":
                made.append(_across(name, body))
                continue
            for visual in _scoped(group, sheets):
                visual["fixed"].append(_fixed(body))
    return made


def _across(name: str, body: Mapping[str, Any]) -> Plan:
    column = body["Column"]["ColumnName"]
    return {
        "id": column,
        "column": column,
        "label": body["DefaultFilterControlConfiguration"]["Title"],
        "kind": "range" if name == "TimeRangeFilter" else "set",
    }


def _fixed(body: Mapping[str, Any]) -> Plan:
    configuration = body["Configuration"]["CustomFilterConfiguration"]
    return {
        "column": body["Column"]["ColumnName"],
        "value": configuration["CategoryValue"],
        "keep": configuration["MatchOperator"] == "EQUALS",
    }


def _scoped(group: Mapping[str, Any], sheets: list[Plan]) -> Iterator[Plan]:
    by_id = {visual["id"]: visual for sheet in sheets for visual in sheet["visuals"]}
    scope = group["ScopeConfiguration"]["SelectedSheets"]
    for part in scope["SheetVisualScopingConfigurations"]:
        for name in part["VisualIds"]:
            if name not in by_id:
                raise InputError(f"{group['FilterGroupId']}: there is no visual {name}.")
            yield by_id[name]
