"""Statements that write: CREATE TABLE AS, INSERT INTO and UNLOAD."""

import io
import time
from collections.abc import Iterator

import awswrangler as wr
import boto3
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from athena_tables import Shop, open_shop

ROWS = "(VALUES (1, 'a', 10), (2, 'b', 10), (3, NULL, 20)) AS t(id, name, k)"


@pytest.fixture
def shop(aws_env: str) -> Iterator[Shop]:
    yield from open_shop("ctas_shop")
    for key in Shop(None, "", "ctas-shop-bucket").keys(""):  # type: ignore[arg-type]
        boto3.client("s3").delete_object(Bucket="ctas-shop-bucket", Key=key)


def parquet(shop: Shop, key: str) -> pa.Table:
    body = boto3.client("s3").get_object(Bucket=shop.bucket, Key=key)["Body"].read()
    return pq.read_table(io.BytesIO(body))


def test_ctas_leaves_a_table_beside_the_results(shop: Shop) -> None:
    done = shop.run(
        "CREATE TABLE made AS SELECT id, name, CAST(1.5 AS decimal(10,2)) AS price, "
        f"TIMESTAMP '2019-10-01 05:00:00.250' AS at, true AS ok FROM {ROWS}"
    )
    assert (done["StatementType"], done["SubstatementType"]) == ("DDL", "CREATE_TABLE_AS_SELECT")
    table = shop.table("made")
    location = table["StorageDescriptor"]["Location"]
    assert location == f"{shop.athena.output}tables/{done['QueryExecutionId']}/"
    assert [c["Type"] for c in table["StorageDescriptor"]["Columns"]] == [
        *("int", "varchar(1)", "decimal(10,2)", "timestamp", "boolean")
    ]
    assert shop.rows("SELECT * FROM made ORDER BY id")[0] == [
        *("1", "a", "1.50", "2019-10-01 05:00:00.250", "true")
    ]
    (key,) = shop.keys(location.split("/", 3)[3])
    found = parquet(shop, key)
    assert found.schema.field("at").type == pa.timestamp("ns")  # of INT96, as Athena writes it
    assert found.schema.field("price").type == pa.decimal128(10, 2)


def test_a_tables_columns_are_in_lower_case_whatever_the_query_chose(shop: Shop) -> None:
    shop.run(
        "CREATE TABLE made WITH (partitioned_by=ARRAY['k']) AS "
        f"SELECT ID AS Id, Name, k AS K FROM {ROWS}"
    )
    assert [c["Name"] for c in shop.table("made")["StorageDescriptor"]["Columns"]] == ["id", "name"]
    answer = shop.athena.rows("SELECT Id, name AS NAME, k FROM made WHERE ID = 3", **shop.where)
    assert answer == [["Id", "NAME", "k"], ["3", None, "20"]]


