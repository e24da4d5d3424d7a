"""The load inside Athena leaves what the local engine leaves."""

import datetime
import gzip
import uuid
import zipfile
from pathlib import Path
from typing import Any

import boto3
import polars as pl
import pytest

from helpers import aws
from helpers.errors import InputError
from helpers.events import FIELDS
from helpers.ingest import in_athena, load, partitions, typing_sql
from helpers.raw import files
from store_simulator.generate import generate
from support.lake import prepare

DATABASE = "db_ingest_in_athena"
GOOD = (
    "2019-10-02 12:00:00 UTC,cart,1004856,2053013555631882655,"
    "electronics.smartphone,samsung,130.76,543272936,8187d148-3c41-46d4-8b0c-9c08cd9dc564"
)
CHANGED_FIELDS = [
    (field, value)
    for field, values in {
        0: ["", "2019-02-30 00:00:00 UTC", "2019-10-02 24:00:00 UTC", "2019-10-02T12:00:00 UTC",
            "2019-10-02 12:00:00", "1819-10-02 12:00:00 UTC", "2019-10-02 23:59:59 UTC"],
        1: ["", "View", "remove_from_cart", "purchase "],
        2: ["", "-1", "+5", " 7", "7 ", "1.0", "0", "9223372036854775807", "9223372036854775808"],
        3: ["", "x", "-0"],
        4: [""],
        5: ["", "null", "ünïcode"],
        6: ["", "0", "-0.01", "1e3", ".5", "5.", "1.005", "0.29", "1000000", "1000000.01", "nan",
            "1e999", "+3.5", " 3.50", "3.50 ", "1_0", "0x10"],
        7: ["", "12a"],
        8: [""],
    }.items()
    for value in values
]  # fmt: skip
QUOTED_LINES = [
    ",".join(f'"{field}"' for field in GOOD.split(",")),
    GOOD.replace("samsung", '"sam, ""sung"""'),
    GOOD.replace("samsung", '""'),
    GOOD.replace("samsung", 'sam"su"ng'),  # no quoted field: the quotes are its own
    GOOD.replace("samsung", ' "sam'),
    GOOD.replace("samsung", '"sam'),
    GOOD.replace("samsung", '"sam"sung'),
    GOOD.replace("samsung", '"sam"sung""'),
    GOOD.replace("samsung,", '"samsung,"'),
    GOOD.replace("130.76", '"130.761"'),
    f'"{GOOD}"',
    '"',
    '""',
    GOOD.replace("samsung", "\\N"),
    GOOD.replace("samsung", '"\\N"'),
    GOOD.replace("130.76", "\\N"),
]
BAD_LINES = ["what?", "", "\\N", f"{GOOD},more", "nul \0 byte", "2019-10-02 12:00:00 UTC,view"]


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
    """Three days, with lines changed field by field in the second."""
    out = tmp_path_factory.mktemp("raw") / "three.csv"
    generate(out, first=datetime.date(2019, 10, 1), last=datetime.date(2019, 10, 3), rows=600)
    lines = out.read_text().splitlines()
    changed = [
        ",".join([*GOOD.split(",")[:field], value, *GOOD.split(",")[field + 1 :]])
        for field, value in CHANGED_FIELDS
    ]
    out.write_text(
        "\n".join([*lines[:300], *BAD_LINES, *QUOTED_LINES, *changed, *lines[300:]]) + "\n"
    )
    return out


def run(bucket: str, engine: str, path: Path, tmp_path: Path, **changed: Any) -> load.Loaded:
    options = {"max_quarantine_share": 0.5, "max_day_shrink_share": 1.0, **changed}
    return load.load(
        files.find(str(path)),
        bucket=bucket,
        database=DATABASE,
        table=f"t_{bucket}",
        engine=engine,
        staging=str(tmp_path / "staging"),
        **options,
    )


def keys(bucket: str) -> set[str]:
    found = boto3.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    return {each["Key"] for each in found if not each["Key"].startswith("athena-results/")}


def frames(bucket: str, table: str) -> dict[tuple[str, ...], pl.DataFrame]:
    """Read each registered partition's files."""
    s3 = boto3.client("s3")
    read = {}
    for values, place in partitions.locations(DATABASE, table).items():
        prefix = place.removeprefix(f"s3://{bucket}/")
        bodies = [
            s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            for key in sorted(keys(bucket))
            if key.startswith(prefix)
        ]
        read[values] = pl.concat([pl.read_parquet(body) for body in bodies])
    return read


def lake(bucket: str) -> dict[tuple[str, ...], pl.DataFrame]:
    text = pl.col("event_type").cast(pl.String)
    time = pl.col("event_time").cast(pl.Datetime("ms"))  # Athena writes its own unit
    return {
        values: frame.select(FIELDS).with_columns(text, time).sort(FIELDS)
        for values, frame in frames(bucket, f"t_{bucket}").items()
    }


def starts(bucket: str) -> dict[tuple[str, ...], list[str]]:
    """List the sessions of the events that are marked as a session's start, by day."""
    return {
        values: sorted(frame.filter("session_start")["user_session"])
        for values, frame in frames(bucket, f"t_{bucket}").items()
    }


def sessions(bucket: str) -> dict[tuple[str, ...], list[str]]:
    return {
        day: sorted(set(frame["user_session"].drop_nulls())) for day, frame in lake(bucket).items()
    }


def quarantine(bucket: str) -> list[tuple[Any, ...]]:
    return sorted(
        row
        for frame in frames(bucket, f"t_{bucket}_quarantine").values()
        for row in frame.select("file", "reason", "raw").rows()
    )


