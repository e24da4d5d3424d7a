import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes
from local_aws.trino.syntax.parser import parse_query

CHARACTERS = st.characters(exclude_categories=["Cs"])  # the default is slow to make


def _first(sql):
    return parse_query(f"SELECT {sql}").body.items[0].value


def test_operators_bind_as_in_trino():
    value = _first("NOT a = b || c + d * e AND f")
    assert value.op == "AND"
    equals = value.left.operand
    assert (equals.op, equals.right.op, equals.right.right.op) == ("=", "||", "+")


def test_a_binary_operator_knows_its_own_place():
    assert _first("a\n  + b").at == (2, 3)


def test_a_literal_of_a_type_is_not_a_cast():
    assert isinstance(_first("DATE '2019-10-01'"), nodes.TypedLiteral)
    assert isinstance(_first("CAST('2019-10-01' AS date)"), nodes.Cast)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT", "SYNTAX_ERROR: line 1:7: mismatched input '<EOF>'"),
        ("SELECT 1; SELECT 2", "SYNTAX_ERROR: line 1:11: mismatched input 'SELECT'"),
        ("SELECT x::int", "SYNTAX_ERROR: line 1:9: mismatched input ':'"),
        ("SELECT * EXCLUDE (a) FROM t", "SYNTAX_ERROR: line 1:10: mismatched input 'EXCLUDE'"),
        ("SELECT * FROM 'a.csv'", "SYNTAX_ERROR: line 1:15: mismatched input ''a.csv''"),
        ("SELECT `a`", "SYNTAX_ERROR: line 1:8: backquoted identifiers are not supported"),
        ("SELECT * FROM read_csv('x')", "NOT_SUPPORTED: line 1:23: Table function 'read_csv'"),
        ("PRAGMA version", "SYNTAX_ERROR: line 1:1: mismatched input 'PRAGMA'"),
        ("FROM t SELECT 1", "SYNTAX_ERROR: line 1:1: mismatched input 'FROM'"),
    ],
)
def test_what_is_not_trino_is_a_syntax_error_at_its_place(sql, message):
    with pytest.raises(TrinoError) as caught:
        parse_query(sql)
    assert str(caught.value).startswith(message)


def test_a_query_behind_other_text_keeps_its_places():
    sql = "CREATE VIEW v AS\nSELECT a"
    assert parse_query(sql, sql.index("SELECT")).body.items[0].at == (2, 8)


_PIECES = (
    *("SELECT", "FROM", "WHERE", "a", "1", "'x'", "(", ")", ",", "AND", "NOT", "*", "JOIN", "ON"),
    *("IN", "CASE", "WHEN", "END", "->", "[", "]", "OVER", "UNNEST", "AS", ".", "?", "LIMIT"),
)


@given(
    st.one_of(st.text(CHARACTERS, max_size=60), st.lists(st.sampled_from(_PIECES)).map(" ".join))
)
def test_any_text_parses_or_is_a_trino_error(text):
    try:
        parse_query(text)
    except TrinoError:
        return
