"""An Iceberg lake asked, corrected, and asked as it was: notebooks 10, 12 and the questions."""

import datetime
import json
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pandas as pd
import pytest

from helpers import as_of, athena, aws, command_line, insights, report, run_as_of
from helpers.errors import InputError
from helpers.paths import PROJECT
from support import cells, lake, statements

BUCKET = "corrected-lake"
RAW = str(PROJECT / "data/small.csv")
CORRECTIONS = PROJECT / "notebooks/12_corrections.ipynb"


@pytest.fixture(scope="module", autouse=True)
def there(local_aws: str) -> Iterator[None]:
    with lake.at(local_aws):
        aws.client.cache_clear()
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield


def ingested(database: str, folder: Path, table_format: str) -> dict[str, Any]:
    lake.prepare(f"{BUCKET}-{table_format}", database)
    given = {"bucket": f"{BUCKET}-{table_format}", "database": database, "run_dir": str(folder)}
    notebook = PROJECT / "notebooks/10_ingest.ipynb"
    staging = str(folder / "staging")
    cells.run(notebook, raw=RAW, table_format=table_format, staging=staging, **given)
    return given


VALUES = {"later_days": 7, "min_views": 1, "time_zone": "UTC", "depth": 1}


def asked(place: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """The rows of each question."""
    where = {name: place[name] for name in ("database", "bucket")}
    found = {}
    for path in insights.notebooks():
        view, query, *_ = statements.of_notebook(path)
        athena.create_view(view, **where)
        rows = athena.query(query, **where, params=VALUES)
        found[path.stem[:2]] = rows.sort_values(list(rows)).reset_index(drop=True)
    return found


def test_questions_answer_alike_on_either_format_and_as_they_did_before_a_correction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hive").mkdir()
    hive = asked(ingested("db_lake_hive", tmp_path / "hive", "hive"))
    place = ingested("db_lake_iceberg", tmp_path, "iceberg")
    before = asked(place)
    for number, rows in hive.items():
        pd.testing.assert_frame_equal(before[number], rows)
    reported = json.loads((tmp_path / "10_ingest.json").read_text())["answers"]

    done = cells.run(CORRECTIONS, **place)
    assert str(done["before"]) == reported["snapshot of the lake"]
    met = dict(zip(done["summary"]["what"], done["summary"]["corrections"], strict=True))
    assert list(met.values()) == [2, 0, 2, 1, 1]
    after = asked(place)["20"]
    changed = (after != before["20"]).any(axis=1)
    assert [str(day) for day in after["day"][changed]] == ["2019-10-01", "2019-10-08"]
    more = after["revenue"].sum() - before["20"]["revenue"].sum()
    assert more == Decimal("570.39") - Decimal("378.24") - 100
    assert after["sessions"].sum() == before["20"]["sessions"].sum() + 1
    assert done["kept"]["delete_files"].tolist() == [2, 0, 0]
    (section,) = [each for each in report.read(tmp_path) if each.notebook == "12_corrections"]
    assert section.answers["snapshot after"] == str(done["after"])

    # the number of the report, found again after the compaction
    then = cells.run(CORRECTIONS, **place, snapshot=reported["snapshot of the lake"], upkeep=False)
    assert f"{then['numbers']['events'].iloc[0]:,}" == reported["lake"]
    as_it_was = asked({**place, "database": "db_lake_iceberg_as_of"})
    for number, rows in hive.items():
        pd.testing.assert_frame_equal(as_it_was[number], rows)

    # the same file once more changes nothing
    assert list(then["summary"]["corrections"]) == [0, 4, 0, 0, 2]
    assert then["after"] == then["before"]

    # the questions of then by one command
    first = insights.notebooks()[:1]
    monkeypatch.setattr(insights, "notebooks", lambda: first)
    monkeypatch.setattr(command_line, "PROJECT", tmp_path)
    values = {"raw": RAW, "bucket": place["bucket"], "database": place["database"]}
    (tmp_path / "then.yaml").write_text(json.dumps(values))
    assert run_as_of.main([str(tmp_path / "then.yaml"), reported["snapshot of the lake"]]) == 0
    (page,) = tmp_path.glob("runs/*-then-as-of-*/report.html")
    answered = json.loads((page.parent / "20_unique_visitors.json").read_text())["answers"]
    assert answered["different visitors"] == f"{then['numbers']['different_visitors'].iloc[0]:,}"
    assert answered["different visitors"] in capsys.readouterr().out
    assert reported["snapshot of the lake"] in page.read_text()
    assert run_as_of.main([str(tmp_path / "then.yaml"), "last week"]) == 2

    with pytest.raises(InputError, match="is a table of format hive"):
        cells.run(CORRECTIONS, bucket=f"{BUCKET}-hive", database="db_lake_hive")


def test_a_state_is_found_by_its_number_and_by_its_day_and_one_that_is_gone_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = {"database": "db_lake_states", "bucket": BUCKET, "table": "user_activity"}
    lake.prepare(BUCKET, place["database"])
    table = "CREATE TABLE user_activity (day int) LOCATION 's3://corrected-lake/states/'"
    where = {"database": place["database"], "bucket": BUCKET}
    athena.run(f"{table} TBLPROPERTIES ('table_type' = 'ICEBERG')", **where)
    with pytest.raises(InputError, match="has no snapshot"):
        as_of.current(**place)
    found = []
    for day in (1, 2):
        athena.run(f"INSERT INTO user_activity VALUES {day}", **where)
        found.append(as_of.current(**place))
    today = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}"
    assert as_of.find(str(found[0]), **place) == found[0]
    assert as_of.find(today, **place) == found[1]
    for wanted, said in [
        ("2019-10-01", f"has no state 2019-10-01.*oldest that can be asked is {found[0]} of"),
        ("12345", "has no state 12345"),
        ("2019-13-01", "is no day"),
        ("last week", "is no state of the lake: give the snapshot of a report"),
    ]:
        with pytest.raises(InputError, match=said):
            as_of.find(wanted, **place)
    then = as_of.database(found[0], **place)
    assert athena.query("SELECT day FROM user_activity", database=then, bucket=BUCKET).size == 1

    # of two who ask for former states at once, the first is told
    def outrun(*_: object) -> tuple[Path, list[str]]:
        as_of.database(found[1], **place)
        return tmp_path, []

    monkeypatch.setattr(run_as_of.run, "execute", outrun)
    (tmp_path / "then.yaml").write_text(json.dumps({"raw": RAW, **where}))
    assert run_as_of.main([str(tmp_path / "then.yaml"), str(found[0])]) == 1
    assert "asked db_lake_states_as_of for another state" in capsys.readouterr().err
    as_of.database(found[0], **place)

    # compaction keeps states, expiry does not
    athena.run("OPTIMIZE user_activity REWRITE DATA USING BIN_PACK", **where)
    assert as_of.find(str(found[0]), **place) == found[0]
    properties = "('vacuum_max_snapshot_age_seconds' = '1', 'vacuum_min_snapshots_to_keep' = '1')"
    athena.run(f"ALTER TABLE user_activity SET TBLPROPERTIES {properties}", **where)
    time.sleep(1.1)  # states grow old by the clock
    athena.run("VACUUM user_activity", **where)
    with pytest.raises(InputError, match=f"no state {found[0]}.*VACUUM removed it"):
        as_of.find(str(found[0]), **place)
    with pytest.raises(InputError, match="make as-of STATE"):
        athena.query("SELECT day FROM user_activity", database=then, bucket=BUCKET)
