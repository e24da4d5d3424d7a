"""QuickSight's visuals as dicts: the few kinds that the page draws too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from dashboards import measures
from dashboards.datasets import BY_NAME, Column

if TYPE_CHECKING:
    from mypy_boto3_quicksight.literals import SimpleNumericalAggregationFunctionType
    from mypy_boto3_quicksight.type_defs import (
        DimensionFieldTypeDef,
        MeasureFieldTypeDef,
        NumberFormatConfigurationTypeDef,
        VisualTypeDef,
    )

Format = Literal["count", "money", "number", "percent"]
_SEPARATOR: Final = {"ThousandsSeparator": {"Symbol": "COMMA", "Visibility": "VISIBLE"}}
_DECIMALS: Final[Mapping[Format, int]] = {"count": 0, "money": 2, "number": 2, "percent": 2}
_AGGREGATED: Final[Mapping[str, "SimpleNumericalAggregationFunctionType"]] = {
    "sum": "SUM",
    "distinct": "AVERAGE",
    "repeated": "MAX",
}


@dataclass(frozen=True)
class Value:
    """A number of a visual: a column put together as it may be, or a calculated one.

    Attributes
    ----------
    name : str
        The column or the `dashboards.measures.Measure`.
    shown : str
        As a count, money, a number or percent.
    """

    name: str
    shown: Format = "count"


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


def kpi(identifier: str, dataset: str, value: Value, text: Text) -> "VisualTypeDef":
    """Make a single number."""
    wells = {"Values": [_measure(identifier, dataset, value)]}
    return _visual("KPIVisual", identifier, text, {"FieldWells": wells})


def line(
    identifier: str, dataset: str, by: str, values: Sequence[Value], text: Text
) -> "VisualTypeDef":
    """Make lines over the values of a column of days or minutes."""
    wells = {
        "Category": [_dimension(identifier, dataset, by)],
        "Values": [_measure(identifier, dataset, value) for value in values],
    }
    configuration = {"FieldWells": {"LineChartAggregatedFieldWells": wells}, "Type": "LINE"}
    return _visual("LineChartVisual", identifier, text, configuration)


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
) -> "VisualTypeDef":
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
    """
    hierarchy = f"{identifier}.drill" if drill else ""
    wells = {
        "Category": [_dimension(identifier, dataset, by, hierarchy)],
        "Values": [_measure(identifier, dataset, value) for value in values],
    }
    first = _field_id(identifier, values[0].name if most else by)
    sort: dict[str, Any] = {
        "CategorySort": [{"FieldSort": {"FieldId": first, "Direction": "DESC" if most else "ASC"}}]
    }
    if most:
        sort["CategoryItemsLimit"] = {"ItemsLimit": most, "OtherCategories": "EXCLUDE"}
    configuration = {
        "FieldWells": {"BarChartAggregatedFieldWells": wells},
        "SortConfiguration": sort,
        "Orientation": "HORIZONTAL" if horizontal else "VERTICAL",
        "BarsArrangement": "STACKED" if stacked else "CLUSTERED",
    }
    hierarchies = [
        {
            "ExplicitHierarchy": {
                "HierarchyId": hierarchy,
                "Columns": [_column(dataset, name) for name in (by, *drill)],
            }
        }
    ]
    extra = {"ColumnHierarchies": hierarchies} if drill else {}
    return _visual("BarChartVisual", identifier, text, configuration, **extra)


def heat_map(
    identifier: str, dataset: str, value: Value, text: Text, *, rows: str, columns: str
) -> "VisualTypeDef":
    """Make a field of colours."""
    wells = {
        "Rows": [_dimension(identifier, dataset, rows)],
        "Columns": [_dimension(identifier, dataset, columns)],
        "Values": [_measure(identifier, dataset, value)],
    }
    sort = {
        f"HeatMap{side}Sort": [
            {"FieldSort": {"FieldId": _field_id(identifier, name), "Direction": "ASC"}}
        ]
        for side, name in (("Row", rows), ("Column", columns))
    }
    configuration = {
        "FieldWells": {"HeatMapAggregatedFieldWells": wells},
        "SortConfiguration": sort,
    }
    return _visual("HeatMapVisual", identifier, text, configuration)


