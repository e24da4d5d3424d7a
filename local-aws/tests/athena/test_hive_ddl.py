import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.engine.hive import parse_ddl
from local_aws.engine.hive.ast import (
    AddPartitions,
    ChangeColumn,
    ChangeColumns,
    Column,
    CreateDatabase,
    Describe,
    Drop,
    DropPartitions,
    RenamePartition,
    SetLocation,
    Show,
    TableName,
)
from local_aws.engine.hive.identifiers import HIVE_RESERVED
from local_aws.engine.hive.tokens import Cursor, ParseError, tokenize
from local_aws.engine.statements import parse

CHARACTERS = st.characters(exclude_categories=["Cs"])  # the default is slow to make

TABLE = TableName("shop", "events")


def test_create_table_holds_everything_that_was_said():
    found = parse_ddl(
        """
        CREATE EXTERNAL TABLE IF NOT EXISTS shop.`Events` (
          Id BIGINT COMMENT 'it''s the id',
          price DECIMAL(10, 2),   -- money
          tags ARRAY < STRUCT < Name : STRING , n : INT >>,
          m MAP<STRING,VARCHAR(5)>
        )
        COMMENT 'all of them'
        PARTITIONED BY (year int COMMENT 'UTC', `day` string)
        CLUSTERED BY (id, price) INTO 8 BUCKETS
        ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\'
          COLLECTION ITEMS TERMINATED BY '|' NULL DEFINED AS ''
        STORED AS TEXTFILE
        LOCATION 's3://b/events/'
        TBLPROPERTIES ('skip.header.line.count'='1', "x"="y");
        """
    )
    assert found.external
    assert found.if_not_exists
    assert found.table == TABLE
    assert found.columns == (
        Column("id", "bigint", "it's the id"),
        Column("price", "decimal(10,2)"),
        Column("tags", "array<struct<name:string,n:int>>"),
        Column("m", "map<string,varchar(5)>"),
    )
    assert found.partitions == (Column("year", "int", "UTC"), Column("day", "string"))
    assert (found.bucket_columns, found.bucket_count) == (("id", "price"), 8)
    assert found.storage.delimited == {
        "field.delim": "\t",
        "serialization.format": "\t",
        "escape.delim": "\\",
        "collection.delim": "|",
        "serialization.null.format": "",
    }
    assert found.storage.stored_as == "TEXTFILE"
    assert found.location == "s3://b/events/"
    assert found.properties == {"skip.header.line.count": "1", "x": "y"}


