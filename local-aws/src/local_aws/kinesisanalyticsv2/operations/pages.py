"""Long lists, a page at a time."""

import base64
import binascii
from typing import Any

from local_aws.kinesisanalyticsv2.errors import invalid_request
from local_aws.protocol.service import Record

_MOST = 50


def page(member: str, items: list[Any], given: Record) -> Record:
    """Answer with one page of a list.

    Parameters
    ----------
    member : str
        How the list is called in the answer.
    items : list
        All of it, in an order that stays.
    given : dict
        Its ``Limit`` and ``NextToken`` count.
    """
    start = 0
    if token := given.get("NextToken"):
        try:
            start = int(base64.b64decode(token, validate=True))
        except (binascii.Error, ValueError):
            raise invalid_request("The NextToken is not valid.") from None
    stop = start + given.get("Limit", _MOST)
    answer: Record = {member: items[start:stop]}
    if stop < len(items):
        answer["NextToken"] = base64.b64encode(str(stop).encode()).decode()
    return answer
