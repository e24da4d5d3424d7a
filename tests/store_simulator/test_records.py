"""The simulator's parts without a server: signing, sending in order, pace, encoding, bots."""

import csv
import gzip
import json
import random
import socket
import threading
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path

import cbor2
import numpy as np
import polars as pl
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.bursts import Rule
from helpers.errors import InputError, ServiceError
from helpers.events import FIELDS, FRAME
from helpers.interrupts import Pressed
from helpers.kinesis import streams
from store_simulator import bots
from store_simulator.send import cbor
from store_simulator.send import sender as sending
from store_simulator.send.batch import Batch
from store_simulator.send.connection import Connections, Reply
from store_simulator.send.sender import Sender
from store_simulator.send.signature import signed_headers
from store_simulator.simulate import mixing
from store_simulator.simulate.dead_letters import DeadLetters
from store_simulator.simulate.encode import as_json
from store_simulator.simulate.estimate import estimate
from store_simulator.simulate.pace import Pace
from store_simulator.simulate.records import lanes
from store_simulator.simulate.replay import Replay
from store_simulator.simulate.source import Source, find

CHARACTERS = st.characters(exclude_categories=["Cs"])  # the default is slow to make

ROW = "2019-10-01 00:00:0{n} UTC,view,{n},2053013555631882655,,apple,35.79,{n},s-{n}"
HEADER = ",".join(FIELDS)
CBOR = {"content-type": "application/x-amz-cbor-1.1"}
JSON = {"content-type": "application/x-amz-json-1.1"}


@pytest.fixture
def dead(tmp_path: Path) -> DeadLetters:
    return DeadLetters(tmp_path / "dead.jsonl")


