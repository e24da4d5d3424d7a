import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.trino.type_coercion import can_coerce, common_super_type
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.type_syntax import from_hive, parse_type

CHARACTERS = st.characters(exclude_categories=["Cs"])  # the default is slow to make


@pytest.mark.parametrize(
    "text",
    [
        "bigint",
        "decimal(10,2)",
        "varchar",
        "varchar(5)",
        "char(3)",
        "timestamp(3)",
        "timestamp(3) with time zone",
        "array(bigint)",
        "map(varchar, bigint)",
        "row(x bigint, y varchar(5))",
        "row(integer, varchar)",
        "row(a array(row(b timestamp(6) with time zone)), c map(varchar, double))",
        "interval day to second",
        "json",
        "unknown",
    ],
)
def test_a_type_prints_as_it_is_read(text):
    assert str(parse_type(text)) == text


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("INT", "integer"),
        ("timestamp", "timestamp(3)"),
        ("decimal(5)", "decimal(5,0)"),
        ("double precision", "double"),
        ("array<bigint>", "array(bigint)"),
        ("row(x double precision)", "row(x double)"),
    ],
)
def test_other_spellings_of_a_type(written, printed):
    assert str(parse_type(written)) == printed


@pytest.mark.parametrize(
    ("hive", "trino", "duckdb"),
    [
        ("string", "varchar", "VARCHAR"),
        ("int", "integer", "INTEGER"),
        ("timestamp", "timestamp(3)", "TIMESTAMP"),
        ("decimal(10,2)", "decimal(10,2)", "DECIMAL(10,2)"),
        ("struct<a:int,b:array<string>>", "row(a integer, b array(varchar))", None),
        ("map<string,double>", "map(varchar, double)", "MAP(VARCHAR, DOUBLE)"),
        ("float", "real", "FLOAT"),
    ],
)
def test_types_of_the_glue_catalog(hive, trino, duckdb):
    assert str(from_hive(hive)) == trino
    assert duckdb is None or to_duckdb(from_hive(hive)) == duckdb


@pytest.mark.parametrize(
    ("one", "two", "both"),
    [
        ("integer", "bigint", "bigint"),
        ("bigint", "decimal(10,2)", "decimal(21,2)"),
        ("decimal(10,2)", "double", "double"),
        ("decimal(10,2)", "decimal(5,4)", "decimal(12,4)"),
        ("varchar(3)", "varchar(5)", "varchar(5)"),
        ("varchar(3)", "char(5)", "char(5)"),
        ("date", "timestamp(3)", "timestamp(3)"),
        ("timestamp(0)", "timestamp(3) with time zone", "timestamp(3) with time zone"),
        ("array(integer)", "array(bigint)", "array(bigint)"),
        ("unknown", "date", "date"),
        ("varchar", "bigint", None),
        ("date", "bigint", None),
    ],
)
def test_common_super_types(one, two, both):
    found = common_super_type(parse_type(one), parse_type(two))
    assert (None if found is None else str(found)) == both
    assert common_super_type(parse_type(two), parse_type(one)) == found


def test_coercion_goes_one_way():
    assert can_coerce(parse_type("integer"), parse_type("bigint"))
    assert not can_coerce(parse_type("bigint"), parse_type("integer"))


@given(st.text(CHARACTERS, max_size=30))
def test_any_text_is_a_type_or_a_value_error(text):
    try:
        parse_type(text)
    except ValueError:
        return


@given(st.text(alphabet="arymp()<>,:int ", max_size=30))
def test_any_text_is_a_hive_type_or_a_value_error(text):
    try:
        from_hive(text)
    except ValueError:
        return
