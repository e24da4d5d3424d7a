"""What Studio's own Kinesis connector (Flink 1.15) calls otherwise, and what it cannot do."""

import re
from collections.abc import Sequence
from typing import Final

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
    code = [token for token in tokens(sql) if token.lastgroup not in {"space", "comment"}]
    options = [
        (place, key[0][1:-1], value[0][1:-1])
        for place, (key, equals, value) in enumerate(zip(code, code[1:], code[2:], strict=False))
        if equals[0] == "=" and {key.lastgroup, value.lastgroup} == {"literal"}
    ]
    if code[0][0].upper() != "CREATE" or ("connector", "kinesis") not in [o[1:] for o in options]:
        return sql, []
    kept = [
        (_RENAMED.get(key, key), value.rpartition("/")[2] if key == "stream.arn" else value)
        for _, key, value in options
        if key in _RENAMED or _SAME.fullmatch(key) or _SINKS.fullmatch(key)
    ]
    left_out = [
        key
        for _, key, _ in options
        if key not in _RENAMED and not _SAME.fullmatch(key) and not _SINKS.fullmatch(key)
    ]
    begin, end = code[options[0][0]].start(), code[options[-1][0] + 2].end()
    listed = ",\n    ".join(f"'{key}' = '{value}'" for key, value in kept)
    return sql[:begin] + listed + sql[end:], left_out


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
