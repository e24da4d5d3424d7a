"""Text tables written by INSERT, CTAS and UNLOAD read back as what was written."""

import gzip
from collections.abc import Iterator

import boto3
import pytest

from athena_tables import Shop, open_shop

OPEN_CSV = "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'"
OPENX = "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'"
HCATALOG = "ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'"
DELIMITED = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ','"
ALL = (
    f"{DELIMITED} ESCAPED BY '\\\\' COLLECTION ITEMS TERMINATED BY ';' MAP KEYS TERMINATED BY ':' "
    "LINES TERMINATED BY '\\n' NULL DEFINED AS '-'"
)


@pytest.fixture
def shop(aws_env: str) -> Iterator[Shop]:
    yield from open_shop("written_shop")


def bodies(shop: Shop, prefix: str) -> list[str]:
    s3 = boto3.client("s3")
    read = [s3.get_object(Bucket=shop.bucket, Key=key)["Body"].read() for key in shop.keys(prefix)]
    return [gzip.decompress(body).decode() for body in read]


TEXTS = ["a,b", "a\\b", "a;b:c", '"', '"a"', "it''s", "", "\\N", "N", "-", " x ", "é", "\x02\x01"]


@pytest.mark.parametrize(
    ("row_format", "lost"),
    [
        (f"{DELIMITED} ESCAPED BY '\\\\' NULL DEFINED AS '!'", {}),
        (ALL, {"-": None}),
        (f"{DELIMITED} ESCAPED BY '\\\\' NULL DEFINED AS ''", {"": None}),
        ("ROW FORMAT DELIMITED FIELDS TERMINATED BY '|'", {"\\N": None}),
        (OPEN_CSV, {None: ""}),
        (f"{OPEN_CSV} WITH SERDEPROPERTIES ('separatorChar'=';','quoteChar'='#')", {None: ""}),
        (f"{OPEN_CSV} WITH SERDEPROPERTIES ('escapeChar'='!')", {None: ""}),
        (OPENX, {}),
        (f"{OPENX} WITH SERDEPROPERTIES ('mapping.s'='Other')", {}),
        (HCATALOG, {}),
    ],
)
def test_texts_that_a_serde_can_tell_apart_come_back(
    shop: Shop, row_format: str, lost: dict[str | None, str | None]
) -> None:
    shop.run(
        f"CREATE EXTERNAL TABLE t (n INT, s STRING, e STRING) {row_format} "
        f"LOCATION 's3://{shop.bucket}/t/'"
    )
    values = ", ".join(f"({number}, '{text}', 'end')" for number, text in enumerate(TEXTS))
    shop.run(f"INSERT INTO t VALUES {values}, (99, NULL, 'end')")
    wanted = [text.replace("''", "'") for text in TEXTS] + [None]
    found = shop.rows("SELECT s, e FROM t ORDER BY n")
    assert found == [[lost.get(text, text), "end"] for text in wanted]


def test_the_bytes_of_escaped_text_are_those_of_hive(shop: Shop) -> None:
    shop.run(
        f"CREATE EXTERNAL TABLE t (s STRING, a ARRAY<STRING>, m MAP<STRING,INT>, n INT) {ALL} "
        f"LOCATION 's3://{shop.bucket}/t/'"
    )
    shop.run(
        "INSERT INTO t VALUES ('a,b\\c', ARRAY['x;y', NULL], MAP(ARRAY['k:1', 'l'], "
        "ARRAY[1, NULL]), NULL)"
    )
    assert bodies(shop, "t/") == ["a\\,b\\\\c,x\\;y;-,k\\:1:1;l:-,-\n"]


NESTED = (
    "ARRAY[1, NULL] AS a, MAP(ARRAY['k'], ARRAY[1.5e0]) AS m, "
    "CAST(ROW('x,y', ARRAY['p', 'q']) AS ROW(s VARCHAR, l ARRAY(VARCHAR))) AS r, "
    "CAST(ARRAY[] AS ARRAY(VARCHAR)) AS empty, CAST(NULL AS ARRAY(BIGINT)) AS nothing, "
    "TIMESTAMP '2019-10-01 05:06:07.120' AS t, DATE '2019-10-01' AS d, true AS b, "
    "CAST(1.50 AS DECIMAL(5,2)) AS c, from_hex('00ff') AS bin, nan() AS f, -infinity() AS g, "
    "CAST(7 AS TINYINT) AS tiny, CAST('ab' AS CHAR(4)) AS ch"
)
ROW = [
    *("[1, null]", "{k=1.5}", "{s=x,y, l=[p, q]}", "[]", None, "2019-10-01 05:06:07.120"),
    *("2019-10-01", "true", "1.50", "00 ff", "NaN", "-Infinity", "7", "ab  "),
]


