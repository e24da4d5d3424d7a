"""A made-up shop month in the data set's own CSV format, calibrated to published totals.

``calibration`` holds the totals, ``names`` and ``catalogue`` the products, ``visits`` who comes
when, ``journeys`` what a session does, ``basket`` the carts left, ``bots`` the bursts, ``text`` the
CSV lines, ``month`` the whole.
"""

from store_simulator.generate.month import generate

__all__ = ["generate"]
