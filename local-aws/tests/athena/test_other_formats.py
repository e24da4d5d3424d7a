"""ORC and Avro files, and lines matched by a pattern."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import awswrangler as wr
import boto3
import fastavro
import pyarrow as pa
import pytest
from pyarrow import orc

from athena_tables import Shop, open_shop

REGEX = "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'"


@pytest.fixture
def shop(aws_env: str) -> Iterator[Shop]:
    yield from open_shop("formats_shop")


def put_orc(shop: Shop, key: str, columns: dict[str, Any], **options: Any) -> None:
    buffer = io.BytesIO()
    orc.write_table(pa.table(columns), buffer, **options)
    shop.put(key, buffer.getvalue())


def create(shop: Shop, name: str, columns: str, stored: str, more: str = "") -> None:
    shop.run(
        f"CREATE EXTERNAL TABLE {name} ({columns}) {stored} LOCATION 's3://{shop.bucket}/{name}/' "
        f"{more}"
    )


@pytest.mark.parametrize("compression", ["uncompressed", "zlib", "snappy", "lz4", "zstd"])
def test_orc_types_are_read(shop: Shop, compression: str) -> None:
    put_orc(
        shop,
        "o/a",
        {
            "n": pa.array([1, None], pa.int32()),
            "s": ["é", None],
            "t": pa.array([datetime(2019, 10, 1, 5, 6, 7, 123000), None], pa.timestamp("ns")),
            "d": pa.array([date(1900, 1, 1), None]),
            "c": pa.array([Decimal("1.50"), None], pa.decimal128(5, 2)),
            "l": [[1, None], None],
            "m": pa.array([[("k", 1.5)], None], pa.map_(pa.string(), pa.float64())),
            "r": [{"X": 1, "y": True}, None],
            "tiny": pa.array([-7, None], pa.int8()),
        },
        compression=compression,
    )
    create(
        shop,
        "o",
        "n BIGINT, s STRING, t TIMESTAMP, d DATE, c DECIMAL(5,2), l ARRAY<BIGINT>, "
        "m MAP<STRING,DOUBLE>, r STRUCT<x:BIGINT,y:BOOLEAN>, tiny TINYINT, later INT",
        "STORED AS ORC",
    )
    assert shop.rows("SELECT * FROM o") == [
        [
            *("1", "é", "2019-10-01 05:06:07.123", "1900-01-01", "1.50", "[1, null]"),
            *("{k=1.5}", "{x=1, y=true}", "-7", None),
        ],
        [None] * 10,
    ]
    assert shop.rows("SELECT count(*) FROM o") == [["2"]]


def test_orc_columns_are_found_by_place_unless_the_table_says_otherwise(shop: Shop) -> None:
    put_orc(shop, "o/a", {"_col0": [1], "_col1": ["x"]})
    create(shop, "o", "b BIGINT, a STRING", "STORED AS ORC")
    assert shop.rows("SELECT a, b FROM o") == [["x", "1"]]
    put_orc(shop, "p/a", {"A": ["x"], "b": [1]})
    create(
        shop,
        "p",
        "b BIGINT, a STRING",
        "ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.orc.OrcSerde' "
        "WITH SERDEPROPERTIES ('orc.column.index.access'='false') STORED AS ORC",
    )
    assert shop.rows("SELECT a, b FROM p") == [["x", "1"]]


def test_only_what_is_read_of_orc_is_scanned(shop: Shop) -> None:
    rows = 50_000
    columns = {"n": list(range(rows)), "s": [f"some longer text {i * 7919}" for i in range(rows)]}
    put_orc(shop, "o/a", columns, compression="uncompressed")
    create(shop, "o", "n BIGINT, s STRING", "STORED AS ORC")
    scanned = [
        int(shop.run(sql)["Statistics"]["DataScannedInBytes"])
        for sql in ("SELECT count(*) FROM o", "SELECT max(n) FROM o", "SELECT * FROM o")
    ]
    assert scanned[0] < scanned[1] < scanned[2] / 2


def test_partitions_of_orc_have_their_values(shop: Shop) -> None:
    for k in (1, 2):
        put_orc(shop, f"o/k={k}/a", {"n": [k * 10]})
    create(shop, "o", "n BIGINT", "PARTITIONED BY (k INT) STORED AS ORC")
    shop.run("MSCK REPAIR TABLE o")
    assert shop.rows('SELECT n, k, "$path" FROM o WHERE k = 2') == [
        ["20", "2", f"s3://{shop.bucket}/o/k=2/a"]
    ]


@pytest.mark.parametrize(("stored", "what"), [("ORC", "hive split"), ("AVRO", "avro file")])
def test_what_is_no_such_file_is_bad_data(shop: Shop, stored: str, what: str) -> None:
    shop.put("x/a", b"this is no such file at all")
    create(shop, "x", "n INT", f"STORED AS {stored}")
    reason = shop.fail("SELECT n FROM x")
    assert reason.startswith("HIVE_BAD_DATA: ")
    assert what in reason.lower()
    assert f"s3://{shop.bucket}/x/a" in reason


def test_an_orc_type_that_does_not_fit_is_bad_data(shop: Shop) -> None:
    put_orc(shop, "o/a", {"n": ["x"]})
    create(shop, "o", "n INT", "STORED AS ORC")
    reason = shop.fail("SELECT n FROM o")
    assert reason.startswith("HIVE_BAD_DATA: Field n's type ")
    assert f"in orc file s3://{shop.bucket}/o/a" in reason


AVRO_SCHEMA = {
    "type": "record",
    "name": "row",
    "fields": [
        {"name": "Id", "type": "long"},
        {"name": "name", "type": ["null", "string"]},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {
            "name": "price",
            "type": {"type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 2},
        },
        {"name": "kind", "type": {"type": "enum", "name": "k", "symbols": ["view", "cart"]}},
        {"name": "tags", "type": {"type": "array", "items": "string"}},
        {"name": "counts", "type": {"type": "map", "values": "int"}},
        {
            "name": "inner",
            "type": {"type": "record", "name": "i", "fields": [{"name": "X", "type": "double"}]},
        },
    ],
}
AVRO_RECORD = {
    **{"Id": 1, "name": None, "at": datetime(2019, 10, 1, 5, 6, 7, 123000, UTC)},
    **{"day": date(2019, 10, 1), "price": Decimal("1.50"), "kind": "cart", "tags": ["a", "b"]},
    **{"counts": {"k": 2}, "inner": {"X": 0.5}},
}


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "snappy", "zstandard"])
def test_avro_types_are_read(shop: Shop, codec: str) -> None:
    body = io.BytesIO()
    fastavro.writer(body, AVRO_SCHEMA, [AVRO_RECORD], codec=codec)
    shop.put("a/a.avro", body.getvalue())
    create(
        shop,
        "a",
        "id BIGINT, name STRING, at TIMESTAMP, day DATE, price DECIMAL(5,2), kind STRING, "
        "tags ARRAY<STRING>, counts MAP<STRING,INT>, `inner` STRUCT<x:DOUBLE>, later INT",
        "STORED AS AVRO",
    )
    assert shop.rows("SELECT * FROM a") == [
        [
            *("1", None, "2019-10-01 05:06:07.123", "2019-10-01", "1.50", "cart", "[a, b]"),
            *("{k=2}", "{x=0.5}", None),
        ]
    ]
    assert shop.rows("SELECT count(*) FROM a") == [["1"]]


def test_an_avro_codec_that_is_not_read_is_named(shop: Shop) -> None:
    body = io.BytesIO()
    fastavro.writer(body, AVRO_SCHEMA, [AVRO_RECORD], codec="xz")
    shop.put("a/a.avro", body.getvalue())
    create(shop, "a", "id BIGINT", "STORED AS AVRO")
    assert shop.fail("SELECT * FROM a").startswith("NOT_SUPPORTED: Avro codec xz of s3://")


def test_an_avro_readers_schema_has_defaults(shop: Shop) -> None:
    schema = {"type": "record", "name": "r", "fields": [{"name": "n", "type": "int"}]}
    body = io.BytesIO()
    fastavro.writer(body, schema, [{"n": 1}])
    shop.put("a/a", body.getvalue())
    fields = [*schema["fields"], {"name": "s", "type": "string", "default": "x"}]
    literal = json.dumps({**schema, "fields": fields})
    create(
        shop,
        "a",
        "n INT, s STRING",
        "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.avro.AvroSerDe' "
        f"WITH SERDEPROPERTIES ('avro.schema.literal'='{literal}') STORED AS AVRO",
    )
    assert shop.rows("SELECT n, s FROM a") == [["1", "x"]]


AVRO_ROWS = (
    "SELECT 1 AS i, BIGINT '5000000000' AS l, REAL '0.5' AS r, 0.25E0 AS d, 'é' AS s, true AS b, "
    "DATE '1969-12-31' AS day, TIMESTAMP '1969-12-31 23:59:59.123' AS at, "
    "DECIMAL '-1.50' AS price, X'00FF' AS bin, ARRAY[1, NULL] AS a, "
    "MAP(ARRAY[CAST('k' AS VARCHAR)], ARRAY[2]) AS m, "
    "CAST(ROW(1, ROW('x')) AS ROW(n INTEGER, o ROW(t VARCHAR))) AS st, 'p' AS p "
    f"UNION ALL SELECT {'NULL, ' * 13}'p'"
)
AVRO_READ = [
    *("1", "5000000000", "0.5", "0.25", "é", "true", "1969-12-31", "1969-12-31 23:59:59.123"),
    *("-1.50", "00 ff", "[1, null]", "{k=2}", "{n=1, o={t=x}}", "p"),
]


@pytest.mark.parametrize(
    ("given", "codec"),
    [
        ("", "deflate"),
        (", write_compression='BZIP2'", "bzip2"),
        (", write_compression='SNAPPY'", "snappy"),
        (", write_compression='ZSTD'", "zstandard"),
        (", write_compression='NONE'", "null"),
    ],
)
def test_avro_files_are_written_by_ctas_and_insert(shop: Shop, given: str, codec: str) -> None:
    place = f"external_location='s3://{shop.bucket}/a/', partitioned_by=ARRAY['p']"
    shop.run(f"CREATE TABLE a WITH (format='AVRO', {place}{given}) AS {AVRO_ROWS}")
    shop.run(f"INSERT INTO a {AVRO_ROWS}")
    nothing = [*([None] * 13), "p"]
    assert shop.rows("SELECT * FROM a ORDER BY i NULLS LAST") == [
        *(AVRO_READ, AVRO_READ, nothing, nothing)
    ]
    for key in shop.keys("a/p=p/"):
        body = boto3.client("s3").get_object(Bucket=shop.bucket, Key=key)["Body"].read()
        assert fastavro.reader(io.BytesIO(body)).codec == codec


def test_unload_writes_avro_without_a_compression(shop: Shop) -> None:
    to = f"TO 's3://{shop.bucket}/u/' WITH (format='AVRO'"
    reason = shop.fail(f"UNLOAD (SELECT 1 AS n) {to}, compression='SNAPPY')")
    assert "compression does not apply to AVRO" in reason
    shop.run(f"UNLOAD (SELECT 1 AS n, MAP(ARRAY[CAST('k' AS VARCHAR)], ARRAY[2]) AS m) {to})")
    (key,) = shop.keys("u/")
    body = boto3.client("s3").get_object(Bucket=shop.bucket, Key=key)["Body"].read()
    assert list(fastavro.reader(io.BytesIO(body))) == [{"n": 1, "m": {"k": 2}}]


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("CAST(1 AS TINYINT)", "Column 'x' is tinyint, which is not supported by Avro. Use int"),
        ("CAST(1 AS SMALLINT)", "Column 'x' is smallint, which is not supported by Avro"),
        ("MAP(ARRAY[1], ARRAY[1])", "Column 'x' has a non-varchar map key, which is not supp"),
    ],
)
def test_what_avro_has_no_type_for_is_refused(shop: Shop, column: str, reason: str) -> None:
    where = f"format='AVRO', external_location='s3://{shop.bucket}/a/'"
    assert shop.fail(f"CREATE TABLE a WITH ({where}) AS SELECT {column} AS x").startswith(
        f"NOT_SUPPORTED: {reason}"
    )


def test_avro_is_inserted_by_the_tables_own_schema(shop: Shop) -> None:
    inner = {"type": "record", "name": "in", "fields": [{"name": "X", "type": ["null", "int"]}]}
    fields = [
        {"name": "Name", "type": "string"},
        {"name": "st", "type": ["null", inner]},
        {"name": "later", "type": ["null", "int"], "default": None},
    ]
    literal = json.dumps({"type": "record", "name": "r", "fields": fields})
    create(
        shop,
        "a",
        "name STRING, st STRUCT<x:INT>",
        "STORED AS AVRO",
        f"TBLPROPERTIES ('avro.schema.literal'='{literal}')",
    )
    shop.run("INSERT INTO a VALUES ('n', CAST(ROW(1) AS ROW(x INTEGER))), ('o', NULL)")
    assert shop.rows("SELECT name, st FROM a ORDER BY 1") == [["n", "{x=1}"], ["o", None]]
    (key,) = shop.keys("a/")
    body = boto3.client("s3").get_object(Bucket=shop.bucket, Key=key)["Body"].read()
    assert next(fastavro.reader(io.BytesIO(body))) == {"Name": "n", "st": {"X": 1}, "later": None}
    assert shop.fail("INSERT INTO a VALUES (NULL, NULL)").startswith("HIVE_BAD_DATA: a row is not")


@pytest.mark.parametrize(
    ("pattern", "more", "line", "row"),
    [
        (r"(\\S+) \\[(\\d+)\\](.*)", "", "GET [7] tail", ["GET", "7", " tail"]),
        (r"(\\S+) \\[(\\d+)\\](.*)", "", "GET 7", [None, None, None]),
        (r"(\\S+) (\\w+)( .*)?", "", "GET x", ["GET", None, None]),
        (
            r"(get) (\\d)(\\d)?",
            ", 'input.regex.case.insensitive'='true'",
            "GET 7",
            ["GET", "7", None],
        ),
        (r"(\\S+)", "", "GET", ["GET", None, None]),
    ],
)
def test_lines_are_matched_as_a_whole_by_the_pattern(
    shop: Shop, pattern: str, more: str, line: str, row: list[str | None]
) -> None:
    shop.put("x/a", f"{line}\n".encode())
    properties = f"WITH SERDEPROPERTIES ('input.regex'='{pattern}'{more})"
    create(shop, "x", "method STRING, n INT, tail STRING", f"{REGEX} {properties}")
    assert shop.rows("SELECT * FROM x") == [row]


@pytest.mark.parametrize("properties", ["", "WITH SERDEPROPERTIES ('input.regex'='(a')"])
def test_a_pattern_that_is_none_is_named(shop: Shop, properties: str) -> None:
    shop.put("x/a", b"x\n")
    create(shop, "x", "s STRING", f"{REGEX} {properties}")
    reason = shop.fail("SELECT * FROM x")
    assert reason.startswith("HIVE_INVALID_METADATA: ")
    assert "input.regex" in reason


@pytest.mark.parametrize("approach", ["csv", "ctas", "unload"])
def test_nan_and_infinity_give_columns_of_floats(shop: Shop, approach: str) -> None:
    frame = wr.athena.read_sql_query(
        "SELECT nan() AS a, infinity() AS b, CAST(-infinity() AS REAL) AS c "
        "UNION ALL SELECT NULL, 1.5, REAL '2.5' ORDER BY 2 DESC",
        database=shop.database,
        s3_output=f"s3://{shop.bucket}/{approach}/",
        ctas_approach=approach == "ctas",
        unload_approach=approach == "unload",
    )
    assert [str(kind) for kind in frame.dtypes] == ["float64", "float64", "float32"]
    assert frame["b"].tolist() == [float("inf"), 1.5]
    assert frame["c"].tolist() == [-float("inf"), 2.5]
    assert frame["a"].isna().all()


@pytest.mark.parametrize("approach", ["ctas", "unload"])
def test_small_integers_are_stored_in_32_bits(shop: Shop, approach: str) -> None:
    frame = wr.athena.read_sql_query(
        "SELECT CAST(1 AS TINYINT) AS a, CAST(NULL AS SMALLINT) AS b, ARRAY[TINYINT '1'] AS c",
        database=shop.database,
        s3_output=f"s3://{shop.bucket}/{approach}/",
        ctas_approach=approach == "ctas",
        unload_approach=approach == "unload",
    )
    assert [str(kind) for kind in frame.dtypes] == ["Int32", "Int32", "object"]