@pytest.mark.parametrize(
    ("properties", "suffix", "magic"),
    [
        ("format='PARQUET', write_compression='ZSTD', compression_level=5", "", b"PAR1"),
        ("format='TEXTFILE', field_delimiter=','", ".gz", b"\x1f\x8b"),
        ("format='TEXTFILE', write_compression='NONE', field_delimiter=','", "", b"1,a"),
        ("format='JSON', write_compression='NONE'", "", b"{"),
    ],
)
def test_formats_and_compressions(shop: Shop, properties: str, suffix: str, magic: bytes) -> None:
    where = f"external_location='s3://{shop.bucket}/made/', partitioned_by=ARRAY['k']"
    shop.run(f"CREATE TABLE made WITH ({properties}, {where}) AS SELECT id, name, k FROM {ROWS}")
    keys = shop.keys("made/")
    assert sorted({key.split("/")[1] for key in keys}) == ["k=10", "k=20"]
    assert all(key.endswith(suffix) for key in keys)
    body = boto3.client("s3").get_object(Bucket=shop.bucket, Key=keys[0])["Body"].read()
    assert body.startswith(magic)
    assert list(shop.partitions("made")) == [("10",), ("20",)]
    assert shop.rows("SELECT id, name, k FROM made ORDER BY id") == [
        *(["1", "a", "10"], ["2", "b", "10"], ["3", None, "20"])
    ]


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ("format='ION'", "NOT_SUPPORTED: writing ION"),
        ("format='CSV'", "Unsupported file format: CSV"),
        ("write_compression='LZO'", "compression LZO is not supported for PARQUET"),
        ("partitioned_by=ARRAY['id']", "HIVE_COLUMN_ORDER_MISMATCH"),
        ("partitioned_by=ARRAY['z']", "Partition columns [z] not present"),
        ("bucketed_by=ARRAY['id']", "bucketed_by and bucket_count"),
        ("bucket_count=2", "bucketed_by and bucket_count"),
        ("bucketed_by=ARRAY['id'], bucket_count=0", "bucketed_by and bucket_count"),
        ("bucketed_by=ARRAY['z'], bucket_count=2", "Bucketing columns [z] not present"),
        ("bucketed_by=ARRAY['k'], bucket_count=2, partitioned_by=ARRAY['k']", "columns [k] not pr"),
        ("partitioned_by=ARRAY['id', 'name', 'k']", "Table contains only partition columns"),
        ("partitioned_by=ARRAY['k', 'name']", "HIVE_COLUMN_ORDER_MISMATCH"),
        ("colour='red'", "property 'colour' does not exist"),
        ("is_external=false", "is_external must be true"),
        ("table_type='DELTA'", "table_type is HIVE or ICEBERG"),
        ("vacuum_min_snapshots_to_keep=5", "'vacuum_min_snapshots_to_keep' is for table_type ICE"),
        ("location='s3://b/'", "'location' is for table_type ICEBERG alone"),
        ("partitioning=ARRAY['k']", "'partitioning' is for table_type ICEBERG alone"),
        ("table_type='ICEBERG', location='s3://b/'", "is_external must be false"),
        ("table_type='ICEBERG', is_external=false, bucket_count=2", "'bucket_count' does not exis"),
        ("orc_compression='ZLIB'", "orc_compression is for format ORC alone"),
        ("format='JSON', parquet_compression='GZIP'", "parquet_compression is for format PARQUET"),
        ("parquet_compression='GZIP', write_compression='GZIP'", "cannot both be given"),
        ("compression_level=3", "compression_level must be 1 to 22"),
        ("write_compression='ZSTD', compression_level=23", "compression_level must be 1 to 22"),
        ("field_delimiter=','", "field_delimiter must be one character, for TEXTFILE alone"),
        ("format='TEXTFILE', field_delimiter='||'", "field_delimiter must be one character"),
        ("table_type='ICEBERG', is_external=false", "location is needed"),
    ],
)
def test_properties_that_are_refused(shop: Shop, properties: str, reason: str) -> None:
    sql = f"CREATE TABLE made WITH ({properties}) AS SELECT id, name, k FROM {ROWS}"
    assert reason in shop.fail(sql)
    assert shop.lines("SHOW TABLES") == []


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT 1", "MISSING_COLUMN_NAME"),
        ("SELECT NULL AS x", "COLUMN_TYPE_UNKNOWN: line 1:1: Column type is unknown: x"),
        ("SELECT * FROM (VALUES (1, NULL)) AS t(a, b)", "Column type is unknown: b"),
        ("SELECT ARRAY[NULL] AS x", "Unsupported Hive type: array(unknown)"),
        ("SELECT TIMESTAMP '2019-10-01 00:00:00.0001' AS x", "Incorrect timestamp precision"),
        ("SELECT nothing AS x", "COLUMN_NOT_FOUND"),
    ],
)
def test_queries_that_make_no_table(shop: Shop, query: str, reason: str) -> None:
    assert reason in shop.fail(f"CREATE TABLE made AS {query}")


def test_a_folder_that_is_not_empty_and_a_name_that_is_taken(shop: Shop) -> None:
    shop.put("full/x", b"x")
    sql = f"CREATE TABLE made WITH (external_location='s3://{shop.bucket}/full/') AS SELECT 1 AS n"
    assert "HIVE_PATH_ALREADY_EXISTS" in shop.fail(sql)
    shop.run("CREATE TABLE made AS SELECT 1 AS n WITH NO DATA")
    assert shop.rows("SELECT * FROM made") == []
    assert "TABLE_ALREADY_EXISTS" in shop.fail("CREATE TABLE made AS SELECT 1 AS n")
    shop.run("CREATE TABLE IF NOT EXISTS made AS SELECT 1 AS n")


def test_a_hundred_partitions_are_the_limit_and_nothing_is_left_beyond(shop: Shop) -> None:
    numbers = ", ".join(str(n) for n in range(101))
    query = f"SELECT 'x' AS v, k FROM UNNEST(ARRAY[{numbers}]) AS t(k)"
    where = f"external_location='s3://{shop.bucket}/many/', partitioned_by=ARRAY['k']"
    reason = shop.fail(f"CREATE TABLE many WITH ({where}) AS {query}")
    assert reason == (
        "HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions/buckets"
    )
    assert shop.keys("many/") == []
    shop.run(f"CREATE TABLE many WITH ({where}) AS {query} WHERE k < 100")
    assert shop.rows("SELECT count(*), sum(k) FROM many") == [["100", "4950"]]


