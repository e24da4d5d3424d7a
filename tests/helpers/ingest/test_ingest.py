"""Raw files become the lake: whole, again, overlapping, packed, and when something is wrong."""

import bisect
import datetime
import gzip
import io
import multiprocessing
import os
import random
import signal
import subprocess
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

import boto3
import polars as pl
import pyarrow.parquet as pq
import pytest

from helpers import athena, aws
from helpers.errors import InputError, PlatformError
from helpers.events import FIELDS, LAKE_TYPES
from helpers.ingest import catalog, facts, load, parquet, partitions, upload, versions
from helpers.ingest import lake as lake_module
from helpers.paths import PROJECT
from helpers.raw import files
from store_simulator.generate import generate
from support.lake import prepare

REAL = PROJECT.parent / "shared/data/rees46_multi_2019-10-01_0000-0250.csv"
HEADER = ",".join(FIELDS) + "\n"
DATABASE = "db_ingest"
PREPARED = multiprocessing.get_context("forkserver")  # what is slow to import, it imports once
PREPARED.set_forkserver_preload(["helpers.ingest.load"])


@pytest.fixture(autouse=True)
def fresh_clients(aws_env: str) -> None:
    aws.client.cache_clear()


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("raw") / "two.csv"
    generate(out, first=datetime.date(2019, 10, 1), last=datetime.date(2019, 10, 2), rows=3_000)
    return out


@pytest.fixture
def ingest(tmp_path: Path) -> "Callable[..., load.Loaded]":
    """Load into a bucket and table of the test's own."""
    return loader(uuid.uuid4().hex[:12], tmp_path)


@pytest.fixture(scope="module")
def shared_name() -> str:
    """The bucket of the tests that change nothing."""
    return uuid.uuid4().hex[:12]


@pytest.fixture
def holding_two_days(shared_name: str, two_days: Path, tmp_path: Path) -> Callable:
    """Load into the shared bucket, which holds two days."""
    run = loader(shared_name, tmp_path)
    if not keys(shared_name, "ecomm_user_activity/"):
        run(two_days)
    return run


def loader(name: str, tmp_path: Path) -> "Callable[..., load.Loaded]":
    prepare(name, DATABASE)

    def run(path: object, **changed: object) -> load.Loaded:
        usual = {"max_quarantine_share": 0.5, "max_day_shrink_share": 1.0}
        options = {**usual, "staging": str(tmp_path / "staging"), **changed}
        place = {"bucket": name, "database": DATABASE, "table": f"t_{name}"}
        return load.load(files.find(str(path)), **{**place, **options})

    run.bucket, run.table = name, f"t_{name}"
    return run


def keys(bucket: str, prefix: str = "") -> set[str]:
    found = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
    return {each["Key"] for each in found.get("Contents", [])}


def lake(ingest: Callable) -> pl.DataFrame:
    """Read the lake as its registered partitions say, day by day."""
    places = partitions.locations(DATABASE, ingest.table)
    frames = []
    for _, place in sorted(places.items(), key=lambda item: [int(v) for v in item[0]]):
        for key in sorted(keys(ingest.bucket, place.removeprefix(f"s3://{ingest.bucket}/"))):
            body = boto3.client("s3").get_object(Bucket=ingest.bucket, Key=key)["Body"].read()
            frames.append(pl.read_parquet(body))
    return pl.concat(frames).with_columns(pl.col("event_type").cast(pl.String))


def in_lake_types(rows: pl.DataFrame) -> pl.DataFrame:
    """Athena writes its own unit of time."""
    return rows.with_columns(pl.col("event_time").cast(pl.Datetime("ms")))


def plainly(path: Path) -> pl.DataFrame:
    """Read a raw file another way."""
    return pl.read_csv(path, schema_overrides={"price": pl.Decimal(10, 2)}).with_columns(
        pl.col("event_time").str.to_datetime("%Y-%m-%d %H:%M:%S UTC", time_unit="ms")
    )


