"""The end of a replay: an action of nobody in each shard, so late that time passes all bursts."""

from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl
from botocore.exceptions import BotoCoreError, ClientError

from helpers import aws
from helpers.errors import ServiceError
from helpers.events import FRAME
from store_simulator.simulate.encode import as_json
from store_simulator.simulate.mixing import PRODUCT

_USERS_FROM: Final = 999_000_001
_TRIES: Final = 10


def close(stream: str, starts: list[int], last: datetime, after_s: int, offset_s: int) -> int:
    """Send them.

    Parameters
    ----------
    stream : str
        The stream.
    starts : list of int
        Where its shards start: a watermark is as late as that of its slowest shard.
    last : datetime
        The time of the last event that was sent.
    after_s : int
        Seconds from it to these actions.
    offset_s : int
        Seconds from an event's own time to the time that is sent.

    Returns
    -------
    int
        How many were sent: one a shard, each of another user.

    Raises
    ------
    ServiceError
        Where the stream does not take them.
    """
    rows: list[dict[str, Any]] = [
        {
            **PRODUCT,
            "event_time": last + timedelta(seconds=after_s),
            "product_id": 1_000_000,
            "user_id": _USERS_FROM + shard,
            "user_session": f"c105e000-0000-4000-8000-{shard:012d}",
        }
        for shard in range(len(starts))
    ]
    texts = as_json(pl.DataFrame(rows, schema=FRAME), offset_s)
    left = [
        {
            "Data": text.encode(),
            "PartitionKey": str(row["user_id"]),
            "ExplicitHashKey": str(start),
        }
        for text, row, start in zip(texts, rows, starts, strict=True)
    ]
    kinesis = aws.client("kinesis")
    try:
        for _ in range(_TRIES):
            answer = kinesis.put_records(StreamName=stream, Records=left)["Records"]
            left = [entry for entry, said in zip(left, answer, strict=True) if "ErrorCode" in said]
            if not left:
                return len(rows)
    except (BotoCoreError, ClientError) as error:
        raise ServiceError(f"The stream {stream} could not be closed: {error}") from error
    raise ServiceError(f"The stream {stream} refuses {len(left)} actions that end the replay.")
