"""Iceberg tables that others read and write: pyiceberg with its own Glue catalog."""

import io
import os
import struct
from collections.abc import Iterator
from typing import Any

import boto3
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyiceberg.avro.decoder import new_decoder
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import BucketTransform
from pyiceberg.typedef import Record
from pyiceberg.types import FixedType, IntegerType, LongType, NestedField, StringType

from athena_tables import Shop, open_shop
from local_aws.engine.iceberg.delta import replace_rows


@pytest.fixture
def shop(aws_env: None) -> Iterator[Shop]:
    yield from open_shop("lake_clients")


@pytest.fixture
def catalog(shop: Shop) -> GlueCatalog:
    endpoint = os.environ["AWS_ENDPOINT_URL"]
    given = {
        "s3.endpoint": endpoint,
        "s3.region": "us-east-1",
        "s3.access-key-id": os.environ["AWS_ACCESS_KEY_ID"],
        "s3.secret-access-key": os.environ["AWS_SECRET_ACCESS_KEY"],
    }
    return GlueCatalog("theirs", client=boto3.client("glue"), **given)


def create(shop: Shop, name: str) -> None:
    shop.run(
        f"CREATE TABLE {name} (id bigint, name string, ts timestamp) "
        f"LOCATION 's3://{shop.bucket}/{name}/' TBLPROPERTIES ('table_type'='ICEBERG')"
    )


def parquet_of(
    shop: Shop, key: str, columns: dict[str, tuple[int, pa.Array]], **said: Any
) -> DataFile:
    """A file as another writer leaves it, and its entry of a manifest."""
    fields = [
        pa.field(name, array.type, metadata={b"PARQUET:field_id": str(number).encode()})
        for name, (number, array) in columns.items()
    ]
    arrays = [array for _, array in columns.values()]
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), buffer)
    shop.put(key, buffer.getvalue())
    made = DataFile.from_args(
        file_path=f"s3://{shop.bucket}/{key}",
        file_format=FileFormat.PARQUET,
        file_size_in_bytes=len(buffer.getvalue()),
        partition=Record(),
        record_count=len(arrays[0]),
        **said,
    )
    made.spec_id = 0
    return made


def rows_for(shop: Shop, key: str) -> DataFile:
    columns = {
        "id": (1, pa.array([7, 8], pa.int64())),
        "Spelled": (2, pa.array(["theirs", None])),
        "ts": (3, pa.array([1, None], pa.timestamp("us"))),
    }
    return parquet_of(shop, key, columns, content=DataFileContent.DATA)


def append(table: Table, file: DataFile) -> None:
    with table.transaction() as change, change.update_snapshot().fast_append() as added:
        added.append_data_file(file)


def test_pyiceberg_and_polars_read_what_athena_wrote(shop: Shop, catalog: GlueCatalog) -> None:
    create(shop, "ours")
    shop.run(
        "INSERT INTO ours VALUES (1, 'a', TIMESTAMP '2020-01-01 00:00:00.000001'), "
        "(2, 'b', NULL), (3, NULL, NULL)"
    )
    shop.run("DELETE FROM ours WHERE id = 2")
    rows = catalog.load_table((shop.database, "ours")).scan().to_arrow().sort_by("id").to_pylist()
    assert [(row["id"], row["name"]) for row in rows] == [(1, "a"), (3, None)]
    assert str(rows[0]["ts"]) == "2020-01-01 00:00:00.000001"
    table = catalog.load_table((shop.database, "ours"))
    in_polars = pl.scan_iceberg(table, storage_options=dict(catalog.properties)).sort("id")
    assert in_polars.select("id", "name").collect().rows() == [(1, "a"), (3, None)]
    planned = list(table.scan("id > 3").plan_files())
    assert planned == []  # by the bounds that Athena wrote


def test_athena_reads_and_changes_what_pyiceberg_wrote(shop: Shop, catalog: GlueCatalog) -> None:
    create(shop, "theirs")
    append(catalog.load_table((shop.database, "theirs")), rows_for(shop, "theirs/data/a.parquet"))
    expected: list[list[str | None]] = [
        ["7", "theirs", "1970-01-01 00:00:00.000001"],
        ["8", None, None],
    ]
    assert shop.rows("SELECT * FROM theirs ORDER BY id") == expected
    shop.run("UPDATE theirs SET name = 'ours' WHERE id = 8")
    assert shop.rows("SELECT id, name FROM theirs ORDER BY id") == [["7", "theirs"], ["8", "ours"]]


