from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.trino import (
    CompiledQuery,
    TrinoError,
    ViewSchema,
    compile_query,
    parse_type,
    translate_runtime_error,
)
from local_aws.trino.conditions import Comparison, Junction
from local_aws.trino.syntax.parser import parse_query

from .conftest import OneTable

CHARACTERS = st.characters(exclude_categories=["Cs"])  # the default is slow to make


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 7/2, 10.0/3, DECIMAL '100.0'*3/7, -7/2", [(3, 10 / 3, Decimal("42.9"), -3)]),
        ("SELECT sum(price), avg(price) FROM t", [(Decimal("3.75"), Decimal("1.88"))]),
        ("SELECT cast(1e0 AS varchar), cast(-123.456e0 AS varchar)", [("1.0E0", "-1.23456E2")]),
        ("SELECT cast(0.001e0 AS varchar), cast(1569888000e0 AS varchar)",
         [("1.0E-3", "1.569888E9")]),
        ("SELECT cast(-4.9E-324 AS varchar)", [("-4.9E-324",)]),
        ("SELECT x FROM t ORDER BY x DESC", [(2,), (1,), (None,)]),
        ("SELECT t.id, e, n FROM t CROSS JOIN UNNEST(arr) WITH ORDINALITY AS u(e, n) ORDER BY 1, 2",
         [(1, 1, 1), (1, 2, 2), (2, 3, 1)]),
        ("SELECT * FROM UNNEST(ARRAY[1, 2], ARRAY['a'])", [(1, "a"), (2, None)]),
        ("SELECT k, v FROM t CROSS JOIN UNNEST(m) AS u(k, v) ORDER BY v", [("k", 1), ("k", 2), ("j", 3)]),
        ("SELECT year, count(*) FROM t GROUP BY ROLLUP (year) ORDER BY 1", [(2019, 2), (2020, 1), (None, 3)]),
        ("SELECT transform(arr, e -> e + x) FROM t WHERE id = 1", [([2, 3],)]),
        ("SELECT id, (SELECT max(x) FROM t b WHERE b.id <= a.id) FROM t a ORDER BY id",
         [(1, 1), (2, 2), (3, 2)]),
        ("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) "
         "SELECT sum(n) FROM r", [(15,)]),
        ("SELECT id FROM t ORDER BY year FETCH FIRST 1 ROW WITH TIES", [(1,), (2,)]),
        ("SELECT count(*) FROM (SELECT sum(x) FROM t)", [(1,)]),
        ("SELECT try(1/0), try_cast('a' AS bigint)", [(None, None)]),
        ("SELECT id FROM t JOIN t b USING (id) ORDER BY id", [(1,), (2,), (3,)]),
        ("SELECT a.id FROM t a JOIN t b ON a.id IN (SELECT b.x) ORDER BY 1", [(1,), (2,)]),
        ("SELECT count(*) FROM t a LEFT JOIN t b ON any_match(a.arr, e -> e = b.id)", [(4,)]),
        ("SELECT sum(x) OVER w FROM t WINDOW w AS (ORDER BY id ROWS 1 PRECEDING)", [(1,), (3,), (2,)]),
        ("SELECT cast(timestamp '2019-10-01 05:00:00 Europe/Berlin' AT TIME ZONE 'UTC' AS varchar)",
         [("2019-10-01 03:00:00 UTC",)]),
    ],
)  # fmt: skip
def test_answers(rows, sql, expected):
    assert rows(sql) == expected


def test_a_recursion_may_read_itself_by_a_name_inside_its_step(rows):
    sql = """
        WITH RECURSIVE r (n, at) AS (
            SELECT 1, TIMESTAMP '2019-10-01 00:00:00'
            UNION ALL
            (WITH r2 AS (SELECT n, at FROM r WHERE n < 4) SELECT n + 1, date(at) FROM r2)
        ),
        s (m) AS (SELECT 10 UNION ALL SELECT m + max_n FROM s, (SELECT max(n) AS max_n FROM r)
                  WHERE m < 20)
        SELECT (SELECT sum(n) FROM r), (SELECT count(DISTINCT at) FROM r), max(m) FROM s
    """
    assert rows(sql) == [(10, 1, 22)]


