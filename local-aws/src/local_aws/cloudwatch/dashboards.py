"""What of a dashboard's body the service refuses, and what it only warns of.

The body's structure is the user guide's "Dashboard body structure and syntax"; the messages are
those of the service where they are known ("Should NOT have more than 2 items").
"""

import json
import re
from typing import Any, NamedTuple

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
GRID_WIDTH = 24
TYPES = ("metric", "text", "log", "alarm", "explorer", "trace")
MOST_WIDGETS = 500
WIDGET = {"type", "x", "y", "width", "height", "properties", "accountId"}

Message = dict[str, str]


class Checked(NamedTuple):
    """What a body is refused for, and what it is warned of."""

    errors: list[Message]
    warnings: list[Message]


def check(body: str) -> Checked:
    """Check the body of a dashboard.

    Parameters
    ----------
    body : str
        As PutDashboard takes it.

    Returns
    -------
    Checked
        Messages with ``DataPath`` and ``Message``.
    """
    checked = Checked([], [])
    try:
        document = json.loads(body)
    except json.JSONDecodeError:
        _note(checked.errors, "", "The field DashboardBody must be a valid JSON object")
        return checked
    if not isinstance(document, dict):
        _note(checked.errors, "", "The field DashboardBody must be a valid JSON object")
        return checked
    widgets = document.get("widgets")
    if not isinstance(widgets, list):
        what = "Should have required property 'widgets'" if widgets is None else "Should be array"
        _note(checked.errors, "" if widgets is None else "/widgets", what)
        return checked
    if len(widgets) > MOST_WIDGETS:
        _note(checked.errors, "/widgets", f"Should NOT have more than {MOST_WIDGETS} items")
    for number, widget in enumerate(widgets):
        _check_widget(widget, f"/widgets/{number}", checked)
    return checked


def refusal(errors: list[Message]) -> str:
    """Make the words of the error for a body that is refused."""
    shown = [{"dataPath": each["DataPath"], "message": each["Message"]} for each in errors]
    told = json.dumps(shown, indent=2)
    plural = f"are {len(errors)} validation errors" if len(errors) > 1 else "is 1 validation error"
    return f"The dashboard body is invalid, there {plural}:\n{told}"


def _note(messages: list[Message], path: str, text: str) -> None:
    messages.append({"DataPath": path, "Message": text})


def _check_widget(widget: Any, path: str, checked: Checked) -> None:
    if not isinstance(widget, dict):
        _note(checked.errors, path, "Should be object")
        return
    for member in ("type", "properties"):
        if member not in widget:
            _note(checked.errors, path, f"Should have required property '{member}'")
    for member in sorted(widget.keys() - WIDGET):
        _note(checked.warnings, path, f"Should NOT have additional properties: '{member}'")
    for member, least, most in (
        ("x", 0, GRID_WIDTH - 1),
        ("y", 0, None),
        ("width", 1, GRID_WIDTH),
        ("height", 1, 1000),
    ):
        if member in widget:
            _check_number(widget[member], f"{path}/{member}", least, most, checked)
    kind, properties = widget.get("type"), widget.get("properties")
    if "type" in widget and kind not in TYPES:
        _note(checked.errors, f"{path}/type", "Should be equal to one of the allowed values")
    if "properties" not in widget:
        return
    if not isinstance(properties, dict):
        _note(checked.errors, f"{path}/properties", "Should be object")
    elif check_properties := {
        "metric": _check_metric,
        "text": _check_text,
        "log": _check_log,
        "alarm": _check_alarm,
    }.get(str(kind)):
        check_properties(properties, f"{path}/properties", checked)


def _check_number(value: Any, path: str, least: int, most: int | None, checked: Checked) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        _note(checked.errors, path, "Should be integer")
    elif value < least:
        _note(checked.errors, path, f"Should be >= {least}")
    elif most is not None and value > most:
        _note(checked.errors, path, f"Should be <= {most}")


def _require(properties: dict[str, Any], names: tuple[str, ...], path: str, to: Checked) -> None:
    for name in names:
        if name not in properties:
            _note(to.errors, path, f"Should have required property '{name}'")


def _check_text(properties: dict[str, Any], path: str, checked: Checked) -> None:
    _require(properties, ("markdown",), path, checked)


def _check_log(properties: dict[str, Any], path: str, checked: Checked) -> None:
    _require(properties, ("query", "region"), path, checked)


def _check_alarm(properties: dict[str, Any], path: str, checked: Checked) -> None:
    _require(properties, ("alarms",), path, checked)
    alarms = properties.get("alarms", [])
    if not isinstance(alarms, list):
        _note(checked.errors, f"{path}/alarms", "Should be array")
    elif not alarms:
        _note(checked.errors, f"{path}/alarms", "Should NOT have fewer than 1 items")


def _check_metric(properties: dict[str, Any], path: str, checked: Checked) -> None:
    if "metrics" not in properties and "annotations" not in properties:
        _note(checked.errors, path, "Should have required property 'metrics'")
    if "region" not in properties:
        _note(checked.warnings, path, "Should have required property 'region'")
    if properties.get("view", "timeSeries") not in (
        "timeSeries",
        "singleValue",
        "bar",
        "pie",
        "gauge",
        "table",
    ):
        _note(checked.errors, f"{path}/view", "Should be equal to one of the allowed values")
    metrics = properties.get("metrics", [])
    if not isinstance(metrics, list):
        _note(checked.errors, f"{path}/metrics", "Should be array")
        return
    for number, metric in enumerate(metrics):
        _check_line(metric, f"{path}/metrics/{number}", checked)


def _check_line(metric: Any, path: str, checked: Checked) -> None:
    """Check a line of metrics: namespace, name, pairs of dimensions, and an object of options."""
    if not isinstance(metric, list):
        _note(checked.errors, path, "Should be array")
        return
    options = metric[-1] if metric and isinstance(metric[-1], dict) else {}
    texts = metric[:-1] if options or (metric and metric[-1] == {}) else metric
    if "expression" in options:
        return
    for place, text in enumerate(texts):
        if not isinstance(text, str):
            what = "Invalid metric field type, only 'String' type is allowed"
            _note(checked.errors, f"{path}/{place}", what)
    if len(texts) < 2:
        _note(checked.errors, path, "Should NOT have fewer than 2 items")
    elif len(texts) % 2:
        _note(checked.errors, path, f"Should NOT have more than {len(texts) - 1} items")
