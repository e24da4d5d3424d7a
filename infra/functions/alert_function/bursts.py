"""Which alert a detection belongs to, and what it adds to it.

Stream 2 says more than once of one burst: `sliding` and `early` report it once each, at its start;
`tumbling` reports every full window of it. A detection is matched by user and time, never to "the
open alert", so that a stream that is read again from its beginning opens nothing anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from alert_function.detections import Detection

NEAR = timedelta(seconds=10)  # the window of the rules: further apart are two bursts


@dataclass(frozen=True)
class Alert:
    """One burst of one user.

    Attributes
    ----------
    started_at
        First action of the detection that opened it; with the user its key, so it never changes.
    first_seen, last_seen
        Of all actions that belong to it, as far as detections said.
    openings
        Span of what each rule of `OPENING_RULES` reported of it, by rule.
    windows, last_window
        How many windows `tumbling` reported, and the start of the last of them.
    revision
        Counts its changes: a write says which one it saw.
    due
        Whether its message has not been sent yet.
    """

    user_id: str
    started_at: str
    first_seen: str
    last_seen: str
    action_count: int
    rules: frozenset[str]
    openings: dict[str, str] = field(default_factory=dict)
    windows: int = 0
    last_window: str = ""
    status: str = "open"
    revision: int = 1
    due: bool = True

    @property
    def alert_id(self) -> str:
        """User and start: the same however often the stream is read."""
        return f"{self.user_id}@{self.started_at}"


def find(detection: Detection, alerts: Sequence[Alert]) -> Alert | None:
    """Choose the alert of a detection.

    Parameters
    ----------
    detection : Detection
        What a rule reported.
    alerts : sequence of Alert
        Alerts of its user.

    Returns
    -------
    Alert or None
        The latest that fits; None where the detection opens one.
    """
    same = _same_burst if detection.opens else _within_reach
    fitting = [alert for alert in alerts if same(detection, alert)]
    return max(fitting, key=lambda alert: alert.started_at, default=None)


def open_by(detection: Detection) -> Alert:
    """Make the alert that a detection opens."""
    alert = Alert(
        user_id=detection.user_id,
        started_at=detection.first_action,
        first_seen=detection.first_action,
        last_seen=detection.last_action,
        action_count=0,
        rules=frozenset(),
        revision=0,
    )
    return joined(alert, detection)


def joined(alert: Alert, detection: Detection) -> Alert:
    """Add a detection to its alert; the same alert where it says nothing new."""
    openings, windows, last_window = alert.openings, alert.windows, alert.last_window
    if detection.opens:
        openings = {detection.rule: detection.span} | openings
    elif detection.window_start > last_window:
        # windows of a user come in order: one that is not later was counted before
        windows, last_window = windows + 1, detection.window_start
    changed = replace(
        alert,
        first_seen=min(alert.first_seen, detection.first_action),
        last_seen=max(alert.last_seen, detection.last_action),
        action_count=max(alert.action_count, detection.action_count),
        rules=alert.rules | {detection.rule},
        openings=openings,
        windows=windows,
        last_window=last_window,
    )
    return alert if changed == alert else replace(changed, revision=alert.revision + 1)


def _same_burst(detection: Detection, alert: Alert) -> bool:
    """Whether an opening rule's report is of the burst that this alert is."""
    known = alert.openings.get(detection.rule)
    if known is not None:
        # it reports a burst once: another span is another burst, the same one a repetition
        return known == detection.span
    spans = [span.split("/") for span in alert.openings.values()]
    # one that only `tumbling` has seen so far has no opening
    spans = spans or [[alert.first_seen, alert.last_seen]]
    return any(
        first <= detection.last_action and detection.first_action <= last for first, last in spans
    )


def _within_reach(detection: Detection, alert: Alert) -> bool:
    """Whether an alert lies within the window of `tumbling`, ten seconds more on both sides."""
    earliest = _moment(detection.window_start) - NEAR
    latest = _moment(detection.window_end) + NEAR
    began, ended = _moment(alert.first_seen), _moment(alert.last_seen)
    if alert.last_window:
        # the window that was reported last reaches further than its last action
        ended = max(ended, _moment(alert.last_window) + NEAR)
    return began <= latest and ended >= earliest


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