def tables(bucket: str) -> dict[str, Any]:
    found = boto3.client("glue").get_tables(DatabaseName=DATABASE)["TableList"]
    kept = ("PartitionKeys", "Parameters")
    return {
        table["Name"].replace(bucket, ""): {
            **{name: table[name] for name in kept},
            "columns": table["StorageDescriptor"]["Columns"],
        }
        for table in found
        if bucket in table["Name"]
    }


def assert_nothing_but_the_tables(bucket: str) -> None:
    assert set(tables(bucket)) <= {"t_", "t__raw", "t__quarantine"}
    assert not {key for key in keys(bucket) if key.startswith("athena-ingest/")}
    used = {
        place.removeprefix(f"s3://{bucket}/")
        for name in tables(bucket)
        for place in partitions.locations(DATABASE, f"t_{bucket}{name.removeprefix('t_')}").values()
    }
    data = {key for key in keys(bucket) if not key.startswith("ecomm_user_activity_sample/")}
    assert {key.rpartition("/")[0] + "/" for key in data} == used


def test_both_engines_leave_the_same_rows_types_and_partitions_also_again(
    bucket, three_days, tmp_path, monkeypatch
):
    monkeypatch.setattr(in_athena, "_DAYS_A_STATEMENT", 2)  # as 100 of 102 days
    locally = run(bucket, "local", three_days, tmp_path)
    rows, bad, kinds = lake(bucket), quarantine(bucket), tables(bucket)
    assert starts(bucket) == sessions(bucket)
    there = partitions.locations(DATABASE, f"t_{bucket}")
    assert set(rows) == {("2019", "10", "1"), ("2019", "10", "2"), ("2019", "10", "3")}
    assert len(bad) > 30

    for _ in range(2):
        in_sql = run(bucket, "athena", three_days, tmp_path)
        assert (in_sql.rows_in, in_sql.days) == (locally.rows_in, locally.days)
        assert in_sql.quarantined == locally.quarantined
        assert in_sql.rows_in == in_sql.rows_lake + in_sql.rows_quarantine
        now = lake(bucket)
        assert now.keys() == rows.keys()
        for day, frame in rows.items():
            assert now[day].schema == frame.schema
            assert now[day].equals(frame)
        assert starts(bucket) == sessions(bucket)
        assert quarantine(bucket) == bad
        assert {name: tables(bucket)[name] for name in kinds} == kinds
        before, there = there, partitions.locations(DATABASE, f"t_{bucket}")
        assert all(before[day] != there[day] for day in before)
        start = f"s3://{bucket}/ecomm_user_activity/year=2019/month=10/day=01/load="
        assert there["2019", "10", "1"].startswith(start)
        assert_nothing_but_the_tables(bucket)

    run(bucket, "local", three_days, tmp_path)
    assert all(frame.equals(rows[day]) for day, frame in lake(bucket).items())


def test_packed_files_come_in_together_and_replace_only_their_days(bucket, three_days, tmp_path):
    run(bucket, "local", three_days, tmp_path)
    rows, there = lake(bucket), partitions.locations(DATABASE, f"t_{bucket}")
    folder = tmp_path / "packed"
    folder.mkdir()
    header, *lines = three_days.read_text().splitlines(keepends=True)
    second = [line for line in lines if "2019-10-02" in line[:11]]
    with gzip.open(folder / "a.csv.gz", "wt") as out:
        out.writelines([header, *second[:50]])
    with zipfile.ZipFile(folder / "b.zip", "w") as archive:
        archive.writestr("inner.csv", "".join([header, *second[50:]]))
    run(bucket, "athena", folder, tmp_path)
    now = partitions.locations(DATABASE, f"t_{bucket}")
    assert {day for day in now if now[day] != there[day]} == {("2019", "10", "2")}
    assert all(frame.equals(rows[day]) for day, frame in lake(bucket).items())
    sources = set(partitions.locations(DATABASE, f"t_{bucket}_quarantine"))
    assert sources == {("three.csv",), ("b.zip%2Finner.csv",)}


def test_a_line_with_byte_1_goes_to_quarantine(bucket, tmp_path):
    path = tmp_path / "odd.csv"
    cut = GOOD.replace("samsung", "sam\x01sung")
    path.write_text("\n".join([",".join(FIELDS), GOOD, cut, GOOD]))
    loaded = run(bucket, "athena", path, tmp_path)
    assert (loaded.rows_in, loaded.rows_lake) == (3, 2)
    assert loaded.quarantined == {"byte 1": 1}
    assert quarantine(bucket) == [("odd.csv", "byte 1", cut)]


def test_too_many_bad_rows_and_a_failing_statement_change_nothing_and_leave_nothing(
    bucket, three_days, tmp_path, monkeypatch
):
    run(bucket, "athena", three_days, tmp_path)
    before = keys(bucket), partitions.locations(DATABASE, f"t_{bucket}")
    with pytest.raises(InputError, match=r"more than max_quarantine_share = 1.00%"):
        run(bucket, "athena", three_days, tmp_path, max_quarantine_share=0.01)
    monkeypatch.setattr(in_athena, "_DAYS_A_STATEMENT", 2)
    monkeypatch.setattr(typing_sql, "INSERT_EVENTS", "INSERT INTO {events} SELECT 1")
    with pytest.raises(InputError, match="mismatched column types"):
        run(bucket, "athena", three_days, tmp_path)
    assert (keys(bucket), partitions.locations(DATABASE, f"t_{bucket}")) == before
    assert_nothing_but_the_tables(bucket)


def test_a_file_without_rows_is_named(bucket, tmp_path):
    path = tmp_path / "header.csv"
    path.write_text(",".join(FIELDS) + "\n")
    with pytest.raises(InputError, match=r"header\.csv: a header and no rows"):
        run(bucket, "athena", path, tmp_path)
