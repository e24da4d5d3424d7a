"""Tables that clients put into Glue with something missing: the service's own words, never ours."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from athena_tables import Shop, open_shop

INT = {"Name": "a", "Type": "int"}
TEXT = "org.apache.hadoop.mapred.TextInputFormat"
LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
STORED = {
    "Columns": [INT],
    "Location": "s3://catalog-shop-bucket/x/",
    "InputFormat": TEXT,
    "SerdeInfo": {"SerializationLibrary": LAZY},
}


@pytest.fixture
def shop(aws_env: str) -> Iterator[Shop]:
    yield from open_shop("catalog_shop")


def stored(**changes: Any) -> dict[str, Any]:
    """A table's input whose storage differs; None takes a member away."""
    storage = {name: value for name, value in {**STORED, **changes}.items() if value is not None}
    return {"TableType": "EXTERNAL_TABLE", "StorageDescriptor": storage}


def put(shop: Shop, given: dict[str, Any]) -> None:
    boto3.client("glue").create_table(DatabaseName=shop.database, TableInput={"Name": "t", **given})


DUPLICATE = "HIVE_INVALID_METADATA: Hive metadata for table t is invalid: Table descriptor contains"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "HIVE_METASTORE_ERROR: Required Table Storage Descriptor is not populated"),
        (stored(SerdeInfo=None), "HIVE_METASTORE_ERROR: Table storage descriptor is missing SerDe"),
        (stored(SerdeInfo={}), "HIVE_METASTORE_ERROR: Table storage descriptor is missing SerDe"),
        (stored(InputFormat=None), "HIVE_UNKNOWN_ERROR: Unable to create input format"),
        (stored(Location=None), "HIVE_UNKNOWN_ERROR: Can not create a Path from an empty string"),
        (stored(Location="hdfs://x/y"), "HIVE_INVALID_METADATA: hdfs://x/y is not an S3 location"),
        (stored(Columns=[{"Name": "a"}]), "column 'a' has invalid data type: null"),
        (stored(Columns=[{"Name": "a", "Type": "foo"}]), "column 'a' has invalid data type: foo"),
        (
            stored(Columns=[{"Name": "a", "Type": "struct<x int"}]),
            "has invalid data type: struct<x",
        ),
        (stored(Columns=[INT, {"Name": "A", "Type": "string"}]), DUPLICATE),
        ({**stored(), "PartitionKeys": [{"Name": "a", "Type": "int"}]}, DUPLICATE),
        ({**stored(), "PartitionKeys": [{"Name": "k", "Type": "int"}] * 2}, DUPLICATE),
        ({**stored(), "PartitionKeys": [{"Name": "k"}]}, "column 'k' has invalid data type: null"),
        ({"TableType": "VIRTUAL_VIEW"}, "HIVE_UNSUPPORTED_FORMAT: catalog_shop.t is a Hive view"),
        (
            {"TableType": "VIRTUAL_VIEW", "ViewOriginalText": "/* Presto View: e30= */"},
            "HIVE_INVALID_VIEW_DATA",
        ),
    ],
)
def test_a_table_that_cannot_be_queried_says_why(
    shop: Shop, given: dict[str, Any], reason: str
) -> None:
    put(shop, given)
    for sql in ("SELECT * FROM t", "SELECT count(*) FROM t"):
        assert reason in shop.fail(sql)
    assert shop.lines("SHOW TABLES") == ["t"]
    shop.rows("SELECT * FROM information_schema.columns WHERE table_schema = 'catalog_shop'")


@pytest.mark.parametrize(
    "sql", ["DESCRIBE t", "SHOW CREATE TABLE t", "MSCK REPAIR TABLE t", "SHOW COLUMNS IN t"]
)
def test_hives_statements_need_a_table_type(shop: Shop, sql: str) -> None:
    put(shop, {"StorageDescriptor": STORED})
    assert shop.fail(sql) == "FAILED: NullPointerException Name is null"
    assert shop.rows("SELECT * FROM t") == []
    shop.run("DROP TABLE t")


def test_types_in_capitals_are_types(shop: Shop) -> None:
    shop.put("x/f", b"7\n")
    put(shop, stored(Columns=[{"Name": "A", "Type": "INT"}]))
    assert shop.rows("SELECT a + 1 FROM t") == [["8"]]
