"""What tests of Athena's tables share: a database and a bucket of their own, and files in it."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq

from athena_client import Athena, connect


@dataclass
class Shop:
    """A database of one test, its bucket, and Athena pointed at it."""

    athena: Athena
    database: str
    bucket: str

    def put(self, key: str, body: bytes) -> None:
        boto3.client("s3").put_object(Bucket=self.bucket, Key=key, Body=body)

    def put_parquet(self, key: str, columns: dict[str, Any], **options: Any) -> None:
        buffer = io.BytesIO()
        pq.write_table(pa.table(columns), buffer, **options)
        self.put(key, buffer.getvalue())

    def keys(self, prefix: str) -> list[str]:
        listed = boto3.client("s3").list_objects_v2(Bucket=self.bucket, Prefix=prefix)
        return [each["Key"] for each in listed.get("Contents", [])]

    @property
    def where(self) -> dict[str, Any]:
        return {"QueryExecutionContext": {"Database": self.database}}

    def run(self, sql: str, **members: Any) -> dict[str, Any]:
        return self.athena.succeed(sql, **self.where, **members)

    def fail(self, sql: str, **members: Any) -> str:
        done = self.athena.run(sql, **self.where, **members)
        assert done["Status"]["State"] == "FAILED", done["Status"]
        return str(done["Status"]["StateChangeReason"])

    def rows(self, sql: str, **members: Any) -> list[list[str | None]]:
        """The rows of a SELECT without its header."""
        return self.athena.rows(sql, **self.where, **members)[1:]

    def lines(self, sql: str) -> list[str]:
        """The lines of a statement that answers with text."""
        rows = self.athena.rows(sql, **self.where)
        return ["\t".join(cell or "" for cell in row) for row in rows]

    def table(self, name: str) -> dict[str, Any]:
        found = boto3.client("glue").get_table(DatabaseName=self.database, Name=name)
        return dict(found["Table"])

    def partitions(self, name: str) -> dict[tuple[str, ...], str]:
        found = boto3.client("glue").get_partitions(DatabaseName=self.database, TableName=name)
        return {
            tuple(each["Values"]): each["StorageDescriptor"]["Location"]
            for each in found["Partitions"]
        }


def open_shop(name: str) -> Iterator[Shop]:
    """A database and bucket of this name; at the end the one is dropped, the other emptied."""
    bucket = f"{name.replace('_', '-')}-bucket"
    athena = connect(bucket)
    athena.succeed(f"CREATE DATABASE {name}")
    shop = Shop(athena, name, bucket)
    yield shop
    athena.succeed(f"DROP DATABASE {name} CASCADE")
    s3 = boto3.client("s3")
    for key in shop.keys(""):
        s3.delete_object(Bucket=bucket, Key=key)
