"""The dashboard as QuickSight takes it (``DashboardVersionDefinition``), built and written out."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dashboards import filters
from dashboards.datasets import DATASETS
from dashboards.filters import FILTERS, Filter, Obeys
from dashboards.measures import MEASURES
from dashboards.sheets import SHEETS
from dashboards.sheets.model import Placed, Sheet
from helpers.files import written_whole

if TYPE_CHECKING:
    from mypy_boto3_quicksight.type_defs import (
        DashboardVersionDefinitionTypeDef,
        FilterGroupTypeDef,
        GridLayoutElementTypeDef,
        SheetDefinitionTypeDef,
    )

PATH: Final = Path(__file__).parent / "definition.json"
ACCOUNT: Final = "123456789012"
REGION: Final = "us-east-1"
"""Of the ARNs in the written file; `build` puts others in."""


def build(
    arns: dict[str, str] | None = None,
) -> DashboardVersionDefinitionTypeDef:
    """Build the definition.

    Parameters
    ----------
    arns : dict of str to str, optional
        Each dataset's ARN by its name; those of an account that is none by default.

    Returns
    -------
    dict
        ``DashboardVersionDefinition`` of QuickSight's API.
    """
    at = arns or {
        dataset.name: f"arn:aws:quicksight:{REGION}:{ACCOUNT}:dataset/{dataset.view}"
        for dataset in DATASETS
    }
    return {
        "DataSetIdentifierDeclarations": [
            {"Identifier": dataset.name, "DataSetArn": at[dataset.name]} for dataset in DATASETS
        ],
        "Sheets": [_sheet(sheet) for sheet in SHEETS],
        "CalculatedFields": [
            {
                "DataSetIdentifier": measure.dataset,
                "Name": measure.name,
                "Expression": measure.expression,
            }
            for measure in MEASURES
        ],
        "FilterGroups": [*_across_sheets(), *_of_visuals()],
        "Options": {"Timezone": "UTC", "WeekStart": "MONDAY"},
    }


def write() -> None:
    """Write the definition to its file."""
    with written_whole(PATH) as stream:
        stream.write(text().encode())


def text() -> str:
    """Give the file's text."""
    return json.dumps(build(), indent=1, ensure_ascii=False) + "\n"


def matrix() -> dict[str, dict[str, Obeys]]:
    """Say which sheet obeys which filter.

    Returns
    -------
    dict of str to dict of str to Obeys
        By the sheet's name, by the filter's column.
    """
    return {
        sheet.name: {filter_.column: _obeys(sheet, filter_) for filter_ in FILTERS}
        for sheet in SHEETS
    }


def _obeys(sheet: Sheet, filter_: Filter) -> Obeys:
    shown = [placed for placed in sheet.visuals if not _is_time(placed)]
    return filters.obeys(filter_, sheet.main, frozenset(placed.dataset for placed in shown))


def _is_time(placed: Placed) -> bool:
    """Whether a visual is the time of the data, which no filter changes."""
    return placed.identifier.endswith("-until")


def _sheet(sheet: Sheet) -> SheetDefinitionTypeDef:
    heard = [filter_ for filter_ in FILTERS if _obeys(sheet, filter_).how != "no"]
    controls = [filters.control(filter_, sheet.name) for filter_ in heard]
    elements: list[GridLayoutElementTypeDef] = [
        {
            "ElementId": placed.identifier,
            "ElementType": "VISUAL",
            "ColumnIndex": placed.column,
            "ColumnSpan": placed.width,
            "RowIndex": placed.row,
            "RowSpan": placed.height,
        }
        for placed in sheet.visuals
    ]
    return {
        "SheetId": sheet.name,
        "Name": sheet.title,
        "Title": sheet.title,
        "Description": sheet.description,
        "ContentType": "INTERACTIVE",
        "FilterControls": controls,
        "Visuals": [placed.visual for placed in sheet.visuals],
        "Layouts": [{"Configuration": {"GridLayout": {"Elements": elements}}}],
        "SheetControlLayouts": [
            {
                "Configuration": {
                    "GridLayout": {
                        "Elements": [
                            {
                                "ElementId": f"{sheet.name}-{filter_.column}",
                                "ElementType": "FILTER_CONTROL",
                                "ColumnSpan": 2,
                                "RowSpan": 1,
                            }
                            for filter_ in heard
                        ]
                    }
                }
            }
        ],
    }


def _across_sheets() -> list[FilterGroupTypeDef]:
    heard = matrix()
    return [
        filters.group(
            filter_, [name for name, row in heard.items() if row[filter_.column].how != "no"]
        )
        for filter_ in FILTERS
    ]


def _of_visuals() -> list[FilterGroupTypeDef]:
    places: dict[tuple[str, str, str, bool], dict[str, list[str]]] = {}
    for sheet in SHEETS:
        for placed in sheet.visuals:
            for only in placed.only:
                where = places.setdefault((placed.dataset, *only), defaultdict(list))
                where[sheet.name].append(placed.identifier)
    return [
        filters.fixed(f"only-{number}", dataset, column, value, keep=keep, places=dict(where))
        for number, ((dataset, column, value, keep), where) in enumerate(places.items(), start=1)
    ]
