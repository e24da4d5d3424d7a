"""CloudWatch: metrics by their exact dimensions, alarms looked at by time, dashboards.

`metrics` keeps samples, `statistics` makes values of them, `math` and `queries` what dashboards and
alarms ask. `evaluation` is the service's own table of states, `alarms` carries it out minute by
minute, `rules` and `composites` put alarms together, `actions` tells people.
"""
