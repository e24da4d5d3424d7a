"""Which state the datapoints of an alarm give, after the service's own rules.

CloudWatch fetches more datapoints than it evaluates (the evaluation range), and asks how missing
ones are treated only where too few real ones are left (guide: "Configuring how CloudWatch alarms
treat missing data"; the length of the range is not documented, its examples have two more).
"""

import operator
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
Missing = Literal["missing", "ignore", "breaching", "notBreaching"]

RANGE_BEYOND = 2
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


class Verdict(NamedTuple):
    """A state, and on what it rests."""

    state: State | None
    """None where the alarm stays as it is."""
    used: tuple[int, ...]
    """The places of the real datapoints that were evaluated, newest first."""
    filled: int
    """How many missing datapoints were treated as something else."""


def evaluate(
    breaches: Sequence[bool | None], needed: int, periods: int, missing: Missing
) -> Verdict:
    """Evaluate the datapoints of an evaluation range.

    Parameters
    ----------
    breaches : sequence
        Whether each datapoint breaches, None for a missing one; the oldest first.
    needed : int
        How many must breach: the M of "M out of N".
    periods : int
        Out of how many: the N.
    missing : str
        How missing datapoints are treated.

    Returns
    -------
    Verdict
        The state that follows.
    """
    real = [place for place, breach in enumerate(breaches) if breach is not None]
    used = tuple(reversed(real))[:periods]
    breaching = sum(breaches[place] is True for place in used)
    gaps = periods - len(used)
    if not gaps:
        return Verdict("ALARM" if breaching >= needed else "OK", used, 0)
    if missing in ("breaching", "notBreaching"):
        breaching += gaps if missing == "breaching" else 0
        return Verdict("ALARM" if breaching >= needed else "OK", used, gaps)
    if breaching >= needed:
        return Verdict("ALARM", used, 0)
    if breaching < len(used):
        return Verdict("OK", used, 0)
    if not used or missing == "ignore":
        return Verdict("INSUFFICIENT_DATA" if missing == "missing" else None, used, 0)
    # all real ones breach and are too few: ALARM once the oldest is as old as the needed ones
    # would be, not before, as what follows may be fine
    age = len(breaches) - real[0]
    return Verdict("ALARM" if needed <= age else None, used, 0)
