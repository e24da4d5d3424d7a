"""Files as tables: formats, types, folders, and the bytes that reading them costs."""

import gzip
import io
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from athena_tables import Shop, open_shop

LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
OPENX = "org.openx.data.jsonserde.JsonSerDe"


@pytest.fixture
def shop(aws_env: str) -> Iterator[Shop]:
    yield from open_shop("scan_shop")


def text_table(shop: Shop, name: str, columns: str, serde: str, more: str = "") -> None:
    shop.run(
        f"CREATE EXTERNAL TABLE {name} ({columns}) ROW FORMAT SERDE '{serde}' {more} "
        f"LOCATION 's3://{shop.bucket}/{name}/'"
    )


def parquet_table(shop: Shop, name: str, columns: str, partitions: str = "") -> None:
    shop.run(
        f"CREATE EXTERNAL TABLE {name} ({columns}) {partitions} STORED AS PARQUET "
        f"LOCATION 's3://{shop.bucket}/{name}/'"
    )


def test_parquet_columns_are_found_by_name_and_the_missing_are_null(shop: Shop) -> None:
    shop.put_parquet("p/a", {"B": pa.array([1], pa.int32()), "a": ["x"]})
    shop.put_parquet("p/deep/b", {"a": ["y"]})
    for hidden in ("p/_SUCCESS", "p/.part", "p/_tmp/c"):
        shop.put(hidden, b"no parquet")
    shop.put("p/empty", b"")
    parquet_table(shop, "p", "a STRING, b BIGINT, c DOUBLE")
    assert shop.rows("SELECT * FROM p ORDER BY a") == [["x", "1", None], ["y", None, None]]


def test_table_without_a_serde_is_no_table_of_files(shop: Shop) -> None:
    columns = [{"Name": "a", "Type": "string"}]
    table = {"Name": "bare", "StorageDescriptor": {"Columns": columns}}
    boto3.client("glue").create_table(DatabaseName=shop.database, TableInput=table)
    expected = "HIVE_METASTORE_ERROR: Table storage descriptor is missing SerDe info"
    assert shop.fail("SELECT a FROM bare") == expected


@pytest.mark.parametrize(
    "options",
    [
        {"use_deprecated_int96_timestamps": True},
        {"version": "2.6", "coerce_timestamps": "ms"},
        {"version": "2.6", "coerce_timestamps": "us"},
        {"version": "2.6"},
    ],
)
def test_timestamps_of_every_writer_have_milliseconds(shop: Shop, options: dict[str, str]) -> None:
    at = pa.array([datetime(2019, 10, 1, 5, 6, 7, 123000), None], pa.timestamp("ns"))
    shop.put_parquet("t/a", {"at": at}, **options)
    parquet_table(shop, "t", "at TIMESTAMP")
    assert shop.rows("SELECT at, typeof(at) FROM t") == [
        ["2019-10-01 05:06:07.123", "timestamp(3)"],
        [None, "timestamp(3)"],
    ]


def test_a_zoned_timestamp_is_read_in_utc_and_finer_ones_are_rounded(shop: Shop) -> None:
    at = pa.array([datetime(2019, 10, 1, 0, 0, 0, 999600)], pa.timestamp("us", "UTC"))
    shop.put_parquet("t/a", {"at": at})
    parquet_table(shop, "t", "at TIMESTAMP")
    assert shop.rows("SELECT at FROM t") == [["2019-10-01 00:00:01.000"]]


def test_a_parquet_type_that_does_not_fit_is_bad_data(shop: Shop) -> None:
    shop.put_parquet("p/a", {"a": pa.array([1], pa.int64())})
    parquet_table(shop, "p", "a INT")
    reason = shop.fail("SELECT a FROM p")
    assert reason.startswith("HIVE_BAD_DATA: Field a's type INT64 in parquet file s3://")
    shop.put("q/a", b"this is no parquet file at all")
    parquet_table(shop, "q", "a INT")
    assert "HIVE_BAD_DATA: Not valid Parquet file" in shop.fail("SELECT a FROM q")


