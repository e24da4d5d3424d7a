"""What tests of QuickSight share: its calls, and what is waited for."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from iam_roles import ACCOUNT, Server, allow, arn

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
