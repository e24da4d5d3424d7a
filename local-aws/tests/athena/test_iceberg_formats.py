"""Iceberg tables whose files are ORC or Avro, as Spark, Flink and Trino write them."""

import datetime as dt
import io
import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import boto3
import fastavro
import pyarrow as pa
import pytest
from pyarrow import orc
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.typedef import Record

from athena_tables import Shop, open_shop
from local_aws.engine.iceberg.delta import replace_rows

COLUMNS = (
    "id int, name string, price decimal(10,2), d date, ts timestamp, b binary, f float, "
    "tags array<string>, m map<int,string>, s struct<x:int,y:string>"
)
MOMENT = dt.datetime(2020, 1, 1, 0, 0, 0, 123456)
ROWS: list[dict[str, Any]] = [
    {
        **{"id": 1, "called": "a", "price": Decimal("1.50"), "d": dt.date(2020, 1, 1)},
        **{"ts": MOMENT, "b": b"\x00\xff", "f": 1.5, "tags": ["x", None]},
        **{"m": [(1, "one")], "s": {"x": 1, "was_y": "in"}},
    },
    {"id": 2, "called": None, "tags": [], "m": [], "s": {"x": None, "was_y": "q"}},
    {"id": 3, "called": "c"},
]
SHOWN: list[list[str | None]] = [
    [
        *("1", "a", "1.50", "2020-01-01", "2020-01-01 00:00:00.123456", "00 ff", "1.5"),
        *("[x, null]", "{1=one}", "{x=1, y=in}"),
    ],
    ["2", None, None, None, None, None, None, "[]", "{}", "{x=null, y=q}"],
    ["3", "c", *[None] * 8],
]


def field(number: int, name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, metadata={"iceberg.id": str(number)})


ORC = pa.schema(
    [
        field(1, "id", pa.int32()),
        field(2, "called", pa.string()),
        field(3, "price", pa.decimal128(10, 2)),
        field(4, "d", pa.date32()),
        field(5, "ts", pa.timestamp("ns")),
        field(6, "b", pa.binary()),
        field(7, "f", pa.float32()),
        field(8, "tags", pa.list_(field(11, "item", pa.string()))),
        field(9, "m", pa.map_(pa.int32(), field(13, "value", pa.string()))),
        field(10, "s", pa.struct([field(14, "x", pa.int32()), field(15, "was_y", pa.string())])),
    ]
)


def member(number: int, name: str, kind: Any) -> dict[str, Any]:
    return {"name": name, "type": ["null", kind], "default": None, "field-id": number}


PAIR = {
    "type": "record",
    "name": "pair",
    "fields": [
        {"name": "key", "type": "int", "field-id": 12},
        {"name": "value", "type": ["null", "string"], "field-id": 13},
    ],
}
INSIDE = {
    "type": "record",
    "name": "inside",
    "fields": [member(14, "x", "int"), member(15, "was_y", "string")],
}
AVRO = [
    member(1, "id", "int"),
    member(2, "called", "string"),
    member(3, "price", {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}),
    member(4, "d", {"type": "int", "logicalType": "date"}),
    member(5, "ts", {"type": "long", "logicalType": "timestamp-micros", "adjust-to-utc": False}),
    member(6, "b", "bytes"),
    member(7, "f", "float"),
    member(8, "tags", {"type": "array", "items": ["null", "string"], "element-id": 11}),
    member(9, "m", {"type": "array", "logicalType": "map", "items": PAIR}),
    member(10, "s", INSIDE),
]


def in_orc(rows: list[dict[str, Any]]) -> bytes:
    schema = pa.schema([each for each in ORC if any(each.name in row for row in rows)])
    buffer = io.BytesIO()
    orc.write_table(pa.Table.from_pylist(rows, schema=schema), buffer, compression="zlib")
    return buffer.getvalue()


def in_avro(rows: list[dict[str, Any]]) -> bytes:
    fields = [each for each in AVRO if any(each["name"] in row for row in rows)]
    given = [
        {
            **row,
            **(
                {"m": [dict(zip(("key", "value"), p, strict=True)) for p in row["m"]]}
                if "m" in row
                else {}
            ),
            **({"ts": row["ts"].replace(tzinfo=dt.UTC)} if "ts" in row else {}),
        }
        for row in rows
    ]
    buffer = io.BytesIO()
    schema = {"type": "record", "name": "table", "fields": fields}
    fastavro.writer(buffer, fastavro.parse_schema(schema), given, codec="deflate")
    return buffer.getvalue()


def places_in_orc(path: str, places: list[int]) -> bytes:
    schema = pa.schema(
        [field(2147483546, "file_path", pa.string()), field(2147483545, "pos", pa.int64())]
    )
    buffer = io.BytesIO()
    orc.write_table(pa.table([[path] * len(places), places], schema=schema), buffer)
    return buffer.getvalue()


