"""What GROUP BY covers: an expression is a key by its tree and fields, not by its DuckDB text."""

import pytest

from local_aws.trino import TrinoError


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT transform(arr, e -> e + 1), count(*) FROM t WHERE id < 3 "
         "GROUP BY transform(arr, e -> e + 1) ORDER BY 1", [([2, 3], 1), ([4], 1)]),
        ("SELECT u.X + 1, U.\"x\" FROM t AS u WHERE id = 1 GROUP BY x, X + 1", [(2, 1)]),
        ("SELECT x + 1 + id FROM t WHERE id = 1 GROUP BY x + 1, id", [(3,)]),
        ("SELECT -(x + 1), count(*) FROM t WHERE id = 1 GROUP BY x + 1", [(-2, 1)]),
        ("SELECT year(ts), count(*) FROM t WHERE id < 3 GROUP BY year(ts) ORDER BY year(ts)", [(2019, 2)]),
        ("SELECT 'a', x FROM t WHERE id = 1 GROUP BY 'a', x", [("a", 1)]),
        ("SELECT grouping(x), x FROM t WHERE id = 1 GROUP BY t.x", [(0, 1)]),
        ("SELECT CAST(x AS BIGINT) FROM t WHERE id = 1 GROUP BY CAST(x AS BIGINT)", [(1,)]),
        ("SELECT array_agg(DISTINCT s ORDER BY s) FROM t WHERE id < 3", [(["a", "b"],)]),
    ],
)  # fmt: skip
def test_what_is_a_key_wherever_it_stands(rows, sql, expected):
    assert rows(sql) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT x FROM t GROUP BY CAST(x AS integer)",
        "SELECT CAST(ts AS date) FROM t GROUP BY date(ts)",
        "SELECT transform(arr, e -> e + x) FROM t GROUP BY transform(arr, x -> x + x)",
        "SELECT transform(arr, x -> x + id) FROM t GROUP BY arr",
        "SELECT 1 + x FROM t GROUP BY x + 1",
        "SELECT a.x FROM t AS a CROSS JOIN t AS b GROUP BY b.x",
    ],
)
def test_what_only_looks_like_a_key_is_none(compiled, sql):
    with pytest.raises(TrinoError, match="EXPRESSION_NOT_AGGREGATE"):
        compiled(sql)


def test_two_question_marks_are_two_expressions(compiled):
    with pytest.raises(TrinoError, match="EXPRESSION_NOT_AGGREGATE"):
        compiled("SELECT x + ? FROM t GROUP BY x + ?", parameters=["1", "1"])