def test_a_failure_while_writing_leaves_nothing(shop: Shop) -> None:
    where = f"external_location='s3://{shop.bucket}/bad/', partitioned_by=ARRAY['k']"
    query = "SELECT 10 / (id - 3) AS v, k FROM " + ROWS
    assert "DIVISION_BY_ZERO" in shop.fail(f"CREATE TABLE bad WITH ({where}) AS {query}")
    assert shop.keys("bad/") == []
    assert shop.lines("SHOW TABLES") == []


def test_buckets_are_files(shop: Shop) -> None:
    numbers = ", ".join(str(n) for n in range(50))
    shop.run(
        "CREATE TABLE b WITH (bucketed_by=ARRAY['k'], bucket_count=4) AS "
        f"SELECT k FROM UNNEST(ARRAY[{numbers}]) AS t(k)"
    )
    storage = shop.table("b")["StorageDescriptor"]
    assert (storage["BucketColumns"], storage["NumberOfBuckets"]) == (["k"], 4)
    keys = shop.keys(storage["Location"].split("/", 3)[3])
    assert [key[-12:] for key in keys] == [f"bucket-{n:05d}" for n in range(4)]
    # Hive's hash of an integer is the integer
    assert {int(k.as_py()) % 4 for k in parquet(shop, keys[1])["k"]} == {1}
    assert shop.rows("SELECT count(*) FROM b") == [["50"]]


def test_a_bucketed_table_takes_no_insert(shop: Shop) -> None:
    properties = "bucketed_by=ARRAY['id'], bucket_count=2, is_external=true, table_type='hive'"
    shop.run(f"CREATE TABLE made WITH ({properties}) AS SELECT id, name FROM {ROWS}")
    assert "INSERT INTO the bucketed table" in shop.fail("INSERT INTO made VALUES (1, 'x')")


def test_insert_adds_files_and_partitions(shop: Shop) -> None:
    where = f"external_location='s3://{shop.bucket}/made/', partitioned_by=ARRAY['k']"
    shop.run(
        f"CREATE TABLE made WITH ({where}) AS SELECT CAST(id AS bigint) AS id, name, k FROM {ROWS}"
    )
    done = shop.run("INSERT INTO made SELECT 4, 'd', 30")
    assert (done["StatementType"], done["SubstatementType"]) == ("DML", "INSERT")
    shop.run("INSERT INTO made (k, id) VALUES (10, 5), (40, 6)")
    assert sorted(shop.partitions("made")) == [("10",), ("20",), ("30",), ("40",)]
    assert shop.rows("SELECT id, name, k FROM made WHERE id > 3 ORDER BY id") == [
        *(["4", "d", "30"], ["5", None, "10"], ["6", None, "40"])
    ]
    reason = shop.fail("INSERT INTO made SELECT 'x', 'y', 1")
    assert reason.startswith("TYPE_MISMATCH: line 1:1: Insert query has mismatched column types")
    assert "COLUMN_NOT_FOUND" in shop.fail("INSERT INTO made (zzz) VALUES (1)")
    assert "TABLE_NOT_FOUND" in shop.fail("INSERT INTO nothing VALUES (1)")
    assert "INSERT OVERWRITE" in shop.fail("INSERT OVERWRITE made VALUES (1)")


def test_insert_writes_where_a_partition_is(shop: Shop) -> None:
    shop.run(
        "CREATE EXTERNAL TABLE t (v BIGINT) PARTITIONED BY (day INT) STORED AS PARQUET "
        f"LOCATION 's3://{shop.bucket}/t/'"
    )
    shop.run(f"ALTER TABLE t ADD PARTITION (day=1) LOCATION 's3://{shop.bucket}/else/load=1/'")
    shop.put_parquet("t/day=02/a", {"v": [2]})
    shop.run("MSCK REPAIR TABLE t")
    shop.run("INSERT INTO t VALUES (1, 1), (22, 2), (3, 3)")
    assert shop.rows("SELECT v, day FROM t ORDER BY v") == [
        *(["1", "1"], ["2", "2"], ["3", "3"], ["22", "2"])
    ]
    assert len(shop.keys("else/load=1/")) == 1
    assert len(shop.keys("t/day=02/")) == 2
    assert shop.lines("SHOW PARTITIONS t") == ["day=02", "day=1", "day=3"]