def assert_same_rows(left: pl.DataFrame, right: pl.DataFrame) -> None:
    assert left.select(FIELDS).sort(FIELDS).equals(right.select(FIELDS).sort(FIELDS))


def most_in_10_s(rows: pl.DataFrame) -> int:
    """Count without SQL: for each event the user's events from it until 10 s later."""
    most = 0
    for (_,), events in rows.group_by("user_id"):
        times = events["event_time"].sort().to_list()
        for first, time in enumerate(times):
            later = time + datetime.timedelta(seconds=10)
            most = max(most, bisect.bisect_left(times, later) - first)
    return most


def most_in_a_window(rows: pl.DataFrame) -> int:
    windows = rows.group_by("user_id", pl.col("event_time").dt.truncate("10s")).len()
    return int(windows["len"].max())


def test_the_lake_holds_the_rows_of_the_file_typed_and_by_day(ingest, two_days):
    loaded = ingest(two_days)
    assert loaded.rows_in == loaded.rows_lake == plainly(two_days).height
    assert_same_rows(lake(ingest), plainly(two_days))
    places = partitions.locations(DATABASE, ingest.table)
    assert set(places) == {("2019", "10", "1"), ("2019", "10", "2")}
    start = f"s3://{ingest.bucket}/ecomm_user_activity/year=2019/month=10/day=01/load="
    assert places["2019", "10", "1"].startswith(start)


def test_each_file_is_in_order_of_time_and_says_its_types(holding_two_days):
    ingest = holding_two_days
    files = keys(ingest.bucket, "ecomm_user_activity/")
    assert len(files) == 4
    for key in files:
        body = boto3.client("s3").get_object(Bucket=ingest.bucket, Key=key)["Body"].read()
        file = pq.ParquetFile(io.BytesIO(body))
        types = [str(field.type) for field in file.schema_arrow]
        assert types == [
            "timestamp[ms]",
            "string",
            "int64",
            "int64",
            "string",
            "string",
            "decimal128(10, 2)",
            "int64",
            "string",
            "bool",
        ]
        times = file.read(["event_time"])["event_time"].to_pylist()
        assert times == sorted(times)
        chunk = file.metadata.row_group(0).column(0)
        assert chunk.compression == "ZSTD"
        assert "DELTA_BINARY_PACKED" in chunk.encodings
        assert chunk.statistics.has_min_max


def test_the_glue_table_has_types_and_comments(holding_two_days):
    ingest = holding_two_days
    table = boto3.client("glue").get_table(DatabaseName=DATABASE, Name=ingest.table)["Table"]
    columns = {c["Name"]: c["Type"] for c in table["StorageDescriptor"]["Columns"]}
    assert columns == LAKE_TYPES
    assert (columns["event_time"], columns["price"]) == ("timestamp", "decimal(10,2)")
    assert all(c["Comment"] for c in table["StorageDescriptor"]["Columns"])
    assert [(k["Name"], k["Type"]) for k in table["PartitionKeys"]] == [
        ("year", "int"),
        ("month", "int"),
        ("day", "int"),
    ]


def test_one_event_of_each_session_and_day_is_its_start(ingest, two_days, tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "ROW_GROUP", 500)  # a day's sessions meet again in later groups
    header, *lines = two_days.read_text().splitlines(keepends=True)
    lines += [line.rsplit(",", 1)[0] + ",\n" for line in lines[:50]]  # no session at all
    random.Random(1).shuffle(lines)
    for name, part in (("a.csv", lines[::2]), ("b.csv", lines[1::2])):
        (tmp_path / "raw" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "raw" / name).write_text(header + "".join(part))
    ingest(tmp_path / "raw")
    rows = lake(ingest).with_columns(day=pl.col("event_time").dt.date())
    starts = rows.filter("session_start").select("day", "user_session")
    sessions = rows.select("day", "user_session").drop_nulls().unique()
    assert starts.sort(pl.all()).equals(sessions.sort(pl.all()))


