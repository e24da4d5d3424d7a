"""Athena reads S3 and the catalog, and writes results, with the rights of whom asked."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from iam_roles import Server, allow, arn

pytestmark = pytest.mark.server

LAKE, RESULTS = "arn:aws:s3:::lake-of-callers", "arn:aws:s3:::results-of-callers"
CATALOG = [arn("glue", place) for place in ("catalog", "database/default", "database/callers")]
TABLE = arn("glue", "table/callers/events")

ASK = allow("athena:*")
DEFAULT = allow("glue:GetDatabase", CATALOG[:2])
READ_TABLE = allow(["glue:GetTable", "glue:GetPartitions", "glue:GetDatabase"], [*CATALOG, TABLE])
READ_LAKE = allow(["s3:GetObject", "s3:ListBucket"], [LAKE, f"{LAKE}/*"])
WRITE_RESULTS = allow(
    ["s3:GetBucketLocation", "s3:PutObject", "s3:GetObject"], [RESULTS, f"{RESULTS}/*"]
)


@pytest.fixture(scope="module")
def lake(enforcing: Server) -> None:
    s3, glue = enforcing.root("s3"), enforcing.root("glue")
    for bucket in ("lake-of-callers", "results-of-callers"):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket="lake-of-callers", Key="events/a.json", Body=b'{"id": 1}\n')
    glue.create_database(DatabaseInput={"Name": "callers"})
    serde = {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"}
    storage = {
        "Columns": [{"Name": "id", "Type": "bigint"}],
        "Location": "s3://lake-of-callers/events/",
        "SerdeInfo": serde,
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    }
    table = {"Name": "events", "TableType": "EXTERNAL_TABLE", "StorageDescriptor": storage}
    glue.create_table(DatabaseName="callers", TableInput=table)


def asked(athena: Any, sql: str) -> dict[str, Any]:
    """Run a query; returns its end, with its rows where it has some."""
    query = athena.start_query_execution(
        QueryString=sql, ResultConfiguration={"OutputLocation": "s3://results-of-callers/"}
    )["QueryExecutionId"]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        if found["State"] in {"SUCCEEDED", "FAILED", "CANCELLED"}:
            break
        time.sleep(0.05)
    if found["State"] == "SUCCEEDED":
        found["Rows"] = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
    return dict(found)


def test_a_caller_with_all_leave_is_answered(enforcing: Server, lake: None) -> None:
    acting = enforcing.acting(ASK, READ_TABLE, READ_LAKE, WRITE_RESULTS)("athena")
    assert len(asked(acting, "SELECT id FROM callers.events")["Rows"]) == 2


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([READ_TABLE, WRITE_RESULTS], f"s3:ListBucket on resource: {LAKE} because"),
        (
            [READ_TABLE, WRITE_RESULTS, allow("s3:ListBucket", LAKE)],
            f"s3:GetObject on resource: {LAKE}/events/a.json because",
        ),
        ([DEFAULT, READ_LAKE, WRITE_RESULTS], f"on resource: {CATALOG[0]} because"),
        (
            [READ_LAKE, WRITE_RESULTS, allow("glue:*", [*CATALOG[:1], *CATALOG[2:], TABLE])],
            f"glue:GetDatabase on resource: {CATALOG[1]} because",
        ),
        (
            [READ_TABLE, READ_LAKE, allow("s3:GetBucketLocation", RESULTS)],
            f"s3:PutObject on resource: {RESULTS}/",
        ),
    ],
    ids=["list", "object", "catalog", "default", "results"],
)
def test_what_the_caller_may_not_do_ends_the_query_with_its_name(
    enforcing: Server, lake: None, given: list[dict[str, Any]], expected: str
) -> None:
    athena = enforcing.acting(ASK, *given)("athena")

    ended = asked(athena, "SELECT id FROM callers.events")

    assert ended["State"] == "FAILED"
    assert expected in ended["StateChangeReason"]


def test_a_bucket_that_the_caller_may_not_look_for_refuses_the_query(
    enforcing: Server, lake: None
) -> None:
    athena = enforcing.acting(ASK, READ_TABLE, READ_LAKE)("athena")
    with pytest.raises(ClientError, match="Unable to verify/create output bucket"):
        asked(athena, "SELECT 1")
