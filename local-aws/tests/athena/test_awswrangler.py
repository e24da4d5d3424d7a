"""awswrangler over the local AWS, in the ways that its users use Athena and Glue."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import awswrangler as wr
import boto3
import pandas as pd
import pytest

DATABASE = "wrangled"
BUCKET = "wrangler-bucket"
OUTPUT = f"s3://{BUCKET}/results/"
POLL_S = 0.05

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def database(aws_env: str) -> str:
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    wr.catalog.create_database(DATABASE, exist_ok=True)
    return DATABASE


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": pd.array([1, 2, None, 4], dtype="Int64"),
            "brand": ["a", "b", None, 'say "d"'],
            "price": [Decimal("1.50"), Decimal("-2.00"), None, Decimal("0.05")],
            "at": pd.to_datetime(
                ["2019-10-01 00:00:00", "2019-10-02 01:02:03", None, "2020-01-01 00:00:00"]
            ),
            "share": [0.5, 1e10, None, -1e-5],
            "day": [1, 1, 2, 2],
        }
    )


@pytest.fixture
def table(database: str) -> str:
    name = f"t_{uuid4().hex[:8]}"
    wr.s3.to_parquet(
        frame(),
        path=f"s3://{BUCKET}/{name}/",
        dataset=True,
        database=database,
        table=name,
        partition_cols=["day"],
        dtype={"price": "decimal(10,2)"},
    )
    return name


MODES = {
    "ctas": {"ctas_approach": True},
    "unload": {"ctas_approach": False, "unload_approach": True},
    "plain": {"ctas_approach": False, "unload_approach": False},
}


def read(sql: str, mode: str = "plain", **options: Any) -> Any:
    if mode == "unload":
        options["s3_output"] = f"{OUTPUT}{uuid4().hex}/"
    return wr.athena.read_sql_query(
        sql,
        DATABASE,
        **{"s3_output": OUTPUT, **MODES[mode], **options},
        athena_query_wait_polling_delay=POLL_S,
    )


@pytest.mark.parametrize("mode", MODES)
def test_a_query_reads_the_same_in_every_mode(table: str, mode: str) -> None:
    found = read(f"SELECT * FROM {table} ORDER BY id", mode)
    expected = frame()
    assert list(found["id"].astype("Int64").fillna(-1)) == [1, 2, 4, -1]
    assert found["brand"].fillna("").tolist() == ["a", "b", 'say "d"', ""]
    prices = [None if pd.isna(value) else Decimal(value) for value in found["price"]]
    assert prices == [Decimal("1.50"), Decimal("-2.00"), Decimal("0.05"), None]
    assert found["at"].tolist()[:3] == expected["at"].tolist()[:2] + expected["at"].tolist()[3:]
    assert found["share"].tolist()[:3] == [0.5, 1e10, -1e-5]
    assert found["day"].astype(int).tolist() == [1, 1, 2, 2]
    statistics = found.query_metadata["Statistics"]
    assert statistics["DataScannedInBytes"] > 0


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("chunksize", [True, 2])
def test_chunks_hold_every_row_once(table: str, mode: str, chunksize: Any) -> None:
    if mode == "plain" and chunksize is True:
        chunksize = 3
    chunks = list(read(f"SELECT brand, day FROM {table}", mode, chunksize=chunksize))
    assert sum(len(chunk) for chunk in chunks) == 4
    if chunksize == 2 and mode != "plain":
        assert all(len(chunk) <= 2 for chunk in chunks)


def test_parameters_in_both_styles(table: str) -> None:
    named = f"SELECT id FROM {table} WHERE brand = :brand AND day = :day"
    found = read(named, params={"brand": 'say "d"', "day": 2}, paramstyle="named")
    assert found["id"].tolist() == [4]
    marks = f"SELECT id FROM {table} WHERE brand = ? AND day = ?"
    found = read(marks, params=["'a'", "1"], paramstyle="qmark")
    assert found["id"].tolist() == [1]
    injected = "x' OR '1' = '1"
    assert read(named, params={"brand": injected, "day": 2}, paramstyle="named").empty


def test_empty_result_keeps_its_columns(table: str) -> None:
    for mode in ("ctas", "plain"):
        found = read(f"SELECT id, brand FROM {table} WHERE day = 9", mode)
        assert list(found.columns) == ["id", "brand"]
        assert found.empty


def test_start_wait_and_results(table: str) -> None:
    query_id = wr.athena.start_query_execution(
        f"SELECT count(*) AS n FROM {table}", database=DATABASE, s3_output=OUTPUT
    )
    assert wr.athena.wait_query(query_id)["Status"]["State"] == "SUCCEEDED"
    assert wr.athena.get_query_results(query_id)["n"].tolist() == [4]
    assert wr.athena.get_query_columns_types(query_id) == {"n": "bigint"}
    assert query_id in wr.athena.list_query_executions()
    batch = wr.athena.get_query_executions([query_id])
    assert batch["Status.State" if "Status.State" in batch else "Status"].notna().all()


def test_failure_raises_with_athenas_reason(table: str) -> None:
    with pytest.raises(wr.exceptions.QueryFailed, match="Column 'nothing' cannot be resolved"):
        read(f"SELECT nothing FROM {table}")


def test_create_ctas_table_and_unload(table: str) -> None:
    made = wr.athena.create_ctas_table(
        f"SELECT id, brand FROM {table}",
        database=DATABASE,
        ctas_table=f"{table}_ctas",
        s3_output=f"{OUTPUT}ctas/{table}/",
        storage_format="parquet",
        wait=True,
    )
    assert made["ctas_table"] == f"{table}_ctas"
    assert len(read(f"SELECT * FROM {table}_ctas")) == 4
    where = f"s3://{BUCKET}/unloaded/{table}/"
    done = wr.athena.unload(
        f"SELECT id FROM {table}", where, DATABASE, athena_query_wait_polling_delay=POLL_S
    )
    assert done.raw_payload["Status"]["State"] == "SUCCEEDED"
    bucket, key = done.manifest_location.removeprefix("s3://").split("/", 1)
    written = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode().split()
    assert len(wr.s3.read_parquet(written)) == 4


def test_repair_show_create_describe(table: str) -> None:
    boto3.client("glue").delete_partition(
        DatabaseName=DATABASE, TableName=table, PartitionValues=["2"]
    )
    assert len(read(f"SELECT 1 AS x FROM {table}")) == 2
    wr.athena.repair_table(table, database=DATABASE, s3_output=OUTPUT)
    assert len(read(f"SELECT 1 AS x FROM {table}")) == 4
    shown = wr.athena.show_create_table(table, database=DATABASE, s3_output=OUTPUT)
    assert shown.startswith("CREATE EXTERNAL TABLE")
    assert f"s3://{BUCKET}/{table}" in shown
    described = wr.athena.describe_table(table, database=DATABASE, s3_output=OUTPUT)
    assert described["Column Name"].tolist() == list(frame().columns)
    assert described["Type"].tolist() == [
        *("bigint", "string", "decimal(10,2)", "timestamp", "double", "bigint"),
    ]
    assert described["Partition"].tolist() == [False] * 5 + [True]


def test_catalog(table: str) -> None:
    assert wr.catalog.does_table_exist(DATABASE, table)
    assert wr.catalog.get_table_types(DATABASE, table)["price"] == "decimal(10,2)"
    assert wr.catalog.get_table_location(DATABASE, table) == f"s3://{BUCKET}/{table}/"
    partitions = wr.catalog.get_parquet_partitions(DATABASE, table)
    assert sorted(partitions.values()) == [["1"], ["2"]]
    some = wr.catalog.get_parquet_partitions(DATABASE, table, expression="day > 1")
    assert list(some.values()) == [["2"]]
    assert table in wr.catalog.tables(database=DATABASE)["Table"].tolist()
    assert DATABASE in wr.catalog.databases()["Database"].tolist()
    assert wr.catalog.table(DATABASE, table)["Column Name"].tolist() == list(frame().columns)
    assert [t["Name"] for t in wr.catalog.get_tables(database=DATABASE, name_prefix=table)]
    comments = wr.catalog.get_columns_comments(DATABASE, table)
    assert set(comments) == set(frame().columns)
    assert wr.catalog.delete_table_if_exists(DATABASE, table)
    assert not wr.catalog.does_table_exist(DATABASE, table)


@pytest.mark.parametrize(
    ("mode", "days"),
    [("append", [1, 1, 2, 2, 2]), ("overwrite", [2]), ("overwrite_partitions", [1, 1, 2])],
)
def test_write_modes(table: str, mode: str, days: list[int]) -> None:
    wr.s3.to_parquet(
        frame().tail(1),
        path=f"s3://{BUCKET}/{table}/",
        dataset=True,
        database=DATABASE,
        table=table,
        partition_cols=["day"],
        dtype={"price": "decimal(10,2)"},
        mode=mode,
    )
    found = read(f"SELECT day FROM {table} ORDER BY day")
    assert found["day"].astype(int).tolist() == days
    written = wr.s3.read_parquet_table(table, DATABASE)
    assert sorted(written["day"].astype(int)) == days


def test_csv_dataset(database: str) -> None:
    name = f"csv_{uuid4().hex[:8]}"
    rows = pd.DataFrame({"id": [1, 2], "name": ["a", "b"], "on": [dt.date(2019, 10, 1)] * 2})
    path = f"s3://{BUCKET}/{name}/"
    wr.s3.to_csv(rows, path=path, dataset=True, database=database, table=name, index=False, sep=",")
    found = read(f'SELECT id, name, "on" FROM {name} ORDER BY id')
    assert found["name"].tolist() == ["a", "b"]
    assert found["on"].tolist() == [dt.date(2019, 10, 1)] * 2


def to_iceberg(rows: dict[str, list[object]], **options: Any) -> None:
    wr.athena.to_iceberg(
        pd.DataFrame(rows),
        database=DATABASE,
        table="frozen",
        table_location=f"s3://{BUCKET}/frozen/",
        temp_path=f"s3://{BUCKET}/frozen-parts/",
        s3_output=OUTPUT,
        keep_files=False,
        **options,
    )


def test_to_iceberg_in_its_modes(database: str) -> None:
    def found() -> list[tuple[object, ...]]:
        frame = read("SELECT id, name FROM frozen ORDER BY id, name")
        return list(frame.itertuples(index=False, name=None))

    to_iceberg({"id": [1, 2], "name": ["a", "b"]}, partition_cols=["bucket(4, id)"])
    to_iceberg({"id": [1], "name": ["again"]})
    assert found() == [(1, "a"), (1, "again"), (2, "b")]
    to_iceberg({"id": [1, 2], "name": ["a", "b"]}, mode="overwrite")
    to_iceberg({"id": [2, 3], "name": ["B", "c"]}, merge_cols=["id"])
    assert found() == [(1, "a"), (2, "B"), (3, "c")]
    to_iceberg({"id": [3, 4], "name": ["C", "d"]}, merge_cols=["id"], merge_condition="ignore")
    assert found() == [(1, "a"), (2, "B"), (3, "c"), (4, "d")]
    to_iceberg({"id": [4], "name": ["D"]}, mode="overwrite_partitions", partition_cols=["id"])
    to_iceberg({"id": [5], "name": ["e"], "price": [1.5]}, schema_evolution=True)
    wr.athena.delete_from_iceberg_table(
        pd.DataFrame({"id": [1, 2]}),
        database=database,
        table="frozen",
        merge_cols=["id"],
        temp_path=f"s3://{BUCKET}/frozen-parts/",
        s3_output=OUTPUT,
        keep_files=False,
    )
    assert found() == [(3, "c"), (4, "D"), (5, "e")]
    assert wr.catalog.get_table_types(database, "frozen")["price"] == "double"
