"""Hive's statements: what they leave in Glue and what they answer."""

import base64
import json
from collections.abc import Iterator

import awswrangler as wr
import boto3
import pytest
from botocore.exceptions import ClientError

from athena_client import cells
from athena_tables import Shop, open_shop


@pytest.fixture
def shop(aws_env: str) -> Iterator[Shop]:
    yield from open_shop("ddl_shop")


def create(shop: Shop, name: str = "events", more: str = "") -> None:
    shop.run(
        f"CREATE EXTERNAL TABLE {name} (id BIGINT COMMENT 'the id', price DECIMAL(10,2)) "
        f"PARTITIONED BY (year INT, day STRING) STORED AS PARQUET "
        f"LOCATION 's3://{shop.bucket}/{name}/' {more}"
    )


def test_a_table_is_kept_in_glue_as_athena_keeps_it(shop: Shop) -> None:
    create(shop, more="TBLPROPERTIES ('classification'='parquet')")
    table = shop.table("events")
    assert table["TableType"] == "EXTERNAL_TABLE"
    assert table["Parameters"]["EXTERNAL"] == "TRUE"
    assert table["Parameters"]["classification"] == "parquet"
    assert table["Parameters"]["transient_lastDdlTime"].isdigit()
    assert [(c["Name"], c["Type"]) for c in table["PartitionKeys"]] == [
        ("year", "int"),
        ("day", "string"),
    ]
    storage = table["StorageDescriptor"]
    assert storage["Columns"] == [
        {"Name": "id", "Type": "bigint", "Comment": "the id"},
        {"Name": "price", "Type": "decimal(10,2)"},
    ]
    assert storage["InputFormat"].endswith("MapredParquetInputFormat")
    assert storage["SerdeInfo"]["SerializationLibrary"].endswith("ParquetHiveSerDe")
    assert storage["Location"] == f"s3://{shop.bucket}/events"


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("CREATE TABLE t (a INT) LOCATION 's3://b/t/'", "EXTERNAL"),
        ("CREATE EXTERNAL TABLE t (a INT)", "LOCATION"),
        ("CREATE EXTERNAL TABLE t (a INT) LOCATION 'file:///etc/'", "Not in S3"),
        ("CREATE EXTERNAL TABLE t (a INT, A INT) LOCATION 's3://b/t/'", "Duplicate column name: a"),
        (
            "CREATE EXTERNAL TABLE t (a INTEGER) LOCATION 's3://b/t/'",
            "FAILED: ParseException line 1",
        ),
        (
            "CREATE TABLE t (a CHAR(2)) LOCATION 's3://ddl-shop-bucket/t/' "
            "TBLPROPERTIES ('table_type'='ICEBERG')",
            "NOT_SUPPORTED: Type not supported for Iceberg: char(2)",
        ),
        (
            "CREATE EXTERNAL TABLE t (a INT) PARTITIONED BY (p ARRAY<INT>) LOCATION 's3://b/t/'",
            "Partition column p of type array<int> is not primitive",
        ),
        (
            "CREATE EXTERNAL TABLE t (a INT) CLUSTERED BY (a) INTO 0 BUCKETS LOCATION 's3://b/t/'",
            "Bucket count must be greater than zero",
        ),
        ("CREATE VIEW v AS SELECT NULL AS n", "COLUMN_TYPE_UNKNOWN"),
        ("DROP TABLE nothing", "FAILED: SemanticException [Error 10001]: Table not found"),
        ("DROP TABLE no-thing", "FAILED: ParseException line 1:13 missing EOF at '-' near 'no'"),
        ("DROP DATABASE nothing", "[Error 10072]: Database does not exist: nothing"),
        ("CREATE DATABASE ddl_shop", "AlreadyExistsException"),
        ("DROP DATABASE default", "Can not drop default database"),
        ("DESCRIBE nothing", "[Error 10001]: Table not found ddl_shop.nothing"),
        ("DELETE FROM nothing", "TABLE_NOT_FOUND: line 1:1"),
        ("OPTIMIZE t REWRITE DATA USING BIN_PACK", "TABLE_NOT_FOUND"),
        ("ALTER TABLE t CLUSTERED BY (a) INTO 2 BUCKETS", "FAILED: ParseException"),
    ],
)
def test_what_athena_refuses(shop: Shop, sql: str, reason: str) -> None:
    assert reason in shop.fail(sql)


