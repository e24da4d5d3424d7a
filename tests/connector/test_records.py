"""What one record holds: rows, nothing, several, or the records of a producer's application."""

import base64
import hashlib
import re

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
    return b"\xf3\x89\x9a\xc2" + message + hashlib.md5(message, usedforsecurity=False).digest()


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


NOW = 1_700_000_000_000
# Records of a table whose event time is computed, and what the reason says where they are letters.
COMPUTED = {
    b'{"id": 1, "epoch": "%d"}' % NOW: "",
    b'{"id": 2}': "column 'ts' has no value: it is the event time",
    b'{"id": 3, "epoch": null}': "column 'ts' has no value: it is the event time",
    b'{"id": 4, "epoch": "soon"}': "column 'ts', the event time, cannot be computed: .*soon",
    b'{"id": 5, "epoch": "%d"}' % (NOW + 10**12): "column 'ts' is .* ahead of the record's arrival",
    b'{"id": 6, "epoch": "0"}': "column 'ts' is .* behind the record's arrival",
    b'{"id": 7, "epoch": "%d"}' % (NOW + 60_000): "",
}
COMPUTED_COLUMNS = """id BIGINT, epoch STRING,
    ts AS TO_TIMESTAMP_LTZ(CAST(epoch AS BIGINT), 3),
    WATERMARK FOR ts AS ts - INTERVAL '1' SECOND"""
WINDOWS = """INSERT INTO copy SELECT SUM(id) FROM
    TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' SECOND))
    GROUP BY window_start, window_end"""


def test_a_computed_event_time_that_is_missing_fails_or_is_out_of_bounds_is_a_letter(
    local_aws, run
):
    events = Stream.create(local_aws, "computed", 1)
    copy = Stream.create(local_aws, "computed-copy", 1)
    dead = Stream.create(local_aws, "computed-dead", 1)
    events.put([(data, "k", None) for data in COMPUTED])
    environment = table_environment(1)
    options = {
        "source.dead-letter.stream.arn": dead.arn,
        "source.dead-letter.max-event-time-ahead": "10000 d",
        "source.dead-letter.max-event-time-behind": "10000 d",
        "scan.watermark.idle-timeout": "1 min",
    }
    create_table(
        environment, "events", COMPUTED_COLUMNS, source_options(local_aws, events, **options)
    )
    create_table(environment, "copy", "ids BIGINT", sink_options(local_aws, copy))
    run(environment, WINDOWS)
    assert copy.read_rows(bool) == [{"ids": 1}]
    lost = {data: reason for data, reason in COMPUTED.items() if reason}
    letters = dead.read_rows(lambda rows: len(rows) >= len(lost))
    assert [base64.b64decode(letter["data"]) for letter in letters] == list(lost)
    for letter, reason in zip(letters, lost.values(), strict=True):
        assert re.search(reason, letter["reason"])


@pytest.mark.parametrize("data", list(COMPUTED)[1:4:2])
def test_without_dead_letters_it_ends_the_job_naming_record_shard_and_column(local_aws, run, data):
    events = Stream.create(local_aws, f"computed-{len(data)}", 1)
    copy = Stream.create(local_aws, f"computed-{len(data)}-copy", 1)
    events.put([(data, "k", None)])
    environment = table_environment(1)
    create_table(environment, "events", COMPUTED_COLUMNS, source_options(local_aws, events))
    create_table(environment, "copy", "ids BIGINT", sink_options(local_aws, copy))
    message = r"Record \d+ in shardId-000000000000 of arn:.*column 'ts'.*\"id\": \d.*dead-letter"
    with pytest.raises(Exception, match=message):
        run(environment, WINDOWS).wait()


# Whatever the query asks for, a computed column that fails makes a letter.
FAILING = {
    b'{"id": 1, "price": "2.50", "total": 10, "number": 4}': "",
    b'{"id": 2, "price": "dear", "total": 10, "number": 4}': "column 'amount' cannot be .*dear",
    b'{"id": 3, "price": "2.50", "total": 10, "number": 0}': "column 'each' cannot be .* by zero",
    b'{"id": 4}': "",
}
FAILING_COLUMNS = """id BIGINT, shard STRING METADATA FROM 'shard-id' VIRTUAL,
    price STRING, amount AS CAST(price AS DECIMAL(10, 2)),
    total BIGINT, number BIGINT, `each` AS total / number,
    place AS shard || '/' || price, proc AS PROCTIME()"""


def test_a_computed_column_that_fails_is_a_letter_with_its_name(local_aws, run):
    events = Stream.create(local_aws, "failing", 1)
    copy = Stream.create(local_aws, "failing-copy", 1)
    dead = Stream.create(local_aws, "failing-dead", 1)
    events.put([(data, "k", None) for data in FAILING])
    environment = table_environment(1)
    options = {"source.dead-letter.stream.arn": dead.arn}
    create_table(
        environment, "events", FAILING_COLUMNS, source_options(local_aws, events, **options)
    )
    create_table(environment, "copy", "id BIGINT, amount STRING", sink_options(local_aws, copy))
    run(environment, "INSERT INTO copy SELECT id, CAST(amount AS STRING) FROM events")
    rows = copy.read_rows(lambda rows: len(rows) >= 2)
    assert rows == [{"id": 1, "amount": "2.50"}, {"id": 4, "amount": None}]
    lost = {data: reason for data, reason in FAILING.items() if reason}
    letters = dead.read_rows(lambda rows: len(rows) >= len(lost))
    assert [base64.b64decode(letter["data"]) for letter in letters] == list(lost)
    for letter, reason in zip(letters, lost.values(), strict=True):
        assert re.search(reason, letter["reason"])


def test_without_dead_letters_an_expression_that_fails_ends_the_job_naming_the_record(
    local_aws, run
):
    events = Stream.create(local_aws, "failing-alone", 1)
    copy = Stream.create(local_aws, "failing-alone-copy", 1)
    events.put([(data, "k", None) for data in FAILING])
    environment = table_environment(1)
    create_table(environment, "events", FAILING_COLUMNS, source_options(local_aws, events))
    create_table(environment, "copy", "amount STRING", sink_options(local_aws, copy))
    message = r"Record \d+ in shardId-000000000000 of arn:.*the query fail.*dear.*\"id\": 2"
    with pytest.raises(Exception, match=message):
        run(environment, "INSERT INTO copy SELECT CAST(amount AS STRING) FROM events").wait()
