"""A local AWS that enforces policies and has little SPICE, with a lake of one table."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from iam_roles import ACCOUNT, Server, allow, arn
from local_aws import testing
from local_aws.quicksight.spice import CAPACITY

LAKE, RESULTS, WORKGROUP = "quick-lake", "quick-results", "quick"
BYTES = 4000
PATIENCE_S = 60
COLUMNS = [
    {"Name": "day", "Type": "DATETIME"},
    {"Name": "brand", "Type": "STRING"},
    {"Name": "seen", "Type": "INTEGER"},
    {"Name": "revenue", "Type": "DECIMAL", "SubType": "FIXED"},
]
ASK = allow(["athena:*"], arn("athena", f"workgroup/{WORKGROUP}"))
READ = allow(["glue:Get*"], "*", Sid="catalog")
OBJECTS = allow("s3:GetObject", f"arn:aws:s3:::{LAKE}/*")
WRITE = allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{RESULTS}/*")
LIST = allow(["s3:GetBucketLocation", "s3:ListBucket"], "*")
QUICKSIGHT = {"Service": "quicksight.amazonaws.com"}


@dataclass
class Quick:
    """QuickSight of the tests' account: what is given to each call, and what is waited for."""

    server: Server
    client: Any
    athena: Any
    role: str

    def __call__(self, operation: str, **given: Any) -> Any:
        return getattr(self.client, operation)(AwsAccountId=ACCOUNT, **given)

    def sql(self, statement: str) -> None:
        """Run a statement as the account's root."""
        started = self.athena.start_query_execution(QueryString=statement, WorkGroup=WORKGROUP)
        query = started["QueryExecutionId"]
        done = until(
            lambda: self.athena.get_query_execution(QueryExecutionId=query)["QueryExecution"],
            lambda found: found["Status"]["State"] not in {"QUEUED", "RUNNING"},
        )
        assert done["Status"]["State"] == "SUCCEEDED", done["Status"]

    def source(self, name: str, role: str, **more: Any) -> Any:
        """Make a data source and wait until it is made."""
        parameters = {"AthenaParameters": {"WorkGroup": WORKGROUP, "RoleArn": role}}
        given = {"DataSourceId": name, "Name": name, "Type": "ATHENA"}
        self("create_data_source", **given, DataSourceParameters=parameters, **more)
        return until(
            lambda: self("describe_data_source", DataSourceId=name)["DataSource"],
            lambda found: not found["Status"].endswith("IN_PROGRESS"),
        )

    def relation(self, table: str, columns: Any = None, source: str = "lake") -> Any:
        """Write the physical tables of one relation."""
        relational = {
            "DataSourceArn": arn("quicksight", f"datasource/{source}"),
            "Schema": "shop",
            "Name": table,
            "InputColumns": columns or COLUMNS,
        }
        return {"table": {"RelationalTable": relational}}

    def data_set(self, name: str, tables: Any, **more: Any) -> Any:
        """Make a data set and wait for its first ingestion."""
        given = {"DataSetId": name, "Name": name, "PhysicalTableMap": tables}
        made = self("create_data_set", **{**given, "ImportMode": "SPICE", **more})
        return self.ingestion(name, made["IngestionId"])

    def refreshed(self, name: str, ingestion: str) -> Any:
        """Ingest a data set anew and wait for the end."""
        self("create_ingestion", DataSetId=name, IngestionId=ingestion)
        return self.ingestion(name, ingestion)

    def ingestion(self, data_set: str, ingestion: str) -> Any:
        """Wait for the end of an ingestion."""
        given = {"DataSetId": data_set, "IngestionId": ingestion}
        return until(
            lambda: self("describe_ingestion", **given)["Ingestion"],
            lambda found: found["IngestionStatus"] in {"COMPLETED", "FAILED", "CANCELLED"},
        )

    def version(self, dashboard: str, number: int) -> Any:
        """Wait until a version of a dashboard is made."""
        given = {"DashboardId": dashboard, "VersionNumber": number}
        return until(
            lambda: self("describe_dashboard", **given)["Dashboard"]["Version"],
            lambda found: not found["Status"].endswith("IN_PROGRESS"),
        )


def until(look: Callable[[], Any], is_so: Callable[[Any], bool]) -> Any:
    """Look again and again until something is so."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = look()
        if is_so(found):
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {PATIENCE_S} s: {found}")


@pytest.fixture(scope="session")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quick]:
    """Run the server, with a table, a role that may read it and a data source in that role."""
    folder = tmp_path_factory.mktemp("quicksight")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CAPACITY.name, str(BYTES))
        with testing.running(folder, "--iam") as endpoint:
            server = Server(endpoint, folder)
            for bucket in (LAKE, RESULTS):
                server.root("s3").create_bucket(Bucket=bucket)
            location = {"OutputLocation": f"s3://{RESULTS}/"}
            configuration = {"ResultConfiguration": location, "EnforceWorkGroupConfiguration": True}
            athena = server.root("athena")
            athena.create_work_group(Name=WORKGROUP, Configuration=configuration)
            server.root("glue").create_database(DatabaseInput={"Name": "shop"})
            role = server.role(ASK, READ, OBJECTS, WRITE, LIST, trusts=QUICKSIGHT, name="reads")
            role = f"arn:aws:iam::{ACCOUNT}:role/{role}"
            made = Quick(server, server.root("quicksight"), athena, role)
            columns = "brand STRING, seen BIGINT, price DOUBLE"
            made.sql(
                f"CREATE EXTERNAL TABLE shop.events ({columns}) LOCATION 's3://{LAKE}/events/'"
            )
            rows = "('apple', 3, 1.5), ('bosch', 4, 0.25), ('acer, inc', 5, 2)"
            made.sql(f"INSERT INTO shop.events VALUES {rows}")
            made.sql(
                """
                CREATE VIEW shop.days AS
                SELECT
                    DATE '2019-10-01' AS day,
                    brand,
                    seen,
                    CAST(seen * price AS DECIMAL(12, 2)) AS revenue
                FROM shop.events
                """
            )
            assert made.source("lake", role)["Status"] == "CREATION_SUCCESSFUL"
            yield made
