"""Iceberg tables: what statements make of them, and what is refused."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from athena_tables import Shop, open_shop


@pytest.fixture
def shop(aws_env: None) -> Iterator[Shop]:
    yield from open_shop("lake_house")


def create(
    shop: Shop, name: str, columns: str, partitioned: str = "", properties: str = ""
) -> None:
    by = f"PARTITIONED BY ({partitioned}) " if partitioned else ""
    shop.run(
        f"CREATE TABLE {name} ({columns}) {by}LOCATION 's3://{shop.bucket}/{name.strip('`')}/' "
        f"TBLPROPERTIES ('table_type'='ICEBERG'{properties})"
    )


def scanned(shop: Shop, sql: str) -> int:
    return int(shop.run(sql)["Statistics"]["DataScannedInBytes"])


def test_hidden_partitions_prune_and_types_keep_their_digits(shop: Shop) -> None:
    create(
        shop,
        "typed",
        "id bigint, ts timestamp, price decimal(10,2), tags array<string>, s struct<x:int>",
        "day(ts), bucket(4, id), truncate(2, id)",
    )
    shop.run(
        "INSERT INTO typed VALUES "
        "(1, TIMESTAMP '2020-01-01 10:00:00.123456', DECIMAL '1.50', ARRAY['a'], "
        "CAST(ROW(1) AS ROW(x integer))), "
        "(2, TIMESTAMP '2020-01-02 00:00:00', NULL, NULL, NULL)"
    )
    shop.run("INSERT INTO typed (id) VALUES (3)")
    assert shop.rows("SELECT * FROM typed ORDER BY id") == [
        ["1", "2020-01-01 10:00:00.123456", "1.50", "[a]", "{x=1}"],
        ["2", "2020-01-02 00:00:00.000000", None, None, None],
        ["3", None, None, None, None],
    ]
    later = "SELECT id, price FROM typed WHERE ts >= TIMESTAMP '2020-01-02 00:00:00'"
    assert shop.rows(later) == [["2", None]]
    assert 0 < scanned(shop, later) < scanned(shop, "SELECT id, price, ts FROM typed")
    assert any("/data/ts_day=2020-01-01/" in key for key in shop.keys("typed/"))
    shop.run("DROP TABLE typed")
    assert shop.keys("typed/") == []


def test_what_peers_insert_is_taken(shop: Shop) -> None:
    # awswrangler partitions by a column `partition`, which it does not quote; SQLAlchemy sends a
    # time for a date and doubles for decimals, dbt a time with a zone for one without
    shop.run(
        "CREATE TABLE peers (`partition` bigint, d date, ts timestamp, p decimal(8,4), f float) "
        "PARTITIONED BY (partition) "
        f"LOCATION 's3://{shop.bucket}/peers/' TBLPROPERTIES ('table_type'='ICEBERG')"
    )
    shop.run(
        "INSERT INTO peers VALUES (1, TIMESTAMP '2012-10-15 12:57:18.000', "
        "TIMESTAMP '2020-01-04 00:00:00 +02:00', 15.7563E0, 15.5E0)"
    )
    assert shop.rows('SELECT "partition", d, ts, p, f FROM peers') == [
        ["1", "2012-10-15", "2020-01-04 00:00:00.000000", "15.7563", "15.5"]
    ]


def test_ctas_and_what_describes_it(shop: Shop) -> None:
    shop.run(
        "CREATE TABLE made WITH (table_type='ICEBERG', is_external=false, "
        f"location='s3://{shop.bucket}/made/', partitioning=ARRAY['month(d)', 'bucket(id, 2)']) "
        "AS SELECT 1 AS id, DATE '2020-01-31' AS d"
    )
    assert shop.rows("SELECT * FROM made") == [["1", "2020-01-31"]]
    assert "id_bucket\tbucket[2]\tid" in shop.lines("DESCRIBE made")
    assert "PARTITIONED BY (month(`d`), bucket(2, `id`))" in shop.lines("SHOW CREATE TABLE made")
    columns = (
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name='made'"
    )
    assert shop.rows(columns) == [["id", "integer"], ["d", "date"]]


def test_rows_are_deleted_updated_and_merged(shop: Shop) -> None:
    create(shop, "changing", "id int, name string, n int", "bucket(2, id)")
    shop.run("INSERT INTO changing VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3), (4, 'd', 4)")
    shop.run("DELETE FROM changing WHERE id IN (SELECT max(id) FROM changing)")
    shop.run("UPDATE changing SET name = upper(name), n = n + 1 WHERE id = 1")
    shop.run(
        "MERGE INTO changing AS t "
        "USING (VALUES (1, 'x'), (2, 'y'), (9, 'z'), (10, 'no')) AS s(id, name) ON t.id = s.id "
        "WHEN MATCHED AND t.n = 2 AND t.id = 1 THEN DELETE "
        "WHEN MATCHED THEN UPDATE SET name = s.name || t.name "
        "WHEN NOT MATCHED AND s.name <> 'no' THEN INSERT (name, id) VALUES (s.name, s.id)"
    )
    expected: list[list[str | None]] = [["2", "yb", "2"], ["3", "c", "3"], ["9", "z", None]]
    assert shop.rows("SELECT * FROM changing ORDER BY id") == expected
    twice = "MERGE INTO changing USING (VALUES 2, 2) AS s(id) ON changing.id = s.id "
    twice += "WHEN MATCHED THEN DELETE"
    assert "MERGE_TARGET_ROW_MULTIPLE_MATCHES" in shop.fail(twice)
    assert shop.rows("SELECT * FROM changing ORDER BY id") == expected
    shop.run("DELETE FROM changing")
    assert shop.rows("SELECT count(*) FROM changing") == [["0"]]


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        (
            "ON EXISTS (SELECT 1 WHERE t.id = s.id) WHEN MATCHED THEN DELETE",
            "Reference to column 't.id' from outer scope not allowed in this context",
        ),
        (
            "ON t.id = s.id WHEN NOT MATCHED THEN INSERT VALUES (max(s.id) OVER ())",
            "INSERT clause cannot contain window functions: max",
        ),
    ],
)
def test_a_merge_names_no_columns_from_queries_in_on_and_has_no_windows(
    shop: Shop, rest: str, reason: str
) -> None:
    create(shop, "merged", "id bigint")
    assert reason in shop.fail(f"MERGE INTO merged t USING (VALUES 1) AS s(id) {rest}")
    taken = "ON t.id = (SELECT max(id) FROM merged) WHEN NOT MATCHED THEN INSERT VALUES (s.id)"
    shop.run(f"MERGE INTO merged t USING (VALUES 1) AS s(id) {taken}")
    assert shop.rows("SELECT * FROM merged") == [["1"]]


def test_former_states_can_be_asked(shop: Shop) -> None:
    create(shop, "former", "id int")
    shop.run("INSERT INTO former VALUES 1")
    shop.run("ALTER TABLE former ADD COLUMNS (extra string)")
    shop.run("UPDATE former SET extra = 'x', id = 2")
    history = shop.rows('SELECT snapshot_id, made_current_at FROM "former$history" ORDER BY 2')
    first, moment = (str(cell) for cell in history[0])
    assert shop.rows(f"SELECT * FROM former FOR VERSION AS OF {first}") == [["1"]]
    then = f"SELECT * FROM former FOR TIMESTAMP AS OF TIMESTAMP '{moment}' AS f"
    assert shop.rows(then) == [["1"]]
    assert shop.rows("SELECT * FROM former") == [["2", "x"]]
    assert shop.rows('SELECT operation FROM "former$snapshots" ORDER BY committed_at') == [
        ["append"],
        ["overwrite"],
    ]
    assert shop.rows('SELECT content, record_count FROM "former$files"') == [["0", "1"]]
    never = "SELECT * FROM former FOR TIMESTAMP AS OF TIMESTAMP '2001-01-01 00:00:00 UTC'"
    assert "INVALID_ARGUMENTS: No version history table" in shop.fail(never)
    assert "snapshot ID does not exists: 70000000000" in shop.fail(
        "SELECT * FROM former FOR VERSION AS OF 70000000000"
    )


def test_columns_change_without_their_files(shop: Shop) -> None:
    create(shop, "altered", "id int, n float, gone string")
    shop.run("INSERT INTO altered VALUES (1, REAL '1.5', 'x')")
    shop.run("ALTER TABLE altered CHANGE COLUMN id number bigint")
    shop.run("ALTER TABLE altered CHANGE n n double FIRST")
    shop.run("ALTER TABLE altered DROP COLUMN gone")
    shop.run("ALTER TABLE altered ADD COLUMNS (gone int)")
    shop.run("INSERT INTO altered (number, gone) VALUES (3000000000, 4)")
    assert shop.rows("SELECT * FROM altered ORDER BY number") == [
        ["1.5", "1", None],
        [None, "3000000000", "4"],
    ]
    assert "Invalid schema change" in shop.fail("ALTER TABLE altered CHANGE n n float")
    shop.run("ALTER TABLE altered SET TBLPROPERTIES ('vacuum_min_snapshots_to_keep'='3')")
    assert "vacuum_min_snapshots_to_keep\t3" in shop.lines("SHOW TBLPROPERTIES altered")
    shop.run("ALTER TABLE altered UNSET TBLPROPERTIES ('vacuum_min_snapshots_to_keep')")
    assert shop.lines("SHOW TBLPROPERTIES altered") == ["table_type\ticeberg"]
    shop.run("ALTER TABLE altered RENAME TO renamed")
    assert shop.rows("SELECT count(*) FROM renamed") == [["2"]]
    assert "TABLE_NOT_FOUND" in shop.fail("SELECT * FROM altered")


def test_a_type_that_would_lose_values_or_read_others_is_refused(shop: Shop) -> None:
    create(shop, "widened", "p decimal(10,2), s string, b binary, n int, d date")
    for change in (
        *("p p decimal(12,4)", "p p decimal(9,2)", "s s binary", "b b string"),
        *("n n string", "n n double", "d d timestamp"),
    ):
        reason = shop.fail(f"ALTER TABLE widened CHANGE COLUMN {change}")
        assert "Cannot change column type" in reason, change
    shop.run("INSERT INTO widened (p) VALUES (DECIMAL '12345678.25')")
    shop.run("ALTER TABLE widened CHANGE COLUMN p p decimal(12,2)")
    assert shop.rows("SELECT p FROM widened") == [["12345678.25"]]


def test_a_change_of_a_struct_that_may_lose_values_is_refused(shop: Shop) -> None:
    create(shop, "parts", "id int, s struct<a:int,b:string>, m map<string,struct<v:int>>")
    shop.run("INSERT INTO parts VALUES (1, ROW(2, 'b'), MAP(ARRAY['k'], ARRAY[ROW(3)]))")
    for change, reason in (
        ("s s struct<a:int,c:string>", "dropping b and adding c in s"),
        ("s s struct<a:string,b:string>", "Cannot change column type: s.a: int -> string"),
        ("s s string", "Cannot change column type: s"),
        ("m m map<int,struct<v:int>>", "Cannot change column type: m.key: string -> int"),
        ("m m map<string,struct<v:smallint>>", "smallint"),
    ):
        assert reason in shop.fail(f"ALTER TABLE parts CHANGE COLUMN {change}")
    shop.run("ALTER TABLE parts CHANGE m m map<string,struct<w:string,v:bigint>> COMMENT 'more'")
    shop.run("ALTER TABLE parts CHANGE s t struct<b:string,a:bigint> FIRST")
    assert shop.rows("SELECT * FROM parts") == [["{b=b, a=2}", "1", "{k={w=null, v=3}}"]]


def test_small_files_become_one_and_old_snapshots_go(shop: Shop) -> None:
    create(
        shop,
        "kept",
        "id int, c string",
        "c",
        ", 'optimize_rewrite_data_file_threshold'='2', 'vacuum_max_snapshot_age_seconds'='0'",
    )
    for number in (1, 3):
        shop.run(f"INSERT INTO kept VALUES ({number}, 'x'), ({number + 1}, 'x')")
    shop.run("DELETE FROM kept WHERE id = 1")
    before = shop.rows("SELECT * FROM kept ORDER BY id")
    shop.run("OPTIMIZE kept REWRITE DATA USING BIN_PACK WHERE c = 'other'")
    assert shop.rows('SELECT count(*) FROM "kept$files"') == [["3"]]
    shop.run("OPTIMIZE kept REWRITE DATA USING BIN_PACK WHERE c = 'x'")
    assert shop.rows('SELECT content, record_count FROM "kept$files"') == [["0", "3"]]
    shop.run("VACUUM kept")
    assert shop.rows('SELECT count(*) FROM "kept$snapshots"') == [["1"]]
    assert len(shop.keys("kept/data/")) == 1
    assert shop.rows("SELECT * FROM kept ORDER BY id") == before


def test_upkeep_needs_a_folder_and_names_in_backticks(shop: Shop) -> None:
    create(shop, "`_kept`", "id int")
    assert "_kept" in shop.fail("VACUUM _kept")
    assert "SYNTAX_ERROR" in shop.fail('VACUUM "_kept"')
    shop.run("VACUUM `_kept`")
    shop.run("VACUUM lake_house.`_kept`")
    shop.run(
        f"CREATE TABLE rooted (id int) LOCATION 's3://{shop.bucket}/' "
        "TBLPROPERTIES ('table_type'='ICEBERG')"
    )
    assert f"Path missing in file system location: s3://{shop.bucket}" in shop.fail("VACUUM rooted")
    assert "not set" in shop.fail(
        "ALTER TABLE rooted UNSET TBLPROPERTIES ('vacuum_min_snapshots_to_keep')"
    )


def test_no_writer_of_several_at_once_is_lost(shop: Shop) -> None:
    create(shop, "raced", "id int")
    shop.run("INSERT INTO raced VALUES 0")
    statements = [f"INSERT INTO raced VALUES {number}" for number in range(1, 4)]
    statements.append("UPDATE raced SET id = id + 100 WHERE id = 0")
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda sql: shop.athena.run(sql, **shop.where), statements))
    states = [each["Status"]["State"] for each in done]
    reasons = [each["Status"].get("StateChangeReason", "") for each in done]
    assert all("ICEBERG_COMMIT_ERROR" in reason for reason in reasons if reason)
    found = sorted(int(str(row[0])) for row in shop.rows("SELECT id FROM raced"))
    appended = [n for n, state in zip((1, 2, 3), states, strict=False) if state == "SUCCEEDED"]
    assert found == sorted([*appended, 100 if states[3] == "SUCCEEDED" else 0])


def test_metadata_that_cannot_be_used_is_told(shop: Shop) -> None:
    create(shop, "broken", "id int")
    shop.run("INSERT INTO broken VALUES 1")
    s3 = boto3.client("s3")
    data = next(key for key in shop.keys("broken/data/"))
    body = s3.get_object(Bucket=shop.bucket, Key=data)["Body"].read()
    s3.delete_object(Bucket=shop.bucket, Key=data)
    assert "ICEBERG_CANNOT_OPEN_SPLIT" in shop.fail("SELECT * FROM broken")
    shop.put(data, body[:50])
    assert "ICEBERG_BAD_DATA" in shop.fail("SELECT * FROM broken")
    shop.put(data, body)
    lists = next(key for key in shop.keys("broken/metadata/") if "/snap-" in key)
    body = s3.get_object(Bucket=shop.bucket, Key=lists)["Body"].read()
    s3.delete_object(Bucket=shop.bucket, Key=lists)
    for sql in ("SELECT * FROM broken", "INSERT INTO broken VALUES 2", "DELETE FROM broken"):
        assert "ICEBERG_INVALID_METADATA: Error reading manifests" in shop.fail(sql)
    assert "ICEBERG_INVALID_METADATA: Error reading manifests" in shop.fail("VACUUM broken")
    shop.put(lists, body)
    key = shop.table("broken")["Parameters"]["metadata_location"].split("/", 3)[3]
    body = s3.get_object(Bucket=shop.bucket, Key=key)["Body"].read()
    for wrong, reason in (
        (body[: len(body) // 2], "ICEBERG_INVALID_METADATA: Invalid metadata file"),
        (body.replace(b'"format-version":2', b'"format-version":3'), "version 3"),
        (re.sub(rb'"current-snapshot-id":\d+', b'"current-snapshot-id":1', body), "snapshot 1"),
    ):
        shop.put(key, wrong)
        for sql in ("SELECT * FROM broken", "INSERT INTO broken VALUES 2"):
            assert reason in shop.fail(sql)
    as_v1 = {**json.loads(body), "format-version": 1, "partition-spec": []}
    shop.put(key, json.dumps({**as_v1, "schema": as_v1["schemas"][0]}).encode())
    assert shop.rows("SELECT * FROM broken") == [["1"]]
    for sql in (
        "INSERT INTO broken VALUES 2",
        "DELETE FROM broken WHERE id < 5",
        "UPDATE broken SET id = 2",
    ):
        assert "require at least format version 2" in shop.fail(sql)
    s3.delete_object(Bucket=shop.bucket, Key=key)
    assert "ICEBERG_MISSING_METADATA" in shop.fail("SELECT * FROM broken")
    shop.put(key, body)
    assert shop.rows("SELECT * FROM broken") == [["1"]]


@pytest.mark.parametrize(
    ("partitioned", "properties", "reason"),
    [
        ("year(name)", "", "Invalid source type string for transform: year"),
        ("bucket(0, id)", "", "Invalid partition field declaration"),
        ("nothing", "", "Cannot find source column: nothing"),
        ("id", ", 'format'='csv'", "Unsupported file format: csv"),
        ("id", ", 'format'='orc', 'write_compression'='gzip'", "Unsupported compression: gzip"),
        ("id", ", 'format'='avro', 'write_compression'='snappy'", "NOT_SUPPORTED: codec snappy"),
        ("id", ", 'colour'='red'", "Unsupported table property key: colour"),
    ],
)
def test_tables_that_cannot_be(shop: Shop, partitioned: str, properties: str, reason: str) -> None:
    said = shop.fail(
        f"CREATE TABLE never (id int, name string) PARTITIONED BY ({partitioned}) "
        f"LOCATION 's3://{shop.bucket}/never/' TBLPROPERTIES ('table_type'='ICEBERG'{properties})"
    )
    assert reason in said
