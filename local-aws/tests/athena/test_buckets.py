"""Bucketed tables: where rows go, and which files a condition leaves out."""

from collections.abc import Iterator

import pytest

from athena_tables import Shop, open_shop

COUNT = 4
ROWS = (
    "SELECT i AS n, CAST(i AS INTEGER) AS small, 'key ' || CAST(i AS VARCHAR) AS s, "
    "date_add('day', i, DATE '2019-10-01') AS d, i % 2 = 0 AS b, i / 10E0 AS f, "
    "CAST(i / 10E0 AS REAL) AS r "
    "FROM UNNEST(sequence(-200, 200)) AS t(i)"
)


@pytest.fixture
def shop(aws_env: str) -> Iterator[Shop]:
    yield from open_shop("bucket_shop")


def scanned(shop: Shop, sql: str) -> int:
    return int(shop.run(sql)["Statistics"]["DataScannedInBytes"])


@pytest.mark.parametrize("stored", ["PARQUET", "TEXTFILE", "ORC"])
@pytest.mark.parametrize(
    ("by", "where", "count"),
    [
        ("'n'", "n = 7", 1),
        ("'n'", "n = -7 AND s <> ''", 1),
        ("'n'", "5000000000 = n", 0),
        ("'small'", "small IN (7, 11)", 2),
        ("'s'", "s = 'key 7'", 1),
        ("'d'", "d = DATE '2019-10-08'", 1),
        ("'n', 's'", "n = 7 AND s = 'key 7'", 1),
        ("'f'", "f = 0.9E0", 1),
        ("'r', 'f'", "r = REAL '0.7' AND f = 0.7E0", 1),
    ],
)
def test_buckets_that_a_condition_excludes_are_not_read(
    shop: Shop, stored: str, by: str, where: str, count: int
) -> None:
    place = f"external_location='s3://{shop.bucket}/t/'"
    shop.run(
        f"CREATE TABLE t WITH (format='{stored}', {place}, bucketed_by=ARRAY[{by}], "
        f"bucket_count={COUNT}) AS {ROWS}"
    )
    assert [key.split("bucket-")[1][:5] for key in shop.keys("t/")] == [
        f"{number:05d}" for number in range(COUNT)
    ]
    assert shop.rows(f"SELECT count(*) FROM t WHERE {where}") == [[str(count)]]
    whole = scanned(shop, "SELECT max(n), max(s), max(small), max(d) FROM t")
    few = scanned(shop, f"SELECT max(n), max(s), max(small), max(d) FROM t WHERE {where}")
    assert few < whole * 0.6


@pytest.mark.parametrize(
    "where", ["n > 7", "n = small", "n = 7 OR small = 8", "CAST(n AS VARCHAR) = '7'", "b"]
)
def test_other_conditions_read_every_bucket(shop: Shop, where: str) -> None:
    place = f"external_location='s3://{shop.bucket}/t/', bucketed_by=ARRAY['n'], bucket_count=4"
    shop.run(f"CREATE TABLE t WITH (format='TEXTFILE', {place}) AS {ROWS}")
    shop.run(f"CREATE TABLE u WITH (external_location='s3://{shop.bucket}/u/') AS {ROWS}")
    sql = "SELECT count(*), sum(n) FROM {} WHERE " + where
    assert shop.rows(sql.format("t")) == shop.rows(sql.format("u"))
    assert scanned(shop, sql.format("t")) == scanned(shop, "SELECT count(n) FROM t")


def test_files_whose_names_tell_no_bucket_are_read(shop: Shop) -> None:
    shop.put("t/000000_0", b"1\n")
    shop.put("t/other", b"7\n")
    shop.run(
        "CREATE EXTERNAL TABLE t (n BIGINT) CLUSTERED BY (n) INTO 4 BUCKETS "
        f"LOCATION 's3://{shop.bucket}/t/'"
    )
    assert shop.rows("SELECT n FROM t WHERE n = 7") == [["7"]]
    assert scanned(shop, "SELECT n FROM t WHERE n = 7") == 2


def test_a_file_a_bucket_tells_by_its_place_which(shop: Shop) -> None:
    for number in range(4):
        lines = "".join(f"{n}\n" for n in range(40) if n % 4 == number)
        shop.put(f"t/5f0c_bucket-{number:05d}.csv", lines.encode())  # as awswrangler names them
    shop.run(
        "CREATE EXTERNAL TABLE t (n INT) CLUSTERED BY (n) INTO 4 BUCKETS "
        f"LOCATION 's3://{shop.bucket}/t/'"
    )
    assert shop.rows("SELECT n FROM t WHERE n = 7") == [["7"]]
    assert scanned(shop, "SELECT n FROM t WHERE n = 7") * 3 < scanned(shop, "SELECT n FROM t")
    shop.put("t/more", b"7\n")
    assert shop.rows("SELECT n FROM t WHERE n = 7") == [["7"], ["7"]]


