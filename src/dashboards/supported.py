"""What the page draws of a definition, as a tree: all that is not here fails with its path.

A dict says which members there may be, a list of one says of what there may be many, a set which
values; ``TEXT``, ``WHOLE`` and ``TRUTH`` stand for any of their kind.
"""

from collections.abc import Iterator
from typing import Any, Final

TEXT: Final = str
WHOLE: Final = int
TRUTH: Final = bool
Shape = Any

_COLUMN: Final[Shape] = {"DataSetIdentifier": TEXT, "ColumnName": TEXT}
_WORDS: Final[Shape] = {"Visibility": {"VISIBLE"}, "FormatText": {"PlainText": TEXT}}
_SHOWN: Final[Shape] = {
    "DecimalPlacesConfiguration": {"DecimalPlaces": WHOLE},
    "SeparatorConfiguration": {
        "ThousandsSeparator": {"Symbol": {"COMMA"}, "Visibility": {"VISIBLE"}}
    },
}
_FIELD: Final[Shape] = {"FieldId": TEXT, "Column": _COLUMN}
_DIMENSION: Final[Shape] = {
    "CategoricalDimensionField": {**_FIELD, "HierarchyId": TEXT},
    "NumericalDimensionField": _FIELD,
    "DateDimensionField": {**_FIELD, "DateGranularity": {"DAY", "MINUTE"}},
}
_MEASURE: Final[Shape] = {
    "NumericalMeasureField": {
        **_FIELD,
        # without a function where the column is a calculated field
        "AggregationFunction": {"SimpleNumericalAggregation": {"SUM", "AVERAGE", "MAX"}},
        "FormatConfiguration": {
            "FormatConfiguration": {
                "NumberDisplayFormatConfiguration": _SHOWN,
                "PercentageDisplayFormatConfiguration": _SHOWN,
            }
        },
    },
    "DateMeasureField": {**_FIELD, "AggregationFunction": {"MAX"}},
}
_SORT: Final[Shape] = [{"FieldSort": {"FieldId": TEXT, "Direction": {"ASC", "DESC"}}}]
_HIERARCHIES: Final[Shape] = [{"ExplicitHierarchy": {"HierarchyId": TEXT, "Columns": [_COLUMN]}}]


def _visual(configuration: Shape, **more: Shape) -> Shape:
    return {
        "VisualId": TEXT,
        "Title": _WORDS,
        "Subtitle": _WORDS,
        "ChartConfiguration": configuration,
        "VisualContentAltText": TEXT,
        **more,
    }


