"""An ingestion holds what the data set's statement answers, or says why it does not."""

import datetime
import decimal
from typing import Any

import pyarrow.parquet as pq
import pytest

from iam_roles import ACCOUNT, allow, arn, document
from quicksight_client import (
    ASK,
    BYTES,
    COLUMNS,
    LIST,
    OBJECTS,
    QUICKSIGHT,
    READ,
    WRITE,
    Quick,
    until,
)


def held(quick: Quick, name: str) -> list[dict[str, Any]]:
    """Read what SPICE holds out of the data folder."""
    path = quick.server.folder / "spice" / ACCOUNT / "us-east-1" / f"{name}.parquet"
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def sql(columns: list[dict[str, str]], text: str) -> Any:
    """Write the physical tables of a statement."""
    source = arn("quicksight", "datasource/lake")
    custom = {"DataSourceArn": source, "Name": "custom", "SqlQuery": text, "Columns": columns}
    return {"table": {"CustomSql": custom}}


def test_an_ingestion_holds_the_rows_of_a_view(quick: Quick) -> None:
    done = quick.data_set("days", quick.relation("days"))
    rows = {"RowsIngested": 3, "RowsDropped": 0, "TotalRowsInDataset": 3}
    assert (done["IngestionStatus"], done["RowInfo"]) == ("COMPLETED", rows)
    assert done["RequestType"] == "INITIAL_INGESTION"
    size = 3 * 4 * 8 + len("applebosch" + "acer, inc")
    assert done["IngestionSizeInBytes"] == size
    told = quick("describe_data_set", DataSetId="days")["DataSet"]
    assert told["ConsumedSpiceCapacityInBytes"] == size
    assert [each["Type"] for each in told["OutputColumns"]] == [each["Type"] for each in COLUMNS]
    assert sorted(held(quick, "days"), key=lambda row: row["brand"])[1] == {
        "day": datetime.datetime(2019, 10, 1),
        "brand": "apple",
        "seen": 3,
        "revenue": decimal.Decimal("4.5"),
    }


def test_every_type_of_a_source_is_held_as_spice_has_it(quick: Quick) -> None:
    columns = [
        {"Name": "whole", "Type": "INTEGER"},
        {"Name": "part", "Type": "DECIMAL", "SubType": "FLOAT"},
        {"Name": "fixed", "Type": "DECIMAL", "SubType": "FIXED"},
        {"Name": "flag", "Type": "BOOLEAN"},
        {"Name": "word", "Type": "STRING"},
        {"Name": "moment", "Type": "DATETIME"},
        {"Name": "nothing", "Type": "STRING"},
    ]
    text = """
        SELECT
            BIGINT '9223372036854775807' AS whole, 0.1E0 AS part, DECIMAL '0.00005' AS fixed,
            TRUE AS flag, 'ü, "x"' AS word, TIMESTAMP '2019-10-01 02:03:04.005' AS moment,
            CAST(NULL AS VARCHAR) AS nothing
    """
    assert quick.data_set("types", sql(columns, text))["IngestionStatus"] == "COMPLETED"
    assert held(quick, "types") == [
        {
            "whole": 2**63 - 1,
            "part": 0.1,
            "fixed": decimal.Decimal("0.0001"),
            "flag": 1,
            "word": 'ü, "x"',
            "moment": datetime.datetime(2019, 10, 1, 2, 3, 4, 5000),
            "nothing": None,
        }
    ]


def test_rows_that_do_not_fit_a_cast_are_dropped_and_counted(quick: Quick) -> None:
    logical = {
        "logical": {
            "Alias": "cast",
            "Source": {"PhysicalTableId": "table"},
            "DataTransforms": [
                {"RenameColumnOperation": {"ColumnName": "text", "NewColumnName": "number"}},
                {"CastColumnTypeOperation": {"ColumnName": "number", "NewColumnType": "INTEGER"}},
                {"ProjectOperation": {"ProjectedColumns": ["number"]}},
            ],
        }
    }
    text = "SELECT text, 1 AS other FROM (VALUES '1', 'x', '3', '1.5') AS rows (text)"
    columns = [{"Name": "text", "Type": "STRING"}, {"Name": "other", "Type": "INTEGER"}]
    done = quick.data_set("cast", sql(columns, text), LogicalTableMap=logical)
    rows = {"RowsIngested": 2, "RowsDropped": 2, "TotalRowsInDataset": 2}
    assert done["RowInfo"] == rows
    assert sorted(row["number"] for row in held(quick, "cast")) == [1, 3]


