"""What queries leave in S3 and what GetQueryResults says: to the byte, type by type."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from athena_client import Athena, cells, connect


@pytest.fixture
def athena(aws_env: str) -> Athena:
    return connect("athena-results")


def stored(uri: str) -> bytes:
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    return bytes(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())


def location(done: dict[str, Any]) -> str:
    return str(done["ResultConfiguration"]["OutputLocation"])


def test_csv_quotes_every_value_and_leaves_null_empty(athena: Athena) -> None:
    rows = "(1, 'say \"hi\"', ''), (2, NULL, 'a,b'), (NULL, 'x', 'two\nlines')"
    done = athena.succeed(f'SELECT * FROM (VALUES {rows}) AS t(id, "a ""b""", c) ORDER BY id')
    assert location(done) == f"{athena.output}{done['QueryExecutionId']}.csv"
    assert stored(location(done)).decode() == (
        '"id","a ""b""","c"\n"1","say ""hi""",""\n"2",,"a,b"\n,"x","two\nlines"\n'
    )
    assert cells(athena.page(done)) == [
        ["id", 'a "b"', "c"],
        ["1", 'say "hi"', ""],
        ["2", None, "a,b"],
        [None, "x", "two\nlines"],
    ]


def test_one_column_of_nulls_is_empty_lines(athena: Athena) -> None:
    done = athena.succeed("SELECT CAST(NULL AS varchar) AS x FROM (VALUES 1, 2) AS t(a)")
    assert stored(location(done)) == b'"x"\n\n\n'
    assert cells(athena.page(done)) == [["x"], [None], [None]]


def test_no_rows_is_a_header_alone(athena: Athena) -> None:
    done = athena.succeed("SELECT 1 AS x, 'a' AS x WHERE false")
    assert stored(location(done)) == b'"x","x"\n'
    assert cells(athena.page(done)) == [["x", "x"]]


VALUES = {
    "CAST(1.5 AS double)": "1.5",
    "1e7": "1.0E7",
    "CAST(1569888000 AS double)": "1.569888E9",
    "1e-4": "1.0E-4",
    "0.1e0": "0.1",
    "1e300 * 10": "1.0E301",
    "CAST(-0.0005 AS double)": "-5.0E-4",
    "CAST(0.1 AS real)": "0.1",
    "CAST(1e10 AS real)": "1.0E10",
    "CAST('NaN' AS double)": "NaN",
    "CAST('-Infinity' AS double)": "-Infinity",
    "DECIMAL '2.500'": "2.500",
    "2.500": "2.5",
    "CAST(-0.05 AS decimal(10,2))": "-0.05",
    "BIGINT '9223372036854775807'": "9223372036854775807",
    "true": "true",
    "DATE '2019-10-01'": "2019-10-01",
    "TIMESTAMP '2019-10-01 05:00:00'": "2019-10-01 05:00:00",
    "CAST(TIMESTAMP '2019-10-01 05:00:00' AS timestamp(3))": "2019-10-01 05:00:00.000",
    "TIMESTAMP '2019-10-01 05:00:00.123456'": "2019-10-01 05:00:00.123456",
    "TIMESTAMP '2019-10-01 05:00:00.5 Europe/Berlin'": "2019-10-01 05:00:00.5 Europe/Berlin",
    "TIME '05:00:00.250'": "05:00:00.250",
    "INTERVAL '2' DAY": "2 00:00:00.000",
    "INTERVAL '14' MONTH": "1-2",
    "ARRAY[1, NULL, 3]": "[1, null, 3]",
    "ARRAY[ARRAY[1e0], ARRAY[1e10]]": "[[1.0], [1.0E10]]",
    "CAST(ROW(1, 'b') AS ROW(x integer, y varchar))": "{x=1, y=b}",
    "X'68656c6c6f'": "68 65 6c 6c 6f",
    "NULL": None,
}


def test_values_are_printed_as_athena_prints_them(athena: Athena) -> None:
    columns = ", ".join(f"{sql} AS c{n}" for n, sql in enumerate(VALUES))
    shown = dict(zip(VALUES, athena.rows(f"SELECT {columns}")[1], strict=True))
    assert shown == VALUES