def test_real_rows_all_are_events(ingest):
    if not REAL.exists():
        pytest.skip("the real rows are not here")
    loaded = ingest(REAL)
    assert (loaded.rows_in, loaded.rows_quarantine) == (17_434, 0)
    rows = lake(ingest)
    counts = dict(rows["event_type"].value_counts().iter_rows())
    assert counts == {"view": 17_055, "cart": 165, "purchase": 214}
    assert rows["user_id"].n_unique() == 4_504
    assert rows["user_session"].n_unique() == 5_066
    assert (rows["price"] == 0).sum() == 19
    assert rows.height - rows.select(FIELDS).n_unique() == 5
    shown = facts.count_events(
        loaded.days, database=DATABASE, bucket=ingest.bucket, table=ingest.table
    )
    values = dict(zip(shown["figure"], shown["value"], strict=True))
    assert (values["users"], values["sessions"]) == (4_504, 5_066)
    assert (values["zero prices"], values["exact duplicates"]) == (19, 5)
    assert values["most events of a user in 10 s"] == most_in_10_s(rows) == 5
    assert values["most events of a user in a 10 s window"] == most_in_a_window(rows) == 4


def test_loading_again_leaves_the_same_keys_and_the_same_table(ingest, two_days):
    ingest(two_days)
    before = keys(ingest.bucket), partitions.locations(DATABASE, ingest.table)
    ingest(two_days)
    assert (keys(ingest.bucket), partitions.locations(DATABASE, ingest.table)) == before


def test_a_file_that_overlaps_replaces_exactly_its_own_days(ingest, two_days, tmp_path):
    ingest(two_days)
    first = partitions.locations(DATABASE, ingest.table)["2019", "10", "1"]
    other = tmp_path / "other.csv"
    generate(
        other, first=datetime.date(2019, 10, 2), last=datetime.date(2019, 10, 3), rows=900, seed=9
    )
    ingest(other)
    places = partitions.locations(DATABASE, ingest.table)
    assert places["2019", "10", "1"] == first
    assert len(places) == 3
    day_one = plainly(two_days).filter(pl.col("event_time").dt.day() == 1)
    assert_same_rows(lake(ingest), pl.concat([day_one, plainly(other)]))
    used = {key.rpartition("/")[0] + "/" for key in keys(ingest.bucket, "ecomm_user_activity/")}
    assert used == {place.removeprefix(f"s3://{ingest.bucket}/") for place in places.values()}


@pytest.mark.parametrize("engine", load.ENGINES)
def test_a_day_that_would_shrink_much_is_refused_unless_it_may(ingest, two_days, tmp_path, engine):
    assert ingest(two_days).before == {}
    header, *lines = two_days.read_text().splitlines(keepends=True)
    first, second = ([x for x in lines if x.startswith(f"2019-10-0{day}")] for day in (1, 2))
    stray = tmp_path / "stray.csv"
    stray.write_text("".join([header, first[-1], *second[:-1]]))
    before = keys(ingest.bucket, "ecomm_user_activity/"), lake(ingest)
    said = f"2019-10-01 from {len(first):,} to 1 rows, more than max_day_shrink_share = 10%"
    with pytest.raises(InputError, match=said):
        ingest(stray, engine=engine, max_day_shrink_share=0.1)
    assert keys(ingest.bucket, "ecomm_user_activity/") == before[0]
    assert lake(ingest).equals(before[1])
    loaded = ingest(stray, engine=engine, max_day_shrink_share=1.0)
    days = [datetime.date(2019, 10, day) for day in (1, 2)]
    assert loaded.before == dict(zip(days, (len(first), len(second)), strict=True))
    assert loaded.days == dict(zip(days, (1, len(second) - 1), strict=True))
    smaller = tmp_path / "smaller.csv"
    smaller.write_text("".join([header, *second[: int(len(second) * 0.95)]]))
    assert ingest(smaller, engine=engine, max_day_shrink_share=0.1).before == {
        days[1]: len(second) - 1
    }


