"""Filter criteria: which records a mapping wants, by EventBridge's rules.

Of a Kinesis record only ``data`` can be asked about; it must be JSON, and so must be what is asked.
"""

import json
from collections.abc import Sequence
from typing import Any

from local_aws.functions.errors import invalid
from local_aws.ministack.foreign import eventbridge

MOST = 5


def check(filters: Sequence[dict[str, Any]]) -> None:
    """Refuse filters that Lambda does not take.

    Raises
    ------
    ServiceError
        Where a pattern is none of EventBridge's, or asks about anything but ``data``.
    """
    if len(filters) > MOST:
        raise invalid(f"The number of filters exceeds the limit of {MOST}.")
    for each in filters:
        alternatives, reason = eventbridge._parse_pattern_text(each.get("Pattern", ""))
        if reason is not None or any(set(keys) != {"data"} for keys in alternatives):
            raise invalid("Invalid filter pattern definition.")


def wanted(data: bytes, patterns: Sequence[str]) -> bool:
    """Say whether a record's data matches one of the patterns; all do where there is none."""
    if not patterns:
        return True
    try:
        tree = {"data": json.loads(data)}
    except (ValueError, RecursionError):
        return False
    return any(
        eventbridge._matches_detail(tree, alternative)
        for pattern in patterns
        for alternative in eventbridge._compiled_pattern(pattern) or ()
    )
