import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.trino.syntax.parameters import parameter_sql
from local_aws.trino.syntax.parser import parse_expression


@pytest.mark.parametrize(
    "text",
    [
        *(
            "5",
            "-0.0000001",
            "1e3",
            "'it''s'",
            "''",
            "true",
            "NULL",
            "X'ff'",
            "1 + 1",
            "2019-10-01",
        ),
        *("DATE '2019-10-01'", "TIMESTAMP '2019-10-01 00:00:00'", "INTERVAL '1' DAY"),
        *("ARRAY[1, 2]", "CAST('2' AS bigint)", "lower('A')", "current_date", '"Washington"'),
    ],
)
def test_a_constant_is_sql_as_it_is(text):
    assert parameter_sql(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *("Washington", "New York", "washington.dc", "it's", "'open", "a@b.com", "#", "x + 1", ""),
        *("select", "5 apples", "2019-10-01T00:00:00Z", "1b77bfdc-0000", "lower(s)", "%", "1; 2"),
    ],
)
def test_anything_else_is_text(text):
    assert parameter_sql(text) == "'" + text.replace("'", "''") + "'"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20))
def test_every_text_stands_for_one_expression(text):
    sql = parameter_sql(text)
    if sql != text:
        assert parse_expression(sql).text == text