def test_a_literal_may_hold_what_marks_a_select_list_in_the_making(rows):
    mark = r"U&'a\00000\0000''b\0000'"
    assert rows(f"SELECT s, length(s) FROM (SELECT {mark} AS s, 1 AS unused)") == [
        ("a\x000\x00'b\x00", 7)
    ]


def test_the_fields_of_rows_may_have_any_name(rows):
    kind = """ROW("o'd""d" integer)"""
    made = f"CAST(ROW(1) AS {kind})"
    assert rows(f"SELECT CAST({made} AS json), CAST({made} AS ROW(x bigint)).x") == [
        ("""{"o'd\\"d":1}""", 1)
    ]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("date_add(u, 1, DATE '2019-10-31')", ["2019-11-01", "2019-11-30", "2020-10-31"]),
        ("date_trunc(u, DATE '2019-11-17')", ["2019-11-17", "2019-11-01", "2019-01-01"]),
        ("date_diff(u, TIMESTAMP '2019-10-31 00:00:00', TIMESTAMP '2020-11-01 00:00:00')",
         ["367", "12", "1"]),
        ("date_add(u, CAST(NULL AS bigint), DATE '2019-10-31')", [None, None, None]),
    ],
)  # fmt: skip
def test_the_unit_of_a_date_function_may_differ_from_row_to_row(rows, expression, expected):
    units = "(VALUES (1, 'day'), (2, 'Month'), (3, 'YEAR')) AS t (i, u)"
    found = rows(f"SELECT CAST({expression} AS varchar) FROM {units} ORDER BY i")
    assert [one for (one,) in found] == expected
    assert rows("SELECT date_trunc(u, DATE '2019-11-17') FROM (VALUES NULL) AS t (u)") == [(None,)]


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("1", "integer"),
        ("3000000000", "bigint"),
        ("DECIMAL '1.50'", "decimal(3,2)"),
        ("DECIMAL '0.01'", "decimal(2,2)"),
        ("0.01", "double"),
        ("1e0", "double"),
        ("'abc'", "varchar(3)"),
        ("NULL", "unknown"),
        ("1 + DECIMAL '1.5'", "decimal(12,1)"),
        ("price * price", "decimal(20,4)"),
        ("price / 3", "decimal(10,2)"),
        ("ARRAY[1, DECIMAL '2.5']", "array(decimal(11,1))"),
        ("timestamp '2019-10-01 05:00:00'", "timestamp(0)"),
        ("timestamp '2019-10-01 05:00:00.123 UTC'", "timestamp(3) with time zone"),
        ("ROW(1, 'a')", "row(integer, varchar(1))"),
        ("ts - ts", "interval day to second"),
        ("CASE WHEN x = 1 THEN 1 ELSE DECIMAL '2.5' END", "decimal(11,1)"),
        ("sum(x)", "bigint"),
        ("'a' || 'b'", "varchar"),
    ],
)
def test_types(compiled, expression, kind):
    ((_, found),) = compiled(f"SELECT {expression} FROM t").columns
    assert str(found) == kind


def test_columns_are_named_as_athena_names_them(compiled):
    query = compiled("SELECT id, t.X, count(*) OVER (), 1 AS One, r.field FROM t CROSS JOIN "
                     "(SELECT CAST(ROW(1) AS row(field bigint)) AS r)")  # fmt: skip
    assert [name for name, _ in query.columns] == ["id", "X", "_col2", "One", "field"]


