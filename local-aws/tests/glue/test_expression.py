"""GetPartitions' expressions: which partitions each keeps, and which are refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.glue.errors import GlueError
from local_aws.glue.expression import compile_expression

TYPES = {
    "k": "string",
    "v": "varchar(9)",
    "n": "int",
    "l": "long",
    "m": "decimal(10,2)",
    "d": "date",
    "ts": "timestamp",
    "f": "float",
    "b": "boolean",
    "date": "string",
}
KEYS = [{"Name": name, "Type": kind} for name, kind in TYPES.items()]
ROW = {
    "k": "it's",
    "v": "one",
    "n": "02019",
    "l": "7",
    "m": "2.60",
    "d": "2019-11-15",
    "ts": "2019-11-15 08:00:00.5",
    "f": "1.5",
    "b": "true",
    "date": "x",
}
NULL = "__HIVE_DEFAULT_PARTITION__"


def keeps(expression: str, **values: str) -> bool:
    row = {**ROW, **values}
    return compile_expression(expression, KEYS)([row[name] for name in TYPES])


@pytest.mark.parametrize(
    ("expression", "kept"),
    [
        ("", True),
        ("n = 2019", True),
        ("n = '2019'", True),
        ("n = -2019", False),
        ("2019 <= n", True),
        ("2018 > n", False),
        ("n <> 2019", False),
        ("n < > 2019", False),
        ("n != 2019", False),
        ("n > = 2019", True),
        ("n BETWEEN 2000 AND 2018", False),
        ("n NOT BETWEEN 2000 AND 2018", True),
        ("n IN (2018, '2019')", True),
        ("n NOT IN (2018, 2019)", False),
        ("n not in (1, 3)", True),
        ("n IS NULL", False),
        ("n IS NOT NULL and n = 2019", True),
        ("NOT n = 2018", True),
        ("NOT (v = 'one' OR n < 2019)", False),
        ("NOT NOT n = 2019", True),
        ("n = 1 AND n = 2 OR n = 2019", True),
        ("n = 2019 OR n = 1 AND n = 2", True),
        ("(n = 2019 OR n = 1) AND n = 2", False),
        ("(n) = ((2019)) (OR) (((n))) = (2)", True),
        ("(n) IN ((2019))", True),
        ('`n` = 2019 AND "n" = 2019 AND N = 2019', True),
        ("l >= 7", True),
        ("v LIKE 'o_e'", True),
        ("v LIKE 'o'", False),
        ("v NOT LIKE '%e'", False),
        ("v NOT LIKE '%x'", True),
        ("v LIKE 'O%'", False),
        ("k = 'it''s'", True),
        ("k LIKE 'it''%'", True),
        ("k = 'it'", False),
        ("v > 'ona' AND v < 'onz'", True),
        ("v <> 2", True),
        ("m = 2.6", True),
        ("m = '2.6'", True),
        ("m BETWEEN .5 AND 3e10", True),
        ("m IN (6, '4', 2.6)", True),
        ("d = '2019-11-15'", True),
        ("d < DATE '2019-11-16'", True),
        ("ts = '2019-11-15 08:00:00.500'", True),
        ("ts > timestamp '2019-11-15 08:00:00'", True),
        ("date = 'x'", True),
    ],
)
def test_an_expression_keeps_what_it_says(expression: str, kept: bool) -> None:
    assert keeps(expression) is kept


@pytest.mark.parametrize(
    ("expression", "kept"),
    [
        ("n IS NULL", True),
        ("n IS NOT NULL", False),
        ("n = 1", False),
        ("NOT n = 1", False),
        ("n NOT IN (1)", False),
        ("n > 1 OR v = 'one'", True),
        ("NOT (n > 1 AND v = 'two')", True),
        (f"n = '{NULL}'", True),
        (f"n <> '{NULL}'", False),
        (f"n > '{NULL}'", False),
        (f"n BETWEEN 1 AND '{NULL}'", False),
    ],
)
def test_a_null_partition_meets_no_comparison(expression: str, kept: bool) -> None:
    assert keeps(expression, n=NULL) is kept


@pytest.mark.parametrize(
    "expression",
    [
        *("n ==", "n == 1", "n = ", "= 1", "n", "1", "n = 1 AND", "n = 1 n = 2", "(n = 1"),
        *("n = 1)", "n = n", "1 = 1", "upper(k) = 'A'", "n + 1 = 2", "n IN ()", "n IN 1"),
        *("n IN (SELECT 1)", "k LIKE 5", "k LIKE v", "k LIKE 'a' ESCAPE 'b'", "k ILIKE 'a'"),
        *("k RLIKE 'a'", "k NOT 'a'", "NOT k", "n BETWEEN 1", "n BETWEEN 1 OR 2", "k IS 'a'"),
        *("k = 'a", "k = 'a''' b", "k IS test' AND not parsable", "n = 1; n = 2", "n = 1 -- x"),
        *("CAST(n AS string) = '1'", "n = TRUE", "n = 1 XOR n = 2", "t.n = 1", "NULL = n"),
        *("n = NULL", "k || 'a' = 'b'", "n = 1.2.3", "n = 1x"),
        "(" * 2000,
    ],
)
def test_what_is_not_read_is_refused(expression: str) -> None:
    with pytest.raises(GlueError, match=r"Unsupported expression|Unknown column") as refused:
        keeps(expression)
    assert refused.value.code == "InvalidInputException"


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("month = 1", "Unknown column 'month'"),
        ("month IS NULL", "Unknown column 'month'"),
        ("f = 1.5", "Unknown type : 'float'"),
        ("f IN (1)", "Unknown type : 'float'"),
        ("f IS NULL", "Unknown type : 'float'"),
        ("b = 'true'", "Unknown type : 'boolean'"),
        ("f LIKE '1%'", "Unknown type : 'float'"),
        ("n LIKE '2%'", "Integral data type doesn't support operation 'LIKE'"),
        ("l NOT LIKE '2%'", "Integral data type doesn't support operation 'LIKE'"),
        ("m LIKE '2'", "Decimal data type doesn't support operation 'LIKE'"),
        ("d LIKE '2019%'", "Date data type doesn't support operation 'LIKE'"),
        ("ts LIKE '2019%'", "Timestamp data type doesn't support operation 'LIKE'"),
        ("n = 'test'", '"test" is not an integer'),
        ("n IN (2.5)", '"2.5" is not an integer'),
        ("n = '1_0'", "is not an integer"),
        ("m = 'test'", "test is not a decimal"),
        ("m = 'NaN'", "NaN is not a decimal"),
        ("d = '20191115'", "20191115 is not a date"),
        ("d = '2019-02-30'", "2019-02-30 is not a date"),
        ("ts = '2019-11-15'", "Timestamp format must be"),
    ],
)
def test_a_literal_or_key_that_cannot_be_compared_is_refused(expression: str, message: str) -> None:
    with pytest.raises(GlueError, match=re.escape(message)) as refused:
        compile_expression(expression, KEYS)
    assert refused.value.code == "InvalidInputException"


def test_a_partition_whose_value_is_not_of_its_type_is_an_invalid_state() -> None:
    with pytest.raises(GlueError, match='"x" is not an integer') as refused:
        keeps("n = 2019", n="x")
    assert refused.value.code == "InvalidStateException"
    assert keeps("v = 'one'", n="x")


@given(st.text(st.sampled_from("kn= <>!'()12,.\"`ANDORTLIKE%_-"), max_size=20))
def test_any_text_is_read_whole_or_refused(text: str) -> None:
    try:
        found = keeps(text)
    except GlueError as error:
        assert error.code in ("InvalidInputException", "InvalidStateException")
    else:
        assert isinstance(found, bool)
