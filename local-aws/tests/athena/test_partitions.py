"""Partitions: names of their folders, and schemas of their own."""

from collections.abc import Iterator

import boto3
import pytest

from athena_tables import Shop, open_shop


@pytest.fixture
def shop(aws_env: str) -> Iterator[Shop]:
    yield from open_shop("partition_shop")


@pytest.mark.parametrize(
    ("value", "folder"),
    [
        ("é", "é"),
        ("Москва", "Москва"),
        ("a b", "a b"),
        ("a/b=c:d", "a%2Fb%3Dc%3Ad"),
        ("50%", "50%25"),
        ("%41", "%2541"),
        ('"x"', "%22x%22"),
        ("a[1]{2}^", "a%5B1%5D%7B2}%5E"),
        ("a+b&c;d,e<f>g|h~", "a+b&c;d,e<f>g|h~"),
        ("2019-01-01 00:00:00", "2019-01-01 00%3A00%3A00"),
        ("#*?\\", "%23%2A%3F%5C"),
    ],
)
def test_values_in_folders_are_escaped_as_hive_does(shop: Shop, value: str, folder: str) -> None:
    quoted = value.replace("'", "''")
    where = f"PARTITIONED BY (k STRING) STORED AS PARQUET LOCATION 's3://{shop.bucket}/p/'"
    shop.run(f"CREATE EXTERNAL TABLE p (v INT) {where}")
    shop.run(f"INSERT INTO p SELECT 1, '{quoted}' UNION ALL SELECT 2, 'plain'")
    assert {key.split("/")[1] for key in shop.keys("p/")} == {f"k={folder}", "k=plain"}
    rows = [["1", value], ["2", "plain"]]
    assert shop.rows("SELECT v, k FROM p ORDER BY v") == rows
    shop.run(f"CREATE EXTERNAL TABLE again (v INT) {where}")
    shop.run("MSCK REPAIR TABLE again")
    assert set(shop.partitions("again")) == {(value,), ("plain",)}
    assert shop.rows("SELECT v, k FROM again ORDER BY v") == rows
    assert shop.rows(f"SELECT v FROM again WHERE k = '{quoted}'") == [["1"]]


@pytest.mark.parametrize(
    ("table", "partition", "fits"),
    [
        (
            "array<struct<service:string,region:string,impact:string>>",
            "array<struct<service:string,impact:string>>",
            False,
        ),
        ("array<struct<service:string,region:string>>", "array<struct<service:string>>", True),
        ("struct<a:int>", "struct<a:int,b:int>", True),
        ("struct<a:bigint,b:string>", "struct<A:int,B:string>", True),
        ("struct<a:int>", "struct<a:bigint>", False),
        ("struct<a:int>", "int", False),
        ("map<string,bigint>", "map<string,int>", True),
        ("map<string,date>", "map<string,string>", False),
        ("array<array<bigint>>", "array<array<smallint>>", True),
        ("array<date>", "array<string>", False),
        ("bigint", "int", True),
        ("int", "bigint", False),
        ("double", "float", True),
        ("float", "double", False),
        ("string", "varchar(5)", True),
        ("decimal(10,2)", "decimal(5,1)", True),
    ],
)
def test_the_schema_of_a_partition_must_fit_the_tables(
    shop: Shop, table: str, partition: str, fits: bool
) -> None:
    shop.run(
        f"CREATE EXTERNAL TABLE p (c {table}) PARTITIONED BY (k STRING) STORED AS PARQUET "
        f"LOCATION 's3://{shop.bucket}/p/'"
    )
    storage = {
        **shop.table("p")["StorageDescriptor"],
        "Columns": [{"Name": "c", "Type": partition}],
        "Location": f"s3://{shop.bucket}/p/k=a/",
    }
    boto3.client("glue").create_partition(
        DatabaseName=shop.database,
        TableName="p",
        PartitionInput={"Values": ["a"], "StorageDescriptor": storage},
    )
    if fits:
        assert shop.rows("SELECT c FROM p") == []
        return
    reason = shop.fail("SELECT c FROM p")
    assert reason.startswith("HIVE_PARTITION_SCHEMA_MISMATCH: ")
    assert f"'{partition}'" in reason
