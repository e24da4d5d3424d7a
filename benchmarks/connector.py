"""JVM CPU a record through the tumbling query, from a filled stream and from a file of its lines.

Runs each source in a JVM of its own, start included, against the local Kinesis (4 shards, one
subtask), and prints a Markdown table. Needs `make connector`. Usage:

    python -m local_aws --port 0 --data DIR -- python benchmarks/connector.py [--records N]
"""

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import orjson
from pyflink.common import Configuration
from pyflink.table import EnvironmentSettings, TableEnvironment

JAR = Path(__file__).parents[1] / "connector" / "target" / "flink-sql-connector-kinesis.jar"
STREAM = "benchmark-connector"
ARN = f"arn:aws:kinesis:us-east-1:000000000000:stream/{STREAM}"
START = datetime(2019, 10, 1)
SHARDS = 4
KEYS = 2**128
# Published for Apache's connector on the same measure: shared facts, "Kinesis and Flink".
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
        batch = [
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
        name = (thread / "comm").read_text().strip()
        work = next((work for start, work in WORK.items() if name.startswith(start)), REST)
        spent[work] += cpu_s(thread / "stat")
    return spent


def measure(source: str, query: str, path: str) -> None:
    """Run one query in this process; print its JVM's CPU seconds, and those before the job."""
    configuration = Configuration()
    configuration.set_string("parallelism.default", "1")
    configuration.set_string("pipeline.jars", JAR.as_uri())
    environment = TableEnvironment.create(
        EnvironmentSettings.new_instance().with_configuration(configuration).build()
    )
    environment.execute_sql(
        f"CREATE TABLE events ({COLUMNS}) WITH ({TABLES[source].format(path=path)})"
    )
    process = jvm()
    started = cpu_s(process / "stat")
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
        result = {"cpu": cpu_s(process / "stat"), "start": started, "work": cpu_by_work(process)}
    print("RESULT", orjson.dumps(result).decode(), flush=True)


def in_own_jvm(source: str, query: str, path: str) -> dict[str, Any]:
    command = [sys.executable, __file__, "--measure", source, query, path]
    answer = subprocess.run(
        command,
        env={**os.environ, "JVM_ARGS": "-Xmx1g"},
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
    parser.add_argument("--rounds", type=int, default=1, help="the least CPU of so many counts")
    parser.add_argument("--measure", nargs=3, metavar=("SOURCE", "QUERY", "PATH"))
    arguments = parser.parse_args()
    if arguments.measure:
        measure(*arguments.measure)
        return
    lines = events(arguments.records)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.jsonl"
        path.write_bytes(b"".join(line + b"\n" for _, line in lines))
        fill(lines)
        print(f"{len(lines)} JSON records of {path.stat().st_size // len(lines)} bytes, ", end="")
        print(f"{SHARDS} shards, one subtask\n")
        print(
            "| query | source | JVM CPU s | of it start | records a CPU s | without start |", end=""
        )
        print(" CPU against file | Apache's, published |\n|---|---|---|---|---|---|---|---|")
        notes = []
        for query in QUERIES:
            runs = {
                source: min(
                    (in_own_jvm(source, query, str(path)) for _ in range(arguments.rounds)),
                    key=lambda run: run["cpu"],
                )
                for source in ("file", "kinesis")
            }
            for source, run in runs.items():
                apache = f"{APACHE_A_SECOND[query]:,}" if source == "kinesis" else ""
                print(
                    f"| {query} | {source} | {run['cpu']:.1f} | {run['start']:.1f}"
                    f" | {len(lines) / run['cpu']:,.0f}"
                    f" | {len(lines) / (run['cpu'] - run['start']):,.0f}"
                    f" | {run['cpu'] / runs['file']['cpu']:.2f} | {apache} |",
                    flush=True,
                )
            work = runs["kinesis"]["work"]
            shares = ", ".join(f"{name} {spent:.1f}" for name, spent in work.items())
            notes.append(f"{query} from Kinesis, CPU s by thread: {shares}")
        print("\n" + "\n".join(notes))


if __name__ == "__main__":
    main()
