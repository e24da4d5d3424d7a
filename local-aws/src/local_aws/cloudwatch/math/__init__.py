"""Metric math: `parser` reads an expression, `functions` has what it may call, `evaluate` gives it.

A value is a number, a series (values by time), or a list of series, as the service's own types S,
TS and TS[]. What CloudWatch has and nothing here carries out, such as SEARCH, is refused by name.
"""
