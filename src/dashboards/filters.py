"""Filters, and which sheet can obey which: the matrix of ``docs/dashboards.md`` and of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from dashboards.datasets import BY_NAME

if TYPE_CHECKING:
    from mypy_boto3_quicksight.type_defs import (
        ColumnIdentifierTypeDef,
        FilterControlTypeDef,
        FilterGroupTypeDef,
        FilterTypeDef,
    )


@dataclass(frozen=True)
class Filter:
    """A filter over several sheets.

    Attributes
    ----------
    column : str
        The column of this name in every dataset that has it.
    title : str
        Of its control.
    dataset : str
        Whose column the filter is bound to in the definition: the one that knows most values, for
        its control offers them.
    """

    column: str
    title: str
    dataset: str


FILTERS: Final = (
    Filter("day", "Day (UTC)", "days"),
    Filter("category", "Category", "hours"),
    Filter("category_2", "Category, second level", "hours"),
    Filter("category_3", "Category, third level", "hours"),
    Filter("brand", "Brand", "brands"),
    Filter("rule", "Rule", "alerts"),
)

_OWN_ROWS: Final = "medians do not add up: in the decisions each category has its own row"
_CATEGORIES: Final = ("category", "category_2", "category_3")
_OVERLAP: Final = "visitors and sessions of {} overlap, so they do not add up"
_TOO_FEW: Final = "the funnel is counted by category: by brand it is too few"
_BURST: Final = "a burst is of a user, whatever is looked at"
WHY_NOT: Final[dict[tuple[str, str], str]] = {
    **{(level, "days"): _OVERLAP.format("categories") for level in _CATEGORIES},
    **{(level, "decisions"): _OWN_ROWS for level in _CATEGORIES},
    **{(level, "alerts"): _BURST for level in _CATEGORIES},
    **{
        ("rule", dataset): "a rule is of alerts alone"
        for dataset in BY_NAME
        if not BY_NAME[dataset].has("rule")
    },
    ("day", "brands"): "peers are compared over all days: a day has too few purchases of a brand",
    ("day", "products"): "the first products are those of all days",
    ("day", "decisions"): "medians do not add up: the decisions are of all days",
    ("brand", "days"): _OVERLAP.format("brands"),
    ("brand", "hours"): "hours are counted by category: by brand they are too few",
    ("brand", "funnel"): _TOO_FEW,
    ("brand", "decisions"): _TOO_FEW,
    ("brand", "alerts"): _BURST,
}
"""Why a dataset has no column for a filter: filter and dataset."""


@dataclass(frozen=True)
class Obeys:
    """Whether a sheet obeys a filter.

    Attributes
    ----------
    how : str
        ``yes``; ``partly``: the first visuals do, others show all; ``no``: the filter is greyed.
    why : str
        What to say where it is not ``yes``.
    """

    how: Literal["yes", "partly", "no"]
    why: str = ""


def obeys(filter_: Filter, main: str, others: frozenset[str]) -> Obeys:
    """Say whether a sheet obeys a filter.

    Parameters
    ----------
    filter_ : Filter
        Which.
    main : str
        The dataset that the sheet is about.
    others : frozenset of str
        Further datasets of its visuals, the time of the data aside.

    Returns
    -------
    Obeys
        ``no`` where the main dataset cannot, ``partly`` where another one of the sheet cannot.
    """
    deaf = sorted(name for name in others if not BY_NAME[name].has(filter_.column))
    if not BY_NAME[main].has(filter_.column):
        return Obeys("no", WHY_NOT[filter_.column, main])
    if deaf:
        return Obeys("partly", WHY_NOT[filter_.column, deaf[0]])
    return Obeys("yes")


def group(filter_: Filter, sheets: list[str]) -> FilterGroupTypeDef:
    """Make a filter over whole sheets and every dataset with its column."""
    return {
        "FilterGroupId": f"{_identifier(filter_)}-group",
        "Filters": [_filter(filter_)],
        "ScopeConfiguration": {
            "SelectedSheets": {
                "SheetVisualScopingConfigurations": [
                    {"SheetId": sheet, "Scope": "ALL_VISUALS"} for sheet in sheets
                ]
            }
        },
        "Status": "ENABLED",
        "CrossDataset": "ALL_DATASETS",
    }


def _identifier(filter_: Filter) -> str:
    return f"filter-{filter_.column}"


def _filter(filter_: Filter) -> FilterTypeDef:
    column: ColumnIdentifierTypeDef = {
        "DataSetIdentifier": filter_.dataset,
        "ColumnName": filter_.column,
    }
    if BY_NAME[filter_.dataset].column(filter_.column).type == "DATETIME":
        return {
            "TimeRangeFilter": {
                "FilterId": _identifier(filter_),
                "Column": column,
                "IncludeMinimum": True,
                "IncludeMaximum": True,
                "NullOption": "NON_NULLS_ONLY",
                "TimeGranularity": "DAY",
                "DefaultFilterControlConfiguration": {
                    "Title": filter_.title,
                    "ControlOptions": {"DefaultDateTimePickerOptions": {"Type": "DATE_RANGE"}},
                },
            }
        }
    return {
        "CategoryFilter": {
            "FilterId": _identifier(filter_),
            "Column": column,
            "Configuration": {
                "FilterListConfiguration": {
                    "MatchOperator": "CONTAINS",
                    "SelectAllOptions": "FILTER_ALL_VALUES",
                }
            },
            "DefaultFilterControlConfiguration": {
                "Title": filter_.title,
                "ControlOptions": {"DefaultDropdownOptions": {"Type": "MULTI_SELECT"}},
            },
        }
    }


def control(filter_: Filter, sheet: str) -> FilterControlTypeDef:
    """Make a sheet's control of a filter over several sheets."""
    return {
        "CrossSheet": {
            "FilterControlId": f"{sheet}-{filter_.column}",
            "SourceFilterId": _identifier(filter_),
        }
    }


def fixed(
    identifier: str,
    dataset: str,
    column: str,
    value: str,
    *,
    keep: bool,
    places: dict[str, list[str]],
) -> FilterGroupTypeDef:
    """Make a filter that some visuals always have.

    Parameters
    ----------
    identifier : str
        Its name.
    dataset, column : str
        What is looked at.
    value : str
        The one value that is kept, or left out.
    keep : bool
        Whether it is kept.
    places : dict of str to list of str
        Sheet and its visuals.
    """
    return {
        "FilterGroupId": f"{identifier}-group",
        "Filters": [
            {
                "CategoryFilter": {
                    "FilterId": identifier,
                    "Column": {"DataSetIdentifier": dataset, "ColumnName": column},
                    "Configuration": {
                        "CustomFilterConfiguration": {
                            "MatchOperator": "EQUALS" if keep else "DOES_NOT_EQUAL",
                            "CategoryValue": value,
                            "NullOption": "NON_NULLS_ONLY",
                        }
                    },
                }
            }
        ],
        "ScopeConfiguration": {
            "SelectedSheets": {
                "SheetVisualScopingConfigurations": [
                    {"SheetId": sheet, "Scope": "SELECTED_VISUALS", "VisualIds": visuals}
                    for sheet, visuals in places.items()
                ]
            }
        },
        "Status": "ENABLED",
        "CrossDataset": "SINGLE_DATASET",
    }