def test_nested_parquet_columns_are_read(shop: Shop) -> None:
    shop.put_parquet(
        "n/a",
        {
            "s": [{"X": 1, "y": "a"}],
            "l": pa.array([[1, 2]], pa.list_(pa.int32())),
            "m": pa.array([[("k", Decimal("1.5"))]], pa.map_(pa.string(), pa.decimal128(3, 1))),
        },
    )
    parquet_table(
        shop, "n", "s STRUCT<x:BIGINT,y:STRING,z:INT>, l ARRAY<BIGINT>, m MAP<STRING,DECIMAL(5,2)>"
    )
    assert shop.rows("SELECT s.x, s.z, l[2], m['k'] FROM n") == [["1", None, "2", "1.50"]]


def test_partition_values_come_from_the_catalog_and_are_typed(shop: Shop) -> None:
    shop.put_parquet("p/year=2019/day=01/a", {"v": [1]})
    shop.put_parquet("p/year=2019/day=02/a", {"v": [2]})
    shop.put_parquet("elsewhere/a", {"v": [3]})
    parquet_table(shop, "p", "v BIGINT", "PARTITIONED BY (year INT, day INT)")
    shop.run("MSCK REPAIR TABLE p")
    shop.run(
        "ALTER TABLE p ADD PARTITION (year=2020, day=3) "
        f"LOCATION 's3://{shop.bucket}/elsewhere/' PARTITION (year=2021, day=1)"
    )
    assert shop.rows("SELECT v, year, day FROM p ORDER BY v") == [
        *(["1", "2019", "1"], ["2", "2019", "2"], ["3", "2020", "3"])
    ]
    done = shop.run("SELECT v FROM p WHERE year = 2019 AND day = 2")
    whole = shop.run("SELECT v FROM p")
    size = "DataScannedInBytes"
    assert done["Statistics"][size] * 3 == pytest.approx(whole["Statistics"][size], rel=0.05)


def test_many_partitions_outside_hive_folders_are_joined(shop: Shop) -> None:
    parquet_table(shop, "p", "v BIGINT", "PARTITIONED BY (k INT)")
    adds = ""
    for k in range(70):
        shop.put_parquet(f"files/{k}/a", {"v": [k * 10]})
        adds += f" PARTITION (k={k}) LOCATION 's3://{shop.bucket}/files/{k}/'"
    shop.run(f"ALTER TABLE p ADD{adds}")
    assert shop.rows("SELECT count(*), sum(v - 10 * k), max(k) FROM p WHERE k <> 3") == [
        ["69", "0", "69"]
    ]
    assert shop.rows("SELECT k, v FROM p WHERE \"$path\" LIKE '%/files/12/a'") == [["12", "120"]]


def test_the_file_of_a_row_is_known_by_name_only(shop: Shop) -> None:
    files = f"s3://{shop.bucket}/p"
    for name, values in {"k=1/a": [1, 2], "k=1/b": [3], "k=2/a": [4]}.items():
        shop.put_parquet(f"p/{name}", {"v": values})
    parquet_table(shop, "p", "v BIGINT", "PARTITIONED BY (k INT)")
    shop.run("MSCK REPAIR TABLE p")
    assert shop.rows("SELECT * FROM p WHERE v = 4") == [["4", "2"]]
    assert shop.rows('SELECT "$path", sum(v), max(k) FROM p GROUP BY "$path" ORDER BY 1') == [
        [f"{files}/k=1/a", "3", "1"],
        [f"{files}/k=1/b", "3", "1"],
        [f"{files}/k=2/a", "4", "2"],
    ]
    assert shop.rows(f'SELECT v, "$PATH" FROM p WHERE "$path" LIKE \'{files}/k=1/b%\'') == [
        ["3", f"{files}/k=1/b"]
    ]
    head = boto3.client("s3").head_object(Bucket=shop.bucket, Key="p/k=2/a")
    ((size, modified),) = shop.rows(
        'SELECT "$file_size", date_trunc(\'second\', "$file_modified_time") FROM p WHERE k = 2'
    )
    assert size == str(head["ContentLength"])
    assert modified == f"{head['LastModified']:%Y-%m-%d %H:%M:%S}.000 UTC"
    assert "COLUMN_NOT_FOUND" in shop.fail('SELECT "$path" FROM (SELECT * FROM p)')
    assert shop.rows('SELECT "$path" FROM p WHERE k = 3') == []


