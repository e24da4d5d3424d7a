"""The fields of QuickSight's visuals: what is counted, by what, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from dashboards import measures
from dashboards.datasets import BY_NAME

if TYPE_CHECKING:
    from mypy_boto3_quicksight.literals import (
        SimpleNumericalAggregationFunctionType,
        SortDirectionType,
    )
    from mypy_boto3_quicksight.type_defs import (
        ColumnIdentifierTypeDef,
        DimensionFieldTypeDef,
        FieldSortOptionsTypeDef,
        MeasureFieldTypeDef,
        NumberFormatConfigurationTypeDef,
        NumericSeparatorConfigurationTypeDef,
    )

Format = Literal["count", "money", "number", "percent"]
_DECIMALS: Final[Mapping[Format, int]] = {"count": 0, "money": 2, "number": 2, "percent": 2}
_AGGREGATED: Final[Mapping[str, SimpleNumericalAggregationFunctionType]] = {
    "sum": "SUM",
    "distinct": "AVERAGE",
    "median": "AVERAGE",
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


def field_id(identifier: str, name: str) -> str:
    """Name a field of a visual."""
    return f"{identifier}.{name}"


def column(dataset: str, name: str) -> ColumnIdentifierTypeDef:
    """Name a column of a dataset."""
    return {"DataSetIdentifier": dataset, "ColumnName": name}


def sorted(identifier: str, name: str, direction: SortDirectionType) -> FieldSortOptionsTypeDef:
    """Sort a visual by one of its fields."""
    return {"FieldSort": {"FieldId": field_id(identifier, name), "Direction": direction}}


def dimension(
    identifier: str, dataset: str, name: str, hierarchy: str = ""
) -> DimensionFieldTypeDef:
    """Tell the values of a visual apart by a column, a date as a date."""
    kind, field = BY_NAME[dataset].column(name).type, field_id(identifier, name)
    of = column(dataset, name)
    if kind == "DATETIME":
        return {
            "DateDimensionField": {
                "FieldId": field,
                "Column": of,
                "DateGranularity": "MINUTE" if name == "minute" else "DAY",
            }
        }
    if kind != "STRING":
        return {"NumericalDimensionField": {"FieldId": field, "Column": of}}
    if hierarchy:
        return {
            "CategoricalDimensionField": {
                "FieldId": field,
                "Column": of,
                "HierarchyId": hierarchy,
            }
        }
    return {"CategoricalDimensionField": {"FieldId": field, "Column": of}}


def measure(identifier: str, dataset: str, value: Value) -> MeasureFieldTypeDef:
    """Put the rows of a column together as its dataset says it may be."""
    field, of = field_id(identifier, value.name), column(dataset, value.name)
    shown = _format(value.shown)
    if value.name in measures.BY_NAME:  # it adds up by itself: a function is refused
        return {
            "NumericalMeasureField": {
                "FieldId": field,
                "Column": of,
                "FormatConfiguration": shown,
            }
        }
    known = BY_NAME[dataset].column(value.name)
    if known.type == "DATETIME":
        return {"DateMeasureField": {"FieldId": field, "Column": of, "AggregationFunction": "MAX"}}
    return {
        "NumericalMeasureField": {
            "FieldId": field,
            "Column": of,
            "AggregationFunction": {"SimpleNumericalAggregation": _AGGREGATED[known.adds]},
            "FormatConfiguration": shown,
        }
    }


def _format(shown: Format) -> NumberFormatConfigurationTypeDef:
    decimals = _DECIMALS[shown]
    separator: NumericSeparatorConfigurationTypeDef = {
        "ThousandsSeparator": {"Symbol": "COMMA", "Visibility": "VISIBLE"}
    }
    if shown == "percent":
        return {
            "FormatConfiguration": {
                "PercentageDisplayFormatConfiguration": {
                    "DecimalPlacesConfiguration": {"DecimalPlaces": decimals},
                    "SeparatorConfiguration": separator,
                }
            }
        }
    return {
        "FormatConfiguration": {
            "NumberDisplayFormatConfiguration": {
                "DecimalPlacesConfiguration": {"DecimalPlaces": decimals},
                "SeparatorConfiguration": separator,
            }
        }
    }
