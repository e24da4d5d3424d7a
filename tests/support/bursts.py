"""The events, the query and the bursts that the Flink tests share."""

from datetime import datetime, timedelta

START = datetime(2019, 10, 1)
EVENTS = (
    """user_id BIGINT, txn TIMESTAMP(3), WATERMARK FOR txn AS txn - INTERVAL '{delay}' SECOND"""
)
TUMBLING = """
    INSERT INTO alerts
    SELECT user_id, CAST(window_start AS STRING), COUNT(*)
    FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(txn), INTERVAL '10' SECOND))
    GROUP BY user_id, window_start, window_end HAVING COUNT(*) > 10"""


def stamp(at: datetime) -> str:
    return at.isoformat(" ", "milliseconds")


def burst(user: int, at: datetime) -> list[dict[str, object]]:
    """12 actions inside one window of ten seconds."""
    window = at - timedelta(seconds=at.second % 10, microseconds=at.microsecond)
    return [
        {"user_id": user, "txn": stamp(window + timedelta(milliseconds=700 * i))} for i in range(12)
    ]
