"""The questions over one month as an Iceberg table and as Hive's, through the local Athena.

``python -m local_aws --port 0 --data DIR -- python benchmarks/iceberg.py [--rows 1000000]
[--pairs 15]`` makes the month of `questions.py`, loads it in both formats, and asks every statement
of the notebooks of either, in turn. It prints, of a question, the server's CPU in milliseconds over
Hive's table, how much more it is over Iceberg's (median and quartiles of the pairs), and the bytes.
"""

import argparse
import ast
import os
import statistics
import time
from datetime import date
from pathlib import Path
from typing import Final

import awswrangler as wr

from helpers import insights, params
from helpers.ingest.load import FORMATS, load
from helpers.raw.files import find
from store_simulator.generate import generate
from support.lake import prepare
from support.statements import of_notebook

ROOT: Final = Path(__file__).resolve().parents[1]
BUCKET: Final = "bench-iceberg"


def cpu_ms(pid: int) -> float:
    """CPU of a process and its threads; the number is the kernel's for a clock of another one."""
    return time.clock_gettime(~pid << 3 | 2) * 1000


def values() -> dict[str, object]:
    """The notebooks' defaults, and a day that is in the month."""
    found = {
        parameter.name: ast.literal_eval(parameter.default)
        for path in insights.notebooks()
        for parameter in params.of_notebook(path)
    }
    return found | {"day": date(2019, 10, 16)}


def ask(sql: str, table_format: str, given: dict[str, object]) -> int:
    """Run a statement over the table of a format; returns the bytes it scanned."""
    done = wr.athena.start_query_execution(
        sql,
        database=f"bench_{table_format}",
        s3_output=f"s3://{BUCKET}-{table_format}/results/",
        params=given,
        wait=True,
        athena_query_wait_polling_delay=0.5,
    )
    return int(done["Statistics"].get("DataScannedInBytes", 0))


def measure(server: int, pairs: int) -> None:
    given = values()
    questions = {path.stem: of_notebook(path) for path in insights.notebooks()}
    for table_format in FORMATS:
        for view, *_ in questions.values():
            ask(view, table_format, given)
    print("| question | Hive, CPU ms | more over Iceberg, ms | quartiles | bytes | Iceberg's |")
    print("|---|---|---|---|---|---|")
    for name, (_, *queries) in questions.items():
        used: dict[str, list[float]] = {each: [] for each in FORMATS}
        scanned = {}
        for turn in range(pairs + 1):
            for table_format in FORMATS if turn % 2 else reversed(FORMATS):
                before = cpu_ms(server)
                scanned[table_format] = sum(ask(sql, table_format, given) for sql in queries)
                if turn:  # the first one warms
                    used[table_format].append(cpu_ms(server) - before)
        more = [two - one for one, two in zip(used["hive"], used["iceberg"], strict=True)]
        low, middle, high = statistics.quantiles(more, n=4)
        print(
            f"| {name} | {statistics.median(used['hive']):.0f} | {middle:+.1f} "
            f"| {low:+.1f} to {high:+.1f} | {scanned['hive']:,} | {scanned['iceberg']:,} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=15)
    given = parser.parse_args()
    raw = ROOT / "data" / f"bench_october_{given.rows}.csv"
    if not raw.exists():
        generate(raw, first=date(2019, 10, 1), last=date(2019, 10, 31), rows=given.rows)
    for each in FORMATS:
        bucket, database = f"{BUCKET}-{each}", f"bench_{each}"
        prepare(bucket, database)
        load(
            find(str(raw)),
            bucket=bucket,
            database=database,
            table="user_activity",
            table_format=each,
        )
    measure(os.getppid(), given.pairs)


if __name__ == "__main__":
    main()