@pytest.mark.parametrize(
    "properties",
    [
        "format='TEXTFILE'",
        "format='TEXTFILE', field_delimiter='|'",
        "format='JSON'",
        "format='PARQUET'",
        "format='ORC'",
        "format='ORC', write_compression='SNAPPY'",
        "format='ORC', orc_compression='ZSTD'",
    ],
)
def test_every_type_of_a_ctas_comes_back(shop: Shop, properties: str) -> None:
    place = f"external_location='s3://{shop.bucket}/c/'"
    shop.run(f"CREATE TABLE c WITH ({properties}, {place}) AS SELECT {NESTED}")
    assert shop.rows("SELECT * FROM c") == [ROW]
    shop.run(f"INSERT INTO c SELECT {NESTED}")
    assert shop.rows("SELECT * FROM c") == [ROW, ROW]


def test_numbers_and_times_come_back_from_quoted_csv(shop: Shop) -> None:
    columns = "n BIGINT, d DATE, t TIMESTAMP, f DOUBLE, b BOOLEAN, c DECIMAL(5,2)"
    shop.run(f"CREATE EXTERNAL TABLE q ({columns}) {OPEN_CSV} LOCATION 's3://{shop.bucket}/q/'")
    shop.run(
        "INSERT INTO q VALUES (1, DATE '2019-10-01', TIMESTAMP '2019-10-01 05:06:07.120', 1e10, "
        "true, DECIMAL '1.50')"
    )
    assert bodies(shop, "q/") == ['"1","18170","1569906367120","1.0E10","true","1.50"\n']
    assert shop.rows("SELECT * FROM q") == [
        ["1", "2019-10-01", "2019-10-01 05:06:07.120", "1.0E10", "true", "1.50"]
    ]


EXACT = "12345678901234567890.123456789012345678"


@pytest.mark.parametrize("row_format", [OPENX, HCATALOG])
def test_decimals_keep_their_digits_in_json(shop: Shop, row_format: str) -> None:
    shop.run(
        "CREATE EXTERNAL TABLE d (c DECIMAL(38,18), l ARRAY<STRUCT<x:DECIMAL(38,18),y:DOUBLE>>, "
        f"s STRING, f DOUBLE) {row_format} LOCATION 's3://{shop.bucket}/d/'"
    )
    rows = "CAST(ARRAY[ROW(DECIMAL '-0.1', 0.5)] AS ARRAY(ROW(x DECIMAL(38,18), y DOUBLE)))"
    shop.run(f"INSERT INTO d VALUES (DECIMAL '{EXACT}', {rows}, 'a \" 1.5', 2.5)")
    assert shop.rows("SELECT * FROM d") == [
        [EXACT, "[{x=-0.100000000000000000, y=0.5}]", 'a " 1.5', "2.5"]
    ]


@pytest.mark.parametrize(
    "moment", ["TIMESTAMP '1500-01-01 00:00:00'", "TIMESTAMP '2262-04-12 00:00:00'"]
)
def test_a_time_that_would_come_back_from_orc_as_another_is_refused(
    shop: Shop, moment: str
) -> None:
    place = f"external_location='s3://{shop.bucket}/o/'"
    reason = shop.fail(f"CREATE TABLE o WITH (format='ORC', {place}) AS SELECT ARRAY[{moment}] t")
    assert reason.startswith("NOT_SUPPORTED: a time before 1677-09-21 or after 2262-04-11")
    assert shop.keys("o/") == []


def test_a_text_longer_than_its_column_is_not_cut(shop: Shop) -> None:
    columns = "a VARCHAR(2), b CHAR(2)"
    shop.run(f"CREATE EXTERNAL TABLE v ({columns}) LOCATION 's3://{shop.bucket}/v/'")
    shop.run("INSERT INTO v VALUES ('ab  ', 'x')")
    assert shop.rows("SELECT * FROM v") == [["ab", "x "]]
    for values in ("'abc', 'x'", "'a', 'xyz'"):
        reason = shop.fail(f"INSERT INTO v VALUES ({values})")
        assert reason.startswith(
            "INVALID_CAST_ARGUMENT: Cannot truncate non-space characters when casting from varchar"
        )
