"""Attributes of queues as GetQueueAttributes tells them: those asked for, a FIFO queue's defaults.

API reference of GetQueueAttributes: without names it tells none.
"""

from typing import Any

from local_aws.ministack.foreign import sqs

Record = dict[str, Any]

_OPERATION = "GetQueueAttributes"
_OF_FIFO = {"DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue"}


def install() -> None:
    """Put the operation in the place of ministack's."""
    get = sqs._HANDLERS[_OPERATION]

    def told(data: Record, url: str) -> Record:
        names = data.get("AttributeNames") or []
        every = get({**data, "AttributeNames": ["All"]}, url)["Attributes"]
        if every.get("FifoQueue") == "true":
            every = _OF_FIFO | every
        if "All" not in names:
            every = {name: value for name, value in every.items() if name in names}
        return {"Attributes": every} if every else {}

    sqs.add("_HANDLERS", _OPERATION, told)