@pytest.mark.parametrize("engine", load.ENGINES)
def test_a_file_with_every_field_quoted_is_taken(ingest, two_days, tmp_path, engine):
    rows = [line.split(",") for line in two_days.read_text().splitlines()]
    quoted = tmp_path / "quoted.csv"
    quoted.write_text("".join(",".join(f'"{field}"' for field in row) + "\n" for row in rows))
    loaded = ingest(quoted, engine=engine)
    assert (loaded.rows_in, loaded.rows_quarantine) == (len(rows) - 1, 0)
    assert_same_rows(in_lake_types(lake(ingest)), plainly(two_days))


@pytest.mark.parametrize("wrong", [{"max_quarantine_share": 50}, {"max_day_shrink_share": -0.1}])
def test_a_share_out_of_its_range_is_refused_before_anything_happens(ingest, two_days, wrong):
    with pytest.raises(InputError, match=f"Parameter {next(iter(wrong))} is .* from 0 to 1"):
        ingest(two_days, **wrong)
    assert keys(ingest.bucket) == set()


def test_packed_files_a_folder_and_a_prefix_give_the_same_lake(ingest, two_days, tmp_path):
    lines = two_days.read_text().splitlines(keepends=True)
    folder = tmp_path / "many"
    (folder / "deeper").mkdir(parents=True)
    with gzip.open(folder / "a.csv.gz", "wt") as out:
        out.writelines(lines[:1001])
    with zipfile.ZipFile(folder / "deeper" / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one.csv", "".join([lines[0], *lines[1001:2001]]))
        archive.writestr("two.csv", "".join([lines[0], *lines[2001:]]))
        archive.writestr("README.txt", "not this")
    (folder / "notes.txt").write_text("nor this")
    ingest(folder)
    assert_same_rows(lake(ingest), plainly(two_days))
    there = partitions.locations(DATABASE, ingest.table)
    s3 = boto3.client("s3")
    for path in folder.rglob("*.*"):
        s3.upload_file(str(path), ingest.bucket, f"incoming/{path.name}")
    loaded = ingest(f"s3://{ingest.bucket}/incoming/")
    assert loaded.rows_in == plainly(two_days).height
    assert partitions.locations(DATABASE, ingest.table) == there


def test_rows_out_of_order_and_days_mixed_come_out_in_order(ingest, two_days, tmp_path):
    lines = two_days.read_text().splitlines(keepends=True)
    mixed = tmp_path / "mixed.csv"
    mixed.write_text("".join([lines[0], *lines[:0:-3], *lines[-2:0:-3], *lines[-3:0:-3]]))
    ingest(mixed)
    assert_same_rows(lake(ingest), plainly(two_days))


def test_quarantine_says_file_line_reason_and_text_and_goes_when_the_file_is_mended(
    ingest, two_days, tmp_path
):
    lines = two_days.read_text().splitlines(keepends=True)
    bad = tmp_path / "bad.csv"
    bad.write_text("".join([*lines[:10], "what?\n", *lines[10:20], lines[5].replace("view", "v")]))
    loaded = ingest(bad)
    assert (loaded.rows_in, loaded.rows_lake, loaded.rows_quarantine) == (21, 19, 2)
    assert loaded.quarantined == {"wrong column count": 1, "unknown event_type": 1}
    (key,) = keys(ingest.bucket, "quarantine/")
    body = boto3.client("s3").get_object(Bucket=ingest.bucket, Key=key)["Body"].read()
    assert pl.read_parquet(body).rows() == [
        ("bad.csv", 11, "wrong column count", "what?"),
        ("bad.csv", 22, "unknown event_type", lines[5].replace("view", "v").rstrip()),
    ]
    assert set(partitions.locations(DATABASE, f"{ingest.table}_quarantine")) == {("bad.csv",)}
    bad.write_text("".join(lines[:20]))
    ingest(bad)
    assert keys(ingest.bucket, "quarantine/") == set()
    assert partitions.locations(DATABASE, f"{ingest.table}_quarantine") == {}


def cut_gzip(good: bytes) -> bytes:
    return gzip.compress(good)[:-200]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", lambda good: b"", "empty"),
        ("header.csv", lambda good: HEADER.encode(), "no rows"),
        ("wrong.csv", lambda good: b"time,type\n1,2\n", "header"),
        ("cut.csv.gz", cut_gzip, "cut off"),
        ("fake.csv.gz", lambda good: good, "damaged"),
        ("cut.zip", lambda good: b"PK\x03\x04 nothing", "damaged"),
        ("noise.csv", lambda good: HEADER.encode() + b"1\n2\n3\n", "none of 3 rows is an event"),
        ("bad.csv", lambda good: good + b"x\n" * 5_000, "max_quarantine_share"),
        ("file.txt", lambda good: good, "ends in none of"),
    ],
)
def test_bad_input_is_named_and_changes_nothing(
    holding_two_days, two_days, tmp_path, *, name, content, says
):
    ingest = holding_two_days
    before = keys(ingest.bucket), partitions.locations(DATABASE, ingest.table)
    path = tmp_path / name
    path.write_bytes(content(two_days.read_bytes()))
    with pytest.raises(InputError, match=says) as caught:
        ingest(path)
    assert str(tmp_path) in str(caught.value) or name in str(caught.value)
    assert (keys(ingest.bucket), partitions.locations(DATABASE, ingest.table)) == before


