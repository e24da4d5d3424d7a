"""The lake as an Iceberg table: what the Hive table holds, by one commit a load."""

import datetime
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import boto3
import pandas as pd
import pytest

from helpers import athena, athena_queries, aws
from helpers.errors import InputError, ServiceError
from helpers.events import FIELDS
from helpers.iceberg import catalog, commits
from helpers.ingest import iceberg_table, load
from helpers.profile import columns
from helpers.raw import files
from store_simulator.generate import generate
from support.lake import prepare

DATABASE = "db_iceberg_lake"
COLUMNS = ", ".join([*FIELDS, "year", "month", "day"])
BAD = "2019-10-02 12:00:00 UTC,kart,1,2,,,1.00,3,s"


@pytest.fixture(autouse=True)
def fresh_clients(aws_env: str) -> None:
    aws.client.cache_clear()


@pytest.fixture
def bucket(fresh_clients: None) -> str:
    name = uuid.uuid4().hex[:12]
    prepare(name, DATABASE)
    return name


@pytest.fixture(scope="module")
def three_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days, and a row that is no event."""
    out = tmp_path_factory.mktemp("raw") / "three.csv"
    generate(out, first=datetime.date(2019, 10, 1), last=datetime.date(2019, 10, 3), rows=600)
    with out.open("a") as stream:
        stream.write(f"{BAD}\n")
    return out


def run(bucket: str, table_format: str, path: Path, tmp_path: Path, **changed: Any) -> load.Loaded:
    usual = {"engine": "local", "max_quarantine_share": 0.5, "max_day_shrink_share": 1}
    place = {"bucket": bucket, "database": DATABASE, "table": f"{table_format}_{bucket}"}
    options = {**usual, **place, "staging": str(tmp_path / "staging"), **changed}
    return load.load(files.find(str(path)), table_format=table_format, **options)


def only(path: Path, out: Path, day: str, rows: int | None = None) -> Path:
    """The rows of one day, or some of them, as a raw file of their own."""
    header, *lines = path.read_text().splitlines()
    kept = [line for line in lines if line.startswith(day) and line != BAD]
    out.write_text("\n".join([header, *kept[:rows], ""]))
    return out


def rows(bucket: str, sql: str) -> list[tuple[Any, ...]]:
    found = athena_queries.fetch(athena.run(sql, database=DATABASE, bucket=bucket))
    return [tuple(row) for row in found.astype(object).where(found.notna(), None).to_numpy()]


def snapshots(bucket: str) -> list[str]:
    sql = f'SELECT operation FROM "iceberg_{bucket}$snapshots" ORDER BY committed_at'
    return [operation for (operation,) in rows(bucket, sql)]


def test_both_engines_leave_the_rows_and_types_of_the_hive_table_by_one_commit_each(
    bucket, three_days, tmp_path
):
    hive = run(bucket, "hive", three_days, tmp_path)
    every = f"SELECT {COLUMNS} FROM {{}}_{bucket} ORDER BY {COLUMNS}"
    starts = f"SELECT day, COUNT_IF(session_start) FROM {{}}_{bucket} GROUP BY day ORDER BY day"
    quarantined = f"SELECT file, reason, raw FROM {{}}_{bucket}_quarantine"
    expected = [rows(bucket, sql.format("hive")) for sql in (every, starts, quarantined)]
    for number, engine in enumerate(("local", "athena", "local"), start=1):
        loaded = run(bucket, "iceberg", three_days, tmp_path, engine=engine)
        assert (loaded.rows_in, loaded.days) == (hive.rows_in, hive.days)
        assert loaded.quarantined == hive.quarantined == {"unknown event_type": 1}
        assert loaded.before == ({} if number == 1 else hive.days)
        found = [rows(bucket, sql.format("iceberg")) for sql in (every, starts, quarantined)]
        assert found == expected
        assert snapshots(bucket) == ["append", "overwrite", "overwrite"][:number]
        ((current,),) = rows(
            bucket,
            f'SELECT snapshot_id FROM "iceberg_{bucket}$history" '
            "ORDER BY made_current_at DESC LIMIT 1",
        )
        assert loaded.snapshot == current
    counted = [
        columns.of_lake(hive.days, database=DATABASE, bucket=bucket, table=f"{name}_{bucket}")
        for name in ("hive", "iceberg")
    ]
    pd.testing.assert_frame_equal(*(each.set_index("column") for each in counted))
    glue = boto3.client("glue")
    names = ("hive", "iceberg")
    tables = [glue.get_table(DatabaseName=DATABASE, Name=f"{n}_{bucket}")["Table"] for n in names]
    kinds = [
        [(c["Name"], c["Type"], c["Comment"]) for c in described]
        for described in (
            [*tables[0]["StorageDescriptor"]["Columns"], *tables[0]["PartitionKeys"]],
            tables[1]["StorageDescriptor"]["Columns"],
        )
    ]
    assert kinds[0] == kinds[1]


def test_a_load_replaces_its_days_alone_with_what_was_deleted_of_them(bucket, three_days, tmp_path):
    run(bucket, "iceberg", three_days, tmp_path)
    count = f"SELECT day, COUNT(*) FROM iceberg_{bucket} GROUP BY day ORDER BY day"
    before = rows(bucket, count)
    delete = f"DELETE FROM iceberg_{bucket} WHERE event_type = 'view' AND product_id % 2 = 0"
    athena.run(delete, database=DATABASE, bucket=bucket)
    deleted = rows(bucket, count)
    assert [day for day, _ in deleted] == [1, 2, 3]
    assert all(now < then for (_, now), (_, then) in zip(deleted, before, strict=True))
    second = only(three_days, tmp_path / "second.csv", "2019-10-02")
    loaded = run(bucket, "iceberg", second, tmp_path)
    assert loaded.before == {datetime.date(2019, 10, 2): deleted[1][1]}
    assert rows(bucket, count) == [deleted[0], before[1], deleted[2]]


def test_a_day_that_would_shrink_is_refused_and_the_lake_is_as_it_was(bucket, three_days, tmp_path):
    first = run(bucket, "iceberg", three_days, tmp_path)
    few = only(three_days, tmp_path / "few.csv", "2019-10-02", 5)
    for engine in load.ENGINES:
        with pytest.raises(InputError, match=r"2019-10-02 from \d+ to 5 rows"):
            run(bucket, "iceberg", few, tmp_path, engine=engine, max_day_shrink_share=0.1)
    found = catalog.find(DATABASE, f"iceberg_{bucket}")
    assert found is not None
    assert found.metadata.current_snapshot_id == first.snapshot


@pytest.mark.parametrize("there", ["hive", "iceberg"])
def test_a_table_of_the_other_format_is_named(bucket, three_days, tmp_path, there):
    run(bucket, there, three_days, tmp_path)
    wanted = "iceberg" if there == "hive" else "hive"
    with pytest.raises(InputError, match=f"is a table of format {there}"):
        load.load(
            files.find(str(three_days)),
            bucket=bucket,
            database=DATABASE,
            table=f"{there}_{bucket}",
            table_format=wanted,
            staging=str(tmp_path / "staging"),
        )


def test_a_lake_changes_its_format_and_back_once_its_table_is_dropped(bucket, three_days, tmp_path):
    table = f"lake_{bucket}"
    found = []
    for table_format in ("hive", "iceberg", "hive"):
        loaded = run(bucket, table_format, three_days, tmp_path, table=table)
        assert loaded.before == {}
        assert rows(bucket, f"SELECT raw FROM {table}_quarantine") == [(BAD,)]
        found.append(rows(bucket, f"SELECT {COLUMNS} FROM {table} ORDER BY {COLUMNS}"))
        few = only(three_days, tmp_path / "few.csv", "2019-10-02", 5)
        with pytest.raises(InputError, match=r"2019-10-02 from \d+ to 5 rows"):
            run(bucket, table_format, few, tmp_path, table=table, max_day_shrink_share=0.1)
        athena.run(f"DROP TABLE {table}", database=DATABASE, bucket=bucket)
    assert found[0] == found[1] == found[2]
    left = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=iceberg_table.PREFIX)
    assert left["KeyCount"] == 0  # an Iceberg table's files go with it


def test_an_iceberg_table_of_other_columns_is_named(bucket, three_days, tmp_path):
    athena.run(
        f"CREATE TABLE iceberg_{bucket} (event_time timestamp, id bigint) "
        f"LOCATION 's3://{bucket}/other/' TBLPROPERTIES ('table_type' = 'ICEBERG')",
        database=DATABASE,
        bucket=bucket,
    )
    with pytest.raises(InputError, match="has no column event_type string"):
        run(bucket, "iceberg", three_days, tmp_path)


def test_who_comes_second_is_told_and_loses_nobody_elses_rows(
    bucket, three_days, tmp_path, monkeypatch
):
    run(bucket, "iceberg", three_days, tmp_path)
    table = f"iceberg_{bucket}"
    ensure = iceberg_table.ensure

    def outrun(**place: str) -> Any:
        found = ensure(**place)
        athena.run(f"DELETE FROM {table} WHERE day = 2", database=DATABASE, bucket=bucket)
        return found

    monkeypatch.setattr(iceberg_table, "ensure", outrun)
    with pytest.raises(ServiceError, match=f"somebody else changed {DATABASE}.{table}"):
        run(bucket, "iceberg", three_days, tmp_path)
    assert rows(bucket, f"SELECT COUNT(*) FROM {table} WHERE day = 2") == [(0,)]


@pytest.mark.parametrize("committed", [False, True])
def test_a_load_that_is_killed_leaves_the_lake_whole_and_quarantine_follows_it(
    bucket, three_days, tmp_path, committed
):
    second = only(three_days, tmp_path / "second.csv", "2019-10-02")
    first = run(bucket, "iceberg", three_days, tmp_path)
    same_name = tmp_path / three_days.name
    same_name.write_text(three_days.read_text().replace("kart", "kart2"))
    script = tmp_path / "killed.py"
    script.write_text(
        "import os, signal, sys\n"
        "from helpers.ingest import load\n"
        "from helpers.raw import files\n"
        "from pyiceberg.catalog.glue import GlueCatalog\n"
        "update = GlueCatalog._update_glue_table\n"
        "raw, bucket, database, table, staging, committed = sys.argv[1:]\n"
        "def die(*given, **named):\n"
        "    if committed == 'True':\n"
        "        update(*given, **named)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "GlueCatalog._update_glue_table = die\n"
        "load.load(files.find(raw), bucket=bucket, database=database, table=table,\n"
        "    table_format='iceberg', staging=staging, max_quarantine_share=0.5)\n"
    )
    table = f"iceberg_{bucket}"
    given = [str(same_name), bucket, DATABASE, table, str(tmp_path / "staging"), str(committed)]
    done = subprocess.run([sys.executable, str(script), *given], check=False, timeout=120)
    assert done.returncode == -9
    found = catalog.find(DATABASE, table)
    assert found is not None
    assert (found.metadata.current_snapshot_id != first.snapshot) is committed
    live = {file.file_path for file in commits.live_files(found)}
    prefix = f"{iceberg_table.PREFIX}{table}/data/"
    listed = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]
    assert len(live) < len(listed)
    # another file, which has no bad rows: the killed load's quarantine is as its lake is
    run(bucket, "iceberg", second, tmp_path)
    raw = BAD.replace("kart", "kart2") if committed else BAD
    assert rows(bucket, f"SELECT raw FROM {table}_quarantine") == [(raw,)]
    again = run(bucket, "iceberg", same_name, tmp_path)
    assert again.days == first.days == again.before