@pytest.mark.parametrize(
    ("said", "kept"), [("/t/", "/t"), ("/t//", "/t"), ("/t", "/t"), ("/", "/"), ("", "/")]
)
def test_a_location_loses_its_last_slash(shop: Shop, said: str, kept: str) -> None:
    shop.run(f"CREATE EXTERNAL TABLE t (a INT) LOCATION 's3://{shop.bucket}{said}'")
    assert shop.table("t")["StorageDescriptor"]["Location"] == f"s3://{shop.bucket}{kept}"


def test_a_default_of_hive_is_not_shown(shop: Shop) -> None:
    create(shop)
    shown = " ".join("\n".join(shop.lines("SHOW CREATE TABLE events")).split())
    assert "ParquetHiveSerDe' STORED AS INPUTFORMAT" in shown
    serde = "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' WITH SERDEPROPERTIES ('a'='b')"
    shop.run(f"CREATE EXTERNAL TABLE j (a INT) {serde} LOCATION 's3://{shop.bucket}/j/'")
    shown = " ".join("\n".join(shop.lines("SHOW CREATE TABLE j")).split())
    assert "WITH SERDEPROPERTIES ( 'a'='b') STORED AS" in shown


def test_white_space_in_a_tables_comment_is_one_blank(shop: Shop) -> None:
    shop.run(
        "CREATE EXTERNAL TABLE t (a INT COMMENT 'x\n  y') COMMENT '\nmany\n\n\tlines  here\n' "
        f"LOCATION 's3://{shop.bucket}/t/'"
    )
    table = shop.table("t")
    assert table["Parameters"]["comment"] == " many lines here "
    assert table["StorageDescriptor"]["Columns"][0]["Comment"] == "x\n  y"


def test_a_text_that_is_no_statement_is_refused_at_once(shop: Shop) -> None:
    with pytest.raises(ClientError, match="line 1:1: mismatched input 'SELEC'"):
        shop.athena.start("SELEC 1")


def test_partitions_are_added_renamed_moved_and_dropped(shop: Shop) -> None:
    create(shop)
    base = f"s3://{shop.bucket}"
    shop.run(
        "ALTER TABLE events ADD PARTITION (year=2019, day='a/b') "
        f"PARTITION (year='2019', day='c') LOCATION '{base}/elsewhere/'"
    )
    assert shop.partitions("events") == {
        ("2019", "a/b"): f"{base}/events/year=2019/day=a%2Fb",
        ("2019", "c"): f"{base}/elsewhere",
    }
    assert shop.lines("SHOW PARTITIONS events") == ["year=2019/day=a%2Fb", "year=2019/day=c"]
    assert "AlreadyExistsException" in shop.fail(
        "ALTER TABLE events ADD PARTITION (year=2019, day='c')"
    )
    shop.run("ALTER TABLE events ADD IF NOT EXISTS PARTITION (year=2019, day='c')")
    shop.run(
        "ALTER TABLE events PARTITION (year=2019, day='c') RENAME TO PARTITION (year=2020, day='d')"
    )
    shop.run(f"ALTER TABLE events PARTITION (year=2020, day='d') SET LOCATION '{base}/d/'")
    assert shop.partitions("events")["2020", "d"] == f"{base}/d"
    shop.run("ALTER TABLE events DROP PARTITION (year >= 2020)")
    assert list(shop.partitions("events")) == [("2019", "a/b")]
    assert "Partition not found" in shop.fail("ALTER TABLE events DROP PARTITION (year=1)")
    shop.run("ALTER TABLE events DROP IF EXISTS PARTITION (year=1)")
    assert "doesn't contain all (2)" in shop.fail("ALTER TABLE events ADD PARTITION (year=1)")
    assert "Non-Partition column" in shop.fail("ALTER TABLE events ADD PARTITION (year=1, id=2)")