@pytest.mark.parametrize(
    ("sql", "headings"),
    [
        ("SELECT 1 AS Foo, 2 AS foo", ["Foo", "foo"]),
        ("SELECT ID, (t.Price) FROM T AS t GROUP BY id, PRICE ORDER BY Id", ["ID", "Price"]),
        ("SELECT * FROM (SELECT 1 AS X) AS s WHERE x = 1", ["X"]),
        ("SELECT X FROM (SELECT 1 AS x)", ["X"]),
        ("WITH w (Aa) AS (SELECT 1) SELECT * FROM w ORDER BY AA", ["Aa"]),
        ("SELECT * FROM (VALUES 1) AS v (Bb)", ["Bb"]),
        ("SELECT 1 AS Foo UNION SELECT 2 AS BAR ORDER BY FOO", ["Foo"]),
        ("SELECT * FROM (SELECT 1 AS ID) JOIN (SELECT 1 AS id) USING (Id)", ["Id"]),
        ('SELECT "Sum" FROM (SELECT sum(X) AS SUM FROM t)', ["Sum"]),
        ("SELECT Year FROM v", ["Year"]),
        ("SELECT * FROM v", ["year"]),
    ],
)
def test_headings_keep_the_casing_that_the_query_chose(catalog, compiled, rows, sql, headings):
    catalog.tables["db", "v"] = ViewSchema(
        "db", "v", "SELECT year AS YEAR FROM t", (("year", parse_type("integer")),)
    )
    assert [name for name, _ in compiled(sql).columns] == headings
    rows(sql)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT y FROM t", "COLUMN_NOT_FOUND: line 1:8: Column 'y' cannot be resolved"),
        ("SELECT 1 FROM u", "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.db.u' does not exist"),
        ("SELECT 1 FROM n.u", "SCHEMA_NOT_FOUND: line 1:15: Schema 'n' does not exist"),
        ("SELECT x + 'a' FROM t", "TYPE_MISMATCH: line 1:10: Cannot apply operator: integer + varchar(1)"),
        ("SELECT id FROM t a, t b", "AMBIGUOUS_NAME: line 1:8: Column 'id' is ambiguous"),
        ("SELECT 1 FROM t a FULL JOIN t b ON a.id IN (SELECT b.x)",
         "NOT_SUPPORTED: line 1:52: Reference to column 'b.x' from outer scope not allowed in this context"),
        ("SELECT (SELECT max(a.x) FROM t a LEFT JOIN t b ON a.id = c.id) FROM t c",
         "NOT_SUPPORTED: line 1:58: Reference to column 'c.id' from outer scope not allowed in this context"),
        ("SELECT s, sum(x) FROM t", "EXPRESSION_NOT_AGGREGATE: line 1:8: 's' must be an aggregate"),
        ("SELECT sum(sum(x)) FROM t", "NESTED_AGGREGATION: line 1:8"),
        ("SELECT x FROM t WHERE sum(x) > 1", "EXPRESSION_NOT_SCALAR: line 1:30: WHERE clause cannot"),
        ("SELECT foo(1)", "FUNCTION_NOT_FOUND: line 1:8: Function 'foo' not registered"),
        ("SELECT * FROM t AS u(a)", "MISMATCHED_COLUMN_ALIASES: line 1:15"),
        ("SELECT cast(ARRAY[1] AS bigint)", "TYPE_MISMATCH: line 1:8: Cannot cast array(integer)"),
        ("SELECT DATE '2019-02-30'", "INVALID_LITERAL: line 1:8: '2019-02-30' is not a valid DATE"),
        ("SELECT 1 UNION SELECT 'a'", "TYPE_MISMATCH: line 1:10: column 1 in UNION query"),
        ("SELECT ?", "INVALID_PARAMETER_USAGE: line 1:1: Incorrect number of parameters"),
        ("SELECT CAST(s AS ipaddress) FROM t", "NOT_SUPPORTED: line 1:8: type ipaddress"),
        ("SELECT TIME '10:00:00 +02:00'", "NOT_SUPPORTED: line 1:8: time with time zone"),
        ("SELECT TIME '10:00 x'", "INVALID_LITERAL: line 1:8: '10:00 x'"),
        ("SELECT merge(d) FROM t", "NOT_SUPPORTED: line 1:8: Function 'merge'"),
        ("SELECT value_at_quantile(tdigest_agg(d), 0.5) FROM t", "NOT_SUPPORTED: line 1:26"),
    ],
)  # fmt: skip
def test_semantic_errors_are_trinos_and_say_where(compiled, sql, message):
    with pytest.raises(TrinoError) as caught:
        compiled(sql)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT 1/0", "DIVISION_BY_ZERO: Division by zero"),
        ("SELECT date_add(u, 1, DATE '2019-10-01') FROM (VALUES 'Hour') AS t (u)",
         "INVALID_FUNCTION_ARGUMENT: 'hour' is not a valid DATE field"),
        ("SELECT 2147483647 + 1", "NUMERIC_VALUE_OUT_OF_RANGE: integer addition overflow"),
        ("SELECT cast('abc' AS bigint)", "INVALID_CAST_ARGUMENT: Cannot cast 'abc' to BIGINT"),
        ("SELECT arr[5] FROM t WHERE id = 1", "INVALID_FUNCTION_ARGUMENT: Array subscript must be"),
        ("SELECT m['z'] FROM t WHERE id = 1", "INVALID_FUNCTION_ARGUMENT: Key not present in map: z"),
        ("SELECT (SELECT id FROM t)", "SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple"),
        ("SELECT cast(ts AT TIME ZONE (s || 'x') AS varchar) FROM t", "INVALID_FUNCTION_ARGUMENT: 'ax' is not a valid time"),
        ("SELECT date_add('year', 1000000, ts) FROM t", "NUMERIC_VALUE_OUT_OF_RANGE: Timestamp is out"),
        ("SELECT min_by(x, id, -1) FROM t", "INVALID_FUNCTION_ARGUMENT: third argument must be a posit"),
        ("SELECT human_readable_seconds(nan())", "INVALID_FUNCTION_ARGUMENT: cannot convert float NaN"),
        ("SELECT repeat('a', 1000000000)", "INVALID_FUNCTION_ARGUMENT: count argument of repeat"),
    ],
)  # fmt: skip
def test_failures_while_running_are_said_in_trinos_words(rows, sql, message):
    with pytest.raises(duckdb.Error) as caught:
        rows(sql)
    assert str(translate_runtime_error(caught.value)).startswith(message)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("IO Error: Cannot open file \"/home/u/.local_aws/s3/k=1/x.gz\": bad", "GENERIC_INTERNAL_ERROR: "
         "Cannot open file \"x.gz\": bad"),
        ("IO Error: s3://bucket/a/b.parquet is short", "GENERIC_INTERNAL_ERROR: s3://bucket/a/b.parquet is short"),
        ("Conversion Error: odd value 5/6", "INVALID_CAST_ARGUMENT: odd value 5/6"),
        ("Not implemented Error: this", "NOT_SUPPORTED: this"),
        ("Binder Error: no column", "GENERIC_INTERNAL_ERROR: no column"),
        ("Invalid Input Error: Python exception occurred while executing the UDF: KeyError: 1",
         "GENERIC_INTERNAL_ERROR: Python exception occurred while executing the UDF: KeyError: 1"),
        ("what has no kind", "GENERIC_INTERNAL_ERROR: what has no kind"),
    ],
)  # fmt: skip
def test_an_error_without_a_counterpart_has_a_name_and_no_folder_of_this_machine(text, told):
    assert str(translate_runtime_error(duckdb.Error(text))) == told


