"""What one record of stream 2 says, or why it says nothing."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard

RULES = ("tumbling", "sliding", "early")
OPENING_RULES = ("sliding", "early")
VERSION = 1
_MOST = 2**63 - 1  # the stream's BIGINT
_YEARS = range(1970, 9999)  # ten seconds on either side are times too
_TIMES = ("window_start", "window_end", "first_action", "last_action")


class PoisonError(Exception):
    """A record that no later attempt can read; the message says why."""


@dataclass(frozen=True)
class Detection:
    """What a rule found: actions of one user above the limit.

    Times are event times in UTC, as text of one form, ``2019-10-01T00:00:00.000Z``, so that
    their order is that of their texts.
    """

    user_id: str
    rule: str
    window_start: str
    window_end: str
    first_action: str
    last_action: str
    action_count: int

    @property
    def opens(self) -> bool:
        """Whether its rule reports a burst once, at its start."""
        return self.rule in OPENING_RULES

    @property
    def span(self) -> str:
        """First and last action, as one text: what tells one report of a rule from another."""
        return f"{self.first_action}/{self.last_action}"


def read(data: bytes) -> Detection:
    """Read one record.

    Parameters
    ----------
    data : bytes
        As it lies in the stream.

    Returns
    -------
    Detection
        What it says.

    Raises
    ------
    PoisonError
        Where it is no JSON, no record of ours, or one of another version.
    """
    record = _object(data)
    version = record.get("version", VERSION)
    if version != VERSION:
        raise PoisonError(f"version {version!r} is not {VERSION}, the one that is read here")
    user_id, count, rule = record.get("user_id"), record.get("action_count"), record.get("rule")
    if not _is_whole(user_id):
        raise PoisonError(f"user_id {user_id!r} is not a whole number of 64 bits")
    if not _is_whole(count) or count < 1:
        raise PoisonError(f"action_count {count!r} is not a whole number of at least 1")
    if rule not in RULES:
        raise PoisonError(f"rule {rule!r} is none of {', '.join(RULES)}")
    times = {name: _time(name, record.get(name)) for name in _TIMES}
    if not times["first_action"] <= times["last_action"]:
        raise PoisonError("first_action is after last_action")
    if not times["window_start"] <= times["window_end"]:
        raise PoisonError("window_start is after window_end")
    return Detection(str(user_id), rule, action_count=count, **times)


def _object(data: bytes) -> dict[str, Any]:
    try:
        record = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise PoisonError(f"it is no JSON: {error}") from error
    if not isinstance(record, dict):
        raise PoisonError(f"it is a JSON {type(record).__name__}, not an object")
    return record


def _is_whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and -_MOST <= value <= _MOST


def _time(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise PoisonError(f"{name} {value!r} is no time")
    try:
        moment = datetime.fromisoformat(value.removesuffix("Z"))
    except ValueError as error:
        raise PoisonError(f"{name} {value!r} is no time such as 2019-10-01T00:00:00.000") from error
    if moment.tzinfo is not None:
        raise PoisonError(f"{name} {value!r} has an offset; event times are UTC")
    if moment.year not in _YEARS:
        raise PoisonError(f"{name} {value!r} is no time of a store")
    return moment.isoformat(timespec="milliseconds") + "Z"
