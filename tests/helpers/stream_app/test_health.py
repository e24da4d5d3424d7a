"""What counts as an application that works, held against pages of Flink's."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from helpers.stream_app import health
from helpers.stream_app.health import UnhealthyError


def vertex(name: str, status: str, records: int, mark: int | None = None) -> dict[str, Any]:
    return {
        "id": name,
        "status": status,
        "tasks": {status: 1},
        "metrics": {"write-records": records},
        "mark": mark,
    }


def job(*vertices: dict[str, Any], state: str = "RUNNING", now: int = 0) -> dict[str, Any]:
    nodes = [
        {"id": each["id"], "inputs": ["x"] if place else []} for place, each in enumerate(vertices)
    ]
    return {
        "jid": "1",
        "state": state,
        "now": now,
        "vertices": list(vertices),
        "plan": {"nodes": nodes},
    }


class Page:
    """Flink's page of an application, a look after the other; the last one stays."""

    def __init__(self, *looks: dict[str, Any]) -> None:
        self.looks = list(looks)
        self.now: dict[str, Any] = {}

    def job(self) -> dict[str, Any] | None:
        self.now = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        found: dict[str, Any] | None = self.now["job"]
        return found

    def metric(self, _job: str, _name: str) -> int:
        return int(self.now.get("restarts", 0))

    def cause(self, _job: str) -> str:
        return str(self.now.get("cause", ""))

    def get(self, path: str) -> Any:
        if path.endswith("/checkpoints"):
            done = self.now.get("checkpoint")
            return {
                "counts": {"completed": 1 if done else 0},
                "latest": {"completed": {"trigger_timestamp": done} if done else None},
            }
        found = next(each for each in self.now["job"]["vertices"] if f"/{each['id']}/" in path)
        return [{"id": "0.currentInputWatermark", "value": str(found["mark"])}]


Shown = Callable[..., None]
RUNS = job(vertex("source", "RUNNING", 7), vertex("rule", "RUNNING", 0))


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """Lets the page show looks; a look takes a second, and no time."""

    def show(*looks: dict[str, Any], log: str = "") -> None:
        page = Page(*looks)
        clock = iter(range(10_000))
        monkeypatch.setattr(health, "Page", lambda _name: page)
        monkeypatch.setattr(health.time, "sleep", lambda _seconds: None)
        monkeypatch.setattr(health.time, "monotonic", lambda: float(next(clock)))
        monkeypatch.setattr(health.log, "reason", lambda _name, _begun: log)

    return show


def test_it_works_when_all_tasks_run_records_flow_and_a_checkpoint_is_done(shown: Shown) -> None:
    deploying = job(vertex("source", "DEPLOYING", 0), vertex("rule", "DEPLOYING", 0))
    shown({"job": None}, {"job": deploying}, {"job": RUNS}, {"job": RUNS, "checkpoint": 5})
    found = health.wait("app")
    assert (found.tasks, found.running, found.read, found.checkpoints) == (2, 2, 7, 1)


@pytest.mark.parametrize(
    ("look", "said"),
    [
        ({"job": None}, "job none: 0 of 0 tasks run"),
        ({"job": RUNS}, "0 checkpoints"),
        (
            {"job": job(vertex("source", "RUNNING", 0)), "checkpoint": 5},
            "0 records read",
        ),
        (
            {"job": job(vertex("source", "RUNNING", 7), vertex("rule", "DEPLOYING", 0))},
            "1 of 2 tasks run",
        ),
    ],
)
def test_running_alone_is_not_enough(shown: Shown, look: dict[str, Any], said: str) -> None:
    shown(look, log="ImportError: No module named 'x'")
    with pytest.raises(UnhealthyError, match=said) as raised:
        health.wait("app", patience_s=20)
    assert str(raised.value).endswith("ImportError: No module named 'x'")


def test_a_job_that_begins_anew_for_ever_is_told_with_its_cause(shown: Shown) -> None:
    looks = [
        {"job": RUNS, "checkpoint": 5, "restarts": times, "cause": "NullPointerException: x"}
        for times in range(1, 9)
    ]
    shown(*looks)
    with pytest.raises(UnhealthyError, match=r"4 restarts.*NullPointerException: x"):
        health.wait("app")


def test_restarts_of_long_ago_do_not_count(shown: Shown) -> None:
    shown({"job": RUNS, "checkpoint": 5, "restarts": 9})
    assert health.wait("app").restarts == 9


def test_a_job_that_failed_is_not_waited_for(shown: Shown) -> None:
    shown({"job": job(vertex("source", "FAILED", 0), state="FAILED"), "cause": "no credentials"})
    with pytest.raises(UnhealthyError, match=r"job FAILED.*no credentials"):
        health.wait("app")


def marked(*marks: int, now: int) -> dict[str, Any]:
    return job(
        *(vertex(str(place), "RUNNING", 0, mark) for place, mark in enumerate(marks)), now=now
    )


def test_event_time_has_passed_when_a_checkpoint_begun_since_is_done(shown: Shown) -> None:
    shown(
        {"job": marked(900, 2_000, now=50), "checkpoint": 60},
        {"job": marked(1_500, 2_000, now=70), "checkpoint": 60},
        {"job": marked(1_500, 2_000, now=80), "checkpoint": 75},
    )
    health.wait_for_event_time("app", datetime(1970, 1, 1, 0, 0, 1))


def test_event_time_that_stands_still_is_told(shown: Shown) -> None:
    shown({"job": marked(-(2**63), 2_000, now=50), "checkpoint": 60})
    with pytest.raises(UnhealthyError, match="is at no time at all"):
        health.wait_for_event_time("app", datetime(1970, 1, 1, 0, 0, 1))
    shown({"job": marked(900, 2_000, now=50), "checkpoint": 60})
    with pytest.raises(UnhealthyError, match="is at 1970-01-01 00:00:00"):
        health.wait_for_event_time("app", datetime(1970, 1, 1, 0, 0, 1))