def test_the_files_of_text_are_known_too(shop: Shop) -> None:
    shop.put("c/a", b"1\n")
    shop.put("c/b", b"2\n3\n")
    text_table(shop, "c", "n STRING", LAZY)
    text_table(shop, "q", "n STRING", OPEN_CSV)
    shop.put("q/a", b'"1"\n')
    for name, count in (("c", "2"), ("q", "1")):
        found = shop.rows(f'SELECT count(DISTINCT "$path"), max("$path") FROM {name}')
        assert found == [[count, f"s3://{shop.bucket}/{name}/{'b' if name == 'c' else 'a'}"]]


def test_the_default_partition_is_null(shop: Shop) -> None:
    shop.put_parquet("p/k=__HIVE_DEFAULT_PARTITION__/a", {"v": [1]})
    shop.put_parquet("p/k=5/a", {"v": [2]})
    parquet_table(shop, "p", "v BIGINT", "PARTITIONED BY (k INT)")
    shop.run("MSCK REPAIR TABLE p")
    assert shop.rows("SELECT v, k FROM p ORDER BY v") == [["1", None], ["2", "5"]]
    assert shop.rows("SELECT v FROM p WHERE k IS NULL") == [["1"]]


def test_only_the_columns_and_row_groups_that_are_read_are_scanned(shop: Shop) -> None:
    rows = 20_000
    columns = {"n": list(range(rows)), "s": [f"text {i}" for i in range(rows)]}
    shop.put_parquet("p/a", columns, row_group_size=2_000, compression="none")
    parquet_table(shop, "p", "n BIGINT, s STRING")

    def scanned(sql: str) -> int:
        return int(shop.run(sql)["Statistics"]["DataScannedInBytes"])

    whole, numbers = scanned("SELECT * FROM p"), scanned("SELECT max(n) FROM p")
    assert 0 < numbers < whole
    assert scanned("SELECT count(*) FROM p") == 0
    one_group = scanned("SELECT max(n) FROM p WHERE n < 1000")
    assert one_group == pytest.approx(numbers / 10, rel=0.05)
    assert scanned("SELECT max(n) FROM p WHERE n > 1000000") == 0


def test_delimited_text_is_read_as_lazy_simple_serde_does(shop: Shop) -> None:
    shop.put("d/a.csv", b'h\n1,a,1.5,true\n\\N,"b,2.555,no\n3\n\nx,y\\,z,9,TRUE,more\n')
    shop.put("d/b.csv.gz", gzip.compress(b"h\n7,g,0.1,false\n"))
    text_table(
        shop,
        "d",
        "id INT, name STRING, price DECIMAL(5,2), ok BOOLEAN",
        LAZY,
        "WITH SERDEPROPERTIES ('field.delim'=',', 'escape.delim'='\\\\')",
    )
    shop.run("ALTER TABLE d SET TBLPROPERTIES ('skip.header.line.count'='1')")
    rows = [
        ["1", "a", "1.50", "true"],
        [None, '"b', "2.56", None],
        ["3", None, None, None],
        [None, None, None, None],
        [None, "y,z", "9.00", "true"],
        ["7", "g", "0.10", "false"],
    ]
    assert sorted(shop.rows("SELECT * FROM d"), key=str) == sorted(rows, key=str)
    done = shop.run("SELECT id FROM d")
    sizes = [
        boto3.client("s3").head_object(Bucket=shop.bucket, Key=key)["ContentLength"]
        for key in shop.keys("d/")
    ]
    assert done["Statistics"]["DataScannedInBytes"] == sum(sizes)


def test_quoted_csv_is_read_as_open_csv_serde_does(shop: Shop) -> None:
    shop.put("q/a.csv", b'"1","a,b","18170"\n"2","say ""hi""",17\n')
    shop.put("q/b.csv", b'"3","q\\"z",1,extra\n')
    text_table(shop, "q", "id BIGINT, name STRING, d DATE", OPEN_CSV)
    assert shop.rows("SELECT * FROM q ORDER BY id") == [
        ["1", "a,b", "2019-10-01"],
        ["2", 'say "hi"', "1970-01-18"],
        ["3", 'q"z', "1970-01-02"],
    ]
    shop.put("q/c.csv", b'"","x",""\n')
    assert "HIVE_BAD_DATA: Error parsing field value '' for field 0" in shop.fail(
        "SELECT id FROM q"
    )


