"""What Studio's own Kinesis connector (Flink 1.15) calls otherwise, and what it cannot do."""

import re
from collections.abc import Sequence
from typing import Final

from flink_notes.options import options
from flink_notes.tokens import tokens

_RENAMED: Final = {
    "stream.arn": "stream",
    "source.init.position": "scan.stream.initpos",
    "source.init.timestamp": "scan.stream.initpos-timestamp",
}
_SAME: Final = re.compile(r"connector|format|aws\.region|json\..*|sink\.partitioner(-.*)?")
_SINKS: Final = re.compile(r"sink\.(flush-buffer\.(size|timeout)|batch\.max-size|.*requests)")


def statement(sql: str) -> tuple[str, list[str]]:
    """Write a statement with the options of Studio's connector.

    Parameters
    ----------
    sql : str
        One statement, its values in place.

    Returns
    -------
    tuple of str and list of str
        The statement, and the options that were left out. One that makes no Kinesis table stays
        as it is.
    """
    found = options(sql)
    first = next(token for token in tokens(sql) if token.lastgroup not in {"space", "comment"})
    if first[0].upper() != "CREATE" or ("connector", "kinesis") not in [o[:2] for o in found]:
        return sql, []
    known = [each for each in found if _is_known(each.key)]
    left_out = [each.key for each in found if each not in known]
    kept = [
        (_RENAMED.get(key, key), value.rpartition("/")[2] if key == "stream.arn" else value)
        for key, value, *_ in known
    ]
    begin, end = found[0].begin, found[-1].end
    listed = ",\n    ".join(f"'{key}' = '{value}'" for key, value in kept)
    return sql[:begin] + listed + sql[end:], left_out


def _is_known(key: str) -> bool:
    return key in _RENAMED or bool(_SAME.fullmatch(key) or _SINKS.fullmatch(key))


def words(left_out: Sequence[str]) -> str:
    """Say in a paragraph what the note lacks in Studio.

    Parameters
    ----------
    left_out : sequence of str
        Options that its connector does not know.
    """
    listed = "\n".join(f"- `{key}`" for key in left_out)
    return (
        "%md\n"
        "This copy runs in Managed Service for Apache Flink Studio (Flink 1.15) with its own "
        "Kinesis connector. It has no dead letters, so a record that is not an action ends the "
        "job, and one watermark for all shards of a task, so a slow shard's actions may come too "
        f"late. Left out of the tables:\n{listed}"
    )
