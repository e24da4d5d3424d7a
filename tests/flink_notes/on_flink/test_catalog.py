"""Permanent tables of a note are in Glue, for other kernels and for Athena to see."""

import time

import awswrangler as wr
import boto3
import pytest

from flink_notes import catalog
from flink_notes.answers import query
from flink_notes.environment import DATABASE, environments
from flink_notes.session import Session
from helpers import aws
from helpers.errors import InputError, PlatformError

TABLE = """
CREATE TABLE IF NOT EXISTS ecomm_stream (
    user_id BIGINT COMMENT 'the visitor',
    price DECIMAL(10, 2),
    tags ARRAY<STRING>,
    at_text STRING,
    txn AS TO_TIMESTAMP(at_text),
    received TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
    WATERMARK FOR txn AS txn - INTERVAL '10' SECOND
) COMMENT 'what happens' WITH (
    'connector' = 'kinesis', 'format' = 'json', 'aws.region' = 'us-east-1',
    'stream.arn' = 'arn:aws:kinesis:us-east-1:000000000000:stream/one'
)"""
LAKE = {
    "Name": "user_activity",
    "StorageDescriptor": {"Columns": [{"Name": "user_id", "Type": "bigint"}]},
    "Parameters": {"classification": "parquet"},
}


@pytest.fixture
def glue(aws_env):
    """Glue of the local AWS with a table of the lake, and without Flink's at the end."""
    aws.client.cache_clear()
    client = boto3.client("glue")
    client.create_database(DatabaseInput={"Name": DATABASE})
    client.create_table(DatabaseName=DATABASE, TableInput=LAKE)
    yield client
    client.delete_database(Name=DATABASE)
    aws.client.cache_clear()


@pytest.fixture
def kernel(jvm):
    """Makes kernels: each has its own catalog in memory, all one JVM."""

    def make():
        return Session(environments.__wrapped__())

    return make


def run(session, sql):
    return session.submit(session.parse(sql))


def names(client):
    return [t["Name"] for t in client.get_tables(DatabaseName=DATABASE)["TableList"]]


def described(session, table):
    return query(session, f"DESCRIBE {table}").values.tolist()


def test_a_table_of_one_kernel_is_in_the_next_until_it_is_dropped(glue, kernel):
    one = kernel()
    run(one, TABLE)
    two = kernel()
    assert described(two, "ecomm_stream") == described(one, "ecomm_stream")
    shown = query(two, "SHOW CREATE TABLE ecomm_stream").iloc[0, 0]
    assert "WATERMARK FOR `txn` AS `txn` - INTERVAL '10' SECOND" in shown
    assert "'stream.arn' = 'arn:aws:kinesis:us-east-1:000000000000:stream/one'" in shown

    run(two, TABLE.replace("stream/one", "stream/two"))
    assert shown == query(two, "SHOW CREATE TABLE ecomm_stream").iloc[0, 0]
    run(two, "ALTER TABLE ecomm_stream SET ('source.init.position' = 'TRIM_HORIZON')")
    assert "TRIM_HORIZON" in query(one, "SHOW CREATE TABLE ecomm_stream").iloc[0, 0]

    run(one, "DROP TABLE ecomm_stream")
    assert names(glue) == ["user_activity"]
    assert query(two, "SHOW TABLES").empty


def test_without_its_database_a_permanent_table_is_refused_and_not_half_made(kernel, aws_env):
    aws.client.cache_clear()
    session = kernel()
    with pytest.raises(InputError, match="database db_commerce does not exist: `make deploy"):
        run(session, TABLE)
    assert query(session, "SHOW TABLES").empty


def test_glue_is_asked_once_by_each_statement_that_names_a_table(glue, kernel, monkeypatch):
    session = kernel()
    run(session, TABLE)
    asked = []
    monkeypatch.setattr(catalog, "_glue_tables", lambda: asked.append(1) or {})
    session.parse("SET 'a' = 'b'")
    session.parse("SELECT 1 + 1")
    assert not asked
    session.parse("SHOW TABLES")
    assert len(asked) == 1


