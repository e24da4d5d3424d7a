"""What QuickSight said is there after a kill, and what was under way has ended."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest

from quicksight_client import until

pytestmark = pytest.mark.server  # it starts servers of its own
ACCOUNT = {"AwsAccountId": "000000000000"}
SLOW = """
    SELECT COUNT(*) AS one
    FROM UNNEST(SEQUENCE(1, 2000)) a (x)
    CROSS JOIN UNNEST(SEQUENCE(1, 2000)) b (y)
    CROSS JOIN UNNEST(SEQUENCE(1, 2000)) c (z)
    WHERE x * y * z = 7
"""


def started(folder: Path) -> tuple[subprocess.Popen[str], Any]:
    command = [sys.executable, "-m", "local_aws", "--port", "0", "--data", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    line = server.stdout.readline()  # type: ignore[union-attr]
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    place = {"endpoint_url": line.split()[1], "region_name": "us-east-1"}
    return server, lambda service: boto3.client(service, **place, **keys)


def tables(statement: str) -> Any:
    source = "arn:aws:quicksight:us-east-1:000000000000:datasource/lake"
    columns = [{"Name": "one", "Type": "INTEGER"}]
    custom = {"DataSourceArn": source, "Name": "sql", "SqlQuery": statement, "Columns": columns}
    return {"only": {"CustomSql": custom}}


def test_a_killed_server_keeps_what_it_said_and_ends_what_was_under_way(tmp_path: Path) -> None:
    server, client = started(tmp_path)
    try:
        client("s3").create_bucket(Bucket="results")
        location = {"ResultConfiguration": {"OutputLocation": "s3://results/"}}
        client("athena").create_work_group(Name="quick", Configuration=location)
        quick = client("quicksight")
        parameters = {"AthenaParameters": {"WorkGroup": "quick"}}
        given = {**ACCOUNT, "DataSourceId": "lake", "Name": "lake", "Type": "ATHENA"}
        quick.create_data_source(**given, DataSourceParameters=parameters)
        until(
            lambda: quick.describe_data_source(**ACCOUNT, DataSourceId="lake")["DataSource"],
            lambda found: found["Status"] == "CREATION_SUCCESSFUL",
        )
        one = {**ACCOUNT, "DataSetId": "one"}
        spice = {"Name": "x", "ImportMode": "SPICE"}
        made = quick.create_data_set(**one, **spice, PhysicalTableMap=tables("SELECT 1 AS one"))
        until(
            lambda: quick.describe_ingestion(**one, IngestionId=made["IngestionId"])["Ingestion"],
            lambda found: found["IngestionStatus"] == "COMPLETED",
        )
        slow = {**ACCOUNT, "DataSetId": "slow"}
        begun = quick.create_data_set(**slow, **spice, PhysicalTableMap=tables(SLOW))
        until(
            lambda: quick.describe_ingestion(**slow, IngestionId=begun["IngestionId"])["Ingestion"],
            lambda found: found["IngestionStatus"] == "RUNNING",
        )
    finally:
        server.kill()
        server.wait()
    server, client = started(tmp_path)
    try:
        quick = client("quicksight")
        held = quick.describe_data_set(**one)["DataSet"]
        assert held["ConsumedSpiceCapacityInBytes"] == 8
        found = quick.describe_ingestion(**slow, IngestionId=begun["IngestionId"])["Ingestion"]
        assert found["IngestionStatus"] == "FAILED"
        assert found["ErrorInfo"]["Type"] == "INTERNAL_SERVICE_ERROR"
        quick.create_ingestion(**one, IngestionId="again")
        until(
            lambda: quick.describe_ingestion(**one, IngestionId="again")["Ingestion"],
            lambda found: found["IngestionStatus"] == "COMPLETED",
        )
    finally:
        server.kill()
        server.wait()