def test_create_table_with_serde_and_formats():
    found = parse_ddl(
        "CREATE EXTERNAL TABLE t (a string) ROW FORMAT SERDE 'x.Y' "
        "WITH SERDEPROPERTIES ('k'='v') STORED AS INPUTFORMAT 'in' OUTPUTFORMAT 'out' "
        "LOCATION 's3://b/'"
    )
    assert (found.storage.serde, found.storage.properties) == ("x.Y", {"k": "v"})
    assert (found.storage.input_format, found.storage.output_format) == ("in", "out")


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        (
            "ALTER TABLE shop.events ADD IF NOT EXISTS PARTITION (year=2019, d='a') "
            "LOCATION 's3://b/x/' PARTITION (year = 2020, d = date '2020-01-01')",
            AddPartitions(
                TABLE,
                True,
                (
                    ((("year", "2019"), ("d", "a")), "s3://b/x/"),
                    ((("year", "2020"), ("d", "2020-01-01")), None),
                ),
            ),
        ),
        (
            "ALTER TABLE shop.events DROP PARTITION (year >= 2019), PARTITION (d='a')",
            DropPartitions(TABLE, False, ((("year", ">=", "2019"),), (("d", "=", "a"),))),
        ),
        (
            "ALTER TABLE shop.events PARTITION (d='a') RENAME TO PARTITION (d='b')",
            RenamePartition(TABLE, (("d", "a"),), (("d", "b"),)),
        ),
        (
            "ALTER TABLE shop.events PARTITION (d='a') SET LOCATION 's3://b/y/'",
            SetLocation(TABLE, (("d", "a"),), "s3://b/y/"),
        ),
        (
            "ALTER TABLE shop.events REPLACE COLUMNS (a int)",
            ChangeColumns(TABLE, "replace", (Column("a", "int"),)),
        ),
        (
            "ALTER TABLE shop.events CHANGE COLUMN a b double COMMENT 'c' AFTER z",
            ChangeColumn(TABLE, "a", Column("b", "double", "c"), False, "z"),
        ),
        (
            "CREATE SCHEMA IF NOT EXISTS s COMMENT 'c' LOCATION 's3://b/' "
            "WITH DBPROPERTIES ('a'='b')",
            CreateDatabase("s", True, "c", "s3://b/", {"a": "b"}),
        ),
        ("DROP VIEW IF EXISTS shop.events", Drop("view", TABLE, True)),
        ("DROP DATABASE x CASCADE", Drop("database", TableName(None, "x"), False, True)),
        ("SHOW TABLES IN shop 'e*|f'", Show("tables", database="shop", pattern="e*|f")),
        ("SHOW SCHEMAS LIKE 's%'", Show("databases", pattern="s%")),
        ("SHOW COLUMNS IN events FROM shop", Show("columns", TABLE)),
        (
            "SHOW TBLPROPERTIES events('k')",
            Show("tblproperties", TableName(None, "events"), pattern="k"),
        ),
        ("DESCRIBE FORMATTED shop.events", Describe(TABLE, "formatted")),
        ("DESC formatted", Describe(TableName(None, "formatted"))),
        (
            "DESCRIBE shop.events PARTITION (d='x') a.b",
            Describe(TABLE, "", (("d", "x"),), ("a", "b")),
        ),
    ],
)
def test_statements(sql, wanted):
    assert parse_ddl(sql) == wanted


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("DROP TABLE a-b", "line 1:12 missing EOF at '-' near 'a'"),
        ("CREATE EXTERNAL TABLE t (a integer)", "line 1:27 mismatched input 'integer'"),
        ("CREATE EXTERNAL TABLE t\n(a int", "line 2:6 mismatched input '<EOF>'"),
        ("ALTER TABLE t ADD PARTITION (a > 1)", "expecting ="),
        ("DROP TABLE 'x", "is not closed"),
        ("CREATE EXTERNAL TABLE t (a map<int>)", "2 types in map"),
        ("CREATE EXTERNAL TABLE t (a map<array<int>,int>)", "a primitive type for the keys"),
        ("CREATE EXTERNAL TABLE t (a varchar(0))", "varchar of 1 to 65535"),
        ("CREATE EXTERNAL TABLE t (a varchar(65536))", "varchar of 1 to 65535"),
        ("CREATE EXTERNAL TABLE t (a array<char(256)>)", "char of 1 to 255"),
        ("CREATE EXTERNAL TABLE t (a char)", "expecting ("),
        ("CREATE EXTERNAL TABLE t (a decimal(0))", "decimal of 1 to 38 digits"),
        ("CREATE EXTERNAL TABLE t (a decimal(39,2))", "decimal of 1 to 38 digits"),
        ("CREATE EXTERNAL TABLE t (a decimal(5,6))", "the scale has no more"),
        ("ALTER TABLE t ADD COLUMNS (a decimal(50,2))", "decimal of 1 to 38 digits"),
    ],
)
def test_what_is_no_statement_is_refused_with_its_place(sql, message):
    with pytest.raises(ParseError) as refused:
        parse_ddl(sql)
    assert message in str(refused.value)


CREATE = "CREATE EXTERNAL TABLE {} ({} string) PARTITIONED BY ({} int) LOCATION 's3://b/t/'"
PLACES = [
    CREATE.format("{}", "a", "p"),
    CREATE.format("t", "{}", "p"),
    CREATE.format("t", "a", "{}"),
    CREATE.format("{}.t", "a", "p"),
    "CREATE EXTERNAL TABLE t (a struct<{}:string>) LOCATION 's3://b/t/'",
    "CREATE DATABASE {}",
    "DROP TABLE {}",
    "DROP DATABASE {}",
    "DROP VIEW {}",
    "DESCRIBE {}",
    "SHOW COLUMNS IN {}",
    "SHOW TABLES IN {}",
    "SHOW PARTITIONS {}",
    "MSCK REPAIR TABLE {}",
    "ALTER TABLE t ADD COLUMNS ({} int)",
    "ALTER TABLE t ADD PARTITION ({} = 1)",
    "ALTER TABLE t DROP PARTITION ({} = 1)",
    "ALTER TABLE {} SET TBLPROPERTIES ('a' = 'b')",
]