HIVE_1 = ("hive", "1")
HIVE_2 = ("hive", "2")
SPARK = ("spark", "1")


@pytest.mark.parametrize(
    ("by", "row", "where", "layout"),
    [
        # the hashes are those of Trino's and Hive's implementations and of Spark's manual
        ("k STRING", "test string", "k = 'test string'", (*HIVE_1, 3)),
        ("k VARCHAR(15)", "test string", "k = 'test string'", (*HIVE_1, 2)),
        ("k DOUBLE", "12.34", "k = 12.34E0", (*HIVE_1, 2)),
        ("k FLOAT", "12.34", "k = REAL '12.34'", (*HIVE_1, 0)),
        ("k BOOLEAN", "true", "k = true", (*HIVE_2, 1)),
        ("k TINYINT", "-128", "k = -128", (*HIVE_2, 0)),
        ("k SMALLINT", "300", "k = 300", (*HIVE_2, 0)),
        ("k SMALLINT", "-32768", "k = -32768", (*HIVE_2, 2)),
        ("k INT", "300000", "k IN (300000)", (*HIVE_2, 0)),
        ("k BIGINT", "300000000000", "k = 300000000000", (*HIVE_2, 3)),
        ("k STRING", "test string", "k = 'test string'", (*HIVE_2, 2)),
        ("k DATE", "1950-11-19", "k = DATE '1950-11-19'", (*HIVE_2, 3)),
        ("k DOUBLE", "12.34", "k = 12.34E0", (*HIVE_2, 0)),
        ("k FLOAT", "12.34", "k = REAL '12.34'", (*HIVE_2, 2)),
        ("k INT", "1", "k = 1", (*SPARK, 3)),
        ("k STRING, l INT, m INT", "Spark,123,2", "k = 'Spark' AND l = 123 AND m = 2", (*SPARK, 0)),
    ],
)
def test_buckets_that_others_wrote_are_chosen_by_their_hash(
    shop: Shop,
    by: str,
    row: str,
    where: str,
    layout: tuple[str, str, int],
) -> None:
    form, version, bucket = layout
    for number in range(4):
        hive, spark = f"{number:06d}_0", f"part-00000-6f1b-11_{number:05d}.c000"
        line = f"{row}\n" if number == bucket else f"{'z' * 40}\n"
        shop.put(f"t/{spark if form == 'spark' else hive}", line.encode())
    names = ", ".join(column.split()[0] for column in by.split(", "))
    shop.run(
        f"CREATE EXTERNAL TABLE t ({by}) CLUSTERED BY ({names}) INTO 4 BUCKETS "
        "ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' "
        f"LOCATION 's3://{shop.bucket}/t/' "
        f"TBLPROPERTIES ('bucketing_format'='{form}', 'bucketing_version'='{version}')"
    )
    sql = f"SELECT count(*) FROM t WHERE {where}"
    assert shop.rows(sql) == [["1"]]
    assert scanned(shop, sql) == len(row) + 1


def test_both_zeros_of_a_float_are_found(shop: Shop) -> None:
    # 0.0 and -0.0 are equal and have two hashes, which lie in two of three buckets
    for number in range(3):
        shop.put(f"t/{number:06d}_0", b"-0.0\n0.0\n")
    shop.run(
        "CREATE EXTERNAL TABLE t (k DOUBLE) CLUSTERED BY (k) INTO 3 BUCKETS "
        f"LOCATION 's3://{shop.bucket}/t/' TBLPROPERTIES ('bucketing_version'='2')"
    )
    assert shop.rows("SELECT count(*) FROM t WHERE k = 0E0") == [["4"]]
    assert shop.rows("SELECT count(*) FROM t WHERE k = 1E0") == [["0"]]


def test_insert_into_a_bucketed_table_is_refused(shop: Shop) -> None:
    shop.run(
        "CREATE EXTERNAL TABLE t (n BIGINT) CLUSTERED BY (n) INTO 4 BUCKETS "
        f"LOCATION 's3://{shop.bucket}/t/'"
    )
    assert shop.fail("INSERT INTO t VALUES 1").startswith("NOT_SUPPORTED: INSERT INTO the bucketed")