def test_a_scan_asks_for_the_used_columns_and_the_partitions_that_matter(compiled):
    query = compiled("SELECT sum(price) FROM (SELECT * FROM t) WHERE year = 2019 AND s > 'a'")
    (scan,) = query.scans
    assert scan.columns == {"price", "year", "s"}
    assert scan.partition_filter == '("year" = 2019)'


def test_a_hidden_column_is_scanned_when_it_is_named(compiled):
    query = compiled('SELECT year, "$path" FROM t AS u WHERE u."$Path" LIKE \'s3:%\'')
    assert query.scans[0].columns == {"year", "$path"}
    assert query.scans[0].conditions == []
    names = ", ".join(f"c{i}" for i in range(10))
    assert [name for name, _ in compiled(f"SELECT * FROM t AS u ({names})").columns][9] == "c9"
    assert "$path" not in compiled("SELECT * FROM t").scans[0].columns
    for sql in (f'SELECT "$path" FROM t AS u ({names})', 'SELECT "$path" FROM (SELECT * FROM t)'):
        with pytest.raises(TrinoError, match="COLUMN_NOT_FOUND"):
            compiled(sql)
    with pytest.raises(TrinoError, match="AMBIGUOUS_NAME"):
        compiled('SELECT "$path" FROM t AS a CROSS JOIN t AS b')


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("x > 1", [Comparison("x", ">", ("1",))]),
        ("1 > x", [Comparison("x", "<", ("1",))]),
        ("x IN (1, 2)", [Comparison("x", "=", ("1", "2"))]),
        ("price < 2", [Comparison("price", "<", ("CAST('2' AS DECIMAL(10,2))",))]),
        (
            "x BETWEEN 1 AND 2",
            [Junction(True, (Comparison("x", ">=", ("1",)), Comparison("x", "<=", ("2",))))],
        ),
        ("x = 1 OR id = 2", [Junction(False, (Comparison("x", "=", ("1",)),
                                              Comparison("id", "=", ("2",))))]),
        ("(x = 1 AND x % 2 = 0) OR id = 2", [Junction(False, (
            Junction(True, (Comparison("x", "=", ("1",)),)), Comparison("id", "=", ("2",))))]),
        ("x = 1 OR x % 2 = 0", []),
        ("x = id", []),
        ("NOT (x = 1)", []),
        ("CAST(x AS varchar) = '1'", []),
        ("x = (SELECT 1)", []),
    ],
)  # fmt: skip
def test_a_scan_is_told_what_conditions_say_of_its_columns(compiled, condition, said):
    (scan,) = compiled(f"SELECT s FROM t WHERE {condition}").scans
    assert (scan.conditions, scan.partition_filter) == (said, None)