def test_json_is_read_by_name_whatever_the_case(shop: Shop) -> None:
    record = {"ID": 1, "Tags": ["x"], "s": {"A": 1, "b": {"c": [1, 2]}}, "m": {"k": 1.5}}
    lines = [json.dumps(record), '{"id": "2", "at": "2019-10-01 00:00:01"}']
    shop.put("j/a.json", "\n".join(lines).encode())
    text_table(
        shop,
        "j",
        "id BIGINT, tags ARRAY<STRING>, s STRUCT<a:INT,b:STRUCT<c:ARRAY<BIGINT>>>, "
        "m MAP<STRING,DOUBLE>, at TIMESTAMP",
        OPENX,
    )
    assert shop.rows("SELECT id, tags[1], s.a, s.b.c[2], m['k'], at FROM j ORDER BY id") == [
        ["1", "x", "1", "2", "1.5", None],
        ["2", None, None, None, None, "2019-10-01 00:00:01.000"],
    ]


def test_malformed_json_fails_unless_it_is_to_be_ignored(shop: Shop) -> None:
    shop.put("j/a.json", b'{"id":1}\n{oops\n')
    text_table(shop, "j", "id INT", OPENX)
    assert "not a valid JSON Object" in shop.fail("SELECT * FROM j")
    shop.run("DROP TABLE j")
    text_table(shop, "j", "id INT", OPENX, "WITH SERDEPROPERTIES ('ignore.malformed.json'='true')")
    assert shop.rows("SELECT * FROM j") == [["1"], [None]]


@pytest.mark.parametrize(
    ("stored", "name"),
    [
        ("STORED AS SEQUENCEFILE", "SequenceFileInputFormat"),
        ("STORED AS RCFILE", "LazyBinaryColumnarSerDe"),
        ("ROW FORMAT SERDE 'com.amazon.ionhiveserde.IonHiveSerDe'", "IonHiveSerDe"),
        ("ROW FORMAT SERDE 'com.amazon.emr.hive.serde.CloudTrailSerde'", "CloudTrailSerde"),
        ("ROW FORMAT SERDE 'com.amazonaws.glue.serde.GrokSerDe'", "GrokSerDe"),
    ],
)
def test_formats_that_are_not_read_are_refused_by_name(shop: Shop, stored: str, name: str) -> None:
    shop.put("x/a", b"x")
    shop.run(f"CREATE EXTERNAL TABLE x (a STRING) {stored} LOCATION 's3://{shop.bucket}/x/'")
    reason = shop.fail("SELECT * FROM x")
    assert reason.startswith("NOT_SUPPORTED")
    assert name in reason


def test_no_files_are_no_rows_and_a_missing_bucket_is_an_error(shop: Shop) -> None:
    parquet_table(shop, "nothing", "a STRING")
    assert shop.rows("SELECT * FROM nothing") == []
    shop.run(
        "CREATE EXTERNAL TABLE lost (a STRING) STORED AS PARQUET LOCATION 's3://no-bucket-x/y/'"
    )
    assert "The specified bucket does not exist" in shop.fail("SELECT * FROM lost")


def test_a_location_cannot_lead_out_of_the_bucket(shop: Shop) -> None:
    shop.run(
        "CREATE EXTERNAL TABLE outside (a STRING) "
        f"LOCATION 's3://{shop.bucket}/../../../../../../etc/passwd/'"
    )
    assert shop.rows("SELECT * FROM outside") == []


@pytest.mark.parametrize("where", ["TBLPROPERTIES", "WITH SERDEPROPERTIES"])
def test_parquet_columns_are_found_by_place_where_the_table_says_so(shop: Shop, where: str) -> None:
    shop.put_parquet("p/a", {"x": [1, 2], "y": ["a", "b"]})
    shop.put_parquet("p/b", {"n": [3], "s": ["c"], "more": [0]})
    serde = "ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' "
    given = f"{where} ('parquet.column.index.access'='true')"
    before, after = (given, "") if where.startswith("WITH") else ("", given)
    shop.run(
        f"CREATE EXTERNAL TABLE p (s BIGINT, y STRING, z INT) {serde} {before} STORED AS "
        "INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat' "
        "OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat' "
        f"LOCATION 's3://{shop.bucket}/p/' {after}"
    )
    assert shop.rows("SELECT s, y FROM p ORDER BY s") == [["1", "a"], ["2", "b"], ["3", "c"]]
    assert shop.rows("SELECT y FROM p WHERE s > 2") == [["c"]]


