"""What a question of an Iceberg table reads, and tables whose names or states are odd."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from athena_client import connect
from athena_tables import Shop, open_shop
from local_aws.engine.iceberg import decoded
from local_aws.engine.iceberg.files import ObjectsIO


@pytest.fixture
def shop(aws_env: None) -> Iterator[Shop]:
    yield from open_shop("lake_scans")


def scanned(shop: Shop, sql: str) -> int:
    return int(shop.run(sql)["Statistics"]["DataScannedInBytes"])


def by_month(shop: Shop, name: str, properties: str = "") -> None:
    shop.run(
        f"CREATE TABLE {name} (id int, year int, month int, c string) "
        f"PARTITIONED BY (year, month) LOCATION 's3://{shop.bucket}/{name}/' "
        f"TBLPROPERTIES ('table_type'='ICEBERG'{properties})"
    )
    shop.run(
        f"INSERT INTO {name} SELECT n, 2019 + n / 24, 1 + n / 2 % 12, 'c' || CAST(n AS varchar) "
        "FROM (SELECT CAST(i AS integer) AS n FROM UNNEST(SEQUENCE(0, 47)) AS t(i))"
    )


def test_whatever_a_condition_computes_of_identity_partitions_files_are_pruned_by_it(
    shop: Shop,
) -> None:
    by_month(shop, "months")
    one = scanned(shop, "SELECT id FROM months WHERE year = 2019 AND month = 3")
    assert 0 < one < scanned(shop, "SELECT id FROM months") / 12
    for condition in (
        "year * 100 + month = 201903",
        "CONTAINS(ARRAY[201903], year * 100 + month)",
        "year = 2019 AND month % 12 = 3",
    ):
        sql = f"SELECT id FROM months WHERE {condition} AND id >= 0"
        assert scanned(shop, sql) == one
        assert shop.rows(f"{sql} ORDER BY id") == [["4"], ["5"]]
    shop.run("INSERT INTO months VALUES (99, NULL, 3, 'none')")
    assert shop.rows("SELECT id FROM months WHERE year IS NULL") == [["99"]]
    assert shop.rows("SELECT id FROM months WHERE COALESCE(year, 0) * 100 + month = 3") == [["99"]]


def test_columns_that_the_partition_tells_cost_nothing(shop: Shop) -> None:
    by_month(shop, "told")
    sql = "SELECT year, month, COUNT(*) FROM told GROUP BY year, month"
    assert scanned(shop, sql) == 0
    assert sorted(shop.rows(sql))[0] == ["2019", "1", "2"]
    both = scanned(shop, "SELECT year, c FROM told")
    assert both == scanned(shop, "SELECT c FROM told") > 0


def test_upkeep_touches_the_partitions_that_a_condition_computes(shop: Shop) -> None:
    by_month(shop, "kept", ", 'optimize_rewrite_delete_file_threshold'='1'")
    shop.run("DELETE FROM kept WHERE id % 2 = 0")
    deletes = 'SELECT count(*) FROM "kept$files" WHERE content = 1'
    assert shop.rows(deletes) == [["24"]]
    shop.run("OPTIMIZE kept REWRITE DATA USING BIN_PACK WHERE year * 100 + month = 201903")
    assert shop.rows(deletes) == [["23"]]
    assert shop.rows("SELECT id FROM kept WHERE year = 2019 AND month = 3") == [["5"]]
    said = shop.fail(
        "OPTIMIZE kept REWRITE DATA USING BIN_PACK WHERE month IN (SELECT month FROM kept)"
    )
    assert "NOT_SUPPORTED" in said


def test_a_state_that_was_expired_cannot_be_asked_any_more(shop: Shop) -> None:
    by_month(shop, "short", ", 'vacuum_max_snapshot_age_seconds'='0'")
    ((first,),) = shop.rows('SELECT snapshot_id FROM "short$snapshots"')
    shop.run("DELETE FROM short WHERE year = 2020")
    former = f"SELECT count(*) FROM short FOR VERSION AS OF {first}"
    assert shop.rows(former) == [["48"]]
    shop.run(f"CREATE VIEW as_then AS {former.replace('count(*)', '*')}")
    assert shop.rows("SELECT count(*) FROM as_then") == [["48"]]
    shop.run("VACUUM short")
    assert f"snapshot ID does not exists: {first}" in shop.fail(former)
    assert f"snapshot ID does not exists: {first}" in shop.fail("SELECT count(*) FROM as_then")
    assert shop.rows("SELECT count(*) FROM short") == [["24"]]


def test_names_with_capitals_and_hyphens_are_those_of_other_tables(shop: Shop) -> None:
    shop.run(
        "CREATE TABLE `Sales-2020` (`Id` int, `net-price` double, `Shop` string) "
        f"PARTITIONED BY (`Shop`, truncate(1, `Id`)) LOCATION 's3://{shop.bucket}/Sales-2020/' "
        "TBLPROPERTIES ('table_type'='ICEBERG')"
    )
    shop.run("""INSERT INTO "sales-2020" VALUES (1, 1.5, 'A-b'), (2, 2.5, 'c/d')""")
    shop.run("""UPDATE "Sales-2020" SET "NET-PRICE" = 9 WHERE "Shop" = 'c/d'""")
    shop.run("ALTER TABLE `sales-2020` ADD COLUMNS (`Extra-One` string)")
    assert shop.rows("""SELECT ID, "net-price", shop FROM "SALES-2020" ORDER BY id""") == [
        ["1", "1.5", "A-b"],
        ["2", "9.0", "c/d"],
    ]
    assert shop.rows("""SELECT count(*) FROM "sales-2020$snapshots" """) == [["2"]]
    shop.run('OPTIMIZE "Sales-2020" REWRITE DATA USING BIN_PACK')
    shop.run("DROP TABLE `sales-2020`")
    assert shop.keys("Sales-2020/") == []


def test_tables_of_one_name_in_two_accounts_are_two(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_account = {}
    for account in ("111111111111", "222222222222"):
        with monkeypatch.context() as patch:
            patch.setenv("AWS_ACCESS_KEY_ID", account)
            patch.setattr(boto3, "DEFAULT_SESSION", None)
            other = Shop(connect(f"of-{account}"), "lake_scans", f"of-{account}")
        other.athena.succeed("CREATE DATABASE lake_scans")
        other.run(
            f"CREATE TABLE twice (id bigint) LOCATION 's3://of-{account}/twice/' "
            "TBLPROPERTIES ('table_type'='ICEBERG')"
        )
        other.run(f"INSERT INTO twice VALUES {account}")
        by_account[account] = other
    for account, other in by_account.items():
        assert other.rows("SELECT id FROM twice") == [[account]]
    first, second = by_account.values()
    first.run("DROP TABLE twice")
    assert second.rows("SELECT id FROM twice") == [["222222222222"]]
    assert "TABLE_NOT_FOUND" in shop.fail("SELECT id FROM twice")


def test_a_rename_moves_the_table_or_leaves_it(shop: Shop) -> None:
    by_month(shop, "named")
    shop.run("CREATE VIEW taken AS SELECT 1 AS one")
    assert "taken" in shop.fail("ALTER TABLE named RENAME TO taken")
    assert shop.rows("SELECT count(*) FROM named") == [["48"]]
    shop.run("ALTER TABLE named RENAME TO other")
    assert shop.rows("SELECT count(*) FROM other") == [["48"]]
    assert "TABLE_NOT_FOUND" in shop.fail("SELECT * FROM named")


def test_no_commit_is_lost_where_a_table_is_renamed_under_its_writers(shop: Shop) -> None:
    by_month(shop, "from_here")
    with ThreadPoolExecutor(4) as pool:
        inserts = [
            pool.submit(
                shop.athena.run, "INSERT INTO from_here VALUES (9, 2021, 1, 'x')", **shop.where
            )
            for _ in range(6)
        ]
        renamed = pool.submit(
            shop.athena.run, "ALTER TABLE from_here RENAME TO to_there", **shop.where
        )
    assert renamed.result()["Status"]["State"] == "SUCCEEDED"
    done = [each.result()["Status"]["State"] for each in inserts].count("SUCCEEDED")
    assert shop.rows("SELECT count(*) FROM to_there WHERE year = 2021") == [[str(done)]]


def test_what_the_service_does_not_have_is_refused_by_name(shop: Shop) -> None:
    by_month(shop, "fixed")
    said = shop.fail("ALTER TABLE fixed REPLACE COLUMNS (id bigint)")
    assert "REPLACE COLUMNS" in said
    assert shop.rows("SELECT count(id) FROM fixed") == [["48"]]


def test_what_the_names_of_folders_say_is_taken_only_where_the_partition_says_it_too(
    shop: Shop,
) -> None:
    # the folders are id=…: the name of a column, and of a partition field that is another thing
    shop.run(
        "CREATE TABLE odd (id int, part string, amount int) PARTITIONED BY (part) "
        f"LOCATION 's3://{shop.bucket}/id=7/odd/' TBLPROPERTIES ('table_type'='ICEBERG')"
    )
    shop.run("INSERT INTO odd VALUES (1, 'a b=/é', 1), (2, '01', 2), (3, NULL, 3), (4, '1', 4)")
    assert shop.rows("SELECT id, part, amount FROM odd ORDER BY id") == [
        ["1", "a b=/é", "1"],
        ["2", "01", "2"],
        ["3", None, "3"],
        ["4", "1", "4"],
    ]
    assert shop.rows("SELECT part FROM odd WHERE part = '01'") == [["01"]]
    assert shop.rows("SELECT amount FROM odd WHERE id = 3 AND part IS NULL") == [["3"]]


def test_a_file_whose_partition_was_renamed_is_read_by_its_id(shop: Shop) -> None:
    by_month(shop, "renamed")
    shop.run("ALTER TABLE renamed CHANGE COLUMN year y int")
    rows = shop.rows("SELECT y, month, COUNT(*) FROM renamed WHERE month = 2 GROUP BY 1, 2")
    assert sorted(rows) == [["2019", "2", "2"], ["2020", "2", "2"]]


def test_a_manifest_that_was_read_before_is_read_anew_where_it_was_changed(shop: Shop) -> None:
    by_month(shop, "twice")
    sql = "SELECT COUNT(*) FROM twice WHERE month > 3"
    assert shop.rows(sql) == shop.rows(sql) == [["36"]]
    objects = boto3.resource("s3").Bucket(shop.bucket).objects.filter(Prefix="twice/metadata/")
    for each in objects:
        if each.key.endswith(".avro"):
            each.Object().put(Body=each.get()["Body"].read()[:60])
    assert "ICEBERG_INVALID_METADATA" in shop.fail(sql)


class _Files(ObjectsIO):
    """Two objects, which may be forbidden."""

    def __init__(self) -> None:
        super().__init__()
        self.etags = {"a": "1", "b": "1"}

    def identity(self, location: str) -> tuple[int, str]:
        return decoded.KEPT_BYTES // 2 + 1, self.etags[location]


def test_what_is_kept_of_metadata_is_bounded_told_by_etag_and_needs_leave_each_time() -> None:
    files, read = _Files(), []

    def once(place: str) -> int:
        def decode() -> int:
            read.append(place)
            return len(read)

        return decoded.once(files, place, (), decode)

    assert [once("a"), once("a")] == [1, 1]
    files.etags["a"] = "2"
    assert once("a") == 2
    assert [once("b"), once("a")] == [3, 4]
    del files.etags["a"]
    with pytest.raises(KeyError):
        once("a")
