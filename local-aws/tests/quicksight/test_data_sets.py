"""What is declared: data sources, data sets, groups, permissions, tags, themes, schedules."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from iam_roles import ACCOUNT, arn
from quicksight_client import COLUMNS, Quick, until

GROUP = {"Namespace": "default"}
SOURCE = arn("quicksight", "datasource/lake")


def refused(quick: Quick, operation: str, **given: Any) -> tuple[str, str]:
    """Give code and message of a refusal."""
    with pytest.raises(ClientError) as caught:
        quick(operation, **given)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def data_set(quick: Quick, **more: Any) -> dict[str, Any]:
    """Write a data set that nothing is wrong with but what is given."""
    given = {"DataSetId": "x", "Name": "x", "ImportMode": "DIRECT_QUERY"}
    return {**given, "PhysicalTableMap": quick.relation("days"), **more}


def logical(*transforms: dict[str, Any], **source: Any) -> dict[str, Any]:
    table = {"Alias": "t", "Source": source or {"PhysicalTableId": "table"}}
    return {"one": {**table, **({"DataTransforms": list(transforms)} if transforms else {})}}


INVALID = "InvalidParameterValueException"
NOT_THERE = "ResourceNotFoundException"
NOT_HERE = "NotImplementedException"


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ({"PhysicalTableMap": {}}, INVALID, "at least one table"),
        ({"PhysicalTableMap": {"t": {}}}, INVALID, "found: none"),
        ({"PhysicalTableMap": {"bad id!": {}}}, "ValidationException", "[0-9a-zA-Z-]*"),
        ({"LogicalTableMap": logical(PhysicalTableId="lost")}, INVALID, "no physical table lost"),
        ({"LogicalTableMap": logical(DataSetArn="arn:a")}, NOT_HERE, "DataSetArn"),
        (
            {
                "LogicalTableMap": logical(
                    {"RenameColumnOperation": {"ColumnName": "lost", "NewColumnName": "x"}}
                )
            },
            INVALID,
            "no column lost",
        ),
        (
            {
                "LogicalTableMap": logical(
                    {"RenameColumnOperation": {"ColumnName": "seen", "NewColumnName": "brand"}}
                )
            },
            INVALID,
            "Duplicate column names",
        ),
        (
            {"LogicalTableMap": logical({"FilterOperation": {"ConditionExpression": "1"}})},
            NOT_HERE,
            "FilterOperation",
        ),
        ({"ColumnLevelPermissionRules": [{"ColumnNames": ["lost"]}]}, INVALID, "no column lost"),
        (
            {"ColumnLevelPermissionRules": [{"ColumnNames": ["brand"], "Principals": ["arn:x"]}]},
            INVALID,
            "Principal arn:x does not exist",
        ),
        ({"FieldFolders": {"f": {"columns": ["lost"]}}}, INVALID, "no column lost"),
        (
            {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]},
            INVALID,
            "Duplicate tag keys found: a",
        ),
        (
            {"RowLevelPermissionDataSet": {"Arn": "arn:x", "PermissionPolicy": "GRANT_ACCESS"}},
            NOT_THERE,
            "arn:x",
        ),
        ({"FolderArns": ["arn:x"]}, NOT_HERE, "FolderArns"),
        ({"Permissions": [{"Principal": "arn:x", "Actions": ["a"]}]}, INVALID, "does not exist"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_data_set_that_cannot_be_is_refused(
    quick: Quick, more: dict[str, Any], code: str, said: str
) -> None:
    found, message = refused(quick, "create_data_set", **data_set(quick, **more))
    assert found == code, message
    assert said in message
    assert refused(quick, "describe_data_set", DataSetId="x")[0] == NOT_THERE


def test_a_data_set_over_no_data_source_is_refused(quick: Quick) -> None:
    tables = quick.relation("days", source="lost")
    given = data_set(quick, PhysicalTableMap=tables)
    assert refused(quick, "create_data_set", **given)[0] == NOT_THERE
    one = quick.relation("days")["table"]
    given = data_set(quick, PhysicalTableMap={"a": one, "b": one})
    code, said = refused(quick, "create_data_set", **given)
    assert code == NOT_HERE
    assert "join" in said
    wrong = [{**COLUMNS[1], "SubType": "FIXED"}]
    given = data_set(quick, PhysicalTableMap=quick.relation("days", wrong))
    assert refused(quick, "create_data_set", **given)[0] == INVALID


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"Type": "S3"}, NOT_HERE),
        ({"DataSourceParameters": {"TwitterParameters": {"Query": "x", "MaxRows": 1}}}, INVALID),
        ({"DataSourceParameters": {}}, INVALID),
        ({"Credentials": {"CopySourceArn": SOURCE}}, NOT_HERE),
        ({"SslProperties": {"DisableSsl": True}}, INVALID),
        ({"DataSourceId": "lake"}, "ResourceExistsException"),
        ({"Tags": [{"Key": "x" * 129, "Value": "x"}]}, "ValidationException"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_data_source_that_cannot_be_is_refused(
    quick: Quick, more: dict[str, Any], code: str
) -> None:
    given = {"DataSourceId": "y", "Name": "y", "Type": "ATHENA"}
    assert refused(quick, "create_data_source", **{**given, **more})[0] == code


def test_a_data_source_is_changed_and_told_of(quick: Quick) -> None:
    quick.source("told", quick.role, Tags=[{"Key": "stage", "Value": "test"}])
    parameters = {"AthenaParameters": {"WorkGroup": "none"}}
    given = {"DataSourceId": "told", "Name": "other", "DataSourceParameters": parameters}
    assert quick("update_data_source", **given)["UpdateStatus"] == "UPDATE_IN_PROGRESS"
    found = until(
        lambda: quick("describe_data_source", DataSourceId="told")["DataSource"],
        lambda found: not found["Status"].endswith("IN_PROGRESS"),
    )
    assert (found["Name"], found["Status"]) == ("other", "UPDATE_FAILED")
    assert found["ErrorInfo"]["Type"] in {"ACCESS_DENIED", "GENERIC_SQL_FAILURE"}
    listed = quick("list_data_sources")["DataSources"]
    assert {"lake", "told"} <= {each["DataSourceId"] for each in listed}
    quick.client.untag_resource(ResourceArn=found["Arn"], TagKeys=["stage"])
    quick.client.tag_resource(ResourceArn=found["Arn"], Tags=[{"Key": "a/b", "Value": "c"}])
    tags = quick.client.list_tags_for_resource(ResourceArn=found["Arn"])["Tags"]
    assert tags == [{"Key": "a/b", "Value": "c"}]


def test_another_account_is_denied_and_what_is_not_there_is_named(quick: Quick) -> None:
    with pytest.raises(ClientError) as caught:
        quick.client.list_data_sets(AwsAccountId="111111111111")
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    with pytest.raises(ClientError, match="quicksight's CreateFolder") as caught:
        quick("create_folder", FolderId="x")
    assert caught.value.response["Error"]["Code"] == NOT_HERE
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_lists_have_pages(quick: Quick) -> None:
    for number in range(3):
        quick("create_group", **GROUP, GroupName=f"page-{number}")
    pages = quick.client.get_paginator("list_groups")
    found = [
        each["GroupName"]
        for page in pages.paginate(AwsAccountId=ACCOUNT, **GROUP, PaginationConfig={"PageSize": 2})
        for each in page["GroupList"]
    ]
    assert [name for name in found if name.startswith("page-")] == ["page-0", "page-1", "page-2"]
    code, _ = refused(quick, "list_groups", **GROUP, NextToken="none")
    assert code == "InvalidNextTokenException"


def test_permissions_are_granted_to_who_is_there_and_revoked(quick: Quick) -> None:
    group = quick("create_group", **GROUP, GroupName="granted")["Group"]["Arn"]
    quick("create_theme", ThemeId="granted", Name="x", BaseThemeId="CLASSIC", Configuration={})
    seen = {"Principal": group, "Actions": ["quicksight:DescribeTheme"]}
    granted = quick("update_theme_permissions", ThemeId="granted", GrantPermissions=[seen])
    assert granted["Permissions"] == [seen]
    for action in ("quicksight:DescribeDataSet", "DescribeTheme"):
        wrong = [{"Principal": group, "Actions": [action]}]
        given = {"ThemeId": "granted", "GrantPermissions": wrong}
        code, said = refused(quick, "update_theme_permissions", **given)
        assert (code, action in said) == (INVALID, True)
    quick("update_theme_permissions", ThemeId="granted", RevokePermissions=[seen])
    assert quick("describe_theme_permissions", ThemeId="granted")["Permissions"] == []


def test_a_theme_has_versions_and_a_base_that_is_there(quick: Quick) -> None:
    given = {"ThemeId": "theme", "Name": "x", "Configuration": {}}
    assert refused(quick, "create_theme", **given, BaseThemeId="LOST")[0] == NOT_THERE
    quick("create_theme", **given, BaseThemeId="CLASSIC")
    palette = {"DataColorPalette": {"Colors": ["#0072B2"]}}
    quick("update_theme", ThemeId="theme", BaseThemeId="MIDNIGHT", Configuration=palette)
    version = quick("describe_theme", ThemeId="theme")["Theme"]["Version"]
    assert (version["VersionNumber"], version["Configuration"]) == (2, palette)
    wrong = {"DataColorPalette": {"Colors": ["blue"]}}
    given = {"ThemeId": "theme", "BaseThemeId": "CLASSIC", "Configuration": wrong}
    assert refused(quick, "update_theme", **given)[0] == "ValidationException"


def test_a_version_of_a_theme_goes_where_it_is_not_the_one_that_is_seen(quick: Quick) -> None:
    given = {"ThemeId": "versions", "BaseThemeId": "CLASSIC", "Configuration": {}}
    quick("create_theme", **given, Name="x")
    quick("update_theme", **given, VersionDescription="the second")
    seen = refused(quick, "delete_theme", ThemeId="versions", VersionNumber=2)
    assert seen[0] == "ConflictException"
    quick("delete_theme", ThemeId="versions", VersionNumber=1)
    left = quick("list_theme_versions", ThemeId="versions")["ThemeVersionSummaryList"]
    assert [(each["VersionNumber"], each["Description"]) for each in left] == [(2, "the second")]
    assert refused(quick, "delete_theme", ThemeId="versions", VersionNumber=1)[0] == NOT_THERE
    quick("update_theme", **given)
    told = quick("describe_theme", ThemeId="versions")["Theme"]["Version"]
    assert told["VersionNumber"] == 3
    latest = quick("describe_theme", ThemeId="versions", AliasName="$LATEST")["Theme"]["Version"]
    assert latest == told
    alias = {"ThemeId": "versions", "AliasName": "$PUBLISHED"}
    assert refused(quick, "describe_theme", **alias)[0] == INVALID


def test_users_are_named_by_quicksight_or_by_iam_and_are_in_groups(quick: Quick) -> None:
    given = {**GROUP, "Email": "a@example.org", "UserRole": "READER"}
    name = f"arn:aws:iam::{ACCOUNT}:role/people"
    user = quick("register_user", **given, IdentityType="IAM", IamArn=name, SessionName="ann")
    assert user["User"]["UserName"] == "people/ann"
    code, _ = refused(quick, "register_user", **given, IdentityType="IAM", IamArn=name)
    assert code == INVALID
    quick("create_group", **GROUP, GroupName="people")
    member = {**GROUP, "GroupName": "people", "MemberName": "people/ann"}
    quick("create_group_membership", **member)
    listed = quick("list_group_memberships", **GROUP, GroupName="people")["GroupMemberList"]
    assert [each["MemberName"] for each in listed] == ["people/ann"]
    quick("delete_user", **GROUP, UserName="people/ann")
    assert quick("list_group_memberships", **GROUP, GroupName="people")["GroupMemberList"] == []
    assert refused(quick, "create_group_membership", **member)[0] == NOT_THERE