def test_a_partition_filter_is_told_as_text_and_as_what_it_says(compiled):
    (scan,) = compiled("SELECT s FROM t WHERE year = 2019 AND day + 1 = 2").scans
    assert scan.partition_filter == '("year" = 2019) AND (("day" + 1) = 2)'
    assert scan.partition_conditions == [Comparison("year", "=", ("2019",))]
    assert scan.conditions == []


def test_a_filter_behind_an_outer_join_does_not_choose_partitions(compiled):
    query = compiled("SELECT 1 FROM t a LEFT JOIN t b ON a.id = b.id WHERE b.year IS NULL")
    assert [scan.partition_filter for scan in query.scans] == [None, None]


def test_a_view_is_read_in_its_own_database_and_passes_filters_down(catalog, compiled, rows):
    catalog.add_view("v", "SELECT year AS y, sum(price) AS revenue FROM t GROUP BY year")
    assert rows("SELECT revenue FROM v WHERE y = 2019") == [(Decimal("3.75"),)]
    (scan,) = compiled("SELECT revenue FROM v WHERE y = 2019").scans
    assert scan.partition_filter == '("year" = 2019)'


def test_parameters_are_literals(rows):
    assert rows("SELECT id FROM t WHERE s = ? AND x < ?", parameters=["'b'", "5"]) == [(2,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        'SELECT * FROM "/etc/passwd"',
        "SELECT * FROM scan_0",
        "SELECT * FROM duckdb_settings",
        "SELECT getenv('HOME')",
        "SELECT current_setting('threads')",
        "SELECT read_text('/etc/passwd')",
        "SELECT 1; SELECT 2",
        "ATTACH 'x'",
        "COPY t TO 'x'",
        "SELECT * FROM information_schema.tables",
    ],
)
def test_nothing_but_the_catalogs_tables_can_be_reached(compiled, sql):
    with pytest.raises(TrinoError):
        compiled(sql)