def test_a_missing_file_and_an_empty_folder_are_named(holding_two_days, tmp_path):
    ingest = holding_two_days
    with pytest.raises(InputError, match="does not exist"):
        ingest(tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="no file"):
        ingest(tmp_path)


def test_a_missing_bucket_is_named_with_what_makes_it():
    name = uuid.uuid4().hex
    with pytest.raises(InputError, match=f"bucket {name} does not exist: `make deploy STAGE=dev`"):
        catalog.check_bucket(name)
    prepare(name, DATABASE)
    catalog.check_bucket(name)
    with pytest.raises(InputError, match="is no name of a bucket"):
        catalog.check_bucket("s3://shop/")


def test_a_missing_database_is_named_with_what_makes_it(ingest):
    table = catalog.raw_table("t")
    with pytest.raises(
        InputError, match="database nowhere does not exist: `make deploy STAGE=dev`"
    ):
        catalog.ensure_table("nowhere", ingest.bucket, table)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
def test_a_full_disk_is_named_and_changes_nothing(holding_two_days, two_days, tmp_path):
    ingest = holding_two_days
    before = keys(ingest.bucket), partitions.locations(DATABASE, ingest.table)
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        with pytest.raises(InputError, match="is full: free about"):
            ingest(two_days, staging=str(small))
    finally:
        subprocess.run(["umount", str(small)], check=True)
    assert (keys(ingest.bucket), partitions.locations(DATABASE, ingest.table)) == before


def load_until_killed(module: str, name: str, calls: int, path: str, **place: str) -> None:
    """Load in a process of its own that kills itself right after a call of a function."""
    modules = {"lake": lake_module, "partitions": partitions, "versions": versions}
    owner = modules.get(module) or aws.client("glue")
    real, left = getattr(owner, name), [calls]

    def killing(*args: object, **kwargs: object) -> object:
        answer = real(*args, **kwargs)
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, name, killing)
    load.load(files.find(path), database=DATABASE, max_day_shrink_share=1.0, **place)