_VISUALS: Final[Shape] = {
    "KPIVisual": _visual({"FieldWells": {"Values": [_MEASURE]}}),
    "LineChartVisual": _visual(
        {
            "FieldWells": {
                "LineChartAggregatedFieldWells": {"Category": [_DIMENSION], "Values": [_MEASURE]}
            },
            "Type": {"LINE"},
        }
    ),
    "BarChartVisual": _visual(
        {
            "FieldWells": {
                "BarChartAggregatedFieldWells": {"Category": [_DIMENSION], "Values": [_MEASURE]}
            },
            "SortConfiguration": {
                "CategorySort": _SORT,
                "CategoryItemsLimit": {"ItemsLimit": WHOLE, "OtherCategories": {"EXCLUDE"}},
            },
            "Orientation": {"HORIZONTAL", "VERTICAL"},
            "BarsArrangement": {"CLUSTERED", "STACKED"},
            "CategoryLabelOptions": {
                "Visibility": {"VISIBLE"},
                "AxisLabelOptions": [{"CustomLabel": TEXT, "ApplyTo": _FIELD}],
            },
        },
        ColumnHierarchies=_HIERARCHIES,
    ),
    "HeatMapVisual": _visual(
        {
            "FieldWells": {
                "HeatMapAggregatedFieldWells": {
                    "Rows": [_DIMENSION],
                    "Columns": [_DIMENSION],
                    "Values": [_MEASURE],
                }
            },
            "SortConfiguration": {"HeatMapRowSort": _SORT, "HeatMapColumnSort": _SORT},
        },
        ColumnHierarchies=_HIERARCHIES,
    ),
    "ScatterPlotVisual": _visual(
        {
            "FieldWells": {
                "ScatterPlotCategoricallyAggregatedFieldWells": {
                    "XAxis": [_MEASURE],
                    "YAxis": [_MEASURE],
                    "Category": [_DIMENSION],
                    "Label": [_DIMENSION],
                    "Size": [_MEASURE],
                }
            }
        }
    ),
    "TableVisual": _visual(
        {
            "FieldWells": {
                "TableAggregatedFieldWells": {"GroupBy": [_DIMENSION], "Values": [_MEASURE]}
            },
            "SortConfiguration": {"RowSort": _SORT},
            "FieldOptions": {"SelectedFieldOptions": [{"FieldId": TEXT, "CustomLabel": TEXT}]},
        }
    ),
}
_PLACES: Final[Shape] = {
    "GridLayout": {
        "Elements": [
            {
                "ElementId": TEXT,
                "ElementType": {"VISUAL", "FILTER_CONTROL"},
                "ColumnIndex": WHOLE,
                "ColumnSpan": WHOLE,
                "RowIndex": WHOLE,
                "RowSpan": WHOLE,
            }
        ]
    }
}
_FILTERS: Final[Shape] = {
    "TimeRangeFilter": {
        "FilterId": TEXT,
        "Column": _COLUMN,
        "IncludeMinimum": TRUTH,
        "IncludeMaximum": TRUTH,
        "NullOption": {"NON_NULLS_ONLY"},
        "TimeGranularity": {"DAY"},
        "DefaultFilterControlConfiguration": {
            "Title": TEXT,
            "ControlOptions": {"DefaultDateTimePickerOptions": {"Type": {"DATE_RANGE"}}},
        },
    },
    "CategoryFilter": {
        "FilterId": TEXT,
        "Column": _COLUMN,
        "Configuration": {
            "FilterListConfiguration": {
                "MatchOperator": {"CONTAINS"},
                "SelectAllOptions": {"FILTER_ALL_VALUES"},
            },
            "CustomFilterConfiguration": {
                "MatchOperator": {"EQUALS", "DOES_NOT_EQUAL"},
                "CategoryValue": TEXT,
                "NullOption": {"NON_NULLS_ONLY"},
            },
        },
        "DefaultFilterControlConfiguration": {
            "Title": TEXT,
            "ControlOptions": {"DefaultDropdownOptions": {"Type": {"MULTI_SELECT"}}},
        },
    },
}

DRAWN: Final[Shape] = {
    "DataSetIdentifierDeclarations": [{"Identifier": TEXT, "DataSetArn": TEXT}],
    "Sheets": [
        {
            "SheetId": TEXT,
            "Name": TEXT,
            "Title": TEXT,
            "Description": TEXT,
            "ContentType": {"INTERACTIVE"},
            "FilterControls": [{"CrossSheet": {"FilterControlId": TEXT, "SourceFilterId": TEXT}}],
            "Visuals": [_VISUALS],
            "Layouts": [{"Configuration": _PLACES}],
            "SheetControlLayouts": [{"Configuration": _PLACES}],
        }
    ],
    "CalculatedFields": [{"DataSetIdentifier": TEXT, "Name": TEXT, "Expression": TEXT}],
    "FilterGroups": [
        {
            "FilterGroupId": TEXT,
            "Filters": [_FILTERS],
            "ScopeConfiguration": {
                "SelectedSheets": {
                    "SheetVisualScopingConfigurations": [
                        {
                            "SheetId": TEXT,
                            "Scope": {"ALL_VISUALS", "SELECTED_VISUALS"},
                            "VisualIds": [TEXT],
                        }
                    ]
                }
            },
            "Status": {"ENABLED"},
            "CrossDataset": {"ALL_DATASETS", "SINGLE_DATASET"},
        }
    ],
    "Options": {"Timezone": {"UTC"}, "WeekStart": {"MONDAY"}},
}


def not_drawn(part: object, shape: Shape = DRAWN, path: str = "Definition") -> Iterator[str]:
    """Find what the page does not draw.

    Parameters
    ----------
    part : object
        A definition, or a part of one.
    shape : object
        What is drawn there.
    path : str
        Where the part stands.

    Yields
    ------
    str
        The path of each member or value that is not drawn.
    """
    if isinstance(shape, dict) and isinstance(part, dict):
        for name, value in part.items():
            if name in shape:
                yield from not_drawn(value, shape[name], f"{path}.{name}")
            else:
                yield f"{path}.{name} is not drawn"
    elif isinstance(shape, list) and isinstance(part, list):
        for number, value in enumerate(part):
            yield from not_drawn(value, shape[0], f"{path}[{number}]")
    elif isinstance(shape, set):
        if part not in shape:
            yield f"{path} is {part!r}: drawn is {' or '.join(sorted(shape))}"
    elif type(part) is not shape:
        yield f"{path} is {part!r}: drawn is something else"