@pytest.mark.parametrize(
    ("name", "tables", "error", "said"),
    [
        ("lost", "lost", "SQL_TABLE_NOT_FOUND", "shop.lost"),
        ("column", [{"Name": "gone", "Type": "STRING"}], "SQL_SCHEMA_MISMATCH_ERROR", "gone"),
        ("type", [{"Name": "brand", "Type": "INTEGER"}], "SQL_SCHEMA_MISMATCH_ERROR", "varchar"),
        ("sql", "SELECT 1 / 0 AS one", "SQL_EXCEPTION", "DIVISION_BY_ZERO"),
        ("syntax", "SELECT FROM", "SQL_EXCEPTION", "mismatched input"),
        ("size", "SELECT * FROM UNNEST(SEQUENCE(1, 9999)) AS t (one)", "CAPACITY", str(BYTES)),
    ],
)
def test_an_ingestion_that_fails_has_the_services_error(
    quick: Quick, name: str, tables: Any, error: str, said: str
) -> None:
    if name == "lost":
        given = quick.relation("lost")
    elif isinstance(tables, list):
        given = quick.relation("days", tables)
    else:
        given = sql([{"Name": "one", "Type": "INTEGER"}], tables)
    done = quick.data_set(f"fails-{name}", given)
    assert done["IngestionStatus"] == "FAILED"
    assert error in done["ErrorInfo"]["Type"]
    assert said in done["ErrorInfo"]["Message"]


def test_what_is_held_stays_where_an_ingestion_fails(quick: Quick) -> None:
    text = "SELECT brand FROM shop.stays"
    quick.sql("CREATE VIEW shop.stays AS SELECT brand FROM shop.events")
    quick.data_set("stays", sql([{"Name": "brand", "Type": "STRING"}], text))
    before = held(quick, "stays")
    quick.server.root("glue").delete_table(DatabaseName="shop", Name="stays")
    done = quick.refreshed("stays", "again")
    assert done["ErrorInfo"]["Type"] == "SQL_EXCEPTION"
    assert "TABLE_NOT_FOUND" in done["ErrorInfo"]["Message"]
    assert held(quick, "stays") == before
    listed = quick("list_ingestions", DataSetId="stays")["Ingestions"]
    assert [each["IngestionStatus"] for each in listed] == ["FAILED", "COMPLETED"]


@pytest.mark.parametrize(
    ("name", "statements", "error", "said"),
    [
        ("writes", (ASK, READ, OBJECTS, LIST), "ACCESS_DENIED", "s3:PutObject"),
        ("asks", (READ, OBJECTS, WRITE, LIST), "ACCESS_DENIED", "athena:StartQueryExecution"),
    ],
)
def test_a_data_source_whose_role_may_not_is_not_made(
    quick: Quick, name: str, statements: Any, error: str, said: str
) -> None:
    role = quick.server.role(*statements, trusts=QUICKSIGHT, name=f"not-{name}")
    found = quick.source(f"not-{name}", f"arn:aws:iam::{ACCOUNT}:role/{role}")
    assert (found["Status"], found["ErrorInfo"]["Type"]) == ("CREATION_FAILED", error)
    assert said in found["ErrorInfo"]["Message"]
    with pytest.raises(quick.client.exceptions.InvalidParameterValueException):
        quick.data_set(f"over-{name}", quick.relation("days", source=f"not-{name}"))


def test_a_role_that_does_not_trust_quicksight_is_not_taken(quick: Quick) -> None:
    role = quick.server.role(
        ASK, READ, OBJECTS, WRITE, LIST, trusts={"Service": "athena.amazonaws.com"}
    )
    found = quick.source("distrusted", f"arn:aws:iam::{ACCOUNT}:role/{role}")
    assert found["ErrorInfo"]["Type"] == "ACCESS_DENIED"
    assert "sts:AssumeRole" in found["ErrorInfo"]["Message"]


