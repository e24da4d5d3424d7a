"""One broken definition a rule: it is found, with its path, and nothing else is."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dashboards import checks, definition
from dashboards.datasets import DATASETS

BUILT = json.loads(definition.text())
KPI = BUILT["Sheets"][0]["Visuals"][1]["KPIVisual"]["VisualId"]
Part = Any


def visual(whole: Part, name: str) -> Part:
    """The body of a visual, by its identifier."""
    return next(
        body
        for sheet in whole["Sheets"]
        for each in sheet["Visuals"]
        for body in each.values()
        if body["VisualId"] == name
    )


def wells(whole: Part, name: str) -> Part:
    """The fields of a visual."""
    found = visual(whole, name)["ChartConfiguration"]["FieldWells"]
    return found if "Values" in found else next(iter(found.values()))


def group(whole: Part, name: str) -> Part:
    """A filter's group."""
    return next(each for each in whole["FilterGroups"] if each["FilterGroupId"] == f"{name}-group")


def scope(whole: Part, name: str) -> Part:
    """The sheets that a filter reaches."""
    selected = group(whole, name)["ScopeConfiguration"]["SelectedSheets"]
    return selected["SheetVisualScopingConfigurations"]


def elements(whole: Part, sheet: int) -> Part:
    """The places of a sheet's grid."""
    return whole["Sheets"][sheet]["Layouts"][0]["Configuration"]["GridLayout"]["Elements"]


def put(part: Part, name: str, value: object) -> None:
    part[name] = value


def levels(whole: Part, name: str) -> Part:
    """The columns of a visual's drill."""
    return visual(whole, name)["ColumnHierarchies"][0]["ExplicitHierarchy"]["Columns"]


