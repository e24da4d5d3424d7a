"""One broken definition a rule of fields, columns, filters and drills: told with its path."""

from dataclasses import replace

import pytest

from dashboards import checks
from dashboards.datasets import DATASETS
from support.definitions import (
    BUILT,
    KPI,
    Break,
    group,
    levels,
    problems_of,
    put,
    scope,
    visual,
    wells,
)

RULES: dict[str, tuple[Break, str]] = {
    # fields of a kind
    "a chart without a field": (
        lambda d: visual(d, "carts-rate").pop("ChartConfiguration"),
        "LineChartVisual.ChartConfiguration.FieldWells: the visual has no field as Category",
    ),
    "a line of no measure": (
        lambda d: put(wells(d, "carts-rate"), "Values", []),
        "FieldWells.LineChartAggregatedFieldWells: the visual has no field as Values",
    ),
    "a number of nothing": (
        lambda d: put(wells(d, KPI), "Values", []),
        "KPIVisual.ChartConfiguration.FieldWells: the visual has no field as Values",
    ),
    "dots without a side": (
        lambda d: put(wells(d, "brands-peers"), "YAxis", []),
        "ScatterPlotCategoricallyAggregatedFieldWells: the visual has no field as YAxis",
    ),
    "a line over two columns": (
        lambda d: wells(d, "carts-rate")["Category"].append(
            {
                "CategoricalDimensionField": {
                    "FieldId": "more",
                    "Column": {"DataSetIdentifier": "carts", "ColumnName": "brand"},
                }
            }
        ),
        "LineChartAggregatedFieldWells.Category: the page draws 1 field, not 2",
    ),
    "a visual of two datasets": (
        lambda d: put(
            wells(d, "carts-brands")["Values"][0]["NumericalMeasureField"],
            "Column",
            {"DataSetIdentifier": "days", "ColumnName": "views"},
        ),
        "NumericalMeasureField.Column.DataSetIdentifier: the visual is of 'carts', not of 'days'",
    ),
    "a drill into another dataset": (
        lambda d: put(levels(d, "carts-drill")[1], "DataSetIdentifier", "carts"),
        "ExplicitHierarchy.Columns[1].DataSetIdentifier: the visual is of 'products', not of",
    ),
    "a chart of none of its values": (
        lambda d: put(
            visual(d, "carts-drill")["ChartConfiguration"]["SortConfiguration"][
                "CategoryItemsLimit"
            ],
            "ItemsLimit",
            0,
        ),
        "SortConfiguration.CategoryItemsLimit.ItemsLimit is 0: nothing would be drawn",
    ),
    # columns
    "a drill into numbers": (
        lambda d: put(levels(d, "carts-drill")[1], "ColumnName", "carted"),
        "ExplicitHierarchy.Columns[1]: 'carted' is a INTEGER, not a STRING",
    ),
    "a calculation that is not closed": (
        lambda d: put(d["CalculatedFields"][0], "Expression", "(sum({views})"),
        "Definition.CalculatedFields[0].Expression: a parenthesis is not closed",
    ),
    "a calculation of a function that the page has not": (
        lambda d: put(d["CalculatedFields"][0], "Expression", "runningSum(sum({views}))"),
        "Definition.CalculatedFields[0].Expression: the page does not understand 'runningSum",
    ),
    "a calculation of single rows": (
        lambda d: put(d["CalculatedFields"][0], "Expression", "{views} / {carts}"),
        "Definition.CalculatedFields[0].Expression: the page does not understand 'views / carts'",
    ),
    "a calculation of no column": (
        lambda d: put(d["CalculatedFields"][0], "Expression", "1"),
        "Definition.CalculatedFields[0].Expression: no column is put together",
    ),
    "a column that the view lost": (
        lambda d: put(
            wells(d, "carts-value")["Values"][0]["NumericalMeasureField"]["Column"],
            "ColumnName",
            "worth_left",
        ),
        "NumericalMeasureField.Column: the dataset 'carts' has no column 'worth_left'",
    ),
    "a date as a category": (
        lambda d: wells(d, "carts-value")["Category"].append(
            {
                "CategoricalDimensionField": {
                    "FieldId": "day",
                    "Column": {"DataSetIdentifier": "carts", "ColumnName": "day"},
                }
            }
        ),
        "CategoricalDimensionField: 'day' is a DATETIME, not a STRING",
    ),
    "visitors of several days added up": (
        lambda d: put(
            wells(d, "visitors-daily")["Values"][0]["NumericalMeasureField"],
            "AggregationFunction",
            {"SimpleNumericalAggregation": "SUM"},
        ),
        "'visitors' is put together by SUM: it does not add up",
    ),
    "a calculation of a column that is not there": (
        lambda d: put(d["CalculatedFields"][0], "Expression", "sum({bought}) / sum({views})"),
        "Definition.CalculatedFields[0]: the dataset 'days' has no column 'bought'",
    ),
    "a calculation of what does not add up": (
        lambda d: put(d["CalculatedFields"][0], "Expression", "sum({visitors}) / sum({views})"),
        "Definition.CalculatedFields[0]: 'visitors' does not add up",
    ),
    "a calculation named as a column": (
        lambda d: put(d["CalculatedFields"][2], "Name", "carted"),
        "Definition.CalculatedFields[2]: the dataset has a column 'carted' already",
    ),
    "a function over a calculation": (
        lambda d: put(
            wells(d, "carts-rate")["Values"][0]["NumericalMeasureField"],
            "AggregationFunction",
            {"SimpleNumericalAggregation": "SUM"},
        ),
        "a calculated field of sums takes no AggregationFunction",
    ),
    "a filter by dates on a text": (
        lambda d: put(
            group(d, "filter-day")["Filters"][0]["TimeRangeFilter"]["Column"],
            "ColumnName",
            "weekday",
        ),
        "TimeRangeFilter: 'weekday' is a STRING, not a DATETIME",
    ),
    # filters, controls, drills
    "a filter over a sheet that is not there": (
        lambda d: put(scope(d, "filter-rule")[0], "SheetId", "bots"),
        "there is no sheet 'bots'",
    ),
    "a filter that names a sheet twice": (
        lambda d: scope(d, "filter-rule").append(scope(d, "filter-rule")[0]),
        "Definition.FilterGroups[5]: the scope names the sheet 'alerts' twice",
    ),
    "a control of a filter that has none to show": (
        lambda d: group(d, "filter-rule")["Filters"][0]["CategoryFilter"].pop(
            "DefaultFilterControlConfiguration"
        ),
        "FilterControls[1]: the filter 'filter-rule' has no DefaultFilterControlConfiguration",
    ),
    "a filter of a visual that is not there": (
        lambda d: scope(d, "only-1")[0]["VisualIds"].append("gone"),
        "has no visual 'gone'",
    ),
    "a filter of chosen visuals that chooses none": (
        lambda d: put(scope(d, "only-1")[0], "VisualIds", []),
        "VisualIds belong to the scope SELECTED_VISUALS, and it needs some",
    ),
    "a filter that a sheet cannot obey": (
        lambda d: scope(d, "filter-brand").append({"SheetId": "hours", "Scope": "ALL_VISUALS"}),
        "nothing on the sheet 'hours' has the column 'brand'",
    ),
    "a control of no filter": (
        lambda d: put(d["Sheets"][6]["FilterControls"][1]["CrossSheet"], "SourceFilterId", "x"),
        "Definition.Sheets[6].FilterControls[1]: there is no filter 'x'",
    ),
    "a control of a filter of other sheets": (
        lambda d: put(
            d["Sheets"][6]["FilterControls"][1]["CrossSheet"], "SourceFilterId", "filter-brand"
        ),
        "Definition.Sheets[6].FilterControls[1]: the filter 'filter-brand' does not reach",
    ),
    "a filter without its control": (
        lambda d: d["Sheets"][6]["FilterControls"].pop(),
        "the filter 'filter-rule' reaches the sheet 'alerts' without a control",
    ),
    "a drill of no field": (
        lambda d: put(
            visual(d, "carts-drill")["ColumnHierarchies"][0]["ExplicitHierarchy"],
            "HierarchyId",
            "other",
        ),
        "the hierarchy 'other' is not both of a field and of the visual",
    ),
    "a drill with a level twice": (
        lambda d: levels(d, "carts-drill").append(levels(d, "carts-drill")[0]),
        "BarChartVisual: the hierarchy 'carts-drill.drill' has a level twice",
    ),
    "a drill that begins elsewhere": (
        lambda d: levels(d, "carts-drill").pop(0),
        "the hierarchy 'carts-drill.drill' does not begin with the field's own column",
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_broken_definition_is_told_with_its_path(rule: str) -> None:
    breaking, said = RULES[rule]
    problems = problems_of(breaking)
    assert any(said in problem for problem in problems), problems
    assert all(problem.startswith("Definition") for problem in problems)


def test_a_view_that_lost_a_column_is_told_wherever_it_is_used() -> None:
    carts = next(dataset for dataset in DATASETS if dataset.name == "carts")
    less = replace(
        carts, columns=tuple(column for column in carts.columns if column.name != "carted")
    )
    problems = checks.problems(
        BUILT, [less if dataset is carts else dataset for dataset in DATASETS]
    )
    assert len(problems) > 2
    assert all("the dataset 'carts' has no column 'carted'" in problem for problem in problems)


def test_a_column_that_changed_its_type_is_told() -> None:
    carts = next(dataset for dataset in DATASETS if dataset.name == "carts")
    other = replace(
        carts,
        columns=tuple(
            replace(column, type="STRING") if column.name == "day" else column
            for column in carts.columns
        ),
    )
    problems = checks.problems(
        BUILT, [other if dataset is carts else dataset for dataset in DATASETS]
    )
    assert any("'day' is a STRING, not a DATETIME" in problem for problem in problems)