@pytest.mark.parametrize("place", PLACES)
def test_a_name_that_must_be_in_backticks_is_refused_without(place: str) -> None:
    bad = ["order", "DATE", "_id", "a-b", "größe", "a$b", "", "``", "'x'", "x" * 256]
    for word in bad if "VIEW" in place else [*bad, '"x"']:
        with pytest.raises(ParseError):
            parse_ddl(place.format(word))
    for name in ("`order`", "`_id`", "`a-b`", "`größe`", "2019_sales", "time", "Timestamp", "t_1"):
        assert parse_ddl(place.format(name))


@pytest.mark.parametrize("word", sorted(HIVE_RESERVED))
def test_a_reserved_word_is_a_name_in_backticks_alone(word: str) -> None:
    for bare in (word, word.lower()):
        with pytest.raises(ParseError, match=r"reserved word|mismatched input"):
            parse_ddl(CREATE.format("t", bare, "p"))
    found = parse_ddl(CREATE.format("t", f"`{word}`", "p"))
    assert found.columns == (Column(word.lower(), "string"),)


@pytest.mark.parametrize(
    "name", ["shop.events", "`shop`.`events`", "`shop.events`", "AwsDataCatalog.shop.`Events`"]
)
@pytest.mark.parametrize("statement", ["DESCRIBE {}", "SHOW CREATE TABLE {}", "DROP TABLE {}"])
def test_database_and_table_may_stand_in_one_pair_of_backticks(statement: str, name: str) -> None:
    found = parse_ddl(statement.format(name))
    assert (found.table if isinstance(found, Describe) else found.name) == TABLE


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("CREATE VIEW `v` AS SELECT 1 AS a", "backquoted identifiers are not supported"),
        ("CREATE TABLE 1st AS SELECT 1 AS a", "identifiers must not start with a digit"),
        ("CREATE TABLE order AS SELECT 1 AS a", "reserved word: enclose it in double quotes"),
        ("INSERT INTO `t` SELECT 1", "backquoted identifiers are not supported"),
    ],
)
def test_trinos_statements_have_trinos_names(sql: str, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        parse(sql).act(None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sql", "path"),
    [
        ("DESCRIBE t a.'$elem$'", ("a", "$elem$")),
        ("DESCRIBE t a.$key$.b", ("a", "$key$", "b")),
    ],
)
def test_a_column_is_described_down_to_its_parts(sql: str, path: tuple[str, ...]) -> None:
    assert parse_ddl(sql).column == path


@given(st.text(CHARACTERS, max_size=60))
def test_any_text_is_tokenized_whole_or_refused(sql):
    try:
        tokens = list(tokenize(sql))
    except ParseError:
        return
    assert tokens[-1].kind == "end"
    assert all(sql[token.start : token.stop] == token.text for token in tokens[:-1])


@given(st.text(alphabet=st.characters(exclude_characters="\\", exclude_categories=["Cs"])))
def test_a_string_literal_keeps_its_text(text):
    quoted = "'" + text.replace("'", "''") + "'"
    assert Cursor(quoted).string() == text


def test_the_rest_of_a_statement_keeps_its_lines_and_columns():
    cursor = Cursor("CREATE VIEW v AS\n  SELECT 1;")
    cursor.at = 4
    rest = cursor.rest()
    assert rest.endswith("\n  SELECT 1")
    assert rest.strip() == "SELECT 1"


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        (r"SELECT 'a' LIKE '%\_%' ESCAPE '\' OR 1 = 1", "SELECT"),
        (r"CREATE VIEW v AS SELECT '\' AS slash", "CREATE_VIEW"),
        (r"CREATE EXTERNAL TABLE t (a int) COMMENT 'it\'s' LOCATION 's3://b/t/'", "CREATE_TABLE"),
    ],
)
def test_a_backslash_escapes_in_hives_statements_alone(sql, kind):
    assert parse(sql).substatement_type == kind