def test_equality_deletes_apply_to_older_rows_alone(shop: Shop, catalog: GlueCatalog) -> None:
    create(shop, "equal")
    append(catalog.load_table((shop.database, "equal")), rows_for(shop, "equal/data/a.parquet"))
    deletes = parquet_of(
        shop,
        "equal/data/b.parquet",
        {"id": (1, pa.array([8], pa.int64()))},
        content=DataFileContent.EQUALITY_DELETES,
        equality_ids=[1],
    )
    replace_rows(catalog.load_table((shop.database, "equal")), [], [deletes])
    shop.run("INSERT INTO equal (id, name) VALUES (8, 'later')")
    assert shop.rows("SELECT id, name FROM equal ORDER BY id") == [["7", "theirs"], ["8", "later"]]
    assert shop.rows("SELECT count(*) FROM equal") == [["2"]]


def test_columns_and_fields_that_were_renamed_keep_their_values(
    shop: Shop, catalog: GlueCatalog
) -> None:
    shop.run(
        "CREATE TABLE named (id int, s struct<x:int,y:string>, l array<struct<a:int>>, "
        "m map<string,struct<b:int>>) "
        f"LOCATION 's3://{shop.bucket}/named/' TBLPROPERTIES ('table_type'='ICEBERG')"
    )
    shop.run(
        "INSERT INTO named VALUES (1, ROW(2, 'y'), ARRAY[ROW(3)], MAP(ARRAY['k'], ARRAY[ROW(4)]))"
    )
    table = catalog.load_table((shop.database, "named"))
    with table.update_schema() as update:
        update.rename_column("id", "Number")
        update.rename_column("s.x", "z")
        update.rename_column("l.element.a", "first")
        update.rename_column("m.value.b", "second")
    with table.update_schema() as update:
        update.delete_column("s.y")
    with table.update_schema() as update:
        update.add_column(("s", "y"), IntegerType())
        update.add_column(("s", "x"), StringType())
    shop.run(
        "INSERT INTO named VALUES "
        "(5, ROW(6, 7, 'x'), ARRAY[ROW(8)], MAP(ARRAY['k'], ARRAY[ROW(9)]))"
    )
    assert shop.rows("SELECT number, s, l, m FROM named ORDER BY number") == [
        ["1", "{z=2, y=null, x=null}", "[{first=3}]", "{k={second=4}}"],
        ["5", "{z=6, y=7, x=x}", "[{first=8}]", "{k={second=9}}"],
    ]
    assert shop.rows("SELECT number FROM named WHERE s.z = 2 AND s.y IS NULL") == [["1"]]


def test_doubles_that_partition_a_table_come_back_whole(shop: Shop) -> None:
    shop.run(
        "CREATE TABLE doubles (d double) PARTITIONED BY (d) "
        f"LOCATION 's3://{shop.bucket}/doubles/' TBLPROPERTIES ('table_type'='ICEBERG')"
    )
    shop.run("INSERT INTO doubles VALUES 0.1e0, -1e300")
    assert shop.rows("SELECT d FROM doubles WHERE d = 0.1e0") == [["0.1"]]
    assert shop.rows("SELECT d FROM doubles WHERE d < 0") == [["-1.0E300"]]
    decoder = new_decoder(struct.pack("<d", 0.1))
    assert decoder.read_double() != 0.1, "pyiceberg is mended: avro_doubles.py can go"


def test_partitions_of_all_specs_are_told_and_read(shop: Shop, catalog: GlueCatalog) -> None:
    shop.run(
        "CREATE TABLE evolved (id int, d date) PARTITIONED BY (d) "
        f"LOCATION 's3://{shop.bucket}/evolved/' TBLPROPERTIES ('table_type'='ICEBERG')"
    )
    shop.run("INSERT INTO evolved VALUES (1, DATE '2020-01-01')")
    with catalog.load_table((shop.database, "evolved")).update_spec() as spec:
        spec.add_field("id", BucketTransform(2), "b")
        spec.remove_field("d")
    shop.run("INSERT INTO evolved VALUES (2, DATE '2020-01-02'), (NULL, DATE '2020-01-01')")
    told = 'SELECT partition.d, partition.b, record_count FROM "evolved$partitions" ORDER BY 1, 2'
    assert shop.rows(told) == [["2020-01-01", None, "1"], [None, "0", "1"], [None, None, "1"]]
    assert shop.rows("SELECT count(*) FROM evolved WHERE d = DATE '2020-01-01'") == [["2"]]


def test_columns_of_a_fixed_length_are_read_and_not_written(
    shop: Shop, catalog: GlueCatalog
) -> None:
    columns = Schema(
        NestedField(1, "id", LongType(), required=False),
        NestedField(2, "code", FixedType(2), required=False),
    )
    made = catalog.create_table((shop.database, "fixed"), columns, f"s3://{shop.bucket}/fixed")
    codes = pa.array([b"ab"], pa.binary(2))
    rows = {"id": (1, pa.array([1], pa.int64())), "code": (2, codes)}
    append(made, parquet_of(shop, "fixed/data/a.parquet", rows, content=DataFileContent.DATA))
    assert shop.rows("SELECT * FROM fixed") == [["1", "61 62"]]
    assert "NOT_SUPPORTED: writing column code" in shop.fail("INSERT INTO fixed VALUES (2, X'61')")
