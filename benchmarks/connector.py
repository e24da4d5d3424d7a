"""JVM CPU a record from a filled stream and from a file of its lines; latency of a live stream.

Runs each query and source in a JVM of its own against the local Kinesis (4 shards, one subtask),
once cold and then again in the same JVM, and prints Markdown tables. Needs `make connector`. Usage:

    python -m local_aws --port 0 --data DIR -- python benchmarks/connector.py [--records N]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import orjson
from pyflink.common import Configuration
from pyflink.table import EnvironmentSettings, TableEnvironment

from flink_notes.environment import CONNECTOR, JVM

STREAM = "benchmark-connector"
ARN = f"arn:aws:kinesis:us-east-1:000000000000:stream/{STREAM}"
START = datetime(2019, 10, 1)
SHARDS = 4
KEYS = 2**128
# Published for Apache's connector on the same measure, cold.
APACHE_A_SECOND = {"tumbling": 10_000, "blackhole": 13_000}
COLUMNS = """event_time STRING, event_type STRING, product_id BIGINT, category_id BIGINT,
    category_code STRING, brand STRING, price DOUBLE, user_id BIGINT, user_session STRING,
    txn_timestamp TIMESTAMP(3),
    WATERMARK FOR txn_timestamp AS txn_timestamp - INTERVAL '10' SECOND"""
TABLES = {
    "kinesis": f"""'connector' = 'kinesis', 'format' = 'json', 'stream.arn' = '{ARN}',
        'source.init.position' = 'TRIM_HORIZON'""",
    "file": "'connector' = 'filesystem', 'format' = 'json', 'path' = '{path}'",
}
# Names of threads (Linux keeps 15 characters) and what they do for the query.
WORK = {
    "Source Data Fet": "fetch, CBOR",
    "HttpClient": "HTTP",
    "Source: events": "JSON, watermark, local window",
    "GlobalWindowAgg": "global window",
    "C1 Compiler": "JIT compiler",
    "C2 Compiler": "JIT compiler",
    "GC Thread": "garbage collector",
    "G1 ": "garbage collector",
    "VM Thread": "garbage collector",
}
REST = "start, planner, coordination"
# Options and runs. The note's environment has the first: least CPU below a million records. The
# second is the JVM's own choice, which pays for its compiling over a long run.
JVMS = {
    "C1": (JVM, 2),
    "C2": ("-Xmx1g", 3),
}
LATENCY_OPTIONS = {
    "source": "'source.init.position' = 'TRIM_HORIZON'",
    "target": "'sink.flush-buffer.timeout' = '100'",
}
LATENCY_RATE = 300  # events a second
# What is between the streams: each keyed step is an exchange, and the note's `early` has three.
LATENCY_PATHS = {
    "nothing": "SELECT number, arrival FROM source",
    "three keyed steps": """
        SELECT number, arrival
        FROM (
            SELECT number, arrival, COUNT(*) OVER (PARTITION BY user_id ORDER BY taken) AS counted
            FROM (
                SELECT *, COUNT(*) OVER (PARTITION BY user_id ORDER BY taken) AS seen
                FROM (
                    SELECT
                        *,
                        ROW_NUMBER() OVER (PARTITION BY user_id, number ORDER BY taken) AS copy
                    FROM source
                )
                WHERE copy = 1
            )
            WHERE seen > 0
        )
        WHERE counted > 0""",
}
LATENCY_USERS = 997
LATENCY_S = 20
WARM_UP_S = 10
# The user of the last record of each shard: its window says that all before it is done.
END_USER = 0
QUERIES = {
    "tumbling": """
        SELECT user_id, COUNT(*) AS n
        FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(txn_timestamp), INTERVAL '10' SECOND))
        GROUP BY user_id, window_start, window_end
        HAVING COUNT(*) > 10""",
    # Every column decoded, nothing but the last records kept.
    "blackhole": """
        SELECT user_id, 0 AS n FROM events
        WHERE user_id = 0 AND event_type || event_time || user_session <> ''
          AND product_id + category_id + price > 0""",
}


def event(number: int, user: int, at: datetime) -> bytes:
    """One line of the data set's size and shape."""
    return orjson.dumps(
        {
            "event_time": at.strftime("%Y-%m-%d %H:%M:%S UTC"),
            "event_type": "purchase" if number % 61 == 0 else "view",
            "product_id": 1_000_000 + number % 98_765,
            "category_id": 2_053_013_555_631_882_655 + number % 700,
            "category_code": "electronics.smartphone" if number % 3 else None,
            "brand": "samsung" if number % 7 else None,
            "price": 10 + number % 100_000 / 100,
            "user_id": user,
            "user_session": f"{number % 65536:08x}-8e2b-4e42-9a7c-{user:012x}",
            "txn_timestamp": at.isoformat(" ", "milliseconds"),
        }
    )


