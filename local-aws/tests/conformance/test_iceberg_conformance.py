"""The local Athena's Iceberg tables against what a real Trino answered to the same stories.

`conformance/iceberg` tells, `conformance/iceberg_recording.json` holds Trino's answers (`make
record-athena`), `conformance/iceberg_differences.yaml` lists where they differ, and why.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import groupby
from typing import Any

import pytest
import yaml

from athena_tables import Shop, open_shop
from conformance import scenarios
from conformance.comparing import printed_type, reason, same_value
from local_aws.testing import environment

RECORDING = json.loads((scenarios.HERE / "iceberg_recording.json").read_text(encoding="utf-8"))
STEPS = scenarios.steps()
KNOWN = yaml.safe_load((scenarios.HERE / "iceberg_differences.yaml").read_text(encoding="utf-8"))
REFUSED = {entry["sql"]: entry["names"] for entry in KNOWN["refused"]}
WORDING = {entry["sql"]: entry.get("error") for entry in KNOWN["wording"]}
DEPARTURES = {entry["sql"]: entry for entry in KNOWN["departures"]}
OPEN = {entry["sql"]: entry["why"] for entry in KNOWN["open"]}


def test_the_recording_holds_exactly_the_stories() -> None:
    assert [(e["story"], e["sql"]) for e in RECORDING] == [(s.story, s.athena) for s in STEPS]
    assert {*REFUSED, *WORDING, *DEPARTURES, *OPEN} <= {step.athena for step in STEPS}
    assert len(RECORDING) >= 300


@pytest.fixture(scope="module")
def told(local_aws: str) -> Iterator[dict[int, dict[str, Any]]]:
    """The answer to each step; stories are told at once, each in its order."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(local_aws).items():
            patch.setenv(name, value)
        for shop in open_shop("conformance"):
            numbered = groupby(enumerate(STEPS), key=lambda pair: pair[1].story)
            stories = [list(pairs) for _, pairs in numbered]
            with ThreadPoolExecutor(2) as pool:
                answers = list(pool.map(partial(_tell, shop), stories))
            yield {number: answer for story in answers for number, answer in story.items()}


def _tell(shop: Shop, story: list[tuple[int, scenarios.Step]]) -> dict[int, dict[str, Any]]:
    kept = {"bucket": shop.bucket}
    found = {}
    for number, step in story:
        table = step.athena.split()[2] if step.athena.startswith("CREATE TABLE ") else ""
        kept["iceberg"] = (
            "table_type = 'ICEBERG', is_external = false, "
            f"location = 's3://{shop.bucket}/ctas/{table}-{number}/'"
        )
        found[number] = _answer(shop, step, kept)
    return found


def _answer(shop: Shop, step: scenarios.Step, kept: dict[str, str]) -> dict[str, Any]:
    sql = scenarios.filled(step.athena, kept)
    try:
        done = shop.athena.run(sql, **shop.where)
    except shop.athena.client.exceptions.InvalidRequestException as error:
        return {"error": f"SYNTAX_ERROR: {error.response['Error']['Message']}"}
    if done["Status"]["State"] != "SUCCEEDED":
        message = done["Status"]["StateChangeReason"]
        for name in kept.keys() - {"bucket", "iceberg"}:
            message = message.replace(kept[name], f"{{{name}}}")
        return {"error": message}
    page = shop.athena.page(done)
    infos = page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    rows = [[cell.get("VarCharValue") for cell in row["Data"]] for row in page["ResultSet"]["Rows"]]
    if step.keeps:
        kept[step.keeps] = str(rows[1][0])
    return {
        "changed": page.get("UpdateCount"),
        "columns": [(info["Name"], info["Type"]) for info in infos],
        "rows": rows[1:],
    }


def _cases() -> list[Any]:
    return [
        pytest.param(
            number,
            id=f"{step.story}-{number}",
            marks=pytest.mark.xfail(reason=OPEN[step.athena]) if step.athena in OPEN else (),
        )
        for number, step in enumerate(STEPS)
        if not step.keeps
    ]


@pytest.mark.parametrize("number", _cases())
def test_step(number: int, told: dict[int, dict[str, Any]]) -> None:
    recorded, got = RECORDING[number], told[number]
    sql = recorded["sql"]
    if sql in REFUSED:
        assert "not supported" in got.get("error", ""), sql
        assert REFUSED[sql] in got["error"], sql
        return
    if sql in DEPARTURES:
        recorded = {**recorded, **DEPARTURES[sql]}
        recorded.pop("error" if "rows" in DEPARTURES[sql] else "rows", None)
    if "error" in recorded:
        assert "error" in got, f"{sql}\nshould fail with {recorded['error']}"
        _compare_errors(sql, recorded["error"], got["error"])
        return
    assert "error" not in got, f"{sql}\n{got['error']}"
    if "changed" in recorded:
        assert got["changed"] == recorded["changed"], sql
    if "rows" in recorded:
        _compare_rows(sql, recorded, got)


def _compare_errors(sql: str, recorded: str | list[str], got: str) -> None:
    if isinstance(recorded, str):
        assert got.startswith(recorded), sql
        return
    name, message = recorded
    if sql in WORDING:
        assert got.partition(":")[0] == (WORDING[sql] or name), sql
    else:
        assert reason(got) == reason(f"{name}: {message}"), sql


def _compare_rows(sql: str, recorded: dict[str, Any], got: dict[str, Any]) -> None:
    types = [printed_type(kind) for _, kind in recorded["columns"]]
    names = [name for name, _ in recorded["columns"]]
    assert got["columns"] == list(zip(names, types, strict=True)), sql
    assert len(got["rows"]) == len(recorded["rows"]), f"{sql}\n{got['rows']}"
    for row, wanted in zip(got["rows"], recorded["rows"], strict=True):
        same = map(same_value, row, wanted, types)
        assert all(same), f"{sql}\n   is {row}\nTrino {wanted}"
