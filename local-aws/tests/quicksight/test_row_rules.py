"""Row-level rules and restricted columns: who sees what of the rows that SPICE holds."""

import csv
import io
from typing import Any

import pytest

from iam_roles import arn
from local_aws.quicksight import rows
from local_aws.quicksight.row_rules import Reader, visible
from quicksight_client import Quick

ROWS = [{"brand": brand, "seen": seen} for brand in ("a", "b", "c, d") for seen in (1, 2)]
BY_NAME = {"PermissionPolicy": "GRANT_ACCESS", "Arn": "arn"}
ANN = Reader(frozenset({"ann", "arn:ann"}), frozenset({"shop", "arn:shop"}))


@pytest.mark.parametrize(
    ("rules", "seen"),
    [
        ([], []),
        ([{"UserName": "bob", "brand": "a"}], []),
        ([{"UserName": "ann", "brand": "a"}], [0, 1]),
        ([{"UserName": "ann", "brand": "a,b"}], [0, 1, 2, 3]),
        ([{"UserName": "ann", "brand": '"c, d"'}], [4, 5]),
        ([{"UserName": "ann", "brand": None}], [0, 1, 2, 3, 4, 5]),
        ([{"UserName": "ann", "brand": "a", "seen": "2"}], [1]),
        ([{"UserName": "ann", "brand": "a"}, {"UserName": "ann", "seen": "2"}], [0, 1, 3, 5]),
        ([{"UserName": None, "GroupName": "shop", "brand": "b"}], [2, 3]),
        ([{"UserName": "bob,ann", "brand": "b"}], [2, 3]),
    ],
    ids=str,
)
def test_somebody_sees_the_rows_that_one_of_their_rules_fits(
    rules: list[dict[str, Any]], seen: list[int]
) -> None:
    assert visible(BY_NAME, rules, ROWS, ANN) == [ROWS[place] for place in seen]
    by_arn = [
        {
            {"UserName": "UserARN", "GroupName": "GroupARN"}.get(name, name): (
                ",".join(f"arn:{part}" for part in value.split(","))
                if name in {"UserName", "GroupName"} and value
                else value
            )
            for name, value in rule.items()
        }
        for rule in rules
    ]
    given = {**BY_NAME, "FormatVersion": "VERSION_2"}
    assert visible(given, by_arn, ROWS, ANN) == [ROWS[place] for place in seen]
    assert visible({**BY_NAME, "Status": "DISABLED"}, rules, ROWS, ANN) == ROWS


def test_what_an_ingestion_holds_is_seen_by_rules_and_columns(
    quick: Quick, capsys: pytest.CaptureFixture[str]
) -> None:
    def shown(*options: str) -> list[dict[str, str]]:
        assert rows.main([str(quick.server.folder), "ruled", *options]) == 0
        return sorted(csv.DictReader(io.StringIO(capsys.readouterr().out)), key=str)

    user = {"Namespace": "default", "Email": "a@example.org", "UserRole": "READER"}
    for name in ("ann", "bob"):
        quick("register_user", **user, IdentityType="QUICKSIGHT", UserName=name)
    text = "SELECT 'ann' AS UserName, 'apple,\"acer, inc\"' AS brand"
    columns = [{"Name": "UserName", "Type": "STRING"}, {"Name": "brand", "Type": "STRING"}]
    source = arn("quicksight", "datasource/lake")
    custom = {"DataSourceArn": source, "Name": "rules", "SqlQuery": text, "Columns": columns}
    quick.data_set("rules", {"t": {"CustomSql": custom}}, UseAs="RLS_RULES")
    rules = {"Arn": arn("quicksight", "dataset/rules"), "PermissionPolicy": "GRANT_ACCESS"}
    bob = arn("quicksight", "user/default/bob")
    quick.data_set(
        "ruled",
        quick.relation("days"),
        RowLevelPermissionDataSet=rules,
        ColumnLevelPermissionRules=[{"ColumnNames": ["revenue"], "Principals": [bob]}],
    )
    assert len(shown()) == 3
    ann = shown("--user", "ann")
    assert [(row["brand"], row["seen"]) for row in ann] == [("acer, inc", "5"), ("apple", "3")]
    assert "revenue" not in ann[0]
    assert shown("--user", "bob") == []
    by_number = [columns[0], {"Name": "seen", "Type": "INTEGER"}]
    custom = {**custom, "SqlQuery": "SELECT 'ann' AS UserName, 3 AS seen", "Columns": by_number}
    quick.data_set("numbers", {"t": {"CustomSql": custom}}, UseAs="RLS_RULES")
    numbers = {"Arn": arn("quicksight", "dataset/numbers"), "PermissionPolicy": "GRANT_ACCESS"}
    with pytest.raises(quick.client.exceptions.InvalidParameterValueException, match="texts alone"):
        quick.data_set("odd", quick.relation("days"), RowLevelPermissionDataSet=numbers)
    other = {"Arn": arn("quicksight", "dataset/ruled"), "PermissionPolicy": "GRANT_ACCESS"}
    with pytest.raises(quick.client.exceptions.InvalidParameterValueException, match="UserName"):
        quick.data_set("odd", quick.relation("days"), RowLevelPermissionDataSet=other)
