"""Recorded events replayed into a stream at their own pace, or faster.

``source`` reads, ``bots`` mixes in, ``records`` encodes, ``pace`` says when, ``run`` sends
(told by a ``replay``);
``estimate`` says beforehand what it will take, ``dead_letters`` keeps what cannot be sent.
"""

from helpers.simulate.estimate import Estimate, estimate
from helpers.simulate.pace import Pace
from helpers.simulate.replay import Replay, Report
from helpers.simulate.run import simulate

__all__ = ["Estimate", "Pace", "Replay", "Report", "estimate", "simulate"]
