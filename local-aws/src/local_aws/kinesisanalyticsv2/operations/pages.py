"""Long lists, a page at a time."""

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
        if not token.isdecimal():
            raise invalid_request("The NextToken is not valid.")
        start = int(token)
    stop = start + given.get("Limit", _MOST)
    answer: Record = {member: items[start:stop]}
    if stop < len(items):
        answer["NextToken"] = str(stop)
    return answer