def test_partitions_are_rows_of_a_table_beside_theirs(shop: Shop) -> None:
    create(shop)
    assert shop.rows('SELECT * FROM "events$partitions"') == []
    shop.run(
        "ALTER TABLE events ADD PARTITION (year=2019, day='a') PARTITION (year=2020, day='b') "
        "PARTITION (year=2020, day='__HIVE_DEFAULT_PARTITION__')"
    )
    sql = f'SELECT year + 1, day FROM {shop.database}."events$partitions" ORDER BY year, day'
    assert shop.rows(sql) == [["2020", "a"], ["2021", "b"], ["2021", None]]
    assert shop.rows('SELECT count(*), max(year) FROM "events$partitions"') == [["3", "2020"]]
    shop.run(f"CREATE EXTERNAL TABLE flat (a INT) LOCATION 's3://{shop.bucket}/flat/'")
    for name in ("flat", "nothing"):
        assert "TABLE_NOT_FOUND" in shop.fail(f'SELECT * FROM "{name}$partitions"')


def test_repair_finds_the_folders_that_are_partitions(shop: Shop) -> None:
    create(shop)
    shop.put("events/year=2019/day=a/f", b"x")
    shop.put("events/year=2019/day=b%2Fc/deep/f", b"x")
    shop.put("events/Year=2019/day=z/f", b"x")
    shop.put("events/other/f", b"x")
    lines = shop.lines("MSCK REPAIR TABLE events")
    assert lines == [
        "Partitions not in metastore:\tevents:year=2019/day=a\tevents:year=2019/day=b%2Fc",
        "Repair: Added partition to metastore events:year=2019/day=a",
        "Repair: Added partition to metastore events:year=2019/day=b%2Fc",
    ]
    assert shop.lines("MSCK REPAIR TABLE events") == []
    boto3.client("s3").delete_object(Bucket=shop.bucket, Key="events/year=2019/day=a/f")
    assert shop.lines("MSCK REPAIR TABLE events") == [
        "Partitions missing from filesystem:\tevents:year=2019/day=a"
    ]
    assert len(shop.partitions("events")) == 2


def test_columns_and_properties_are_altered(shop: Shop) -> None:
    create(shop)
    shop.run("ALTER TABLE events ADD COLUMNS (note STRING COMMENT 'new')")
    shop.run("ALTER TABLE events CHANGE COLUMN note remark VARCHAR(9) FIRST")
    assert [line.strip() for line in shop.lines("SHOW COLUMNS IN events")] == [
        *("remark", "id", "price", "year", "day")
    ]
    shop.run("ALTER TABLE events REPLACE COLUMNS (id BIGINT)")
    assert [c["Name"] for c in shop.table("events")["StorageDescriptor"]["Columns"]] == ["id"]
    shop.run("ALTER TABLE events SET TBLPROPERTIES ('a'='b')")
    assert shop.lines("SHOW TBLPROPERTIES events('a')") == ["a\tb"]
    assert "does not have property: z" in shop.lines("SHOW TBLPROPERTIES events('z')")[0]


def test_show_create_table_makes_the_same_table_again(shop: Shop) -> None:
    shop.run(
        "CREATE EXTERNAL TABLE raw (id BIGINT COMMENT 'it''s', tags ARRAY<STRUCT<a:INT,b:STRING>>) "
        "COMMENT 'raw' PARTITIONED BY (d DATE) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' "
        f"ESCAPED BY '\\\\' LOCATION 's3://{shop.bucket}/raw/' "
        "TBLPROPERTIES ('skip.header.line.count'='1')"
    )
    before = shop.table("raw")
    text = "\n".join(shop.lines("SHOW CREATE TABLE raw"))
    shop.run("DROP TABLE raw")
    shop.run(text)
    after = shop.table("raw")
    assert after["StorageDescriptor"] == before["StorageDescriptor"]
    assert after["PartitionKeys"] == before["PartitionKeys"]
    assert {**after["Parameters"], "transient_lastDdlTime": ""} == {
        **before["Parameters"],
        "transient_lastDdlTime": "",
    }