_WORDS = (
    *("SELECT", "FROM t", "WHERE", "x", "id", "s", "arr", "1", "'a'", "1.5", "(", ")", ",", "AND"),
    *("=", "+", "sum(x)", "count(*)", "GROUP BY", "ORDER BY", "AS a", "*", "UNION", "IN", "arr[1]"),
    *("CASE WHEN x = 1 THEN 2 END", "OVER ()", "NULL", "JOIN t b ON a.id = b.id", "LIMIT 1", "||"),
)


@given(st.one_of(st.text(CHARACTERS, max_size=60), st.lists(st.sampled_from(_WORDS)).map(" ".join)))
def test_any_text_compiles_or_is_a_trino_error(text):
    try:
        found = compile_query(parse_query(f"SELECT {text}"), catalog=OneTable(), database="db")
    except TrinoError:
        return
    assert isinstance(found, CompiledQuery)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT try(sum(x) / (count(*) - 3)) FROM t", [(None,)]),
        (
            "SELECT year, try(1 / (count(*) - 1)) FROM t GROUP BY year ORDER BY 1",
            [(2019, 1), (2020, None)],
        ),
        ("SELECT try(1 / (SELECT 0))", [(None,)]),
    ],
)
def test_try_may_hold_aggregates_and_subqueries(rows, sql, expected):
    assert rows(sql) == expected


@pytest.mark.parametrize(
    ("comparison", "answer"),
    [
        ("a = b", False),
        ("a <> b", True),
        ("a > b", False),
        ("a >= 1e0", False),
        ("a < b", False),
        ("1e0 < a", False),
        ("a <= b", False),
    ],
)
def test_nan_is_equal_to_nothing_and_in_no_order(rows, comparison, answer):
    nan = "CAST('NaN' AS double)"
    assert rows(f"SELECT {comparison} FROM (VALUES ({nan}, {nan})) AS v(a, b)") == [(answer,)]


