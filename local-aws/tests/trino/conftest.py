import duckdb
import pytest

from local_aws.trino import TableSchema, ViewSchema, compile_query, parse_type, prepare
from local_aws.trino.syntax.parser import parse_query

COLUMNS = {
    "id": "bigint",
    "x": "integer",
    "price": "decimal(10,2)",
    "s": "varchar",
    "ts": "timestamp(3)",
    "arr": "array(integer)",
    "m": "map(varchar, integer)",
    "d": "double",
    "year": "integer",
    "day": "integer",
}
ROWS = """
    (1::BIGINT, 1, 1.50::DECIMAL(10,2), 'a', TIMESTAMP '2019-10-01 00:00:00', [1, 2],
     MAP {'k': 1}, 1.5::DOUBLE, 2019, 1),
    (2, 2, 2.25, 'b', TIMESTAMP '2019-10-02 01:02:03', [3], MAP {'k': 2, 'j': 3}, 2, 2019, 2),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 2020, 1)
"""


class OneTable:
    """A catalog of the table db.t and of views."""

    def __init__(self):
        columns = tuple((name, parse_type(kind)) for name, kind in COLUMNS.items())
        self.tables = {
            ("db", "t"): TableSchema(
                "db", "t", columns, ("year", "day"), (("$path", parse_type("varchar")),)
            )
        }

    def add_view(self, name, sql):
        self.tables["db", name] = ViewSchema("db", name, sql)

    def table(self, database, name):
        return self.tables.get((database, name))

    def database_exists(self, name):
        return name == "db"


@pytest.fixture
def catalog():
    return OneTable()


@pytest.fixture(scope="session")
def duck():
    connection = duckdb.connect()
    prepare(connection)
    names = ", ".join(COLUMNS)
    connection.execute(f"CREATE TABLE base AS SELECT * FROM (VALUES {ROWS}) AS v({names})")
    return connection


@pytest.fixture
def compiled(catalog):
    return lambda sql, **more: compile_query(
        parse_query(sql), catalog=catalog, database="db", **more
    )


@pytest.fixture
def rows(compiled, duck):
    """Rows of a query; each scan has exactly the columns that were asked for."""

    def run(sql, **more):
        query = compiled(sql, **more)
        for scan in query.scans:
            names = ", ".join(f'"{name}"' for name in sorted(scan.columns)) or "1 AS one"
            duck.execute(f"CREATE OR REPLACE VIEW {scan.relation} AS SELECT {names} FROM base")
        return duck.execute(query.sql).fetchall()

    return run