@pytest.mark.parametrize(
    ("module", "function", "calls"),
    [
        ("lake", "_size", 3),
        ("partitions", "switch", 1),
        ("glue", "batch_update_partition", 1),
        ("versions", "remove_orphans", 1),
    ],
)
def test_a_killed_ingest_leaves_each_day_old_or_new_and_the_next_one_mends_it(
    ingest, two_days, tmp_path, *, module, function, calls
):
    ingest(two_days)
    other = tmp_path / "other.csv"
    generate(
        other, first=datetime.date(2019, 10, 1), last=datetime.date(2019, 10, 2), rows=900, seed=5
    )
    place = {"bucket": ingest.bucket, "table": ingest.table, "staging": str(tmp_path / "staging")}
    arguments = (module, function, calls, str(other))
    killed = PREPARED.Process(target=load_until_killed, args=arguments, kwargs=place)
    killed.start()
    killed.join(60)
    assert killed.exitcode == -signal.SIGKILL
    versions = [plainly(two_days), plainly(other)]
    now = lake(ingest)
    for day in (1, 2):
        mine = now.filter(pl.col("event_time").dt.day() == day).select(FIELDS).sort(FIELDS)
        whole = [
            v.filter(pl.col("event_time").dt.day() == day).select(FIELDS).sort(FIELDS)
            for v in versions
        ]
        assert any(mine.equals(version) for version in whole)
    ingest(other)
    assert_same_rows(lake(ingest), plainly(other))
    places = partitions.locations(DATABASE, ingest.table).values()
    used = {key.rpartition("/")[0] + "/" for key in keys(ingest.bucket, "ecomm_user_activity/")}
    assert used == {place.removeprefix(f"s3://{ingest.bucket}/") for place in places}
    assert list((tmp_path / "staging").glob("*/*")) == []


@pytest.mark.parametrize("engine", load.ENGINES)
def test_tables_of_one_bucket_keep_what_each_has_loaded(two_days, tmp_path, engine):
    name = uuid.uuid4().hex[:12]
    ingest = loader(name, tmp_path)
    mine, other = tmp_path / "mine" / "raw.csv", tmp_path / "other" / "raw.csv"
    for path, kind in ((mine, "kart"), (other, "bart")):
        path.parent.mkdir()
        bad = f"2019-10-01 12:00:00 UTC,{kind},1,2,,,1.00,3,s"
        every_other = two_days.read_text().splitlines()[:: 1 if kind == "kart" else 2]
        path.write_text("\n".join([",".join(FIELDS), *every_other[1:], bad, ""]))
    ingest(mine, engine=engine)
    loaded = lake(ingest)
    prepare(name, f"{DATABASE}_two")
    ingest(other, engine=engine, table=f"u_{name}")
    ingest(other, engine=engine, database=f"{DATABASE}_two", table_format="iceberg")
    assert_same_rows(lake(ingest), loaded)
    sql = f"SELECT raw FROM t_{name}_quarantine"
    rows = athena.query(sql, database=DATABASE, bucket=name)["raw"].tolist()
    assert rows == ["2019-10-01 12:00:00 UTC,kart,1,2,,,1.00,3,s"]


def test_a_second_ingest_into_the_same_bucket_waits_its_turn(holding_two_days, two_days, tmp_path):
    ingest = holding_two_days
    with (
        load.staging_folder(tmp_path / "staging" / ingest.bucket),
        pytest.raises(PlatformError, match="another ingest"),
    ):
        ingest(two_days)


def test_a_staging_folder_with_files_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years of work")
    with (
        pytest.raises(PlatformError, match="holds files that no ingest put there"),
        load.staging_folder(tmp_path / "mine"),
    ):
        pass
    assert (tmp_path / "mine/thesis.txt").read_text() == "years of work"


