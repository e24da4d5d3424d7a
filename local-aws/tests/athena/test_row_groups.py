import re
from datetime import datetime, timedelta
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local_aws.engine.scan.footers import _read
from local_aws.engine.scan.row_groups import bytes_read, compile_conditions
from local_aws.trino import TableSchema, compile_query, parse_type
from local_aws.trino.syntax.parser import parse_query

ROWS, GROUP = 20_000, 2_000


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("parquet") / "f.parquet"
    start = datetime(2019, 10, 1)
    columns = {
        "n": pa.array(range(ROWS), pa.int64()),
        "t": pa.array([start + timedelta(seconds=i) for i in range(ROWS)], pa.timestamp("ms")),
        "s": pa.array([f"s{i:06d}" for i in range(ROWS)]),
        "d": pa.array([Decimal(i) / 100 for i in range(ROWS)], pa.decimal128(10, 2)),
        "x": pa.array([i / 7 for i in range(ROWS)]),
    }
    pq.write_table(pa.table(columns), path, row_group_size=GROUP)
    return path


@pytest.fixture(scope="module")
def connection():
    return duckdb.connect(config={"threads": 1})


class Catalog:
    """A catalog of the table db.f, which the file is."""

    def table(self, database, name):
        kinds = {"n": "bigint", "t": "timestamp(3)", "s": "varchar"}
        kinds |= {"d": "decimal(10,2)", "x": "double"}
        columns = tuple((column, parse_type(kind)) for column, kind in kinds.items())
        return TableSchema(database, name, columns)

    def database_exists(self, name):
        return True


def compiled(condition):
    query = parse_query(f"SELECT max(n) FROM f WHERE {condition}")
    return compile_query(query, catalog=Catalog(), database="db")


@pytest.mark.parametrize(
    "condition",
    [
        "n > 15000",
        "15000 < n",
        "n BETWEEN 10 AND 3000",
        "n IN (5, 19000)",
        "n > 15000 OR n < 100",
        "n > 5000 AND s < 's007500'",
        "(n > 5000 OR n = 3) AND (s < 's007500' AND n % 2 = 0)",
        "t >= TIMESTAMP '2019-10-01 03:00:00'",
        "d < 50",
        "x <= 100.0e0",
        "n = 99999",
        "n % 2 = 0",
    ],
)
def test_row_groups_that_count_are_those_that_duckdb_reads(file, connection, condition):
    footer = _read(file, "s3://b/f.parquet")
    query = compiled(condition)
    (scan,) = query.scans
    keeps = compile_conditions(scan.conditions, connection)
    one_group = bytes_read(footer, ["n"], [], []) / (ROWS / GROUP)
    size = bytes_read(footer, ["n"], keeps, footer.columns)
    counted = (size or 0) / one_group
    view = f"CREATE OR REPLACE TEMP VIEW {scan.relation} AS SELECT * FROM read_parquet('{file}')"
    connection.execute(view)
    plan = connection.execute(f"EXPLAIN ANALYZE {query.sql}").fetchall()[-1][1]
    scanned = re.search(r"Row Groups Scanned: (\d+) / 10", plan)
    read = int(scanned.group(1)) if scanned else 0
    assert counted == pytest.approx(read, rel=0.1)
    assert (size is None) == (read == 0)


def test_a_constant_that_cannot_be_computed_keeps_everything(connection):
    (scan,) = compiled("n = CAST('x' AS bigint)").scans
    (keeps,) = compile_conditions(scan.conditions, connection)
    assert keeps(lambda _name: None)
