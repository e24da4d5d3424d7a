"""One broken definition a rule of its parts, places and words: it is found, with its path."""

import pytest

from dashboards import checks
from support.definitions import BUILT, KPI, Break, elements, group, problems_of, put, visual, wells

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
    problems = problems_of(breaking)
    assert any(said in problem for problem in problems), problems
    assert all(problem.startswith("Definition") for problem in problems)