def test_unload_writes_files_and_a_manifest(shop: Shop) -> None:
    target = f"s3://{shop.bucket}/out/"
    done = shop.run(f"UNLOAD (SELECT id, k FROM {ROWS}) TO '{target}' WITH (format='PARQUET')")
    manifest = done["Statistics"]["DataManifestLocation"]
    bucket, key = manifest.removeprefix("s3://").split("/", 1)
    listed = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode().split()
    assert listed == [f"s3://{shop.bucket}/{key}" for key in shop.keys("out/")]
    assert parquet(shop, shop.keys("out/")[0]).num_rows == 3
    assert "HIVE_PATH_ALREADY_EXISTS" in shop.fail(
        f"UNLOAD (SELECT 1 AS n) TO '{target}' WITH (format='JSON')"
    )
    assert "'format'" in shop.fail(f"UNLOAD (SELECT 1 AS n) TO 's3://{shop.bucket}/o/'")


@pytest.mark.parametrize("mode", ["ctas", "unload", "plain"])
def test_awswrangler_reads_in_its_three_modes(shop: Shop, mode: str) -> None:
    sql = (
        "SELECT id, name, CAST(1.5 AS decimal(5,2)) AS price, "
        f"TIMESTAMP '2019-10-01 05:00:00.000' AS at FROM {ROWS} WHERE id >= :low ORDER BY id"
    )
    found = wr.athena.read_sql_query(
        sql,
        database=shop.database,
        params={"low": 2},
        ctas_approach=mode == "ctas",
        unload_approach=mode == "unload",
        s3_output=f"s3://{shop.bucket}/wrangler/",
    ).sort_values("id")
    assert found["id"].tolist() == [2, 3]
    assert found["at"].tolist() == [pd.Timestamp("2019-10-01 05:00:00")] * 2
    assert [str(price) for price in found["price"]] == ["1.50", "1.50"]
    assert shop.lines("SHOW TABLES") == []


def test_awswrangler_writes_a_table_that_athena_reads(shop: Shop) -> None:
    frame = pd.DataFrame({"id": [1, 2], "price": [1.5, 2.5], "day": ["a", "b"]})
    where = {"path": f"s3://{shop.bucket}/frame/", "dataset": True, "database": shop.database}
    for mode in ("overwrite", "append", "overwrite_partitions"):
        wr.s3.to_parquet(frame, table="frame", partition_cols=["day"], mode=mode, **where)
    assert shop.rows("SELECT id, price, day FROM frame ORDER BY id") == [
        *(["1", "1.5", "a"], ["2", "2.5", "b"])
    ]
    parts = wr.catalog.get_partitions(shop.database, "frame", expression="day = 'b'")
    assert list(parts.values()) == [["b"]]
    wr.catalog.delete_partitions("frame", shop.database, [["a"]])
    assert shop.rows("SELECT id FROM frame") == [["2"]]
    output = f"s3://{shop.bucket}/ctas/"
    wr.athena.create_ctas_table(
        "SELECT id, day FROM frame",
        database=shop.database,
        ctas_table="copied",
        s3_output=output,
        wait=True,
    )
    assert shop.rows("SELECT id FROM copied") == [["2"]]


def test_a_table_that_was_cancelled_half_way_leaves_nothing(shop: Shop) -> None:
    athena = boto3.client("athena")
    query = athena.start_query_execution(
        QueryString="CREATE TABLE half AS SELECT a.x * b.y AS n FROM "
        "UNNEST(sequence(1, 10000)) AS a (x) CROSS JOIN UNNEST(sequence(1, 10000)) AS b (y)",
        QueryExecutionContext={"Database": "ctas_shop"},
        ResultConfiguration={"OutputLocation": shop.athena.output},
    )["QueryExecutionId"]

    def state() -> str:
        execution = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
        return str(execution["Status"]["State"])

    while state() == "QUEUED":
        time.sleep(0.02)
    time.sleep(0.3)  # some rows are written
    athena.stop_query_execution(QueryExecutionId=query)
    while state() == "RUNNING":
        time.sleep(0.02)
    assert state() == "CANCELLED"
    assert not wr.catalog.does_table_exist("ctas_shop", "half")
    assert not [key for key in shop.keys("") if query in key]


TIMES = """
    SELECT TIMESTAMP '2019-10-01 05:00:00.250' AS at, TIMESTAMP '2012-08-08 01:00' AS plain,
        ARRAY[CAST(ROW(TIMESTAMP '1969-12-31 23:59:59.999') AS ROW(t timestamp))] AS nested
    UNION ALL SELECT NULL, NULL, NULL
"""


