"""SQL as text: values cannot become SQL, semicolons split where Flink would."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flink_notes.statements import statements
from flink_notes.substitution import fill, substitute
from helpers.errors import InputError
from helpers.sql_text import position

TEXT = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=30)


@settings(deadline=None, max_examples=30)
@given(TEXT)
def test_any_text_in_a_literal_is_read_back_as_it_was(value):
    sql = substitute("SELECT '${value}' AS v", {"value": value})
    assert duckdb.sql(sql).fetchall() == [(value,)]
    assert [statement.text for statement in statements(sql)] == [sql]


@settings(deadline=None, max_examples=30)
@given(TEXT)
def test_text_outside_a_literal_is_an_identifier_or_refused(value):
    if value.isascii() and value.isidentifier():
        assert substitute("SELECT ${value}", {"value": value}) == f"SELECT {value}"
    else:
        with pytest.raises(InputError, match=r"Line 1, column 8: `\${value}` = .* identifier"):
            substitute("SELECT ${value}", {"value": value})


@settings(deadline=None, max_examples=30)
@given(st.integers(-(2**62), 2**62) | st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_stands_behind_any_operator(value):
    negated, text = duckdb.sql(substitute("SELECT 0 -${v}, '${v}'", {"v": value})).fetchall()[0]
    assert float(negated) == pytest.approx(-float(value))
    assert float(text) == float(value)


def test_negative_number_behind_a_minus_begins_no_comment():
    assert substitute("SELECT 5 -${n}, ${b}", {"n": -3, "b": True}) == "SELECT 5 - -3, true"


@pytest.mark.parametrize(
    "kept", ["-- ${x}\n1", "// ${x}\n1", "/* ${x} ; ' */ 1", "'$ {x}' || '$' || '{x}'", "'{$}'"]
)
def test_comments_and_dollars_without_a_name_are_left(kept):
    assert substitute(kept, {"x": 1}) == kept


def test_hints_options_and_quoted_names_are_filled():
    sql = "SELECT * FROM `t_${n}` /*+ OPTIONS('a' = '${s}') */ LIMIT ${n}"
    assert (
        substitute(sql, {"n": 3, "s": "it's"})
        == "SELECT * FROM `t_3` /*+ OPTIONS('a' = 'it''s') */ LIMIT 3"
    )


def test_a_value_is_not_read_for_places_again():
    assert substitute("'${a}'", {"a": "${b}", "b": "x"}) == "'${b}'"


@pytest.mark.parametrize(
    ("sql", "values", "said"),
    [
        ("SELECT\n  ${user}", {"users": 1, "user_": print},
         "Line 2, column 3: `${user}` has no value: the nearest known is `users`"),
        ("SELECT ${user}", {}, "nothing is set"),
        ("SELECT '${user id}'", {"user": 1}, "`${user id}` is no ${name}"),
        ("SELECT '${user=3}'", {"user": 1}, "`${user=3}` is no ${name}"),
        ("SELECT '${user'", {"user": 1}, "`${user` is no ${name}"),
        ("SELECT `${a}`", {"a": "x` y"}, "is no plain identifier"),
        ("SELECT E'${a}'", {"a": "\\"}, "stands in a literal with escapes"),
        ("SELECT U&'${a}'", {"a": "\\0041"}, "stands in a literal with escapes"),
        ("SELECT ${a}", {"a": float("nan")}, "= nan is no text, number or truth value"),
        ("SELECT ${a}", {"a": None}, "= None is no text, number or truth value"),
        ("SELECT '${a}'", {"a": [1]}, "= [1] is no text, number or truth value"),
        ("SELECT '${a}", {"a": 1}, "Line 1, column 8: The literal that begins here has no end"),
    ],
)  # fmt: skip
def test_what_cannot_be_filled_is_named(sql, values, said):
    with pytest.raises(InputError) as caught:
        substitute(sql, values)
    assert said in str(caught.value)


def test_a_position_in_the_filled_text_leads_back_to_the_source():
    source = "SELECT '${a}',\n ${b}, nope"
    filled = fill(source, {"a": "long\ntext", "b": 1})
    assert filled.text == "SELECT 'long\ntext',\n 1, nope"
    at = filled.origin(filled.text.index("nope"))
    assert source[at:] == "nope"
    assert position(source, at) == (2, 8)
    assert filled.origin(filled.text.index("text")) == source.index("${a}")
    assert filled.origin(0) == 0


PIECES = st.sampled_from(
    ["SELECT", "a", "`x;y`", "'it''s; -- no'", "-- c; '\n", "// `\n", "/* ; ' */", "/*+ h('a;') */",
     "CASE END", "E'\\';'", "1", "\n", "(", "BEGIN", "END"]
)  # fmt: skip


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(PIECES, min_size=1, max_size=6), max_size=4))
def test_statements_are_found_between_semicolons(parts):
    texts = ["SELECT " + " ".join(part) for part in parts]
    found = statements(";\n".join(texts) + ";\n;  -- end")
    assert len(found) == len(texts)
    whole = ";\n".join(texts)
    for statement, text in zip(found, texts, strict=True):
        assert text.startswith(statement.text)
        assert whole.startswith(statement.text, statement.offset)


@pytest.mark.parametrize(
    "block",
    [
        "EXECUTE STATEMENT SET BEGIN\nINSERT INTO a SELECT CASE WHEN x THEN 1 END;\nINSERT INTO b "
        "SELECT 1;\nEND",
        "execute statement /* ; */ set begin INSERT INTO a SELECT 1; end",
        "BEGIN STATEMENT SET;\nINSERT INTO a SELECT 1;\nINSERT INTO b SELECT 2;\nEND",
        "EXPLAIN STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT 1; END",
    ],
)
def test_a_statement_set_is_one_statement(block):
    found = statements(f"-- first\nSET 'a' = 'b';\n{block};\nSELECT 1")
    assert [statement.text for statement in found] == ["SET 'a' = 'b'", block, "SELECT 1"]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT 'a", "Line 1, column 8: The literal"),
        ("SELECT 1;\n `a", "Line 2, column 2: The quoted name"),
        ("/* a", "Line 1, column 1: The comment"),
        (
            "\nEXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1;",
            "Line 2, column 23: The statement set has no `END;`",
        ),
        (
            "BEGIN STATEMENT SET; INSERT INTO a SELECT 1",
            "Line 1, column 20: The statement set has no `END;`",
        ),
    ],
)
def test_what_is_not_closed_is_named(sql, said):
    with pytest.raises(InputError) as caught:
        statements(sql)
    assert said in str(caught.value)


@pytest.mark.parametrize("sql", ["", "  ;\n;", "-- only this", "/* ; */ ;"])
def test_comments_alone_are_no_statement(sql):
    assert statements(sql) == []
