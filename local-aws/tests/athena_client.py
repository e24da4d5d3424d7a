"""What tests of the local Athena share: a query run to its end, and its rows."""

import time
from dataclasses import dataclass
from typing import Any

import boto3

FINAL = ("SUCCEEDED", "FAILED", "CANCELLED")


@dataclass
class Athena:
    """A client, and where its results go."""

    client: Any
    output: str

    def start(self, sql: str, **members: Any) -> str:
        members.setdefault("ResultConfiguration", {"OutputLocation": self.output})
        answer = self.client.start_query_execution(QueryString=sql, **members)
        return str(answer["QueryExecutionId"])

    def wait(self, query_id: str, patience_s: float = 60) -> dict[str, Any]:
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            found = self.client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
            if found["Status"]["State"] in FINAL:
                return dict(found)
            time.sleep(0.01)
        raise AssertionError(f"{query_id} did not end within {patience_s} s: {found['Status']}")

    def run(self, sql: str, **members: Any) -> dict[str, Any]:
        return self.wait(self.start(sql, **members))

    def succeed(self, sql: str, **members: Any) -> dict[str, Any]:
        done = self.run(sql, **members)
        assert done["Status"]["State"] == "SUCCEEDED", done["Status"]
        return done

    def page(self, done: dict[str, Any], **members: Any) -> dict[str, Any]:
        query_id = done["QueryExecutionId"]
        return dict(self.client.get_query_results(QueryExecutionId=query_id, **members))

    def rows(self, sql: str, **members: Any) -> list[list[str | None]]:
        """The rows of a query with its header, NULL as None."""
        return cells(self.page(self.succeed(sql, **members)))


def cells(page: dict[str, Any]) -> list[list[str | None]]:
    return [[d.get("VarCharValue") for d in r["Data"]] for r in page["ResultSet"]["Rows"]]


def connect(bucket: str) -> Athena:
    boto3.client("s3").create_bucket(Bucket=bucket)
    return Athena(boto3.client("athena"), f"s3://{bucket}/results/")