def test_raw_files_are_uploaded_once_by_month_of_their_events_with_a_sample(
    ingest, two_days, tmp_path
):
    place = {"bucket": ingest.bucket, "database": DATABASE, "table": ingest.table}
    found = files.find(str(two_days))
    (first,) = upload.upload_raw(found, **place)
    key = "ecomm_user_activity_uncompressed/year=2019/month=10/two.csv"
    assert first.address == f"s3://{ingest.bucket}/{key}"
    assert not first.already_there
    s3 = boto3.client("s3")
    assert s3.get_object(Bucket=ingest.bucket, Key=key)["Body"].read() == two_days.read_bytes()
    sample = s3.get_object(
        Bucket=ingest.bucket, Key="ecomm_user_activity_sample/two_first1000.csv"
    )["Body"].read()
    assert sample == b"".join(two_days.read_bytes().splitlines(keepends=True)[:1001])
    (again,) = upload.upload_raw(found, **place)
    assert again.already_there
    changed = two_days.read_bytes().replace(b"view", b"cart", 1)
    (tmp_path / "two.csv").write_bytes(changed)
    (third,) = upload.upload_raw(files.find(str(tmp_path / "two.csv")), **place)
    assert not third.already_there
    assert s3.get_object(Bucket=ingest.bucket, Key=key)["Body"].read() == changed
    months = partitions.locations(DATABASE, f"{ingest.table}_raw")
    assert months == {("2019", "10"): first.address.rpartition("/")[0] + "/"}


def test_the_raw_table_shows_the_fields_as_the_file_has_them(ingest, tmp_path):
    day = "2019-10-01 12:00:00 UTC,view,1,2"
    lines = [",".join(FIELDS), f'{day},\\N,a\\b,1,3,"x\\"', f'{day},"\\N","a ""b""",1,3,']
    (tmp_path / "raw.csv").write_text("\n".join(lines))
    place = {"bucket": ingest.bucket, "database": DATABASE, "table": ingest.table}
    upload.upload_raw(files.find(str(tmp_path / "raw.csv")), **place)
    found = athena.query(
        f'SELECT category_code, brand, user_session FROM "{ingest.table}_raw" ORDER BY brand',
        database=DATABASE,
        bucket=ingest.bucket,
    )
    assert found.to_numpy().tolist() == [["\\N", 'a "b"', ""], ["\\N", "a\\b", "x\\"]]


def test_the_lake_changes_once_the_raw_files_that_are_brought_meanwhile_are_there(ingest, two_days):
    found = files.find(str(two_days))
    names = {"database": DATABASE, "table": ingest.table}
    elsewhere = upload.plan(found, bucket="bucket-of-nobody")
    with (
        pytest.raises(PlatformError, match="bucket-of-nobody"),
        upload.beside(elsewhere, **names) as uploading,
    ):
        ingest(two_days, after=uploading.result)
    assert not keys(ingest.bucket)
    with upload.beside(upload.plan(found, bucket=ingest.bucket), **names) as uploading:
        loaded = ingest(two_days, after=uploading.result)
    (there,) = uploading.result()
    assert there.address.removeprefix(f"s3://{ingest.bucket}/") in keys(ingest.bucket)
    assert lake(ingest).height == loaded.rows_lake


def test_members_of_archives_and_files_of_s3_are_uploaded_too(ingest, two_days, tmp_path):
    place = {"bucket": ingest.bucket, "database": DATABASE, "table": ingest.table}
    with zipfile.ZipFile(tmp_path / "pack.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(two_days, "inner.csv")
    (one,) = upload.upload_raw(files.find(str(tmp_path / "pack.zip")), **place)
    assert one.address.endswith("/year=2019/month=10/inner.csv")
    (again,) = upload.upload_raw(files.find(str(tmp_path / "pack.zip")), **place)
    assert again.already_there
    (own,) = upload.upload_raw(files.find(one.address), **place)
    assert own.already_there
    boto3.client("s3").upload_file(str(two_days), ingest.bucket, "incoming/from_s3.csv")
    (copied,) = upload.upload_raw(files.find(f"s3://{ingest.bucket}/incoming/from_s3.csv"), **place)
    key = copied.address.removeprefix(f"s3://{ingest.bucket}/")
    body = boto3.client("s3").get_object(Bucket=ingest.bucket, Key=key)["Body"].read()
    assert body == two_days.read_bytes()