def frame(count: int, users: int = 7) -> pl.DataFrame:
    start = datetime(2019, 10, 1)
    return pl.DataFrame(
        {
            "row": list(range(count)),
            "event_time": [start + timedelta(seconds=n // 3) for n in range(count)],
            "event_type": ["view"] * count,
            "product_id": list(range(count)),
            "category_id": [n % 5 for n in range(count)],
            "category_code": [None] * count,
            "brand": ['a"b\\c\n'] * count,
            "price": [35.79] * count,
            "user_id": [n % users for n in range(count)],
            "user_session": ["s"] * count,
        },
        schema={"row": pl.Int64} | FRAME,
    )


STARTS = [shard << 126 for shard in range(4)]


def make_lanes(events: pl.DataFrame, dead: DeadLetters, **changed):
    given_ = {
        "key": "user_id",
        "offset_s": 0,
        "count": 3,
        "starts": STARTS,
        "max_record_bytes": 1 << 20,
    }
    return lanes(events, np.zeros(len(events)), dead=dead, **given_ | changed)


def entries(batch: Batch) -> list[dict]:
    body = b"".join(batch.body(np.arange(len(batch.rows)), cbor.tail("s")))
    return cbor2.loads(body)["Records"]


class FakeKinesis:
    """Places records, refusing some of them as told; a stand-in for the client."""

    endpoint = "http://127.0.0.1:1"

    def __init__(self, refuse) -> None:
        self.refuse = refuse
        self.placed: list[dict] = []
        self.calls = 0
        self._lock = threading.Lock()

    def post(self, operation: str, body: list[bytes]) -> Reply:
        assert operation == "PutRecords"
        said = cbor2.loads(b"".join(body))
        results = []
        with self._lock:
            self.calls += 1
            for record in said["Records"]:
                code = self.refuse(self, record)
                if code:
                    results.append({"ErrorCode": code, "ErrorMessage": "slow down"})
                else:
                    self.placed.append(json.loads(record["Data"]))
                    results.append({"SequenceNumber": "1", "ShardId": "shardId-0"})
        failed = sum("ErrorCode" in result for result in results)
        answer = {"FailedRecordCount": failed, "Records": results}
        return Reply(200, CBOR, cbor2.dumps(answer))


def run(client, made, stop: Pressed | None = None, *, strict: bool = False) -> Sender:
    sender = Sender(client, "s", len(made), stop or Pressed(), strict=strict)
    while any(len(lane.left) for lane in made):
        for number, lane in enumerate(made):
            if batch := lane.take(0.0):
                sender.put(number, batch)
    sender.close()
    return sender


@given(
    st.binary(max_size=100),
    st.sampled_from(["http://127.0.0.1:4566", "https://kinesis.eu-west-1.amazonaws.com"]),
    st.one_of(st.none(), st.text("abc/+=", min_size=1)),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),
)
@settings(max_examples=25, deadline=None)
def test_signature_is_botocores(body, endpoint, token, now):
    credentials = Credentials("AKID", "secret/+", token).get_frozen_credentials()
    made = signed_headers(
        endpoint,
        "eu-west-1",
        "Kinesis_20131202.PutRecords",
        [body[:7], body[7:]],
        credentials=credentials,
        now=now,
    )
    request = AWSRequest(
        "POST",
        f"{endpoint}/",
        data=body,
        headers={"Content-Type": made["content-type"], "X-Amz-Target": made["x-amz-target"]},
    )
    request.context["timestamp"] = made["x-amz-date"]
    signer = SigV4Auth(credentials, "kinesis", "eu-west-1")
    canonical = None
    request.headers["X-Amz-Date"] = made["x-amz-date"]
    if token:
        request.headers["X-Amz-Security-Token"] = token
    canonical = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    assert made["authorization"].endswith(f"Signature={signature}")


def test_only_refused_records_are_sent_again_and_each_keys_order_is_kept(dead, monkeypatch):
    monkeypatch.setattr(sending, "_FIRST_DELAY_S", 0.001)
    chance = random.Random(1)
    stuck: set[str] = set()

    def refuse(_kinesis, record):
        # as a throttled shard does: once it refuses a key in a request, it refuses what follows
        key = record["PartitionKey"]
        if key in stuck or chance.random() < 0.05:
            stuck.add(key)
        return "ProvisionedThroughputExceededException" if key in stuck else None

    class Client(FakeKinesis):
        def post(self, operation, body):
            answer = super().post(operation, body)
            stuck.clear()
            return answer

    client = Client(refuse)
    sender = run(client, make_lanes(frame(3000), dead, count=1))
    assert sender.sent == 3000
    assert sender.retried > 0
    assert sorted(record["product_id"] for record in client.placed) == list(range(3000))
    for user in range(7):
        own = [r["product_id"] for r in client.placed if r["user_id"] == user]
        assert own == sorted(own)


@pytest.mark.parametrize("strict", [False, True])
def test_records_refused_at_random_are_counted_as_overtaken_or_strictly_in_order(
    dead, monkeypatch, strict
):
    monkeypatch.setattr(sending, "_FIRST_DELAY_S", 0.0)
    chance = random.Random(2)
    client = FakeKinesis(lambda *_: "InternalFailure" if chance.random() < 0.1 else None)
    sender = run(client, make_lanes(frame(1000, users=100), dead, count=1), strict=strict)
    assert sender.sent == 1000
    assert sorted(record["product_id"] for record in client.placed) == list(range(1000))
    own = [[r["product_id"] for r in client.placed if r["user_id"] == u] for u in range(100)]
    in_order = all(products == sorted(products) for products in own)
    assert (sender.overtaken == 0) == in_order == strict


def test_a_shard_is_always_in_the_same_lane_and_in_order(dead):
    client = FakeKinesis(lambda *_: None)
    sender = run(client, make_lanes(frame(5000, users=20), dead))
    assert sender.sent == 5000
    shards = streams.shards_of(map(str, range(20)), STARTS)
    assert set(shards) == {0, 1, 2, 3}
    for shard in range(4):
        own = [r["product_id"] for r in client.placed if shards[r["user_id"]] == shard]
        assert own == [n for n in range(5000) if shards[n % 20] == shard]


def test_lost_connections_are_tried_again_until_patience_ends(dead, monkeypatch):
    monkeypatch.setattr(sending, "_FIRST_DELAY_S", 0.001)

    class Broken(FakeKinesis):
        def post(self, operation, body):
            if self.calls < 3:
                self.calls += 1
                raise ConnectionResetError("connection reset")
            return super().post(operation, body)

    assert run(Broken(lambda *_: None), make_lanes(frame(10), dead, count=1)).sent == 10
    monkeypatch.setattr(sending, "_PATIENCE_S", 0.05)
    monkeypatch.setattr(sending, "_LONGEST_DELAY_S", 0.02)

    class Gone(FakeKinesis):
        def post(self, operation, body):
            raise ConnectionRefusedError("connection refused")

    with pytest.raises(ServiceError, match=r"127\.0\.0\.1:1 does not answer"):
        run(Gone(lambda *_: None), make_lanes(frame(10), dead, count=1))


def test_answers_that_are_lost_cost_repeats_but_no_record_and_no_order(dead, monkeypatch):
    monkeypatch.setattr(sending, "_FIRST_DELAY_S", 0.0)
    chance = random.Random(3)

    class Cut(FakeKinesis):
        def post(self, operation, body):
            answer = super().post(operation, body)
            if chance.random() < 0.4:
                raise ConnectionResetError("connection reset")
            return answer

    client = Cut(lambda *_: None)
    assert run(client, make_lanes(frame(5000), dead)).sent == 5000
    assert len(client.placed) > 5000
    for user in range(7):
        own = iter(r["product_id"] for r in client.placed if r["user_id"] == user)
        assert all(product in own for product in range(user, 5000, 7))


def test_what_sending_again_does_not_mend_ends_the_sender(dead):
    class Refusing(FakeKinesis):
        def post(self, operation, body):
            return Reply(400, JSON, b'{"__type":"AccessDeniedException","message":"no"}')

    with pytest.raises(ServiceError, match="AccessDeniedException"):
        run(Refusing(lambda *_: None), make_lanes(frame(10), dead))


def test_a_lane_that_meets_anything_else_ends_the_sender_too(dead):
    class Broken(FakeKinesis):
        def post(self, operation, body):
            raise KeyError("AccessKeyId")

    made = make_lanes(frame(3_000), dead)
    sender = Sender(Broken(lambda *_: None), "s", len(made), Pressed())
    with pytest.raises(ServiceError, match="KeyError: 'AccessKeyId'"):
        for number in [*range(len(made))] * 1_000:
            if batch := made[number].take(0.0):
                sender.put(number, batch)
            sender.fail()
    with pytest.raises(ServiceError):
        sender.close()
    left = [row for lane in made for row in lane.left]
    assert sorted([*sender.unsent().tolist(), *left]) == list(range(3_000))


def test_stop_gives_up_refused_records_and_names_their_rows(dead, monkeypatch):
    monkeypatch.setattr(sending, "_STOP_S", 0.05)
    monkeypatch.setattr(sending, "_FIRST_DELAY_S", 0.001)
    stop = Pressed()
    stop.set()

    def refuse(_kinesis, record):
        return "InternalFailure" if record["PartitionKey"] == "3" else None

    sender = run(FakeKinesis(refuse), make_lanes(frame(70), dead), stop)
    assert sender.unsent().tolist() == list(range(3, 70, 7))
    assert sender.sent == 60


def test_requests_hold_at_most_500_records_and_10_mib(dead):
    lane = make_lanes(frame(1200), dead, count=1)[0]
    sizes = []
    while batch := lane.take(0.0):
        sizes.append(len(batch.rows))
    assert sizes == [500, 500, 200]
    large = frame(30).with_columns(brand=pl.lit("x" * (1 << 20 - 1)))
    lane = make_lanes(large, dead, count=1)[0]
    sizes = []
    while batch := lane.take(0.0):
        data = [len(entry["Data"]) for entry in entries(batch)]
        sizes.append(sum(data))
    assert len(sizes) == 2
    assert max(sizes) <= 10 << 20


def test_record_that_is_too_large_or_has_no_key_is_a_dead_letter_with_its_reason(dead):
    events = frame(4).with_columns(
        brand=pl.when(pl.col("row") == 1).then(pl.lit("x" * 3000)).otherwise(pl.lit("b")),
        user_session=pl.when(pl.col("row") == 2).then(None).otherwise(pl.lit("s")),
    )
    made = make_lanes(events, dead, key="user_session", max_record_bytes=2000)
    assert sorted(int(row) for lane in made for row in lane.left) == [0, 3]
    letters = [json.loads(line) for line in dead.path.read_text().splitlines()]
    assert [letter["row"] for letter in letters] == [1, 2]
    assert "more than the stream's limit of 2000" in letters[0]["reason"]
    assert "user_session is null" in letters[1]["reason"]


def test_json_has_the_data_sets_fields_and_one_offset(dead):
    record = json.loads(as_json(frame(1), 20)[0])
    assert list(record) == [*FIELDS, "txn_timestamp"]
    assert record["event_time"] == "2019-10-01 00:00:00 UTC"
    assert record["txn_timestamp"] == "2019-10-01T00:00:20"
    assert record["category_code"] is None
    assert record["brand"] == 'a"b\\c\n'
    assert (record["price"], record["user_id"]) == (35.79, 0)


@given(st.text(CHARACTERS))
@settings(max_examples=40, deadline=None)
def test_any_text_survives_as_value_and_as_key(text):
    events = frame(1).with_columns(brand=pl.lit(text))
    dead = DeadLetters(Path("unused"))
    if not 0 < len(text) <= 256:
        return
    batch = make_lanes(events, dead, key="brand", count=1)[0].take(0.0)
    entry = entries(batch)[0]
    assert entry["PartitionKey"] == text
    assert json.loads(entry["Data"])["brand"] == text


def test_request_is_what_awss_sdk_for_java_writes():
    # the bytes of version 2.31, with the long texts put in again
    sizes = ((5, 2), (23, 23), (24, 24), (255, 40), (256, 256), (70_000, 1))
    data, keys = (pl.Series([size * "x" for size in column]) for column in zip(*sizes, strict=True))
    heads = ["E", "W", "X\x18", "X\xff", "Y\x01\x00", "Z\x00\x01\x11p"]
    key_heads = ["b", "w", "x\x18", "x(", "y\x01\x00", "a"]
    said = "".join(
        f"\xbfdData{head}{size * 'x'}lPartitionKey{key_head}{key_size * 'x'}\xff"
        for head, key_head, (size, key_size) in zip(heads, key_heads, sizes, strict=True)
    )
    wanted = f"\xbfgRecords\x9f{said}\xffjStreamNamebs1\xff".encode("latin-1")
    opened, ends, lengths = cbor.entries(data, keys)
    assert b"".join((cbor.HEAD, cbor.closed(opened, ends, lengths), cbor.tail("s1"))) == wanted
    assert ends[-1] == len(opened)


@given(
    st.lists(
        st.tuples(st.text(CHARACTERS, max_size=300), st.text(CHARACTERS, min_size=1, max_size=256)),
        max_size=5,
    )
)
@settings(max_examples=40, deadline=None)
def test_any_texts_are_read_back_from_cbor(pairs):
    data, keys = (pl.Series([pair[column] for pair in pairs], dtype=pl.String) for column in (0, 1))
    body = b"".join((cbor.HEAD, cbor.closed(*cbor.entries(data, keys)), cbor.tail("s")))
    wanted = [{"Data": text.encode(), "PartitionKey": key} for text, key in pairs]
    assert cbor2.loads(body) == {"Records": wanted, "StreamName": "s"}


class OneAnswerServer:
    """Answers requests with one text after the other, and keeps their heads."""

    def __init__(self, answers: list[bytes]) -> None:
        self.received: list[bytes] = []
        self._answers = answers
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.serving = threading.Thread(target=self._serve, daemon=True)
        self.serving.start()

    def _serve(self) -> None:
        while self._answers:
            connection, _ = self._listener.accept()
            with connection, connection.makefile("rwb") as file:
                while self._answers and (line := file.readline()):
                    head = b""
                    while (more := file.readline()) != b"\r\n":
                        head += more
                    self.received.append(line + head)
                    file.read(int(head.partition(b"content-length: ")[2].partition(b"\r")[0]))
                    answer = self._answers.pop(0)
                    file.write(answer)
                    file.flush()
                    if b"close" in answer:
                        break
        self._listener.close()


def test_connections_read_lengths_and_chunks_and_are_opened_anew_once_closed():
    server = OneAnswerServer(
        [
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            b"HTTP/1.1 400 \r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nConnection: close\r\ncontent-length: 0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx: close\r\n\r\nno",
            b"HTTP/1.1 200 OK\r\nx: close\r\n\r\n",
            b"SSH-2.0 close\r\n",
        ]
    )
    connections = Connections(server.url, {}, None)
    replies = [connections.post([b"bo", b"dy"], {"host": "h"}) for _ in range(3)]
    assert [(r.status, r.body) for r in replies] == [(200, b"ok"), (400, b"abc"), (200, b"")]
    for words in ("2 bytes read, 3 more expected", "with a length", "SSH"):
        with pytest.raises(HTTPException, match=words):
            connections.post([b"bo", b"dy"], {"host": "h"})
    server.serving.join()
    with pytest.raises(OSError, match="refused"):
        connections.post([b"bo", b"dy"], {"host": "h"})


def test_proxy_gets_the_whole_address_and_its_password():
    server = OneAnswerServer([b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"] * 2)
    proxy = server.url.replace("//", "//user:p%40ss@")
    connections = Connections("http://kinesis.test", {"http": proxy}, None)
    assert connections.post([b""], {"host": "kinesis.test"}).status == 200
    assert server.received[0].startswith(b"POST http://kinesis.test/ HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic dXNlcjpwQHNz\r\n" in server.received[0]
    with pytest.raises(ServiceError, match="https://proxy is not supported"):
        Connections("http://kinesis.test", {"http": "https://proxy:1"}, None)


def test_pace_by_speed_rate_or_none():
    times = np.array([100.0, 101.0, 100.5, 104.0])
    assert Pace(speed=2).due(times, 100.0, 0).tolist() == [0, 0.5, 0.5, 2]
    assert Pace(rate=4).due(times, 100.0, 2).tolist() == [0.5, 0.75, 1.0, 1.25]
    assert Pace().due(times, 100.0, 0).tolist() == [0, 0, 0, 0]
    assert [pace.scheduled for pace in (Pace(speed=2), Pace(rate=4), Pace())] == [True, True, False]
    for wrong in ({"speed": 0}, {"rate": -1}, {"speed": 1, "rate": 1}, {"speed": float("inf")}):
        with pytest.raises(InputError):
            Pace(**wrong)


def test_bots_burst_at_known_times_and_the_source_keeps_its_order(tmp_path):
    source = frame(400)
    swapped = pl.concat([source[:100], source[200:300], source[100:200], source[300:]])
    planned = mixing.plan(5, datetime(2019, 10, 1, 0, 0, 3), Rule(10, 10))
    acted = mixing.actions(planned)
    mixed = pl.concat(list(mixing.mix(iter([swapped[:150], swapped[150:]]), acted)))
    own = mixed.filter(pl.col("row") >= 0)
    assert own["row"].to_list() == swapped["row"].to_list()
    burst = (
        mixed.filter(pl.col("row") < 0)
        .group_by("user_id")
        .agg(
            pl.len().alias("actions"),
            (pl.col("event_time").max() - pl.col("event_time").min()).alias("span"),
        )
    )
    assert len(burst) == 5
    assert burst["actions"].min() >= 11
    assert burst["span"].max() < timedelta(seconds=10)
    bots.write_truth(tmp_path / "bots.csv", planned, 86_400)
    with (tmp_path / "bots.csv").open() as file:
        truth = list(csv.DictReader(file))
    assert [row["straddles"] for row in truth] == ["0", "1", "0", "1", "0"]
    assert truth[0]["first_action"] == "2019-10-02T00:00:10"
    for row in truth:
        window = [
            datetime.fromisoformat(row[name]).replace(tzinfo=UTC).timestamp() // 10
            for name in ("first_action", "last_action")
        ]
        assert (window[0] != window[1]) == (row["straddles"] == "1")


def test_replay_that_goes_on_anywhere_lacks_no_action_of_a_bot():
    source = frame(300)
    acted = mixing.actions(mixing.plan(6, datetime(2019, 10, 1, 0, 0, 3), Rule(10, 10)))
    mixed = pl.concat(list(mixing.mix(iter([source[:100], source[100:]]), acted)))
    for stopped in range(0, len(mixed), 7):
        left = mixed[stopped:]
        at = int(mixing.follows(left["row"].to_numpy()).min())
        assert 0 <= at < 300
        assert at == left["row"][0] or left["row"][0] < 0
        since = source["event_time"][at - 1] if at else None
        again = pl.concat(list(mixing.mix(iter([source[at:]]), acted, since)))
        lost = left.filter(pl.col("row") < 0).join(again, ["user_id", "event_time"], how="anti")
        assert not len(lost)


def test_rows_that_are_no_events_are_dead_letters_and_the_sum_is_right(tmp_path, dead):
    rows = [ROW.format(n=n) for n in range(5)]
    rows[1] = rows[1].replace(",1,s-1", ",abc,s-1")
    rows[2] = rows[2].replace("2019-10-01", "first of October")
    rows[3] += ",more"
    path = tmp_path / "events.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    source = Source(find(str(path)), dead)
    events = pl.concat(list(source.frames()))
    assert events["user_id"].to_list() == [0, 4]
    assert source.read == 5 == len(events) + dead.count
    letters = [json.loads(line) for line in dead.path.read_text().splitlines()]
    assert [(letter["row"], letter["reason"]) for letter in letters] == [
        (1, "missing or bad user_id"),
        (2, "bad event_time"),
        (3, "wrong column count"),
    ]
    assert letters[2]["record"] == rows[3]
    assert events["row"].to_list() == [0, 4]


def test_csv_gzip_and_parquet_give_the_same_events_from_any_row(tmp_path, dead):
    text = "\n".join([HEADER, *(ROW.format(n=n) for n in range(5))]) + "\n"
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "a.csv").write_text(text)
    with gzip.open(tmp_path / "b.csv.gz", "wt") as file:
        file.write(text)
    read = pl.concat(list(Source(find(str(tmp_path / "csv")), dead).frames()))
    lake = read.drop("row").with_columns(pl.col("price").cast(pl.Decimal(10, 2)))
    lake.write_parquet(tmp_path / "c.parquet")
    for name in ("b.csv.gz", "c.parquet"):
        other = pl.concat(list(Source(find(str(tmp_path / name)), dead).frames()))
        assert other.equals(read), name
    later = pl.concat(list(Source(find(str(tmp_path / "c.parquet")), dead, 3).frames()))
    assert later.equals(read[3:])


def test_wrong_input_is_named(tmp_path):
    (tmp_path / "a.csv").write_text("event_time,price\n1,2\n")
    dead = DeadLetters(tmp_path / "dead.jsonl")
    with pytest.raises(InputError, match="not with the header"):
        next(Source(find(str(tmp_path / "a.csv")), dead).frames())
    (tmp_path / "b.parquet").write_bytes(b"no parquet at all")
    with pytest.raises(InputError, match=r"b\.parquet cannot be read"):
        next(Source(find(str(tmp_path / "b.parquet")), dead).frames())
    with pytest.raises(InputError, match="does not exist"):
        find(str(tmp_path / "none.csv"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no file that ends in"):
        find(str(tmp_path / "empty"))
    for wrong in (
        {"partition_key": "price"},
        {"bots": -1},
        {"start_at": -1},
        {"in_flight": 0},
        {"replay_at": "soon"},
    ):
        with pytest.raises(InputError, match=next(iter(wrong)).split("_", maxsplit=1)[0]):
            Replay(source="x", **wrong)


def test_estimate_of_a_long_gzipped_file_is_extrapolated_and_says_so(tmp_path):
    chance = random.Random(1)
    start = datetime(2019, 10, 1)
    rows = [
        f"{start + timedelta(seconds=n // 10)} UTC,view,{n},{n},,b,1.0,{n},{chance.random()}"
        for n in range(120_000)
    ]
    path = tmp_path / "long.csv.gz"
    path.write_bytes(gzip.compress("\n".join([HEADER, *rows]).encode() + b"\n", 1))
    said = estimate(
        find(str(path)), frame(9), pace=Pace(speed=60), key="user_id", starts=[0], skipped=0
    )
    assert not said.exact
    assert said.records == pytest.approx(120_000, rel=0.05)
    assert said.seconds == pytest.approx(200, rel=0.05)
    assert "records, about 3." in said.lines("user_id")[0]
    said = estimate(
        find(str(path)), frame(9), pace=Pace(), key="user_id", starts=[0], skipped=said.records
    )
    assert said.records == 9  # as many as were read


def test_estimate_counts_and_warns_of_a_hot_shard(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("\n".join([HEADER, *(ROW.format(n=n % 10) for n in range(60))]) + "\n")
    starts = [n * 2**126 for n in range(4)]
    first = frame(50, users=60)
    arguments = {"starts": starts, "skipped": 10}
    said = estimate(find(str(path)), first, pace=Pace(rate=2500), key="user_id", **arguments)
    assert (said.records, said.exact, said.shards) == (50, True, 3)
    assert said.seconds == 50 / 2500
    assert len(said.lines("user_id")) == 1
    zipped = tmp_path / "zipped.csv.gz"
    rows = [ROW.format(n=n % 10) for n in range(60)]
    rows[-1] = rows[-1].replace("00:00:09", "00:10:00")
    zipped.write_bytes(gzip.compress("\n".join([HEADER, *rows]).encode() + b"\n"))
    said = estimate(find(str(zipped)), first, pace=Pace(speed=2), key="user_id", **arguments)
    assert (said.records, said.exact, said.seconds) == (50, True, 300)
    one = first.with_columns(category_id=pl.lit(1))
    said = estimate(find(str(path)), one, pace=Pace(), key="category_id", **arguments)
    assert said.hottest == 1.0
    assert said.least_seconds == 50 / 1000
    assert "(4 shards on AWS: a few seconds), $0.00 on AWS" in said.lines("category_id")[0]
    warning = said.lines("category_id")[1]
    assert "partition key category_id sends 100% of the records to one of 4 shards" in warning