def test_describe_lists_columns_and_partition_columns(shop: Shop) -> None:
    create(shop)
    lines = [[cell.strip() for cell in line.split("\t")] for line in shop.lines("DESCRIBE events")]
    assert lines[:4] == [
        ["id", "bigint", "the id"],
        ["price", "decimal(10,2)", ""],
        ["year", "int", ""],
        ["day", "string", ""],
    ]
    assert ["# Partition Information", "", ""] in lines
    formatted = "\n".join(shop.lines("DESCRIBE FORMATTED events"))
    assert f"s3://{shop.bucket}/events" in formatted
    assert "ParquetHiveSerDe" in formatted


def test_lists_take_patterns(shop: Shop) -> None:
    create(shop, "events")
    create(shop, "users")
    shop.run("CREATE VIEW event_view AS SELECT id FROM events")
    assert shop.lines("SHOW TABLES") == ["event_view", "events", "users"]
    assert shop.lines("SHOW TABLES IN ddl_shop 'event*'") == ["event_view", "events"]
    assert shop.lines("SHOW TABLES 'users|event_view'") == ["event_view", "users"]
    assert shop.lines("SHOW VIEWS") == ["event_view"]
    assert shop.lines("SHOW DATABASES LIKE 'ddl_%'") == ["ddl_shop"]


def test_a_database_with_tables_is_dropped_only_by_cascade(shop: Shop) -> None:
    shop.run("CREATE DATABASE ddl_other COMMENT 'c' WITH DBPROPERTIES ('k'='v')")
    found = boto3.client("glue").get_database(Name="ddl_other")["Database"]
    assert (found["Description"], found["Parameters"]) == ("c", {"k": "v"})
    create(shop, "ddl_other.events")
    assert "is not empty" in shop.fail("DROP DATABASE ddl_other")
    shop.run("DROP DATABASE ddl_other CASCADE")
    shop.run("DROP DATABASE IF EXISTS ddl_other")


def test_views_are_kept_as_athena_keeps_them(shop: Shop) -> None:
    shop.run("CREATE VIEW numbers AS SELECT 1 AS n, 'x' AS s, CAST(1.5 AS decimal(5,2)) AS d")
    record = shop.table("numbers")
    assert record["TableType"] == "VIRTUAL_VIEW"
    assert record["ViewExpandedText"] == "/* Presto View */"
    assert record["Parameters"]["presto_view"] == "true"
    text = record["ViewOriginalText"]
    data = json.loads(base64.b64decode(text.removeprefix("/* Presto View: ").removesuffix(" */")))
    assert data["originalSql"].startswith("SELECT 1 AS n")
    assert (data["catalog"], data["schema"]) == ("awsdatacatalog", "ddl_shop")
    assert [c["type"] for c in data["columns"]] == ["integer", "varchar(1)", "decimal(5,2)"]
    types = [c["Type"] for c in record["StorageDescriptor"]["Columns"]]
    assert types == ["int", "varchar(1)", "decimal(5,2)"]
    assert shop.rows("SELECT * FROM numbers") == [["1", "x", "1.50"]]
    assert "\n".join(shop.lines("SHOW CREATE VIEW numbers")).startswith(
        "CREATE VIEW ddl_shop.numbers AS\nSELECT 1 AS n"
    )


def test_views_that_cannot_be_are_refused(shop: Shop) -> None:
    shop.run("CREATE VIEW v AS SELECT 1 AS n")
    create(shop)
    assert "already exists" in shop.fail("CREATE VIEW v AS SELECT 1 AS n")
    assert "Table already exists" in shop.fail("CREATE OR REPLACE VIEW events AS SELECT 1 AS n")
    assert "VIEW_IS_RECURSIVE" in shop.fail("CREATE OR REPLACE VIEW v AS SELECT * FROM v")
    assert "MISSING_COLUMN_NAME" in shop.fail("CREATE VIEW w AS SELECT 1")
    assert "DUPLICATE_COLUMN_NAME" in shop.fail("CREATE VIEW w AS SELECT 1 AS a, 2 AS a")
    unknown = shop.fail("CREATE VIEW w AS SELECT 1 AS a, NULL AS n")
    assert "COLUMN_TYPE_UNKNOWN: line 1:1: Column type is unknown: n" in unknown
    assert "TABLE_NOT_FOUND" in shop.fail("CREATE VIEW w AS SELECT * FROM nothing")
    assert "DROP TABLE" in shop.fail("DROP VIEW events")
    shop.run("CREATE OR REPLACE VIEW v AS SELECT 2 AS n")
    assert shop.rows("SELECT n FROM v") == [["2"]]
    shop.run("DROP VIEW v")
    shop.run("DROP VIEW IF EXISTS v")