def test_a_kernel_goes_on_with_temporary_tables_where_no_glue_answers(kernel, aws_env, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    session = kernel()
    assert query(session, "SHOW TABLES").empty
    with pytest.raises(PlatformError, match="start it with `make aws`"):
        session.catalog.load(needed=True)


def test_glue_and_athena_readers_see_the_columns_and_a_clear_refusal(glue, kernel):
    run(kernel(), TABLE)
    table = glue.get_table(DatabaseName=DATABASE, Name="ecomm_stream")["Table"]
    columns = {c["Name"]: c["Type"] for c in table["StorageDescriptor"]["Columns"]}
    assert columns == {
        "user_id": "bigint",
        "price": "decimal(10,2)",
        "tags": "array<string>",
        "at_text": "string",
        "txn": "timestamp",
        "received": "timestamp",
    }
    assert table["Parameters"]["flink.connector"] == "kinesis"
    assert wr.catalog.get_table_types(DATABASE, "ecomm_stream") == columns
    assert set(wr.catalog.tables(database=DATABASE)["Table"]) == {"ecomm_stream", "user_activity"}
    boto3.client("s3").create_bucket(Bucket="flink-glue")
    columns_of_all = f"FROM information_schema.columns WHERE table_schema = '{DATABASE}'"
    assert athena(f"SHOW TABLES IN {DATABASE}")[0] == "SUCCEEDED"
    assert athena(f"SELECT COUNT(column_name) {columns_of_all}")[0] == "SUCCEEDED"
    state, reason = athena(f"SELECT * FROM {DATABASE}.ecomm_stream")
    assert (state, reason.split(":")[0]) == ("FAILED", "HIVE_METASTORE_ERROR")


def athena(sql):
    client = boto3.client("athena")
    result = {"OutputLocation": "s3://flink-glue/results/"}
    query = client.start_query_execution(QueryString=sql, ResultConfiguration=result)
    while True:
        status = client.get_query_execution(QueryExecutionId=query["QueryExecutionId"])
        status = status["QueryExecution"]["Status"]
        if status["State"] in {"SUCCEEDED", "FAILED"}:
            return status["State"], status.get("StateChangeReason", "")
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (TABLE.replace("'format'", "'aws.credentials.basic.secretkey' = 's', 'format'"),
         "its option 'aws.credentials.basic.secretkey' would stand in Glue"),
        (TABLE.replace("'format'", "'aws.credentials.basic.accesskeyid' = 's', 'format'"),
         "its option 'aws.credentials.basic.accesskeyid' would stand in Glue"),
        (TABLE.replace("ecomm_stream", "user_activity"), "not one of Flink's"),
        (TABLE.replace("ecomm_stream", "Events"), "call the table events, not Events"),
        (TABLE.replace("ecomm_stream", "default_database.t"),
         "default_catalog.default_database is in memory"),
        ("CREATE VIEW v AS SELECT 1 AS x", "write CREATE TEMPORARY VIEW"),
    ],
)  # fmt: skip
def test_what_glue_must_not_hold_is_refused_and_leaves_no_trace(glue, kernel, sql, said):
    session = kernel()
    with pytest.raises(PlatformError) as caught:
        run(session, sql)
    assert said in str(caught.value)
    assert names(glue) == ["user_activity"]
    assert query(session, "SHOW TABLES").empty


def test_temporary_tables_and_the_lake_are_left_alone(glue, kernel):
    session = kernel()
    run(session, TABLE.replace("CREATE TABLE", "CREATE TEMPORARY TABLE"))
    run(session, "CREATE TEMPORARY VIEW v AS SELECT 1 AS x")
    run(session, "DROP TABLE IF EXISTS user_activity")
    assert names(glue) == ["user_activity"]


def test_a_table_that_flink_cannot_read_is_named_and_left_out(glue, kernel):
    bad = {"Name": "broken", "Parameters": {"flink.connector": "x", "flink.schema.0.name": "a",
           "flink.schema.0.data-type": "NO TYPE"}}  # fmt: skip
    glue.create_table(DatabaseName=DATABASE, TableInput=bad)
    session = kernel()
    assert query(session, "SHOW TABLES").empty
    (problem,) = session.catalog.problems()
    assert "broken" in problem
    run(session, "DROP TABLE IF EXISTS other")
    assert session.catalog.problems() == []
    run(session, TABLE)
    assert sorted(names(glue)) == ["broken", "ecomm_stream", "user_activity"]


def test_without_aws_a_permanent_table_is_refused_with_the_way_out(kernel, aws_env, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(PlatformError, match="start it with `make aws`"):
        run(kernel(), TABLE)