def places_in_avro(path: str, places: list[int]) -> bytes:
    fields = [
        {"name": "file_path", "type": "string", "field-id": 2147483546},
        {"name": "pos", "type": "long", "field-id": 2147483545},
    ]
    buffer = io.BytesIO()
    schema = {"type": "record", "name": "position_delete", "fields": fields}
    given = [{"file_path": path, "pos": place} for place in places]
    fastavro.writer(buffer, fastavro.parse_schema(schema), given)
    return buffer.getvalue()


FORMATS = [
    pytest.param(FileFormat.ORC, in_orc, places_in_orc, id="orc"),
    pytest.param(FileFormat.AVRO, in_avro, places_in_avro, id="avro"),
]


@pytest.fixture
def shop(aws_env: None) -> Iterator[Shop]:
    yield from open_shop("lake_formats")


def opened() -> GlueCatalog:
    given = {"s3.endpoint": os.environ["AWS_ENDPOINT_URL"], "s3.region": "us-east-1"}
    return GlueCatalog("theirs", client=boto3.client("glue"), **given)


def commit(shop: Shop, name: str, kind: FileFormat, body: bytes, rows: int, **said: Any) -> str:
    """Put a file into a table as another writer does; returns where it is."""
    table = opened().load_table((shop.database, name))
    key = f"{name}/data/{len(shop.keys(name))}.{kind.value.lower()}"
    shop.put(key, body)
    made = DataFile.from_args(
        file_path=f"s3://{shop.bucket}/{key}",
        file_format=kind,
        file_size_in_bytes=len(body),
        partition=Record(),
        record_count=rows,
        **said,
    )
    made.spec_id = 0
    if said["content"] == DataFileContent.DATA:
        with table.transaction() as change, change.update_snapshot().fast_append() as added:
            added.append_data_file(made)
    else:
        replace_rows(table, [], [made])
    return made.file_path


def create(shop: Shop, name: str) -> None:
    shop.run(
        f"CREATE TABLE {name} ({COLUMNS}) "
        f"LOCATION 's3://{shop.bucket}/{name}/' TBLPROPERTIES ('table_type'='ICEBERG')"
    )


@pytest.mark.parametrize(("kind", "body", "places"), FORMATS)
def test_rows_and_deletes_of_others_are_read(
    shop: Shop,
    kind: FileFormat,
    body: Callable[[list[dict[str, Any]]], bytes],
    places: Callable[[str, list[int]], bytes],
) -> None:
    create(shop, "theirs")
    path = commit(shop, "theirs", kind, body(ROWS), 3, content=DataFileContent.DATA)
    assert shop.rows("SELECT * FROM theirs ORDER BY id") == SHOWN
    assert shop.rows('SELECT count(*), max("$path") FROM theirs') == [["3", path]]
    # columns are found by their ids, also those that came, widened or were renamed since
    shop.run("ALTER TABLE theirs CHANGE COLUMN id number bigint")
    shop.run("ALTER TABLE theirs ADD COLUMNS (later string)")
    assert shop.rows("SELECT number, later, s.y FROM theirs WHERE number < 3 ORDER BY 1") == [
        ["1", None, "in"],
        ["2", None, "q"],
    ]
    assert shop.rows("SELECT later FROM theirs") == [[None]] * 3
    commit(shop, "theirs", kind, places(path, [2]), 1, content=DataFileContent.POSITION_DELETES)
    assert shop.rows("SELECT number FROM theirs ORDER BY 1") == [["1"], ["2"]]
    commit(
        *(shop, "theirs", kind, body([{"id": 1}]), 1),
        content=DataFileContent.EQUALITY_DELETES,
        equality_ids=[1],
    )
    assert shop.rows("SELECT called_name FROM (SELECT name AS called_name FROM theirs)") == [[None]]
    # what is changed here is written as the table's format says, beside theirs
    shop.run("UPDATE theirs SET name = 'ours' WHERE number = 2")
    shop.run("INSERT INTO theirs (number) VALUES (9)")
    rows = shop.rows("SELECT number, name FROM theirs ORDER BY 1")
    assert rows == [["2", "ours"], ["9", None]]


