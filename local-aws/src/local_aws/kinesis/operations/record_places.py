"""Where reading a shard begins."""

from typing import NamedTuple

from local_aws.kinesis import sequence
from local_aws.kinesis.errors import invalid_argument
from local_aws.kinesis.shard import Shard
from local_aws.kinesis.stream import Stream


class Start(NamedTuple):
    """Where reading begins."""

    kind: str
    """TRIM_HORIZON, LATEST, AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER or AT_TIMESTAMP."""
    sequence_number: str | None
    """What two of the kinds need and the others do not take."""
    timestamp: float | None
    """Seconds since 1970, for AT_TIMESTAMP."""


def start_position(stream: Stream, shard: Shard, start: Start, now: float) -> int:
    """Turn a start into a position.

    Parameters
    ----------
    stream, shard : Stream, Shard
        Where.
    start : Start
        Of which kind.
    now : float
        Seconds since 1970.

    Returns
    -------
    int
        The position in the shard.
    """
    kind, number, timestamp = start
    by_number = kind in {"AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"}
    if by_number != (number is not None):
        raise invalid_argument(
            "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and "
            "StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. "
            f"Request specified {kind} and {'no' if by_number else 'also a'} "
            "StartingSequenceNumber."
        )
    if kind == "TRIM_HORIZON":
        return shard.first
    if kind == "LATEST":
        return shard.tip
    if kind == "AT_TIMESTAMP":
        if timestamp is None:
            raise invalid_argument("Must specify timestampInMillis parameter for AT_TIMESTAMP.")
        if timestamp > now:
            raise invalid_argument(
                "The timestampInMillis parameter cannot be greater than the "
                f"currentTimestampInMillis. timestampInMillis: {int(timestamp * 1000)}, "
                f"currentTimestampInMillis: {int(now * 1000)}"
            )
        return shard.position_at_time(timestamp * 1000)
    index, is_record = _index(stream, shard, str(number))
    return max(index - 1, 0) if is_record and kind == "AT_SEQUENCE_NUMBER" else index


def _index(stream: Stream, shard: Shard, text: str) -> tuple[int, bool]:
    """Return the position after a number, and whether a record could have that number."""
    wrong = f"StartingSequenceNumber {text} used in GetShardIterator on shard {shard.id} in "
    try:
        number = sequence.decode(text)
    except ValueError:
        raise invalid_argument(f"{wrong}{stream.where} is invalid.") from None
    if number.shard != shard.number:
        raise invalid_argument(
            f"Invalid StartingSequenceNumber. It encodes shardId-{number.shard:012d}, while it was "
            f"used in a call to a shard with {shard.id}"
        )
    if number.created != shard.created:
        raise invalid_argument(
            f"{wrong}{stream.where} is invalid because it did not come from this stream."
        )
    return number.position, not number.between
