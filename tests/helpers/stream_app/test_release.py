"""What is called when a version is brought into service, and when it does not work."""

from collections.abc import Callable
from typing import Any

import pytest

from helpers.stream_app import release, service
from helpers.stream_app.health import Health, UnhealthyError
from helpers.stream_app.service import Application

OLD = {"note.parameters": {"max_actions": "10"}}
NEW = {"note.parameters": {"max_actions": "20"}}
Shown = Callable[..., list[tuple[str, dict[str, Any]]]]


def application(
    version: int, key: str, groups: dict[str, dict[str, str]], status: str = "RUNNING"
) -> Application:
    return Application("app", status, version, "code", key, groups)


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """Shows an application as it is at each look, and lists what is called."""

    def show(*looks: Application, fails: str = "") -> list[tuple[str, dict[str, Any]]]:
        calls: list[tuple[str, dict[str, Any]]] = []
        left = list(looks)

        def call(verb: str, **arguments: Any) -> dict[str, Any]:
            calls.append((verb, arguments))
            return {"OperationId": verb}

        def finished(_name: str, operation: str) -> None:
            if operation == "update_application" and fails == "operation":
                raise UnhealthyError("UpdateApplication is FAILED: why")

        def wait(_name: str) -> Health:
            if fails == "health":
                raise UnhealthyError("it does not work: why")
            return Health()

        monkeypatch.setattr(service, "call", call)
        monkeypatch.setattr(
            service, "describe", lambda _name: left.pop(0) if len(left) > 1 else left[0]
        )
        monkeypatch.setattr(release, "snapshot", lambda _name: calls.append(("snapshot", {})))
        monkeypatch.setattr(release.health, "finished", finished)
        monkeypatch.setattr(release.health, "wait", wait)
        return calls

    return show


def verbs(calls: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [verb for verb, _ in calls]


def test_an_update_takes_a_snapshot_first_and_names_the_version(called: Shown) -> None:
    calls = called(application(3, "old", OLD))
    release.update("app", "new", NEW)
    assert verbs(calls) == ["snapshot", "update_application"]
    given = calls[1][1]
    assert given["CurrentApplicationVersionId"] == 3
    assert given["RunConfigurationUpdate"] == {
        "ApplicationRestoreConfiguration": {
            "ApplicationRestoreType": "RESTORE_FROM_LATEST_SNAPSHOT"
        },
        "FlinkRunConfiguration": {"AllowNonRestoredState": False},
    }


@pytest.mark.parametrize("fails", ["operation", "health"])
def test_a_version_that_does_not_work_is_taken_back_with_the_reason(
    called: Shown, fails: str
) -> None:
    calls = called(
        application(3, "old", OLD),
        application(4, "new", NEW),
        application(4, "new", NEW),
        application(5, "old", OLD),
        fails=fails,
    )
    with pytest.raises(UnhealthyError, match=r"why\nRolled back to what version 3 was: .* 5\."):
        release.update("app", "new", NEW)
    assert verbs(calls) == ["snapshot", "update_application", "rollback_application"]
    assert calls[2][1]["CurrentApplicationVersionId"] == 4


def test_what_the_service_takes_back_itself_is_waited_for_and_left_so(
    called: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release.health.time, "sleep", lambda _seconds: None)
    calls = called(
        application(3, "old", OLD),
        application(5, "old", OLD, "ROLLING_BACK"),
        application(5, "old", OLD),
        fails="operation",
    )
    with pytest.raises(UnhealthyError, match="is RUNNING, version 5"):
        release.update("app", "new", NEW)
    assert verbs(calls) == ["snapshot", "update_application"]


def test_a_start_brings_code_and_values_only_where_they_are_others(called: Shown) -> None:
    calls = called(application(2, "new", NEW, "READY"))
    release.start("app", "new", NEW)
    assert verbs(calls) == ["start_application"]
    calls = called(application(2, "new", OLD, "READY"))
    release.start("app", "new", NEW)
    assert verbs(calls) == ["update_application", "start_application"]
    assert calls[1][1]["RunConfiguration"] == calls[0][1]["RunConfigurationUpdate"]
