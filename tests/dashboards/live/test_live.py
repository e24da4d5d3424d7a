"""The live page: counts as the notebook does, listens to this machine alone, changes by itself."""

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
import urllib3
from playwright.sync_api import expect, sync_playwright

from dashboards.live import serving, watching
from helpers import alert_table, alerts
from helpers.bursts import Rule
from helpers.errors import ServiceError
from helpers.kinesis import peek, streams
from support import pages

NOW = datetime(2026, 11, 29, 12, 0, 0, tzinfo=UTC)
RULE = Rule(max_actions=2, window_s=10)
QUIET: dict[str, Any] = {
    "at": "2026-11-29T12:00:00+00:00", "events": 0, "rates": [0.0] * 60, "open": 0, "alerts": [],
    "latencies": [],
}  # fmt: skip


def _actions(seconds_ago: list[float]) -> pl.DataFrame:
    times = [NOW - timedelta(seconds=ago) for ago in seconds_ago]
    rows = [
        {
            "shard": "0", "arrived_at": time, "event_type": "view", "user_id": 7,
            "product_id": place, "txn_timestamp": f"{time:%Y-%m-%dT%H:%M:%S}.000",
        }
        for place, time in enumerate(times)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=alerts.ACTIONS)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> dict[str, pl.DataFrame]:
    """What the streams and the table hold, in place of AWS."""
    held = {
        streams.RAW: _actions([]),
        streams.ALERTS: pl.DataFrame(schema=alerts.FOUND),
        "table": pl.DataFrame(schema=alert_table.ALERTS),
    }
    monkeypatch.setattr(peek, "between", lambda stream, *_: held[stream])
    monkeypatch.setattr(alert_table, "open_alerts", lambda *_: held["table"])
    return held


def test_nothing_is_shown_as_nothing(watched: dict[str, pl.DataFrame]) -> None:
    assert watching.look("t", RULE, NOW) == QUIET


def test_events_are_counted_by_arrival(watched: dict[str, pl.DataFrame]) -> None:
    watched[streams.RAW] = _actions([299, 7, 7, 2, 2, 1])
    seen = watching.look("t", RULE, NOW)
    assert seen["events"] == 6
    assert seen["rates"][0] == 0.2
    assert seen["rates"][-2:] == [0.4, 0.6]
    assert sum(seen["rates"]) * 5 == pytest.approx(6)


def test_latency_runs_from_the_action_above_the_limit(watched: dict[str, pl.DataFrame]) -> None:
    watched[streams.RAW] = _actions([20, 18, 16])  # the third is above two
    first = f"{NOW - timedelta(seconds=20):%Y-%m-%dT%H:%M:%S}.000"
    found = {
        "shard": "0", "arrived_at": NOW - timedelta(seconds=14.5), "user_id": 7, "rule": "early",
        "action_count": 3, "first_action": first, "last_action": first,
    }  # fmt: skip
    watched[streams.ALERTS] = pl.DataFrame([found], schema=alerts.FOUND)
    alert = {
        "alert_id": "7@x", "user_id": 7, "status": "open", "action_count": 3, "rules": ["early"],
        "windows": 1, "started_at": f"{first}Z", "first_seen": f"{first}Z",
        "last_seen": f"{first}Z", "opened_at": NOW - timedelta(seconds=14), "notified_at": None,
    }  # fmt: skip
    watched["table"] = pl.DataFrame([alert], schema=alert_table.ALERTS)
    seen = watching.look("t", RULE, NOW)
    assert seen["open"] == 1
    assert seen["alerts"][0]["user"] == "7"
    assert seen["latencies"] == [
        {"rule": "early", "number": 1, "median": 1.5, "p99": 1.5},
        {"rule": "written", "number": 1, "median": 2.0, "p99": 2.0},
    ]


@contextmanager
def _served(look: Any) -> Iterator[str]:
    server = serving.server(look, 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{serving.HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_look_that_fails_is_told() -> None:
    def fails() -> dict[str, Any]:
        raise ServiceError("the stream is gone")

    with _served(fails) as at:
        assert urllib3.request("GET", f"{at}/now").json() == {"error": "the stream is gone"}


def test_a_foreign_host_name_is_refused_and_nothing_else_is_served() -> None:
    with _served(lambda: QUIET) as at:
        foreign = {"Host": "example.org:80"}
        assert urllib3.request("GET", f"{at}/now", headers=foreign).status == 403
        assert urllib3.request("GET", f"{at}/live.js").status == 404
        assert urllib3.request("GET", f"{at}/now").status == 200


def test_the_page_changes_without_being_loaded_again() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    looks = 0

    def look() -> dict[str, Any]:
        nonlocal looks
        looks += 1
        alert = {"user": "<b>7</b>", "actions": 3, "rules": "early", "first": "x", "opened": "y"}
        return {**QUIET, "events": looks, "alerts": [alert]}

    with _served(look) as at, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(at)
        events = page.locator("#events")
        expect(events).to_have_text(re.compile("[1-9]"), timeout=pages.GENEROUS_MS)
        page.evaluate("window.same = true")
        expect(events).not_to_have_text(events.inner_text(), timeout=pages.GENEROUS_MS)
        assert page.evaluate("window.same")
        assert page.locator("#alerts td").first.inner_text() == "<b>7</b>"
        assert page.locator("#rates rect").count() == 60
        browser.close()
    assert [error for error in errors if "favicon" not in error] == []
