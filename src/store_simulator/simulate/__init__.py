"""Recorded events replayed into a stream at their own pace, or faster.

``source`` reads, ``bots`` mixes in, ``records`` encodes, ``pace`` says when, ``run`` sends
(told by a ``replay``);
``estimate`` says beforehand what it will take, ``dead_letters`` keeps what cannot be sent.
"""

from store_simulator.simulate.estimate import Estimate, estimate
from store_simulator.simulate.pace import Pace
from store_simulator.simulate.replay import Replay, Report
from store_simulator.simulate.run import simulate

__all__ = ["Estimate", "Pace", "Replay", "Report", "estimate", "simulate"]