def not_utf8(kind: pa.DataType) -> pa.Array:
    """Three values of which the second is no UTF-8, whatever their type says."""
    raw = pa.array([b"ok", b"a\xffb", None], pa.binary())
    return pa.Array.from_buffers(kind, len(raw), raw.buffers())


@pytest.mark.parametrize("kind", [pa.string(), pa.binary()])
def test_bytes_of_parquet_that_are_not_utf8_become_replacement_characters(
    shop: Shop, kind: pa.DataType
) -> None:
    shop.put_parquet("p/a", {"n": [1, 2, 3], "s": not_utf8(kind)})
    shop.put_parquet("p/b", {"n": [4], "s": pa.array(["é"] if kind == pa.string() else [b"x"])})
    parquet_table(shop, "p", "n BIGINT, s STRING")
    expected = [["1", "ok"], ["2", "a\ufffdb"], ["3", None]]
    assert shop.rows("SELECT n, s FROM p WHERE n < 4 ORDER BY n") == expected
    assert shop.rows("SELECT count(*) FROM p WHERE s LIKE 'a_b'") == [["1"]]
    shop.run(f"CREATE TABLE c WITH (external_location='s3://{shop.bucket}/c/') AS SELECT * FROM p")
    assert shop.rows("SELECT n, s FROM c WHERE n < 4 ORDER BY n") == expected


def test_nested_texts_of_parquet_that_are_not_utf8_too(shop: Shop) -> None:
    texts = not_utf8(pa.string())
    nested = {
        "l": pa.ListArray.from_arrays([0, 1, 3], texts),
        "r": pa.StructArray.from_arrays([texts, pa.array([1, 2, 3])], ["x", "y"])[:2],
    }
    shop.put_parquet("p/a", nested)
    parquet_table(shop, "p", "l ARRAY<STRING>, r STRUCT<x:STRING,y:BIGINT>")
    assert shop.rows("SELECT l, r FROM p") == [
        ["[ok]", "{x=ok, y=1}"],
        ["[a\ufffdb, null]", "{x=a\ufffdb, y=2}"],
    ]


def test_no_message_tells_a_path_of_this_machine(shop: Shop) -> None:
    body = io.BytesIO()
    pq.write_table(pa.table({"n": list(range(1000))}), body, compression="none")
    cut = body.getvalue()
    shop.put("p/a", cut[:4] + b"\xff" * 40 + cut[44:])  # pages that are none, a footer that is
    parquet_table(shop, "p", "n BIGINT")
    shop.put("t/a", b"x" * (40 << 20))
    text_table(shop, "t", "s STRING", LAZY)
    for sql in ("SELECT sum(n) FROM p", "SELECT s FROM t"):
        reason = shop.fail(sql)
        assert "/objects/" not in reason
        assert "/scratch/" not in reason
        assert "/tmp/" not in reason
    assert f"s3://{shop.bucket}/t/a" in reason


@pytest.mark.parametrize(
    ("compression", "damage", "message"),
    [
        ("snappy", b"\xff" * 60, "HIVE_CURSOR_ERROR: Failed to read Parquet file: s3://{}/p/a"),
        ("gzip", b"\xff" * 60, "HIVE_CURSOR_ERROR: Failed to read Parquet file: "),
        ("snappy", b"PARE", "HIVE_BAD_DATA: Cannot read Parquet file: s3://{}/p/a"),
    ],
)
def test_a_damaged_file_of_parquet_is_an_error_of_the_file(
    shop: Shop, compression: str, damage: bytes, message: str
) -> None:
    body = io.BytesIO()
    table = pa.table({"n": list(range(1000))})
    pq.write_table(table, body, compression=compression, use_dictionary=False)
    whole = bytearray(body.getvalue())
    if damage == b"PARE":  # how a file says that its footer is encrypted
        whole[:4] = whole[-4:] = damage
    else:
        whole[200 : 200 + len(damage)] = damage
    shop.put("p/a", bytes(whole))
    parquet_table(shop, "p", "n BIGINT")
    assert shop.fail("SELECT sum(n) FROM p").startswith(message.format(shop.bucket))