def test_columns_are_described_as_athena_describes_them(athena: Athena) -> None:
    columns = {
        "1": ("integer", 10, 0, False),
        "BIGINT '1'": ("bigint", 19, 0, False),
        "CAST(1 AS smallint)": ("smallint", 5, 0, False),
        "CAST(1 AS tinyint)": ("tinyint", 3, 0, False),
        "1e0": ("double", 17, 0, False),
        "CAST(1 AS real)": ("float", 17, 0, False),
        "CAST(1 AS decimal(12,3))": ("decimal", 12, 3, False),
        "true": ("boolean", 0, 0, False),
        "CAST('a' AS varchar)": ("varchar", 2147483647, 0, True),
        "CAST('a' AS varchar(5))": ("varchar", 5, 0, True),
        "DATE '2019-10-01'": ("date", 0, 0, False),
        "CAST(DATE '2019-10-01' AS timestamp)": ("timestamp", 3, 0, False),
        "ARRAY[1]": ("array", 0, 0, False),
        "ROW(1, 2)": ("row", 0, 0, False),
    }
    done = athena.succeed("SELECT " + ", ".join(columns))
    infos = athena.page(done)["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    members = ("Type", "Precision", "Scale", "CaseSensitive")
    assert [tuple(info[m] for m in members) for info in infos] == list(columns.values())
    assert {(i["CatalogName"], i["SchemaName"], i["TableName"], i["Nullable"]) for i in infos} == {
        ("hive", "", "", "UNKNOWN")
    }
    assert [i["Name"] for i in infos] == [f"_col{n}" for n in range(len(columns))]


def test_metadata_file_is_the_columns_in_athenas_protocol_buffer(athena: Athena) -> None:
    done = athena.succeed("SELECT ARRAY[1] AS ary")
    query_id = done["QueryExecutionId"].encode()
    column = b"\x0a\x04hive\x22\x03ary\x2a\x03ary\x32\x05arrayH\x03"
    expected = b"\x0a\x24" + query_id + b"\x22" + bytes([len(column)]) + column
    assert stored(f"{location(done)}.metadata") == expected


def test_pages_hold_a_thousand_rows_with_the_header_once(athena: Athena) -> None:
    ten = ", ".join(str(n) for n in range(10))
    done = athena.succeed(f"""
        SELECT a.x * 1000 + b.x * 100 + c.x * 10 + d.x AS n
        FROM (VALUES {ten}) AS a(x), (VALUES {ten}) AS b(x), (VALUES {ten}) AS c(x),
            (VALUES 0, 1, 2, 3, 4) AS d(x)
        ORDER BY n
    """)
    first = athena.page(done)
    assert len(first["ResultSet"]["Rows"]) == 1000
    pages = athena.client.get_paginator("get_query_results").paginate(
        QueryExecutionId=done["QueryExecutionId"], PaginationConfig={"PageSize": 700}
    )
    rows = [row for page in pages for row in cells(page)]
    assert rows[0] == ["n"]
    numbers = [int(row[0] or "") for row in rows[1:]]
    assert len(numbers) == 5000
    assert numbers == sorted(numbers)
    with pytest.raises(ClientError, match="NextToken"):
        athena.page(done, NextToken="not a token")
    with pytest.raises(ClientError, match="less than or equal to 1000"):
        athena.page(done, MaxResults=1001)


def test_result_that_was_deleted_is_said(athena: Athena) -> None:
    done = athena.succeed("SELECT 1")
    bucket, key = location(done).removeprefix("s3://").split("/", 1)
    boto3.client("s3").delete_object(Bucket=bucket, Key=key)
    with pytest.raises(ClientError, match="not found"):
        athena.page(done)


def test_statements_of_the_catalog_leave_text_without_a_header(athena: Athena) -> None:
    for name in ("results_a", "results_b"):
        done = athena.succeed(f"CREATE DATABASE IF NOT EXISTS {name}")
        assert (done["StatementType"], location(done)[-4:]) == ("DDL", ".txt")
        assert stored(location(done)) == b""
        assert cells(athena.page(done)) == []
    done = athena.succeed("SHOW DATABASES LIKE 'results_*'")
    assert stored(location(done)) == b"results_a\nresults_b\n"
    page = athena.page(done)
    assert cells(page) == [["results_a"], ["results_b"]]
    (info,) = page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    assert (info["Name"], info["Type"]) == ("database_name", "string")
    assert cells(athena.page(done, MaxResults=1)) == [["results_a"]]


def test_table_as_select_leaves_a_manifest_and_no_result(athena: Athena) -> None:
    athena.succeed("CREATE DATABASE IF NOT EXISTS results_a")
    athena.run("DROP TABLE IF EXISTS results_a.made")
    done = athena.succeed(
        "CREATE TABLE results_a.made WITH (format = 'PARQUET') AS SELECT 1 AS x UNION ALL SELECT 2"
    )
    query_id = done["QueryExecutionId"]
    assert location(done) == f"{athena.output}tables/{query_id}"
    manifest = done["Statistics"]["DataManifestLocation"]
    assert manifest == f"{athena.output}tables/{query_id}-manifest.csv"
    written = stored(manifest).decode().split()
    assert all(stored(uri).startswith(b"PAR1") for uri in written)
    told = [athena.page(done)]
    for sql in (
        "INSERT INTO results_a.made VALUES 5, 6",
        f"UNLOAD (SELECT 1 AS x UNION ALL SELECT 2) TO '{athena.output}{query_id}-unloaded/' "
        "WITH (format = 'PARQUET')",
    ):
        told.append(athena.page(athena.succeed(sql)))
    for page in told:  # as PyAthena reads it: how many rows, and of what type the answer is
        assert page["UpdateCount"] == 2
        (column,) = page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
        assert (column["Name"], column["Type"], column["Precision"]) == ("rows", "bigint", 19)
        assert page["ResultSet"]["Rows"] == []
    assert athena.rows("SELECT sum(x) AS s FROM results_a.made") == [["s"], ["14"]]
    athena.succeed("DROP TABLE results_a.made")