def test_a_null_inside_leaves_equality_open(rows):
    sql = "SELECT ARRAY[1, NULL] = ARRAY[1, NULL], ARRAY[1, NULL] = ARRAY[2, NULL], ROW(1, NULL) = ROW(1, 2)"
    assert rows(sql) == [(None, False, None)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("DECIMAL '0.0000001'", Decimal("0.0000001")),
        ("-DECIMAL '0.0000001'", Decimal("-0.0000001")),
        ("DECIMAL '0.00000000000000000000000000000000000001'", Decimal(1).scaleb(-38)),
        ("DECIMAL '0.00000002' < DECIMAL '0.0000001'", True),
        ("CAST(1 AS decimal(38,10)) = DECIMAL '1234567890123456789012345678.0000000001'", False),
        ("CAST(-DECIMAL '0.0000001' AS varchar)", "-0.0000001"),
        ("format('%s', DECIMAL '0.0000001')", "0.0000001"),
        ("array_join(ARRAY[DECIMAL '0.0000001'], ',')", "0.0000001"),
        ("json_value('1', 'lax 0.0000001')", "0.0000001"),
        ("CAST(DECIMAL '0.0000001' AS double)", 1e-7),
        ("CAST('1e-7' AS decimal(10,7))", Decimal("0.0000001")),
    ],
)
def test_small_decimals_are_written_without_an_exponent(rows, expression, expected):
    assert rows(f"SELECT {expression}") == [(expected,)]
    assert rows("SELECT count(*) FROM t WHERE price > DECIMAL '0.0000001'") == [(2,)]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("DECIMAL '1.00' / 3", "0.33"),
        ("-DECIMAL '2.00' / 3", "-0.67"),
        ("DECIMAL '1.5' / 2", "0.8"),
        ("DECIMAL '12345678901234567890.12' / 7", "1763668414462081127.16"),
        ("DECIMAL '0.15' / 10", "0.02"),
    ],
)
def test_decimal_division_rounds_half_up_at_trinos_scale(rows, sql, expected):
    assert rows(f"SELECT {sql}") == [(Decimal(expected),)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "+".join(["x"] * 300) + " FROM t",
        "SELECT 1 FROM t WHERE " + " OR ".join(f"id = {i}" for i in range(400)),
        "SELECT " + "arr[coalesce(" * 12 + "1" + ", 1)]" * 12 + " FROM t WHERE id = 1",
        "SELECT " + " / ".join(["price"] * 12) + " FROM t",
        "SELECT " + "- " * 40 + "x FROM t",
        "SELECT " + "abs(" * 40 + "x" + ")" * 40 + " FROM t",
        "SELECT " + "substr(" * 12 + "s" + ", 1)" * 12 + " FROM t",
        "SELECT " + "(" * 200 + "x" + ")" * 200 + " FROM t",
        "(" * 200 + "SELECT x FROM t" + ")" * 200,
        "SELECT x FROM " + "(SELECT * FROM " * 100 + "t" + ")" * 100,
    ],
)
def test_long_and_deep_expressions_stay_small_enough_to_run(compiled, rows, sql):
    assert len(compiled(sql).sql) < 50_000
    rows(sql)


def test_a_long_list_of_values_is_compared_as_one(rows):
    assert rows(f"SELECT id FROM t WHERE id IN ({', '.join(map(str, range(2, 5000)))})") == [
        (2,),
        (3,),
    ]


def test_what_cannot_be_parsed_for_its_depth_is_a_trino_error(compiled):
    with pytest.raises(TrinoError, match="STACK_OVERFLOW"):
        compiled("SELECT " + "(" * 5_000 + "1" + ")" * 5_000)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("replace(a, b, c)", ["x-", "-x-", "-"]),
        ("array_join(ARRAY[a, NULL, b], c)", ["xy-y", "x-", "-"]),
        ("array_join(ARRAY[1, NULL], c, b)", ["1-y", "1-", "1-"]),
        ("concat_ws(c, ARRAY[a, NULL, a])", ["xy-xy", "x-x", "-"]),
        ("split(a || c || a || c, c, 2)[2]", ["xy-", "x-", "-"]),
    ],
)
def test_what_joins_texts_may_stand_in_a_column(rows, expression, expected):
    table = "FROM (VALUES ('xy', 'y', '-'), ('x', '', '-'), ('', '', '-')) AS v(a, b, c)"
    assert [value for (value,) in rows(f"SELECT {expression} {table}")] == expected


def test_an_empty_text_is_replaced_once_in_an_empty_text(rows):
    assert rows("SELECT replace('', '', 'x'), replace('ab', '', '\\1')") == [("x", r"\1a\1b\1")]


@pytest.mark.parametrize("call", ["random(-1)", "rand(0)", "random(3, 3)", "random(x - 5)"])
def test_random_refuses_an_empty_range(rows, call):
    with pytest.raises(duckdb.Error, match="INVALID_FUNCTION_ARGUMENT"):
        rows(f"SELECT {call} FROM t WHERE x = 1")


def test_random_draws_from_its_range(rows):
    sql = "SELECT min(random(3, 5)), max(random(3, 5)), min(random(2)), max(random(2)) FROM UNNEST(sequence(1, 200))"
    assert rows(sql) == [(3, 4, 0, 1)]
