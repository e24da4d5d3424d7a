"""QuickSight's visuals as dicts: the few kinds that the page draws too.

Each dict is typed, so that mypy holds names, enums and types to the API's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboards import fields
from dashboards.fields import Value

if TYPE_CHECKING:
    from mypy_boto3_quicksight.type_defs import (
        BarChartConfigurationTypeDef,
        BarChartSortConfigurationTypeDef,
        BarChartVisualTypeDef,
        ColumnHierarchyTypeDef,
        HeatMapVisualTypeDef,
        TableConfigurationTypeDef,
        VisualSubtitleLabelOptionsTypeDef,
        VisualTitleLabelOptionsTypeDef,
        VisualTypeDef,
    )


@dataclass(frozen=True)
class Text:
    """What every visual says in words.

    Attributes
    ----------
    title : str
        Above it.
    subtitle : str
        The sentence under the title: what is counted, and what does not add up.
    alternative : str
        What is drawn, for those who do not see it.
    """

    title: str
    subtitle: str
    alternative: str


def kpi(identifier: str, dataset: str, value: Value, text: Text) -> VisualTypeDef:
    """Make a single number."""
    values = [fields.measure(identifier, dataset, value)]
    return {
        "KPIVisual": {
            "VisualId": identifier,
            "Title": _title(text),
            "Subtitle": _subtitle(text),
            "VisualContentAltText": text.alternative,
            "ChartConfiguration": {"FieldWells": {"Values": values}},
        }
    }


def line(
    identifier: str, dataset: str, by: str, values: Sequence[Value], text: Text
) -> VisualTypeDef:
    """Make lines over the values of a column of days or minutes."""
    return {
        "LineChartVisual": {
            "VisualId": identifier,
            "Title": _title(text),
            "Subtitle": _subtitle(text),
            "VisualContentAltText": text.alternative,
            "ChartConfiguration": {
                "FieldWells": {
                    "LineChartAggregatedFieldWells": {
                        "Category": [fields.dimension(identifier, dataset, by)],
                        "Values": [fields.measure(identifier, dataset, value) for value in values],
                    }
                },
                "Type": "LINE",
            },
        }
    }


def bar(
    identifier: str,
    dataset: str,
    by: str,
    values: Sequence[Value],
    text: Text,
    *,
    stacked: bool = False,
    horizontal: bool = False,
    most: int = 0,
    drill: Sequence[str] = (),
    label: str = "",
) -> VisualTypeDef:
    """Make bars, one for each value of a column.

    Parameters
    ----------
    identifier, dataset, text
        As everywhere.
    by : str
        The column.
    values : sequence of Value
        What a bar's length is; of several, bars beside or on each other.
    stacked, horizontal : bool
        How the bars lie.
    most : int
        So many bars, the longest first; 0: all, in the order of the column.
    drill : sequence of str
        Further columns that a bar opens into.
    label : str
        What the column is called, where its name does not say it.
    """
    hierarchy = f"{identifier}.drill" if drill else ""
    sort: BarChartSortConfigurationTypeDef = {
        "CategorySort": [
            fields.sorted(identifier, values[0].name, "DESC")
            if most
            else fields.sorted(identifier, by, "ASC")
        ]
    }
    if most:
        sort["CategoryItemsLimit"] = {"ItemsLimit": most, "OtherCategories": "EXCLUDE"}
    configuration: BarChartConfigurationTypeDef = {
        "FieldWells": {
            "BarChartAggregatedFieldWells": {
                "Category": [fields.dimension(identifier, dataset, by, hierarchy)],
                "Values": [fields.measure(identifier, dataset, value) for value in values],
            }
        },
        "SortConfiguration": sort,
        "Orientation": "HORIZONTAL" if horizontal else "VERTICAL",
        "BarsArrangement": "STACKED" if stacked else "CLUSTERED",
    }
    if label:
        configuration["CategoryLabelOptions"] = {
            "Visibility": "VISIBLE",
            "AxisLabelOptions": [
                {
                    "CustomLabel": label,
                    "ApplyTo": {
                        "FieldId": fields.field_id(identifier, by),
                        "Column": fields.column(dataset, by),
                    },
                }
            ],
        }
    made: BarChartVisualTypeDef = {
        "VisualId": identifier,
        "Title": _title(text),
        "Subtitle": _subtitle(text),
        "VisualContentAltText": text.alternative,
        "ChartConfiguration": configuration,
    }
    if drill:
        made["ColumnHierarchies"] = [_hierarchy(hierarchy, dataset, (by, *drill))]
    return {"BarChartVisual": made}


def heat_map(
    identifier: str,
    dataset: str,
    value: Value,
    text: Text,
    *,
    rows: str,
    columns: str,
    drill: Sequence[str] = (),
) -> VisualTypeDef:
    """Make a field of colours, whose rows open into those of further columns."""
    hierarchy = f"{identifier}.drill" if drill else ""
    made: HeatMapVisualTypeDef = {
        "VisualId": identifier,
        "Title": _title(text),
        "Subtitle": _subtitle(text),
        "VisualContentAltText": text.alternative,
        "ChartConfiguration": {
            "FieldWells": {
                "HeatMapAggregatedFieldWells": {
                    "Rows": [fields.dimension(identifier, dataset, rows, hierarchy)],
                    "Columns": [fields.dimension(identifier, dataset, columns)],
                    "Values": [fields.measure(identifier, dataset, value)],
                }
            },
            "SortConfiguration": {
                "HeatMapRowSort": [fields.sorted(identifier, rows, "ASC")],
                "HeatMapColumnSort": [fields.sorted(identifier, columns, "ASC")],
            },
        },
    }
    if drill:
        made["ColumnHierarchies"] = [_hierarchy(hierarchy, dataset, (rows, *drill))]
    return {"HeatMapVisual": made}


def scatter(
    identifier: str,
    dataset: str,
    by: str,
    text: Text,
    *,
    x: Value,
    y: Value,
    size: Value,
    colour: str,
) -> VisualTypeDef:
    """Make a dot for each value of a column, in the colour of what it has of another one."""
    return {
        "ScatterPlotVisual": {
            "VisualId": identifier,
            "Title": _title(text),
            "Subtitle": _subtitle(text),
            "VisualContentAltText": text.alternative,
            "ChartConfiguration": {
                "FieldWells": {
                    "ScatterPlotCategoricallyAggregatedFieldWells": {
                        "XAxis": [fields.measure(identifier, dataset, x)],
                        "YAxis": [fields.measure(identifier, dataset, y)],
                        "Category": [fields.dimension(identifier, dataset, colour)],
                        "Label": [fields.dimension(identifier, dataset, by)],
                        "Size": [fields.measure(identifier, dataset, size)],
                    }
                }
            },
        }
    }


def table(
    identifier: str,
    dataset: str,
    by: Sequence[str],
    values: Sequence[Value],
    text: Text,
    *,
    largest: str = "",
    labels: Mapping[str, str] | None = None,
) -> VisualTypeDef:
    """Make a table.

    Parameters
    ----------
    identifier, dataset, by, values, text
        As everywhere.
    largest : str
        The rows with the largest value of this column first; in the order of the first without.
    labels : mapping of str to str, optional
        What columns are called whose names do not say it.
    """
    first = (
        fields.sorted(identifier, largest, "DESC")
        if largest
        else fields.sorted(identifier, by[0], "ASC")
    )
    configuration: TableConfigurationTypeDef = {
        "FieldWells": {
            "TableAggregatedFieldWells": {
                "GroupBy": [fields.dimension(identifier, dataset, name) for name in by],
                "Values": [fields.measure(identifier, dataset, value) for value in values],
            }
        },
        "SortConfiguration": {"RowSort": [first]},
    }
    if labels:
        configuration["FieldOptions"] = {
            "SelectedFieldOptions": [
                {"FieldId": fields.field_id(identifier, name), "CustomLabel": label}
                for name, label in labels.items()
            ]
        }
    return {
        "TableVisual": {
            "VisualId": identifier,
            "Title": _title(text),
            "Subtitle": _subtitle(text),
            "VisualContentAltText": text.alternative,
            "ChartConfiguration": configuration,
        }
    }


def _hierarchy(name: str, dataset: str, levels: Sequence[str]) -> ColumnHierarchyTypeDef:
    columns = [fields.column(dataset, level) for level in levels]
    return {"ExplicitHierarchy": {"HierarchyId": name, "Columns": columns}}


def _title(text: Text) -> VisualTitleLabelOptionsTypeDef:
    return {"Visibility": "VISIBLE", "FormatText": {"PlainText": text.title}}


def _subtitle(text: Text) -> VisualSubtitleLabelOptionsTypeDef:
    return {"Visibility": "VISIBLE", "FormatText": {"PlainText": text.subtitle}}