def test_an_ingestion_reads_the_lake_in_its_role_alone(quick: Quick) -> None:
    role = quick.server.role(ASK, READ, WRITE, LIST, trusts=QUICKSIGHT, name="blind")
    quick.source("blind", f"arn:aws:iam::{ACCOUNT}:role/{role}")
    done = quick.data_set("blind", quick.relation("days", source="blind"))
    assert done["ErrorInfo"]["Type"] == "PERMISSION_DENIED"
    assert "s3:GetObject" in done["ErrorInfo"]["Message"]
    policy = {"RoleName": role, "PolicyName": "more"}
    quick.server.root("iam").put_role_policy(**policy, PolicyDocument=document(OBJECTS))
    assert quick.refreshed("blind", "sees")["IngestionStatus"] == "COMPLETED"


def test_a_data_source_that_is_gone_fails_the_refresh(quick: Quick) -> None:
    quick.source("brief", quick.role)
    quick.data_set("brief", quick.relation("days", source="brief"))
    quick("delete_data_source", DataSourceId="brief")
    assert quick.refreshed("brief", "late")["ErrorInfo"]["Type"] == "DATA_SOURCE_NOT_FOUND"


def test_an_ingestion_can_be_cancelled_while_it_waits(quick: Quick) -> None:
    slow = "SELECT COUNT(*) AS one FROM UNNEST(SEQUENCE(1, 1000)) a (x), "
    slow += "UNNEST(SEQUENCE(1, 1000)) b (y), UNNEST(SEQUENCE(1, 1000)) c (z) WHERE x * y * z = 7"
    columns = [{"Name": "one", "Type": "INTEGER"}]
    given = {"DataSetId": "slow", "Name": "slow", "ImportMode": "SPICE"}
    made = quick("create_data_set", **given, PhysicalTableMap=sql(columns, slow))
    first = {"DataSetId": "slow", "IngestionId": made["IngestionId"]}
    quick("create_ingestion", DataSetId="slow", IngestionId="second")
    until(
        lambda: quick("describe_ingestion", **first)["Ingestion"]["IngestionStatus"],
        lambda status: status == "RUNNING",
    )
    second = quick("describe_ingestion", DataSetId="slow", IngestionId="second")["Ingestion"]
    assert second["IngestionStatus"] == "QUEUED"
    quick("cancel_ingestion", DataSetId="slow", IngestionId="second")
    quick("cancel_ingestion", **first)
    for ingestion in (made["IngestionId"], "second"):
        done = quick.ingestion("slow", ingestion)
        assert done["IngestionStatus"] == "CANCELLED"
        assert done["ErrorInfo"]["Type"] == "INGESTION_CANCELED"
    with pytest.raises(quick.client.exceptions.InvalidParameterValueException):
        quick("cancel_ingestion", **first)


def test_a_data_set_that_is_queried_directly_holds_nothing(quick: Quick) -> None:
    given = {"DataSetId": "direct", "Name": "direct", "ImportMode": "DIRECT_QUERY"}
    made = quick("create_data_set", **given, PhysicalTableMap=quick.relation("days"))
    assert "IngestionId" not in made
    assert quick.refreshed("direct", "one")["ErrorInfo"]["Type"] == "DATA_SET_NOT_SPICE"


def test_what_a_caller_may_not_is_refused_on_the_exact_resource(quick: Quick) -> None:
    own = arn("quicksight", "dataset/mine")
    acting = quick.server.acting(allow("quicksight:*", own))
    client = acting("quicksight")
    given = {"AwsAccountId": ACCOUNT, "DataSetId": "mine"}
    tables = quick.relation("days")
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.create_data_set(**given, Name="mine", ImportMode="SPICE", PhysicalTableMap=tables)
    said = caught.value.response["Error"]
    assert said["Code"] == "AccessDeniedException"
    assert "quicksight:PassDataSource" in said["Message"]
    assert arn("quicksight", "datasource/lake") in said["Message"]
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_data_set(**given)


def test_a_role_is_handed_to_a_data_source_by_who_may(quick: Quick) -> None:
    source = arn("quicksight", "datasource/handed")
    client = quick.server.acting(allow("quicksight:*", source))("quicksight")
    parameters = {"AthenaParameters": {"RoleArn": quick.role}}
    given = {"AwsAccountId": ACCOUNT, "DataSourceId": "handed", "Name": "handed", "Type": "ATHENA"}
    with pytest.raises(client.exceptions.ClientError, match="iam:PassRole"):
        client.create_data_source(**given, DataSourceParameters=parameters)
