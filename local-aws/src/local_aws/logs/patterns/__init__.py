"""Filter patterns of CloudWatch Logs: terms, properties of JSON events, fields between spaces.

`compiled` reads one, after the guide's "Filter pattern syntax"; `conditions` has the comparisons
that the two structured kinds share. A pattern that is none is refused, never taken for one that
matches everything.
"""

from functools import lru_cache

from local_aws.logs.patterns import fields, properties, terms
from local_aws.logs.patterns.conditions import Pattern, PatternError

__all__ = ["Pattern", "PatternError", "compiled"]

LONGEST = 1024


@lru_cache(maxsize=256)
def compiled(text: str) -> Pattern:
    """Read a filter pattern.

    Parameters
    ----------
    text : str
        ``ERROR -timeout``, ``{ $.level = "ERROR" }``, ``[ip, status = 5*, ...]``; an empty one
        matches every event.

    Raises
    ------
    PatternError
        For what is no pattern.
    """
    stripped = text.strip()
    if len(text) > LONGEST:
        raise PatternError(f"it is longer than {LONGEST} characters")
    if stripped.startswith("{"):
        return properties.read(stripped)
    if stripped.startswith("["):
        return fields.read(stripped)
    return terms.read(stripped)
