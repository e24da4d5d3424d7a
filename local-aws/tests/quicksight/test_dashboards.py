"""Dashboards: a definition is refused at once or in the version's errors, with the path."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from iam_roles import arn
from local_aws.protocol.errors import ServiceError
from local_aws.quicksight import definitions
from quicksight_client import Quick

DATA_SET = arn("quicksight", "dataset/drawn")
COLUMNS = {DATA_SET: {"day": "DATETIME", "brand": "STRING", "seen": "INTEGER"}}
Definition = dict[str, Any]


def column(name: str) -> dict[str, str]:
    return {"DataSetIdentifier": "drawn", "ColumnName": name}


def definition() -> Definition:
    """Write a definition of everything that is checked, and nothing wrong."""
    bars = {
        "VisualId": "bars",
        "ChartConfiguration": {
            "FieldWells": {
                "BarChartAggregatedFieldWells": {
                    "Category": [
                        {"CategoricalDimensionField": {"FieldId": "b", "Column": column("brand")}}
                    ],
                    "Values": [
                        {
                            "NumericalMeasureField": {
                                "FieldId": "s",
                                "Column": column("seen"),
                                "AggregationFunction": {"SimpleNumericalAggregation": "SUM"},
                            }
                        }
                    ],
                }
            }
        },
    }
    element = {"ElementId": "bars", "ElementType": "VISUAL", "ColumnSpan": 36, "RowSpan": 8}
    control = {"FilterControlId": "control", "Title": "Day", "SourceFilterId": "day"}
    return {
        "DataSetIdentifierDeclarations": [{"Identifier": "drawn", "DataSetArn": DATA_SET}],
        "Sheets": [
            {
                "SheetId": "sheet",
                "Name": "Sheet",
                "Visuals": [{"BarChartVisual": bars}],
                "FilterControls": [{"DateTimePicker": control}],
                "Layouts": [{"Configuration": {"GridLayout": {"Elements": [element]}}}],
            }
        ],
        "CalculatedFields": [
            {"DataSetIdentifier": "drawn", "Name": "twice", "Expression": "2 * sum({seen})"}
        ],
        "ParameterDeclarations": [
            {"StringParameterDeclaration": {"ParameterValueType": "SINGLE_VALUED", "Name": "p"}}
        ],
        "FilterGroups": [
            {
                "FilterGroupId": "group",
                "CrossDataset": "SINGLE_DATASET",
                "ScopeConfiguration": {
                    "SelectedSheets": {
                        "SheetVisualScopingConfigurations": [
                            {"SheetId": "sheet", "Scope": "SELECTED_VISUALS", "VisualIds": ["bars"]}
                        ]
                    }
                },
                "Filters": [
                    {
                        "TimeEqualityFilter": {
                            "FilterId": "day",
                            "Column": column("day"),
                            "ParameterName": "p",
                        }
                    }
                ],
            }
        ],
    }


def bars(made: Definition) -> Definition:
    wells = made["Sheets"][0]["Visuals"][0]["BarChartVisual"]["ChartConfiguration"]["FieldWells"]
    return dict(wells["BarChartAggregatedFieldWells"])


def group(made: Definition) -> Definition:
    found: Definition = made["FilterGroups"][0]
    return found


def test_nothing_is_wrong_with_what_is_right() -> None:
    definitions.check(definition())
    assert definitions.errors(definition(), COLUMNS) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda made: made["Sheets"][0]["Visuals"][0].update(KPIVisual={"VisualId": "kpi"}),
            "Definition.Sheets[0].Visuals[0], found: BarChartVisual, KPIVisual",
        ),
        (lambda made: made["Sheets"][0]["Visuals"][0].clear(), "Visuals[0], found: none"),
        (
            lambda made: made["Sheets"][0]["Visuals"].append(made["Sheets"][0]["Visuals"][0]),
            "bars is taken twice",
        ),
        (lambda made: made["Sheets"][0]["Visuals"].clear(), "no element bars on the sheet"),
        (lambda made: made["FilterGroups"].clear(), "there is no filter day"),
        (
            lambda made: group(made)["ScopeConfiguration"]["SelectedSheets"][
                "SheetVisualScopingConfigurations"
            ][0].update(SheetId="lost"),
            "there is no sheet lost",
        ),
        (
            lambda made: group(made)["ScopeConfiguration"]["SelectedSheets"][
                "SheetVisualScopingConfigurations"
            ][0].update(VisualIds=["lost"]),
            "there is no visual lost on the sheet sheet",
        ),
    ],
)
def test_a_definition_whose_parts_do_not_fit_is_refused_at_once(
    change: Callable[[Definition], Any], said: str
) -> None:
    made = definition()
    change(made)
    with pytest.raises(ServiceError) as caught:
        definitions.check(made)
    assert caught.value.code == "InvalidParameterValueException"
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("change", "kind", "path"),
    [
        (
            lambda made: bars(made)["Category"][0]["CategoricalDimensionField"].update(
                Column=column("lost")
            ),
            "COLUMN_REPLACEMENT_MISSING",
            "sheet/sheet/visual/bars",
        ),
        (
            lambda made: bars(made)["Values"][0]["NumericalMeasureField"].update(
                Column=column("brand")
            ),
            "COLUMN_TYPE_MISMATCH",
            "sheet/sheet/visual/bars",
        ),
        (
            lambda made: group(made)["Filters"][0]["TimeEqualityFilter"].update(
                Column=column("seen")
            ),
            "COLUMN_TYPE_MISMATCH",
            "filter-group/group/filter/day",
        ),
        (
            lambda made: made["CalculatedFields"][0].update(Expression="sum({lost})"),
            "COLUMN_REPLACEMENT_MISSING",
            "calculated-field/twice",
        ),
        (
            lambda made: made["ParameterDeclarations"].clear(),
            "PARAMETER_NOT_FOUND",
            "filter-group/group/filter/day",
        ),
        (
            lambda made: made["DataSetIdentifierDeclarations"][0].update(DataSetArn="arn:lost"),
            "DATA_SET_NOT_FOUND",
            "data-set/drawn",
        ),
        (
            lambda made: bars(made)["Category"][0]["CategoricalDimensionField"].update(
                Column={**column("brand"), "DataSetIdentifier": "other"}
            ),
            "DATA_SET_NOT_FOUND",
            "sheet/sheet/visual/bars",
        ),
    ],
)
def test_what_a_version_fails_for_has_its_type_and_path(
    change: Callable[[Definition], Any], kind: str, path: str
) -> None:
    made = definition()
    change(made)
    definitions.check(made)
    found = definitions.errors(made, COLUMNS)
    assert [(each["Type"], each["ViolatedEntities"]) for each in found] == [
        (kind, [{"Path": path}])
    ]


@pytest.fixture
def drawn(quick: Quick) -> dict[str, Any]:
    """The data set of the definitions, and what a dashboard over it is given."""
    if "drawn" not in {each["DataSetId"] for each in quick("list_data_sets")["DataSetSummaries"]}:
        given = {"DataSetId": "drawn", "Name": "drawn", "ImportMode": "DIRECT_QUERY"}
        quick("create_data_set", **given, PhysicalTableMap=quick.relation("days"))
    return {"Name": "drawn", "Definition": definition()}


def broken(given: dict[str, Any]) -> dict[str, Any]:
    made = copy.deepcopy(given)
    field = bars(made["Definition"])["Category"][0]["CategoricalDimensionField"]
    field["Column"] = column("lost")
    return made


def test_a_version_is_made_in_the_background_and_published_by_hand(
    quick: Quick, drawn: dict[str, Any]
) -> None:
    made = quick("create_dashboard", DashboardId="shop", **drawn, VersionDescription="first")
    assert made["CreationStatus"] == "CREATION_IN_PROGRESS"
    assert quick.version("shop", 1)["Status"] == "CREATION_SUCCESSFUL"
    quick("update_dashboard", DashboardId="shop", **broken(drawn))
    failed = quick.version("shop", 2)
    assert failed["Status"] == "CREATION_FAILED"
    assert failed["Errors"][0]["Message"] == (
        f"Required column 'lost' is missing in data set '{DATA_SET}'"
    )
    given = {"DashboardId": "shop", "VersionNumber": 2}
    with pytest.raises(quick.client.exceptions.InvalidParameterValueException):
        quick("update_dashboard_published_version", **given)
    seen = quick("describe_dashboard", DashboardId="shop")["Dashboard"]["Version"]
    assert (seen["VersionNumber"], seen["Description"]) == (1, "first")
    for alias, number in (("$PUBLISHED", 1), ("$LATEST", 2)):
        told = quick("describe_dashboard", DashboardId="shop", AliasName=alias)["Dashboard"]
        assert told["Version"]["VersionNumber"] == number
    with pytest.raises(ClientError, match="aliases of a dashboard other than"):
        quick("describe_dashboard", DashboardId="shop", AliasName="mine")
    quick("update_dashboard", DashboardId="shop", **drawn)
    assert quick.version("shop", 3)["Status"] == "CREATION_SUCCESSFUL"
    quick("update_dashboard_published_version", DashboardId="shop", VersionNumber=3)
    listed = quick("list_dashboard_versions", DashboardId="shop")["DashboardVersionSummaryList"]
    assert [each["VersionNumber"] for each in listed] == [3, 2, 1]
    with pytest.raises(quick.client.exceptions.ConflictException):
        quick("delete_dashboard", DashboardId="shop", VersionNumber=3)
    told = quick("describe_dashboard_definition", DashboardId="shop")
    assert told["Definition"] == drawn["Definition"]
    quick("delete_dashboard", DashboardId="shop")
    with pytest.raises(quick.client.exceptions.ResourceNotFoundException):
        quick("describe_dashboard", DashboardId="shop")


def test_a_lenient_version_is_made_with_its_errors(quick: Quick, drawn: dict[str, Any]) -> None:
    lenient = {"ValidationStrategy": {"Mode": "LENIENT"}}
    quick("create_dashboard", DashboardId="lenient", **broken(drawn), **lenient)
    version = quick.version("lenient", 1)
    assert version["Status"] == "CREATION_SUCCESSFUL"
    assert version["Errors"][0]["Type"] == "COLUMN_REPLACEMENT_MISSING"


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ({"Definition": None}, "InvalidParameterValueException", "SourceEntity or Definition"),
        (
            {"ThemeArn": arn("quicksight", "theme/lost")},
            "ResourceNotFoundException",
            "theme/lost",
        ),
        ({"DashboardId": "bad.id"}, "ValidationException", "dashboardId"),
        ({"FolderArns": ["arn:x"]}, "NotImplementedException", "FolderArns"),
        ({"VersionDescription": "x" * 513}, "ValidationException", "512"),
        ({"Name": "x" * 2049}, "ValidationException", "at 'name'"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_dashboard_that_cannot_be_is_refused(
    quick: Quick, drawn: dict[str, Any], more: dict[str, Any], code: str, said: str
) -> None:
    given = {"DashboardId": "refused", **drawn, **more}
    given = {name: value for name, value in given.items() if value is not None}
    with pytest.raises(ClientError) as caught:
        quick("create_dashboard", **given)
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    assert said in error["Message"]


def test_a_value_that_the_model_has_not_is_told_with_its_path(
    quick: Quick, drawn: dict[str, Any]
) -> None:
    drawn["Definition"]["Sheets"][0]["ContentType"] = "bogus"
    with pytest.raises(ClientError, match=r"definition\.sheets\.1\.member\.contentType"):
        quick("create_dashboard", DashboardId="bogus", **drawn)
