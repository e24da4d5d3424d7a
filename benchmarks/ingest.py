"""Ingest against its peers, interleaved, in CPU seconds and peak memory.

``python benchmarks/ingest.py [--rounds 3] [--sizes 5]`` (millions of rows; the files are made in
data/ once) prints a Markdown table. ``--sizes 20`` takes about 8 minutes and 4 GB of disk with one
round. Every run is a process of its own; CPU is its user and system time once everything is
imported, the imports stand beside it, memory is its largest resident set.
"""

# ruff: noqa: PLC0415 - each contender pays for its own imports alone
import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"
OUT = DATA / "bench_out"
DAYS_OF_MILLIONS = {5: 4, 20: 15}


def ours(raw: Path) -> Iterator[None]:
    from helpers.ingest.stage import stage, staging_folder
    from helpers.raw.files import find

    yield
    with staging_folder(OUT) as folder:
        stage(find(str(raw)), folder, compression="zstd", max_quarantine_share=0.01)


def polars_sink(raw: Path) -> Iterator[None]:
    import polars as pl

    yield
    whole = dict.fromkeys(("product_id", "category_id", "user_id"), pl.Int64)
    time = pl.col("event_time")
    (
        pl.scan_csv(raw, schema_overrides={**whole, "price": pl.Float64})
        .with_columns(
            time.str.to_datetime("%Y-%m-%d %H:%M:%S UTC", time_unit="ms"),
            pl.col("price").cast(pl.Decimal(10, 2)),
        )
        .with_columns(year=time.dt.year(), month=time.dt.month(), day=time.dt.day())
        .sink_parquet(
            pl.PartitionBy(OUT, key=["year", "month", "day"], include_key=False),
            compression="zstd",
            mkdir=True,
        )
    )


def polars_checked(raw: Path) -> Iterator[None]:
    import polars as pl

    yield
    # what ours looks at and marks too, as far as one query of polars can: what is no event goes to
    # a folder of its own, without its reason, its line and the text that it was
    numbers = ("product_id", "category_id", "user_id")
    types = {**dict.fromkeys(numbers, pl.Int64), "price": pl.Float64, "event_time": pl.String}
    texts = pl.scan_csv(raw, schema_overrides=types, ignore_errors=True)
    time, price = pl.col("event_time"), pl.col("price")
    typed = texts.with_columns(
        time.str.to_datetime("%Y-%m-%d %H:%M:%S UTC", time_unit="ms", strict=False)
    )
    cents = price * 100
    sound = pl.all_horizontal(
        time.is_not_null(),
        pl.col("event_type").is_in(["view", "cart", "remove_from_cart", "purchase"]),
        *(pl.col(name) >= 0 for name in numbers),
        price.is_between(0, 1_000_000),
        (cents - cents.round()).abs() < 1e-4,
    ).fill_null(value=False)
    session = pl.col("user_session")
    of_day = session.hash() ^ time.dt.date().cast(pl.Int32).cast(pl.UInt64)
    typed.with_columns(
        price.cast(pl.Decimal(10, 2), strict=False),
        sound=sound,
        view=pl.col("event_type") == "view",
        year=time.dt.year(),
        month=time.dt.month(),
        day=time.dt.day(),
        session_start=of_day.is_first_distinct() & session.is_not_null(),
    ).sink_parquet(
        pl.PartitionBy(OUT, key=["sound", "year", "month", "day", "view"], include_key=False),
        compression="zstd",
        mkdir=True,
    )


def duckdb_copy(raw: Path) -> Iterator[None]:
    import duckdb

    yield
    duckdb.sql(
        f"""
        COPY (
            SELECT * REPLACE (
                strptime(event_time, '%Y-%m-%d %H:%M:%S UTC') AS event_time,
                CAST(price AS DECIMAL(10, 2)) AS price
            ), year(event_time_) AS year, month(event_time_) AS month, day(event_time_) AS day
            FROM (
                SELECT *, strptime(event_time, '%Y-%m-%d %H:%M:%S UTC') AS event_time_
                FROM read_csv('{raw}', types = {{'event_time': 'VARCHAR'}})
            )
        ) TO '{OUT}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (year, month, day))
        """  # noqa: S608
    )


def awswrangler_chunked(raw: Path) -> Iterator[None]:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    yield
    # what awswrangler does for each chunk, without its S3: pandas to Arrow to one file a day
    for chunk in pd.read_csv(raw, chunksize=1_000_000):
        chunk["event_time"] = pd.to_datetime(chunk["event_time"], format="%Y-%m-%d %H:%M:%S UTC")
        for name, part in zip(
            ("year", "month", "day"),
            (chunk["event_time"].dt.year, chunk["event_time"].dt.month, chunk["event_time"].dt.day),
            strict=True,
        ):
            chunk[name] = part
        table = pa.Table.from_pandas(chunk, preserve_index=False)
        pq.write_to_dataset(table, OUT, partition_cols=["year", "month", "day"], compression="zstd")


# each imports what it needs, yields, and ingests
CONTENDERS: dict[str, Callable[[Path], Iterator[None]]] = {
    "this project, quarantine included": ours,
    "polars streaming sink": polars_sink,
    "polars streaming sink, with the checks and the marks": polars_checked,
    "DuckDB COPY PARTITION_BY": duckdb_copy,
    "pandas chunks to Arrow, as awswrangler does": awswrangler_chunked,
}


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def run(name: str, raw: Path) -> None:
    """Run one contender here and print CPU seconds of its work and of its imports, and MiB."""
    before = cpu_seconds()
    work = CONTENDERS[name](raw)
    next(work)
    imported = cpu_seconds()
    next(work, None)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([cpu_seconds() - imported, imported - before, peak]), flush=True)
    # pyarrow 16's threads sometimes abort a process that ends in the usual way
    os._exit(0)


def measure(name: str, raw: Path) -> tuple[float, float, float]:
    """Run one contender in a process of its own."""
    shutil.rmtree(OUT, ignore_errors=True)
    command = [sys.executable, __file__, "--one", name, "--raw", str(raw)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    shutil.rmtree(OUT, ignore_errors=True)
    work, imports, peak = json.loads(done.stdout.splitlines()[-1])
    return work, imports, peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="+", choices=DAYS_OF_MILLIONS, default=[5])
    parser.add_argument("--one", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--raw", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        run(given.one, given.raw)
        return
    print("| rows | contender | CPU s | against polars | CPU s of imports | peak MiB |")
    print("|---|---|---|---|---|---|")
    for size in given.sizes:
        raw = DATA / f"bench_{size}m.csv"
        if not raw.exists():
            from store_simulator.generate import generate

            days = DAYS_OF_MILLIONS[size]
            generate(raw, first=date(2019, 10, 1), last=date(2019, 10, days), rows=size * 10**6)
        runs: dict[str, list[tuple[float, float, float]]] = {name: [] for name in CONTENDERS}
        for _ in range(given.rounds):
            for name in CONTENDERS:
                runs[name].append(measure(name, raw))
        cpu = {
            name: statistics.median(work for work, _, _ in found) for name, found in runs.items()
        }
        for name, found in runs.items():
            imports = statistics.median(imports for _, imports, _ in found)
            peak = max(peak for _, _, peak in found)
            ratio = cpu[name] / cpu["polars streaming sink"]
            figures = f"{cpu[name]:.1f} | {ratio:.2f} | {imports:.1f} | {peak:.0f}"
            print(f"| {size} M | {name} | {figures} |")


if __name__ == "__main__":
    main()
