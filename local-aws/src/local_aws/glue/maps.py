"""Maps in the order in which the service answers them: that of a Java HashMap of their keys.

Clients print a table's properties as they come (awswrangler's ``generate_create_query``).
"""

from typing import Any


def in_order(given: dict[str, Any]) -> dict[str, Any]:
    """Return a map with its keys in a HashMap's order.

    Examples
    --------
    >>> list(in_order({"typeOfData": 1, "classification": 2, "compressionType": 3}))
    ['compressionType', 'classification', 'typeOfData']
    """
    slots = 16
    while len(given) > slots * 3 // 4:
        slots *= 2
    return dict(sorted(given.items(), key=lambda pair: _spread(pair[0]) & (slots - 1)))


def _spread(key: str) -> int:
    """Java's ``String.hashCode``, its upper half mixed into the lower."""
    code = 0
    data = key.encode("utf-16-be")
    for at in range(0, len(data), 2):
        code = (code * 31 + int.from_bytes(data[at : at + 2])) & 0xFFFFFFFF
    return code ^ code >> 16