def scatter(
    identifier: str, dataset: str, by: str, text: Text, *, x: Value, y: Value, size: Value
) -> "VisualTypeDef":
    """Make a dot for each value of a column."""
    wells = {
        "XAxis": [_measure(identifier, dataset, x)],
        "YAxis": [_measure(identifier, dataset, y)],
        "Category": [_dimension(identifier, dataset, by)],
        "Size": [_measure(identifier, dataset, size)],
    }
    configuration = {"FieldWells": {"ScatterPlotCategoricallyAggregatedFieldWells": wells}}
    return _visual("ScatterPlotVisual", identifier, text, configuration)


def table(
    identifier: str,
    dataset: str,
    by: Sequence[str],
    values: Sequence[Value],
    text: Text,
    *,
    largest: str = "",
) -> "VisualTypeDef":
    """Make a table, the rows with the largest value of a column first."""
    wells = {
        "GroupBy": [_dimension(identifier, dataset, name) for name in by],
        "Values": [_measure(identifier, dataset, value) for value in values],
    }
    first = _field_id(identifier, largest or by[0])
    sort = {"FieldSort": {"FieldId": first, "Direction": "DESC" if largest else "ASC"}}
    configuration = {
        "FieldWells": {"TableAggregatedFieldWells": wells},
        "SortConfiguration": {"RowSort": [sort]},
    }
    return _visual("TableVisual", identifier, text, configuration)


def _visual(
    kind: str, identifier: str, text: Text, configuration: Mapping[str, Any], **extra: Any
) -> "VisualTypeDef":
    body = {
        "VisualId": identifier,
        "Title": {"Visibility": "VISIBLE", "FormatText": {"PlainText": text.title}},
        "Subtitle": {"Visibility": "VISIBLE", "FormatText": {"PlainText": text.subtitle}},
        "ChartConfiguration": configuration,
        **extra,
        "VisualContentAltText": text.alternative,
    }
    return cast("VisualTypeDef", {kind: body})


def _field_id(identifier: str, name: str) -> str:
    return f"{identifier}.{name}"


def _column(dataset: str, name: str) -> dict[str, str]:
    return {"DataSetIdentifier": dataset, "ColumnName": name}


def _dimension(
    identifier: str, dataset: str, name: str, hierarchy: str = ""
) -> "DimensionFieldTypeDef":
    column = BY_NAME[dataset].column(name)
    field: dict[str, Any] = {
        "FieldId": _field_id(identifier, name),
        "Column": _column(dataset, name),
    }
    if hierarchy:
        field["HierarchyId"] = hierarchy
    if column.type == "DATETIME":
        field["DateGranularity"] = "MINUTE" if name == "minute" else "DAY"
        return {"DateDimensionField": field}  # type: ignore[typeddict-item]
    if column.type == "STRING":
        return {"CategoricalDimensionField": field}  # type: ignore[typeddict-item]
    return {"NumericalDimensionField": field}  # type: ignore[typeddict-item]


def _measure(identifier: str, dataset: str, value: Value) -> "MeasureFieldTypeDef":
    field: dict[str, Any] = {
        "FieldId": _field_id(identifier, value.name),
        "Column": _column(dataset, value.name),
    }
    if value.name in measures.BY_NAME:  # it adds up by itself: a function is refused
        field["FormatConfiguration"] = _format(value.shown)
        return {"NumericalMeasureField": field}  # type: ignore[typeddict-item]
    column: Column = BY_NAME[dataset].column(value.name)
    if column.type == "DATETIME":
        field["AggregationFunction"] = "MAX"
        return {"DateMeasureField": field}  # type: ignore[typeddict-item]
    field["AggregationFunction"] = {"SimpleNumericalAggregation": _AGGREGATED[column.adds]}
    field["FormatConfiguration"] = _format(value.shown)
    return {"NumericalMeasureField": field}  # type: ignore[typeddict-item]


def _format(shown: Format) -> "NumberFormatConfigurationTypeDef":
    decimals = {"DecimalPlaces": _DECIMALS[shown]}
    kind = "Percentage" if shown == "percent" else "Number"
    display = {
        f"{kind}DisplayFormatConfiguration": {
            "DecimalPlacesConfiguration": decimals,
            "SeparatorConfiguration": _SEPARATOR,
        }
    }
    return {"FormatConfiguration": display}  # type: ignore[typeddict-item]
