"""What a function's answer to a batch means."""

from collections.abc import Sequence
from typing import Any, NamedTuple


class Verdict(NamedTuple):
    """What became of a batch."""

    first_failed: int | None
    """Index of the first record that is not done; None where all are."""
    error: str | None = None
    """What X-Amz-Function-Error said; None where the function answered."""
    whole: bool = False
    """Whether the batch failed as a whole, and not by a record that was named."""
    throttled: bool = False
    """Whether the function was not reached, which is no attempt."""


ALL_DONE = Verdict(None)
NOT_REACHED = Verdict(0, throttled=True)


def verdict(
    result: dict[str, Any], numbers: Sequence[str], reports_failures: bool, wants_state: bool
) -> Verdict:
    """Read a function's answer.

    Parameters
    ----------
    result : dict
        Of `functions.invocations`.
    numbers : sequence of str
        The sequence numbers of the batch, in order.
    reports_failures : bool
        Whether ``batchItemFailures`` of the answer count.
    wants_state : bool
        Whether the answer must have ``state``, as in a tumbling window.

    Returns
    -------
    Verdict
        By AWS's rules: nothing, or an empty list, is success; an identifier that is empty or not
        of this batch is a failure of all; of several the first in the batch counts.
    """
    if result.get("throttle"):
        return NOT_REACHED
    if result.get("error"):
        return Verdict(0, result.get("function_error") or "Unhandled", whole=True)
    body = result.get("body")
    if wants_state and not (isinstance(body, dict) and "state" in body):
        return Verdict(0, whole=True)
    if not reports_failures or not body:
        return ALL_DONE
    return _reported(body, numbers)


def _reported(body: Any, numbers: Sequence[str]) -> Verdict:
    failures = body.get("batchItemFailures") if isinstance(body, dict) else "malformed"
    if not failures:
        return ALL_DONE
    if not isinstance(failures, list):
        return Verdict(0, whole=True)
    places = {number: place for place, number in enumerate(numbers)}
    named = [
        places.get(each.get("itemIdentifier") or "") if isinstance(each, dict) else None
        for each in failures
    ]
    if None in named:
        return Verdict(0, whole=True)
    return Verdict(min(place for place in named if place is not None))