Break = Callable[[Part], object]
RULES: dict[str, tuple[Break, str]] = {
    # by the published schema
    "an unknown member": (
        lambda d: put(d["Sheets"][0], "Colour", "red"),
        "Definition.Sheets[0]: Additional properties are not allowed ('Colour' was unexpected)",
    ),
    "an unknown value": (
        lambda d: put(d["Sheets"][0], "ContentType", "PICTURE"),
        "Definition.Sheets[0].ContentType: 'PICTURE' is not one of",
    ),
    "an identifier with a blank": (
        lambda d: put(d["Sheets"][0], "SheetId", "the month"),
        "Definition.Sheets[0].SheetId: 'the month' does not match",
    ),
    "a text too long": (
        lambda d: put(visual(d, KPI), "VisualContentAltText", "x" * 1025),
        "VisualContentAltText: 'xxx",
    ),
    "a member that is missing": (
        lambda d: d["Sheets"][0].pop("SheetId"),
        "Definition.Sheets[0]: 'SheetId' is a required property",
    ),
    # variants
    "two members of a variant": (
        lambda d: put(d["Sheets"][0]["Visuals"][0], "TableVisual", {"VisualId": "other"}),
        "Definition.Sheets[0].Visuals[0]: Visual takes exactly one member, given: KPIVisual, "
        "TableVisual",
    ),
    "no member of a variant": (
        lambda d: wells(d, "carts-rate")["Values"].append({}),
        "LineChartAggregatedFieldWells.Values[1]: MeasureField takes exactly one member, "
        "given: none",
    ),
    "two configurations of a filter": (
        lambda d: put(
            group(d, "filter-rule")["Filters"][0]["CategoryFilter"]["Configuration"],
            "CustomFilterConfiguration",
            {"MatchOperator": "EQUALS", "CategoryValue": "x", "NullOption": "NON_NULLS_ONLY"},
        ),
        "CategoryFilter.Configuration: CategoryFilterConfiguration takes exactly one member",
    ),
    # identifiers
    "two sheets of one name": (
        lambda d: put(d["Sheets"][1], "Name", d["Sheets"][0]["Name"]),
        "Definition.Sheets: 'The month in ten numbers' is there twice",
    ),
    "a dataset that is none of QuickSight": (
        lambda d: put(d["DataSetIdentifierDeclarations"][0], "DataSetArn", "arn:aws:s3:::bucket"),
        "DataSetIdentifierDeclarations[0].DataSetArn: 'arn:aws:s3:::bucket' is no dataset",
    ),
    "two names of one dataset": (
        lambda d: put(
            d["DataSetIdentifierDeclarations"][0],
            "DataSetArn",
            d["DataSetIdentifierDeclarations"][1]["DataSetArn"],
        ),
        "dataset/dashboard_carts' is there twice",
    ),
    "a label of a field that is not there": (
        lambda d: put(
            visual(d, "funnel-hour")["ChartConfiguration"]["CategoryLabelOptions"][
                "AxisLabelOptions"
            ][0]["ApplyTo"],
            "FieldId",
            "elsewhere",
        ),
        "CategoryLabelOptions.AxisLabelOptions[0].ApplyTo: no field of the visual is 'elsewhere'",
    ),
    "a visual twice": (
        lambda d: put(visual(d, "carts-rate"), "VisualId", "carts-value"),
        "the visual 'carts-value' is there twice",
    ),
    "a sheet twice": (
        lambda d: put(d["Sheets"][6], "SheetId", "funnel"),
        "Definition.Sheets: 'funnel' is there twice",
    ),
    "a calculation twice": (
        lambda d: put(d["CalculatedFields"][1], "Name", "view_conversion"),
        "Definition.CalculatedFields: 'view_conversion' is there twice",
    ),
    "a filter twice": (
        lambda d: put(
            group(d, "filter-rule")["Filters"][0]["CategoryFilter"], "FilterId", "filter-brand"
        ),
        "the filter 'filter-brand' is there twice",
    ),
    "a dataset that is not declared": (
        lambda d: d["DataSetIdentifierDeclarations"].pop(0),
        "the dataset 'days' is not declared",
    ),
    "a dataset that is not used": (
        lambda d: d["DataSetIdentifierDeclarations"].append(
            {"Identifier": "more", "DataSetArn": "arn:aws:quicksight:eu-west-1:1:dataset/more"}
        ),
        "the dataset 'more' is not used",
    ),
    "a field twice in a visual": (
        lambda d: wells(d, "carts-brands")["Values"].append(wells(d, "carts-brands")["Values"][0]),
        "the field 'carts-brands.carted' is there twice",
    ),
    "a sort by a field that is not there": (
        lambda d: put(
            visual(d, "carts-brands")["ChartConfiguration"]["SortConfiguration"]["RowSort"][0][
                "FieldSort"
            ],
            "FieldId",
            "elsewhere",
        ),
        "SortConfiguration.RowSort[0].FieldSort: no field of the visual is 'elsewhere'",
    ),
    # layout
    "a visual without a place": (
        lambda d: elements(d, 1).pop(),
        "Definition.Sheets[1]: 'visitors-table' has 0 places in the layout, not one",
    ),
    "a visual in two places": (
        lambda d: elements(d, 1).append({**elements(d, 1)[-1], "RowIndex": 90}),
        "Definition.Sheets[1]: 'visitors-table' has 2 places in the layout, not one",
    ),
    "a place of nothing": (
        lambda d: elements(d, 1).append(
            {**elements(d, 1)[-1], "ElementId": "gone", "RowIndex": 90}
        ),
        "Definition.Sheets[1]: the layout has a place for 'gone', which the sheet has not",
    ),
    "a visual wider than the grid": (
        lambda d: put(elements(d, 1)[1], "ColumnIndex", 1),
        "'visitors-daily' is wider than the grid's 36 columns",
    ),
    "two visuals on each other": (
        lambda d: put(elements(d, 1)[2], "RowIndex", 11),
        "'visitors-daily' and 'visitors-new' lie on each other",
    ),
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
    # words
    "a visual without its sentence": (
        lambda d: visual(d, KPI).pop("Subtitle"),
        "the visual has no Subtitle",
    ),
    "a visual without alternative text": (
        lambda d: put(visual(d, KPI), "VisualContentAltText", " "),
        "the visual has no VisualContentAltText",
    ),
    "a sheet's name of one letter": (
        lambda d: put(d["Sheets"][0], "Name", "M"),
        "Definition.Sheets[0]: a sheet's name has two letters at least",
    ),
    "a sheet without its sentence": (
        lambda d: d["Sheets"][0].pop("Description"),
        "Definition.Sheets[0]: the sheet has no sentence as its Description",
    ),
    # what the page draws
    "a kind of chart that the page does not draw": (
        lambda d: put(visual(d, "carts-rate")["ChartConfiguration"], "Type", "AREA"),
        "LineChartVisual.ChartConfiguration.Type is 'AREA': drawn is LINE",
    ),
    "a member that the page does not draw": (
        lambda d: put(visual(d, "carts-rate")["ChartConfiguration"], "Legend", {"Width": "9px"}),
        "LineChartVisual.ChartConfiguration.Legend is not drawn",
    ),
}


def test_the_definition_has_no_problem() -> None:
    assert checks.problems(BUILT) == []


@pytest.mark.parametrize("rule", RULES)
def test_a_broken_definition_is_told_with_its_path(rule: str) -> None:
    breaking, said = RULES[rule]
    broken = copy.deepcopy(BUILT)
    breaking(broken)
    problems = checks.problems(broken)
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