def events(records: int) -> list[tuple[int, bytes]]:
    """(shard, line) in event time, at 100 a second, with a last one far ahead for each shard."""
    lines = []
    for number in range(records):
        user = 512_000_000 + number * 7919 % 40_000
        line = event(number, user, START + timedelta(milliseconds=10 * number))
        lines.append((user % SHARDS, line))
    last = START + timedelta(milliseconds=10 * records)
    for minutes, copies in ((1, 11), (10, 1)):
        for shard in range(SHARDS):
            line = event(0, END_USER, last + timedelta(minutes=minutes))
            lines += [(shard, line)] * copies
    return lines


def fill(lines: list[tuple[int, bytes]]) -> None:
    kinesis = boto3.client("kinesis")
    kinesis.create_stream(StreamName=STREAM, ShardCount=SHARDS)
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1})
    for begin in range(0, len(lines), 500):
        batch: list[Any] = [
            {
                "Data": line,
                "PartitionKey": "k",
                "ExplicitHashKey": str(KEYS // SHARDS * shard + KEYS // SHARDS // 2),
            }
            for shard, line in lines[begin : begin + 500]
        ]
        answer = kinesis.put_records(StreamName=STREAM, Records=batch)
        assert answer["FailedRecordCount"] == 0, answer


def cpu_s(stat: Path) -> float:
    """CPU seconds of a process or a thread."""
    fields = stat.read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def jvm() -> Path:
    """The /proc folder of this process's JVM."""
    (pid,) = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return Path("/proc", pid)


def cpu_by_work(folder: Path) -> dict[str, float]:
    """CPU seconds of the JVM's living threads, by what they do."""
    spent = dict.fromkeys([*WORK.values(), REST], 0.0)
    for thread in folder.glob("task/*"):
        try:
            name = (thread / "comm").read_text().strip()
            seconds = cpu_s(thread / "stat")
        except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            continue
        spent[next((work for start, work in WORK.items() if name.startswith(start)), REST)] += (
            seconds
        )
    return spent


def table_environment() -> TableEnvironment:
    configuration = Configuration()
    configuration.set_string("parallelism.default", "1")
    configuration.set_string("pipeline.jars", CONNECTOR.as_uri())
    return TableEnvironment.create(
        EnvironmentSettings.new_instance().with_configuration(configuration).build()
    )


def measure(source: str, query: str, path: str, runs: str) -> None:
    """Run one query several times in this process; print its JVM's CPU seconds after each."""
    environment = table_environment()
    environment.execute_sql(
        f"CREATE TABLE events ({COLUMNS}) WITH ({TABLES[source].format(path=path)})"
    )
    process = jvm()
    spent = []
    work: dict[str, float] = {}
    for _ in range(int(runs)):
        ends = 0
        expected = 1 if query == "tumbling" else SHARDS * 12
        with environment.execute_sql(QUERIES[query]).collect() as rows:
            for row in rows:
                if row[0] == END_USER:
                    assert query != "tumbling" or row[1] == SHARDS * 11, row
                    ends += 1
                if ends == expected:
                    break
            assert ends == expected, ends
            spent.append(cpu_s(process / "stat"))
            work = work or cpu_by_work(process)
    print("RESULT", orjson.dumps({"cpu": spent, "work": work}).decode(), flush=True)


def latency(path: str) -> None:
    """Print how long records take from their arrival in one stream to that in the other.

    Both times are the server's.
    """
    kinesis = boto3.client("kinesis")
    between = path.replace(" ", "-")
    names = f"{STREAM}-{between}-in", f"{STREAM}-{between}-out"
    for name in names:
        kinesis.create_stream(StreamName=name, ShardCount=SHARDS)
        kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1})
    environment = table_environment()
    for table, column in (
        (
            "source",
            "user_id BIGINT, taken AS PROCTIME(),"
            " arrival TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL",
        ),
        ("target", "arrived BIGINT"),
    ):
        arn = ARN.replace(STREAM, names[table == "target"])
        environment.execute_sql(
            f"""CREATE TABLE {table} (number BIGINT, {column}) WITH ('connector' = 'kinesis',
            'format' = 'json', 'stream.arn' = '{arn}', {LATENCY_OPTIONS[table]})"""
        )
    environment.create_temporary_view("passed", environment.sql_query(LATENCY_PATHS[path]))
    job = environment.execute_sql(
        """INSERT INTO target SELECT number,
        CAST(TIMESTAMPDIFF(SECOND, TO_TIMESTAMP_LTZ(0, 3), arrival) AS BIGINT) * 1000
        + EXTRACT(MILLISECOND FROM arrival) FROM passed"""
    )
    # The job takes seconds to start: what waits for that says nothing about a live stream.
    kinesis.put_record(StreamName=names[0], Data=b'{"number": 0, "user_id": 0}', PartitionKey="0")
    copied(kinesis, names[1], 1)
    begun = time.monotonic()
    sent = 1
    while (elapsed := time.monotonic() - begun) < WARM_UP_S + LATENCY_S:
        due = int(elapsed * LATENCY_RATE)
        if due > sent:
            kinesis.put_records(
                StreamName=names[0],
                Records=[
                    {
                        "Data": orjson.dumps({"number": number, "user_id": number % LATENCY_USERS}),
                        "PartitionKey": str(number),
                    }
                    for number in range(sent, due)
                ],
            )
            sent = due
        time.sleep(0.01)
    took = sorted(
        milliseconds
        for number, milliseconds in copied(kinesis, names[1], sent)
        if number >= WARM_UP_S * LATENCY_RATE
    )
    job.get_job_client().cancel().result()
    print(
        "RESULT",
        orjson.dumps({"p50": took[len(took) // 2], "p99": took[-len(took) // 100]}).decode(),
    )


def copied(kinesis: Any, name: str, count: int) -> list[tuple[int, float]]:
    """(number, milliseconds) of each record of the copy, as soon as all are there."""
    found: list[tuple[int, float]] = []
    iterators = [
        kinesis.get_shard_iterator(
            StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        for shard in kinesis.list_shards(StreamName=name)["Shards"]
    ]
    deadline = time.monotonic() + 60
    while len(found) < count:
        assert time.monotonic() < deadline, f"{len(found)} of {count} records were copied"
        for index, iterator in enumerate(iterators):
            answer = kinesis.get_records(ShardIterator=iterator)
            iterators[index] = answer["NextShardIterator"]
            for record in answer["Records"]:
                row = orjson.loads(record["Data"])
                out = record["ApproximateArrivalTimestamp"].timestamp() * 1000
                found.append((row["number"], out - row["arrived"]))
        time.sleep(0.25)
    return found


def in_own_jvm(options: str, *command: str) -> dict[str, Any]:
    answer = subprocess.run(
        [sys.executable, __file__, *command],
        env={**os.environ, "JVM_ARGS": options},
        stdout=subprocess.PIPE,
        text=True,
        timeout=600,
        check=True,
    )
    line = next(line for line in answer.stdout.splitlines() if line.startswith("RESULT "))
    return dict(orjson.loads(line.removeprefix("RESULT ")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=300_000)
    parser.add_argument("--measure", nargs=4, metavar=("SOURCE", "QUERY", "PATH", "RUNS"))
    parser.add_argument("--latency", choices=LATENCY_PATHS)
    arguments = parser.parse_args()
    if arguments.measure:
        measure(*arguments.measure)
        return
    if arguments.latency:
        latency(arguments.latency)
        return
    lines = events(arguments.records)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.jsonl"
        path.write_bytes(b"".join(line + b"\n" for _, line in lines))
        fill(lines)
        print(f"{len(lines)} JSON records of {path.stat().st_size // len(lines)} bytes, ", end="")
        print(f"{SHARDS} shards, one subtask. Cold: the first run, start of the JVM ", end="")
        print("included; warm: the last run in the same JVM.\n")
        print("| query | JVM | source | cold CPU s | records a CPU s | to the file |", end="")
        print(" Apache's, published | warm CPU s | records a CPU s | to the file |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        notes = []
        for query, compiler in (("tumbling", "C1"), ("blackhole", "C1"), ("tumbling", "C2")):
            options, runs = JVMS[compiler]
            file: tuple[float, float] | None = None
            for source in ("file", "kinesis"):
                run = in_own_jvm(options, "--measure", source, query, str(path), str(runs))
                cold, warm = run["cpu"][0], run["cpu"][-1] - run["cpu"][-2]
                file = file or (cold, warm)
                apache = f"{APACHE_A_SECOND[query]:,}" if source == "kinesis" else ""
                print(
                    f"| {query} | {compiler} | {source} | {cold:.1f} | {len(lines) / cold:,.0f}"
                    f" | {cold / file[0]:.2f} | {apache} | {warm:.1f} | {len(lines) / warm:,.0f}"
                    f" | {warm / file[1]:.2f} |",
                    flush=True,
                )
            shares = ", ".join(f"{name} {spent:.1f}" for name, spent in run["work"].items())
            notes.append(f"{query} from Kinesis with {compiler}, cold CPU s by thread: {shares}")
        print("\n" + "\n".join(notes))
    print(f"\nStream to stream at {LATENCY_RATE} events/s over {SHARDS} shards, ms:")
    for between in LATENCY_PATHS:
        took = in_own_jvm(JVMS["C1"][0], "--latency", between)
        print(f"- {between} between: {took}")


if __name__ == "__main__":
    main()