def test_a_view_whose_table_changed_is_stale(shop: Shop) -> None:
    create(shop)
    shop.run("CREATE VIEW named AS SELECT id, price FROM events")
    shop.run("CREATE VIEW whole AS SELECT * FROM events")
    shop.run("ALTER TABLE events CHANGE price cost DECIMAL(10,2)")
    full = "'awsdatacatalog.ddl_shop.whole' is stale or in invalid state"
    assert shop.fail("SELECT * FROM whole") == (
        f"VIEW_IS_STALE: line 1:15: View {full}: column [cost] of type decimal(10,2) projected "
        "from query view at position 1 has a different name from column [price] of type "
        "decimal(10,2) stored in view definition"
    )
    assert shop.fail("SELECT * FROM named").startswith(
        "INVALID_VIEW: line 1:15: Failed analyzing stored view 'awsdatacatalog.ddl_shop.named': "
        "line 1:12: Column 'price' cannot be resolved"
    )
    shop.run("ALTER TABLE events REPLACE COLUMNS (id BIGINT)")
    assert "stored view column count (4) does not match" in shop.fail("SELECT * FROM whole")
    shop.run("DROP VIEW named")
    shop.run("DROP VIEW whole")


def test_a_view_that_cloudformation_made_is_read(shop: Shop) -> None:
    view = {
        "originalSql": "SELECT 7 AS n",
        "catalog": "awsdatacatalog",
        "schema": "ddl_shop",
        "columns": [{"name": "n", "type": "integer"}],
    }
    text = base64.b64encode(json.dumps(view).encode()).decode()
    table = {
        "Name": "declared",
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true"},
        "StorageDescriptor": {"Columns": [{"Name": "n", "Type": "int"}], "SerdeInfo": {}},
        "ViewOriginalText": f"/* Presto View: {text} */",
        "ViewExpandedText": "/* Presto View */",
    }
    properties = {"CatalogId": "000000000000", "DatabaseName": "ddl_shop", "TableInput": table}
    template = {"Resources": {"View": {"Type": "AWS::Glue::Table", "Properties": properties}}}
    stacks = boto3.client("cloudformation")
    stacks.create_stack(StackName="declared-view", TemplateBody=json.dumps(template))
    waiter = stacks.get_waiter("stack_create_complete")
    waiter.wait(StackName="declared-view", WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    assert shop.rows("SELECT n FROM declared") == [["7"]]
    stacks.delete_stack(StackName="declared-view")


def test_information_schema_tells_of_the_catalog(shop: Shop) -> None:
    shop.run(
        "CREATE EXTERNAL TABLE sales (Item STRING COMMENT 'sold', price DECIMAL(10,2)) "
        f"PARTITIONED BY (day INT) STORED AS PARQUET LOCATION 's3://{shop.bucket}/sales/'"
    )
    shop.run("CREATE VIEW cheap AS SELECT item AS Item FROM sales WHERE price < 1")
    here = "table_schema = 'ddl_shop'"
    assert shop.rows(f"SELECT * FROM information_schema.tables WHERE {here} ORDER BY 3") == [
        ["awsdatacatalog", "ddl_shop", "cheap", "VIEW"],
        ["awsdatacatalog", "ddl_shop", "sales", "BASE TABLE"],
    ]
    columns = f"SELECT * FROM awsdatacatalog.information_schema.columns WHERE {here}"
    place = ["awsdatacatalog", "ddl_shop", "sales"]
    assert shop.rows(f"{columns} AND table_name = 'sales' ORDER BY ordinal_position") == [
        [*place, "item", "1", None, "YES", "varchar", "sold", None],
        [*place, "price", "2", None, "YES", "decimal(10,2)", None, None],
        [*place, "day", "3", None, "YES", "integer", None, "partition key"],
    ]
    joined = (
        "SELECT s.schema_name, v.table_name, view_definition FROM information_schema.schemata s "
        "LEFT JOIN information_schema.views v ON v.table_schema = s.schema_name "
        "WHERE s.schema_name IN ('ddl_shop', 'information_schema') ORDER BY 1"
    )
    definition = "SELECT item AS Item FROM sales WHERE price < 1"
    assert shop.rows(joined) == [
        ["ddl_shop", "cheap", definition],
        ["information_schema", None, None],
    ]
    assert "TABLE_NOT_FOUND" in shop.fail("SELECT * FROM information_schema.nothing")
    assert "NOT_SUPPORTED: CREATE VIEW on information_schema" in shop.fail(
        "CREATE VIEW v AS SELECT table_name FROM information_schema.tables"
    )


@pytest.mark.parametrize("what", ["CATALOGS", "FUNCTIONS", "SESSION"])
def test_what_is_not_shown_is_refused_by_name(shop: Shop, what: str) -> None:
    assert shop.fail(f"SHOW {what}") == f"NOT_SUPPORTED: SHOW {what} is not supported"


def test_prepared_statements_run_with_values(shop: Shop) -> None:
    shop.run("PREPARE pick FROM SELECT n FROM (VALUES 1, 2, 3) AS t(n) WHERE n > ? AND n < ?")
    assert shop.rows("EXECUTE pick USING 1, 2 + 1") == [["2"]]
    shop.run("DEALLOCATE PREPARE pick")
    assert "Prepared statement not found: pick" in shop.fail("EXECUTE pick")


def test_explain_tells_the_tables_and_the_plan(shop: Shop) -> None:
    create(shop)
    text = "\n".join(shop.lines("EXPLAIN SELECT count(id) FROM events WHERE year = 2019"))
    assert "TableScan[awsdatacatalog:ddl_shop:events, columns = [id, year]" in text
    for kind, first in (("VALIDATE", "true"), ("IO", "{"), ("LOGICAL", "Output[")):
        page = shop.athena.page(shop.run(f"EXPLAIN (TYPE {kind}) SELECT id FROM events"))
        (column,) = page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
        assert column["Name"] == "Query Plan"
        header, shown = cells(page)[:2]
        assert header == ["Query Plan"]
        assert (shown[0] or "").startswith(first)
    io = json.loads("\n".join(shop.lines("EXPLAIN (TYPE IO) SELECT id FROM events")[1:]))
    assert io["inputTableColumnInfos"][0]["columns"] == ["id"]
    assert "GRAPHVIZ" in shop.fail("EXPLAIN (FORMAT GRAPHVIZ) SELECT 1")
    assert "COLUMN_NOT_FOUND" in shop.fail("EXPLAIN SELECT nothing FROM events")


def test_awswrangler_reads_the_catalog(shop: Shop) -> None:
    create(shop)
    output = shop.athena.output
    found = wr.athena.describe_table(table="events", database=shop.database, s3_output=output)
    assert found["Column Name"].tolist() == ["id", "price", "year", "day"]
    assert found["Partition"].tolist() == [False, False, True, True]
    text = wr.athena.show_create_table(table="events", database=shop.database, s3_output=output)
    assert text.startswith("CREATE EXTERNAL TABLE `events`(")
    state = wr.athena.repair_table(table="events", database=shop.database, s3_output=output)
    assert state == "SUCCEEDED"
    assert wr.catalog.get_table_types(database=shop.database, table="events") == {
        **{"id": "bigint", "price": "decimal(10,2)"},
        **{"year": "int", "day": "string"},
    }
    assert [t["Name"] for t in wr.catalog.get_tables(database=shop.database, name_prefix="ev")] == [
        "events"
    ]