@pytest.mark.parametrize("way", ["ctas", "insert", "unload"])
def test_times_in_parquet_are_int96(shop: Shop, way: str) -> None:
    if way == "insert":
        shop.run(f"CREATE TABLE made AS {TIMES} WITH NO DATA")
        done = shop.run(f"INSERT INTO made {TIMES}")
    elif way == "unload":
        to = f"s3://{shop.bucket}/times/"
        done = shop.run(f"UNLOAD ({TIMES}) TO '{to}' WITH (format='PARQUET', compression='ZSTD')")
    else:
        done = shop.run(f"CREATE TABLE made AS {TIMES}")
    manifest = done["Statistics"]["DataManifestLocation"].split("/", 3)[3]
    s3 = boto3.client("s3")
    (uri,) = s3.get_object(Bucket=shop.bucket, Key=manifest)["Body"].read().decode().split()
    body = s3.get_object(Bucket=shop.bucket, Key=uri.split("/", 3)[3])["Body"].read()
    schema = pq.ParquetFile(io.BytesIO(body)).schema
    assert [schema.column(n).physical_type for n in range(3)] == ["INT96"] * 3
    frame = pd.read_parquet(io.BytesIO(body))
    assert str(frame["at"].dtype) == str(frame["plain"].dtype) == "datetime64[ns]"
    assert frame["at"][0] == pd.Timestamp("2019-10-01 05:00:00.250")
    if way != "unload":
        assert shop.rows("SELECT at, plain, nested[1].t FROM made WHERE at IS NOT NULL") == [
            ["2019-10-01 05:00:00.250", "2012-08-08 01:00:00.000", "1969-12-31 23:59:59.999"]
        ]


def test_awswrangler_reads_nullable_times_as_from_the_service(shop: Shop) -> None:
    for approach in ({"ctas_approach": True}, {"ctas_approach": False, "unload_approach": True}):
        frame = wr.athena.read_sql_query(
            f"SELECT at FROM ({TIMES}) ORDER BY at",
            database=shop.database,
            s3_output=f"s3://{shop.bucket}/{len(approach)}/",
            **approach,
        )
        assert str(frame["at"].dtype) == "datetime64[ns]"
        assert frame["at"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("value", "stored"),
    [("DECIMAL '7'", "7"), ("DECIMAL '-8.5'", "-9"), ("CAST(9 AS decimal(38, 0))", "9")],
)
def test_decimals_are_inserted_into_integers(shop: Shop, value: str, stored: str) -> None:
    shop.run("CREATE TABLE made AS SELECT 1 AS id, BIGINT '1' AS big WHERE false")
    shop.run(f"INSERT INTO made VALUES ({value}, {value})")
    assert shop.rows("SELECT * FROM made") == [[stored, stored]]
    assert "TYPE_MISMATCH" in shop.fail("INSERT INTO made VALUES ('1', 1)")
    reason = shop.fail("INSERT INTO made VALUES (DECIMAL '3000000000', 1)")
    assert reason.startswith("INVALID_CAST_ARGUMENT: Cannot cast '3000000000' to INTEGER")


@pytest.mark.parametrize(
    ("properties", "told", "suffix"),
    [
        ("format='PARQUET'", {"parquet.compression": "GZIP"}, ""),
        ("format='PARQUET', write_compression='snappy'", {"parquet.compression": "SNAPPY"}, ""),
        ("format='ORC'", {"orc.compress": "ZLIB"}, ""),
        ("format='JSON'", {"write.compression": "GZIP"}, ".gz"),
        ("format='TEXTFILE', write_compression='ZSTD'", {"write.compression": "ZSTD"}, ".zst"),
        (
            "bucketed_by=ARRAY['id'], bucket_count=2",
            {"parquet.compression": "GZIP", "bucketing_format": "hive", "bucketing_version": "1"},
            "",
        ),
    ],
)
def test_a_made_table_tells_its_compression_which_insert_keeps(
    shop: Shop, properties: str, told: dict[str, str], suffix: str
) -> None:
    where = f"external_location='s3://{shop.bucket}/made/'"
    shop.run(f"CREATE TABLE made WITH ({where}, {properties}) AS SELECT id, name FROM {ROWS}")
    parameters = shop.table("made")["Parameters"]
    always = {"auto.purge": "false", "has_encrypted_data": "false", "transactional": "false"}
    always |= {"numFiles": "-1", "totalSize": "-1"}
    assert parameters == {"EXTERNAL": "TRUE", **always, **told}
    if "bucketing_format" not in told:
        shop.run("INSERT INTO made VALUES (9, 'z')")
        assert all(key.endswith(suffix) for key in shop.keys("made/"))
        assert shop.rows("SELECT name FROM made WHERE id = 9") == [["z"]]
