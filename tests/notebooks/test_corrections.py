"""An Iceberg lake asked, corrected, and asked as it was: notebooks 10, 12 and the questions."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pandas as pd
import pytest

from helpers import athena, aws, insights, report
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
    tmp_path: Path,
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
    assert list(met.values()) == [2, 2, 1, 1]
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

    with pytest.raises(InputError, match="is a table of format hive"):
        cells.run(CORRECTIONS, bucket=f"{BUCKET}-hive", database="db_lake_hive")
