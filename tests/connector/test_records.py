"""What one record holds: rows, nothing, several, or the records of a producer's application."""

import base64
import hashlib

import pytest

from support.streams import Stream
from support.tables import create_table, sink_options, source_options, table_environment


def aggregate(*records: bytes) -> bytes:
    """Pack records as the Kinesis Producer Library does, under one partition key."""

    def field(number: int, value: bytes) -> bytes:
        assert len(value) < 128, "the length is one byte here"
        return bytes([number << 3 | 2, len(value)]) + value

    packed = [field(3, bytes([8, 0]) + field(3, record)) for record in records]
    message = field(1, b"k") + b"".join(packed)
    return b"\xf3\x89\x9a\xc2" + message + hashlib.md5(message).digest()


# What a record holds, the numbers in its rows where the format drops what it cannot read, and its
# letters where they are asked for: a record that is one itself has no rows then.
RECORDS: list[tuple[bytes, list[int], list[bytes]]] = [
    (b'{"id": 1}', [1], []),
    *((data, [], [data]) for data in (b'{"id": 2', b"[1]", b"[null]", b"null", b"")),
    (b'[{"id": 3}, {"id": 4}]', [3, 4], []),
    (b'[{"id": 5}, null, {"id": 6}]', [5, 6], [b'[{"id": 5}, null, {"id": 6}]']),
    (aggregate(b'{"id": 7}', b'{"id": 8', b'{"id": 9}'), [7, 9], [b'{"id": 8']),
    (aggregate(b'{"id": 10}')[:-1] + b"?", [], [aggregate(b'{"id": 10}')[:-1] + b"?"]),
    (b'{"id": 11}', [11], []),
]


@pytest.mark.parametrize("letters", [False, True])
def test_what_the_format_drops_is_passed_over_or_a_letter(local_aws, run, letters):
    events = Stream.create(local_aws, f"dropped-{letters}", 1)
    copy = Stream.create(local_aws, f"dropped-{letters}-copy", 1)
    dead = Stream.create(local_aws, f"dropped-{letters}-dead", 1)
    events.put([(data, "k", None) for data, _, _ in RECORDS])
    options = {"json.ignore-parse-errors": "true"}
    if letters:
        options["source.dead-letter.stream.arn"] = dead.arn
    environment = table_environment(1)
    create_table(environment, "events", "id BIGINT", source_options(local_aws, events, **options))
    create_table(environment, "copy", "id BIGINT", sink_options(local_aws, copy))
    run(environment, "INSERT INTO copy SELECT id FROM events")
    found = copy.read_rows(lambda rows: any(row["id"] == 11 for row in rows))
    assert [row["id"] for row in found] == [
        number for data, rows, lost in RECORDS if not (letters and data in lost) for number in rows
    ]
    if letters:
        wanted = [letter for _, _, lost in RECORDS for letter in lost]
        sent = dead.read_rows(lambda rows: len(rows) >= len(wanted))
        assert [base64.b64decode(letter["data"]) for letter in sent] == wanted
        assert [letter["sub_sequence_number"] for letter in sent][-2:] == [1, 0]
