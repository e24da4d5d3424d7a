"""Batches of a shard: every record in order, until success, expiry or exhaustion."""

import json
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from event_lanes import (
    Clock,
    FakeReader,
    Function,
    ThrottledError,
    data_of,
    make_stream,
    put,
    read_to_the_end,
)

SEND = {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:0:q"}}}
REPORT = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


def run(function: Function, records: list[str], keys: str = "k", **document: Any) -> FakeReader:
    clock = Clock()
    store, stream = make_stream(clock)
    reader = FakeReader(clock, function, **SEND, **document)
    put(store, stream, [(keys[i % len(keys)], text.encode()) for i, text in enumerate(records)])
    read_to_the_end(store, stream, reader)
    return reader


def sizes(reader: FakeReader) -> list[int]:
    return [len(event["Records"]) for event in reader.events]


def failing(*bad: str) -> Function:
    def function(event: dict[str, Any]) -> None:
        if set(bad) & set(data_of(event)):
            raise ValueError("bad")

    return function


def naming(*bad: str) -> Function:
    def function(event: dict[str, Any]) -> Any:
        numbers = [
            each["kinesis"]["sequenceNumber"]
            for each, text in zip(event["Records"], data_of(event), strict=True)
            if text in bad
        ]
        return {"batchItemFailures": [{"itemIdentifier": number} for number in numbers]}

    return function


def test_a_batch_is_as_large_as_asked_and_the_rest_is_the_last() -> None:
    reader = run(lambda event: None, list("abcdefg"), BatchSize=3)
    assert sizes(reader) == [3, 3, 1]
    assert [text for event in reader.events for text in data_of(event)] == list("abcdefg")


def test_six_megabytes_of_event_end_a_batch() -> None:
    reader = run(lambda event: None, ["x" * 900_000] * 8)
    assert sizes(reader) == [5, 3]
    assert all(len(json.dumps(event)) < 6 * 1024 * 1024 for event in reader.events)


@pytest.mark.parametrize("retries", [0, 1, 2, 3])
def test_a_batch_is_tried_once_more_than_it_is_retried_and_told_so(retries: int) -> None:
    reader = run(failing("a"), ["a", "b"], MaximumRetryAttempts=retries)
    assert sizes(reader) == [2] * (retries + 1)
    (document,) = reader.given_up
    assert document["requestContext"] == {
        "requestId": f"r{retries + 1}",
        "functionArn": "arn:f",
        "condition": "RetryAttemptsExhausted",
        "approximateInvokeCount": retries + 1,
    }
    assert document["responseContext"] == {
        "statusCode": 200,
        "executedVersion": "$LATEST",
        "functionError": "Unhandled",
    }
    assert document["KinesisBatchInfo"]["batchSize"] == 2


def test_bisection_finds_the_bad_record_without_using_up_its_attempts() -> None:
    reader = run(
        failing("c"), list("abcdefgh"), MaximumRetryAttempts=1, BisectBatchOnFunctionError=True
    )
    assert [data_of(event) for event in reader.events] == [
        list("abcdefgh"),
        list("abcd"),
        list("ab"),
        list("cd"),
        list("c"),
        list("c"),
        list("d"),
        list("efgh"),
    ]
    (document,) = reader.given_up
    assert document["requestContext"]["approximateInvokeCount"] == 2
    assert document["KinesisBatchInfo"]["batchSize"] == 1


def test_progress_restarts_the_count_of_attempts() -> None:
    """As recorded from the service: five deliveries of the last record, of which four count."""
    reader = run(naming("f"), list("abcdef"), BatchSize=3, MaximumRetryAttempts=3, **REPORT)
    assert sizes(reader) == [3, 3, 1, 1, 1, 1]
    (document,) = reader.given_up
    assert document["requestContext"]["approximateInvokeCount"] == 4
    assert document["responseContext"]["functionError"] is None
    assert data_of(document["event"]) == ["f"]


def test_of_several_failures_the_first_in_the_batch_counts() -> None:
    reader = run(naming("d", "b"), list("abcd"), MaximumRetryAttempts=0, **REPORT)
    assert [data_of(event) for event in reader.events] == [list("abcd"), list("bcd")]
    assert data_of(reader.given_up[0]["event"]) == list("bcd")


def test_a_named_failure_is_where_a_bisected_batch_is_cut() -> None:
    reader = run(
        naming("c"),
        list("abcd"),
        MaximumRetryAttempts=0,
        BisectBatchOnFunctionError=True,
        **REPORT,
    )
    assert [data_of(event) for event in reader.events] == [list("abcd"), list("cd")]


def test_a_throttled_function_has_not_been_tried() -> None:
    times = iter([True, True, True, False, False])

    def function(event: dict[str, Any]) -> None:
        if next(times):
            raise ThrottledError
        raise ValueError("bad")

    reader = run(function, ["a"], MaximumRetryAttempts=1)
    assert len(reader.events) == 5
    assert reader.given_up[0]["requestContext"]["approximateInvokeCount"] == 2


def test_what_is_too_old_is_cut_off_and_the_rest_is_delivered() -> None:
    clock = Clock()
    store, stream = make_stream(clock)
    reader = FakeReader(clock, lambda event: None, **SEND, MaximumRecordAgeInSeconds=60)
    put(store, stream, [("k", b"old"), ("k", b"older")])
    clock.now += 61
    put(store, stream, [("k", b"new")])
    read_to_the_end(store, stream, reader)
    assert [data_of(event) for event in reader.events] == [["new"]]
    (document,) = reader.given_up
    assert document["requestContext"]["condition"] == "RecordAgeExceeded"
    assert document["requestContext"]["approximateInvokeCount"] == 1
    assert "responseContext" not in document
    assert document["KinesisBatchInfo"]["batchSize"] == 2


def test_a_minute_of_retries_is_eight_invocations_as_on_the_service() -> None:
    reader = run(failing("a"), ["a"], MaximumRecordAgeInSeconds=60)
    assert len(reader.events) == 8
    assert reader.given_up[0]["requestContext"]["approximateInvokeCount"] == 8


def test_without_a_limit_a_record_is_tried_until_the_stream_drops_it() -> None:
    reader = run(failing("a"), ["a", "b"], BatchSize=1)
    assert reader.given_up[0]["requestContext"]["condition"] == "RecordAgeExceeded"
    assert sizes(reader).count(1) > 24 * 3600 / 20


def test_a_destination_that_refuses_is_asked_again() -> None:
    from botocore.exceptions import EndpointConnectionError

    refusals = [EndpointConnectionError(endpoint_url="q")] * 2

    class Refused(FakeReader):
        async def in_thread(self, send: Any, *arguments: Any) -> None:
            if refusals:
                raise refusals.pop()
            await super().in_thread(send, *arguments)

    clock = Clock()
    store, stream = make_stream(clock)
    reader = Refused(clock, failing("a"), **SEND, MaximumRetryAttempts=0)
    put(store, stream, [("k", b"a")])
    read_to_the_end(store, stream, reader)
    assert len(reader.given_up) == 1
    assert reader.function.delivery_failures == 2


def test_the_age_of_an_iterator_is_that_of_the_last_record() -> None:
    reader = run(failing("a"), ["a"], MaximumRetryAttempts=2)
    assert reader.function.ages == [0, 500, 1500]


def test_filtered_records_count_as_read() -> None:
    wanted = {"Filters": [{"Pattern": json.dumps({"data": {"n": [{"numeric": [">", 2]}]}})}]}
    records = [json.dumps({"n": n}) for n in range(5)] + ["no JSON"]
    reader = run(lambda event: None, records, FilterCriteria=wanted)
    assert [data_of(event) for event in reader.events] == [records[3:5]]
    assert reader.counted["FilteredOutEventCount"] == 4
    assert reader.counted["PolledEventCount"] == 6


class TestTumblingWindows:
    def events(self, function: Function, gaps: list[float]) -> FakeReader:
        clock = Clock()
        store, stream = make_stream(clock)
        reader = FakeReader(clock, function, **SEND, TumblingWindowInSeconds=30)
        for gap in gaps:
            clock.now += gap
            put(store, stream, [("k", b"x")])
        read_to_the_end(store, stream, reader)
        return reader

    @staticmethod
    def counting(event: dict[str, Any]) -> dict[str, Any]:
        return {"state": {"n": event["state"].get("n", 0) + len(event["Records"])}}

    def test_state_is_handed_on_within_a_window_and_begins_anew_in_the_next(self) -> None:
        reader = self.events(self.counting, [0, 5, 30])
        said = [
            (
                e["window"]["start"][-9:-1],
                e["state"],
                len(e["Records"]),
                e["isFinalInvokeForWindow"],
            )
            for e in reader.events
        ]
        assert said == [
            ("08:00:00", {}, 2, False),
            ("08:00:00", {"n": 2}, 0, True),
            ("08:00:30", {}, 1, False),
            ("08:00:30", {"n": 1}, 0, True),
        ]
        assert reader.events[0]["window"]["end"] == "2027-01-15T08:00:30Z"
        assert reader.events[0]["shardId"] == "shardId-000000000000"
        assert not any(event["isWindowTerminatedEarly"] for event in reader.events)

    def test_an_answer_without_state_is_a_failure(self) -> None:
        answers = iter([{}, {"state": {}}, {"state": {}}])
        reader = self.events(lambda event: next(answers), [0])
        assert sizes(reader) == [1, 1, 0]

    def test_a_state_above_a_megabyte_ends_the_window_early(self) -> None:
        large = {"state": {"text": "x" * (1 << 20)}}
        reader = self.events(lambda event: large, [0])
        _, ended, again = reader.events
        assert (ended["isFinalInvokeForWindow"], ended["isWindowTerminatedEarly"]) == (True, True)
        assert (again["isFinalInvokeForWindow"], again["state"]) == (True, {})

    def test_the_end_of_a_window_waits_for_success(self) -> None:
        fails = iter([False, True, True, False])

        def function(event: dict[str, Any]) -> dict[str, Any]:
            if next(fails):
                raise ValueError("not yet")
            return {"state": {}}

        assert sizes(self.events(function, [0])) == [1, 0, 0, 0]


Behaviour = st.sampled_from(["well", "poison", "flaky", "throttled"])


@given(
    records=st.lists(st.tuples(st.sampled_from("abcde"), Behaviour), min_size=1, max_size=40),
    size=st.integers(1, 12),
    lanes=st.integers(1, 4),
    retries=st.integers(0, 3),
    bisect=st.booleans(),
    report=st.booleans(),
)
@example(
    records=[("a", "well"), ("a", "poison")], size=2, lanes=1, retries=1, bisect=True, report=False
)
@settings(max_examples=200)
def test_every_record_is_done_once_in_the_order_of_its_key(
    records: list[tuple[str, str]],
    size: int,
    lanes: int,
    retries: int,
    *,
    bisect: bool,
    report: bool,
) -> None:
    """Nothing is skipped, nothing overtakes an earlier record of its key, batches keep the size."""
    clock = Clock()
    store, stream = make_stream(clock)
    seen: dict[int, int] = defaultdict(int)
    done: set[int] = set()
    keys = [key for key, _ in records]

    def fails(number: int) -> bool:
        behaviour = records[number][1]
        return behaviour == "poison" or (behaviour == "flaky" and seen[number] == 1)

    def function(event: dict[str, Any]) -> Any:
        numbers = [int(text) for text in data_of(event)]
        assert 0 < len(numbers) <= size
        assert numbers == sorted(numbers)
        for number in numbers:
            earlier = {n for n in range(number) if keys[n] == keys[number]}
            assert earlier <= done | given_up() | set(numbers)
        if lanes == 1:
            assert reader.places[0].position == numbers[0]
        if any(records[n][1] == "throttled" and not seen[n] for n in numbers):
            for number in numbers:
                seen[number] += 1
            raise ThrottledError
        for number in numbers:
            seen[number] += 1
        bad = [number for number in numbers if fails(number)]
        if not report and bad:
            raise ValueError("bad")
        well = set(numbers[: numbers.index(bad[0])] if bad else numbers)
        assert not done & well
        done.update(well)
        names = dict(zip(numbers, event["Records"], strict=True))
        failures = [{"itemIdentifier": names[n]["kinesis"]["sequenceNumber"]} for n in bad]
        return {"batchItemFailures": failures[::-1]}

    def given_up() -> set[int]:
        return {int(text) for each in reader.given_up for text in data_of(each["event"])}

    types = REPORT if report else {}
    reader = FakeReader(
        clock,
        function,
        **SEND,
        **types,
        BatchSize=size,
        ParallelizationFactor=lanes,
        MaximumRetryAttempts=retries,
        BisectBatchOnFunctionError=bisect,
    )
    put(store, stream, [(key, str(n).encode()) for n, (key, _) in enumerate(records)])
    read_to_the_end(store, stream, reader)
    assert done | given_up() == set(range(len(records)))
    poison = {n for n, (_, behaviour) in enumerate(records) if behaviour == "poison"}
    assert poison <= given_up()
    assert not done & poison
    if bisect and not report and retries:
        assert given_up() == poison