@pytest.mark.parametrize(("kind", "body", "places"), FORMATS)
def test_bytes_of_such_files_are_counted_once_and_damage_is_told(
    shop: Shop,
    kind: FileFormat,
    body: Callable[[list[dict[str, Any]]], bytes],
    places: Callable[[str, list[int]], bytes],
) -> None:
    create(shop, "damaged")
    whole = body(ROWS * 2000)
    path = commit(shop, "damaged", kind, whole, 6000, content=DataFileContent.DATA)
    scanned = [
        int(shop.run(f"SELECT max({column}) FROM damaged")["Statistics"]["DataScannedInBytes"])
        for column in ("id", "name")
    ]
    assert all(0 < size <= len(whole) for size in scanned)
    if kind == FileFormat.AVRO:
        assert scanned == [len(whole), len(whole)]  # rows lie one behind the other
    shop.put(path.split("/", 3)[3], whole[: len(whole) // 2])
    assert shop.fail("SELECT max(id) FROM damaged").startswith("ICEBERG_BAD_DATA")


MORE = f"{COLUMNS}, l array<struct<k:int>>, n bigint, x double, t boolean"
VALUES = (
    "(1, 'a', DECIMAL '-1.50', DATE '2020-01-01', TIMESTAMP '2020-01-01 00:00:00.123456', "
    "X'00ff', REAL '1.5', ARRAY['x', NULL], MAP(ARRAY[1], ARRAY['one']), "
    "CAST(ROW(1, 'in') AS ROW(x integer, y varchar)), "
    "ARRAY[CAST(ROW(5) AS ROW(k integer))], 3000000000, 0.1E0, true), "
    "(2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)"
)


@pytest.mark.parametrize(("kind", "codec"), [("orc", "zstd"), ("avro", "zstd"), ("avro", None)])
def test_a_table_is_written_in_its_format(shop: Shop, kind: str, codec: str | None) -> None:
    said = f", 'write_compression'='{codec}'" if codec else ""
    shop.run(
        f"CREATE TABLE ours ({MORE}) PARTITIONED BY (bucket(2, id)) "
        f"LOCATION 's3://{shop.bucket}/ours/' "
        f"TBLPROPERTIES ('table_type'='ICEBERG', 'format'='{kind}'{said})"
    )
    shop.run(f"INSERT INTO ours VALUES {VALUES}")
    first = [*SHOWN[0], "[{k=5}]", "3000000000", "0.1", "true"]
    first[2] = "-1.50"
    assert shop.rows("SELECT * FROM ours ORDER BY id") == [first, ["2", *[None] * 13]]
    shop.run("UPDATE ours SET name = 'b' WHERE id = 2")
    files = 'SELECT DISTINCT content, file_format FROM "ours$files" ORDER BY 1'
    assert shop.rows(files) == [["0", kind.upper()], ["1", "PARQUET"]]
    assert shop.rows("SELECT id, name FROM ours ORDER BY id") == [["1", "a"], ["2", "b"]]
    assert all(key.endswith((f".{kind}", "-deletes.parquet")) for key in shop.keys("ours/data/"))
    # bounds prune files, and fields keep their ids
    shop.run("ALTER TABLE ours CHANGE COLUMN n m2 bigint")
    assert shop.rows("SELECT m2 FROM ours WHERE m2 > 5") == [["3000000000"]]
    none = shop.run("SELECT m2 FROM ours WHERE m2 > 4000000000")["Statistics"]
    assert none["DataScannedInBytes"] == 0
    held = [f"format\t{kind}", *([f"write_compression\t{codec}"] if codec else [])]
    assert set(held) <= set(shop.lines("SHOW TBLPROPERTIES ours"))
    shop.run(
        "CREATE TABLE made WITH (table_type = 'ICEBERG', is_external = false, "
        f"location = 's3://{shop.bucket}/made/', format = '{kind.upper()}') AS "
        "SELECT s, l FROM ours"
    )
    assert shop.rows("SELECT s.y, l[1].k FROM made WHERE s IS NOT NULL") == [["in", "5"]]
    assert all(key.endswith(f".{kind}") for key in shop.keys("made/data/"))


def test_ids_are_written_where_others_look_for_them(shop: Shop) -> None:
    for kind in ("orc", "avro"):
        shop.run(
            f"CREATE TABLE ids_{kind} (a int, s struct<x:int>) "
            f"LOCATION 's3://{shop.bucket}/{kind}/' "
            f"TBLPROPERTIES ('table_type'='ICEBERG', 'format'='{kind}')"
        )
        shop.run(f"INSERT INTO ids_{kind} VALUES (1, CAST(ROW(2) AS ROW(x integer)))")
    s3 = boto3.client("s3")
    bodies = {
        kind: s3.get_object(Bucket=shop.bucket, Key=shop.keys(f"{kind}/data/")[0])["Body"].read()
        for kind in ("orc", "avro")
    }
    columns = orc.ORCFile(io.BytesIO(bodies["orc"])).schema
    assert columns.field("a").metadata[b"iceberg.id"] == b"1"
    assert columns.field("s").type.field("x").metadata[b"iceberg.id"] == b"3"
    reader = fastavro.reader(io.BytesIO(bodies["avro"]))
    assert [each["field-id"] for each in reader.writer_schema["fields"]] == [1, 2]
    assert list(reader) == [{"a": 1, "s": {"x": 2}}]
