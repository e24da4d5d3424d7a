"""The questions through the local Athena, against DuckDB and polars on the same Parquet.

``python -m local_aws --port 0 --data DIR -- python benchmarks/questions.py --data DIR
[--rows 1000000] [--rounds 5]`` makes October 2019 with so many rows
(data/bench_october_ROWS.csv, once), ingests it, asks every notebook's statements, interleaved, and
prints two Markdown tables: CPU seconds (of the server for Athena; client and transport are not
in it), and bytes scanned against reading the CSV once for each statement. The peers are written by
hand, each in its own idiom, and compute the same rows.
"""

import argparse
import ast
import math
import os
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import awswrangler as wr
import duckdb
import polars as pl

from helpers import insights, params
from helpers.ingest.catalog import LAKE_PREFIX
from helpers.ingest.load import load
from helpers.raw.files import find
from store_simulator.generate import generate
from support import statements
from support.lake import prepare

ROOT = Path(__file__).resolve().parents[1]
BUCKET = "bench-questions"
DATABASE = "db_bench"
TICKS = os.sysconf("SC_CLK_TCK")
CHOSEN = {"day": date(2019, 10, 16)}  # what is asked of other days than a notebook's default

PEERS = ("duckdb", "polars")
DUCKDB = {
    "20_unique_visitors": [
        """
        WITH firsts AS (
            SELECT min(year * 10000 + month * 100 + day) AS ymd FROM lake GROUP BY user_id
        ), days AS (
            SELECT year * 10000 + month * 100 + day AS ymd, count(DISTINCT user_id),
                count(*) FILTER (session_start), count(*) FILTER (event_type = 'view'),
                count(*) FILTER (event_type = 'cart'), count(*) FILTER (event_type = 'purchase'),
                sum(price) FILTER (event_type = 'purchase'),
                count(DISTINCT user_id) FILTER (event_type = 'purchase')
            FROM lake GROUP BY ymd
        )
        SELECT * FROM days
        LEFT JOIN (SELECT ymd, count(*) FROM firsts GROUP BY ymd) USING (ymd) ORDER BY ymd
        """
    ],
    "21_carted_not_bought": [
        """
        WITH carts AS (
            SELECT year * 10000 + month * 100 + day AS ymd, user_id, product_id,
                max(price) AS price, max(brand), max(category_code)
            FROM lake WHERE event_type = 'cart' GROUP BY ymd, user_id, product_id
        ), bought AS (
            SELECT DISTINCT year * 10000 + month * 100 + day AS ymd, user_id, product_id
            FROM lake WHERE event_type = 'purchase'
        ), marked AS (
            SELECT carts.*, bool_or(bought.ymd = carts.ymd) AS same_day,
                min(bought.ymd) FILTER (bought.ymd > carts.ymd) AS later
            FROM carts LEFT JOIN bought USING (user_id, product_id) GROUP BY ALL
        )
        """  # noqa: S608
        + tail
        for tail in (
            "SELECT ymd, count(*), count(*) FILTER (same_day IS NOT TRUE), count(later),"
            " sum(price) FILTER (same_day IS NOT TRUE) FROM marked GROUP BY ymd ORDER BY ymd",
            "SELECT * FROM marked WHERE ymd = 20191016 AND same_day IS NOT TRUE",
        )
    ],
    "22_top_categories": [
        """
        SELECT isodow(event_time), hour(event_time), split_part(category_code, '.', 1) AS category,
            count(*) FILTER (event_type = 'view'), count(*) FILTER (event_type = 'cart'),
            count(*) FILTER (event_type = 'purchase'), sum(price) FILTER (event_type = 'purchase')
        FROM lake GROUP BY 1, 2, 3
        """
    ],
    "23_brands_to_market": [
        """
        WITH cells AS (
            SELECT brand, category_id, count(*) FILTER (event_type = 'view') AS views,
                count(*) FILTER (event_type = 'purchase') AS purchases,
                sum(price) FILTER (event_type = 'purchase') AS revenue, avg(price) AS price
            FROM lake WHERE event_type <> 'cart' GROUP BY 1, 2
        ), peers AS (
            SELECT *, sum(views) OVER c - views AS peer_views,
                sum(purchases) OVER c - purchases AS peer_purchases
            FROM cells WINDOW c AS (PARTITION BY category_id)
        )
        SELECT brand, sum(views), sum(purchases), sum(revenue),
            sum(views * peer_purchases / peer_views),
            sum((views * peer_purchases / peer_views - purchases) * price)
        FROM peers WHERE brand IS NOT NULL AND peer_views > 0 GROUP BY brand
        HAVING sum(views) >= 200
        """
    ],
}


def polars_answers(lake: str) -> dict[str, Callable[[], object]]:
    events = pl.scan_parquet(f"{lake}/**/*.parquet", hive_partitioning=True)
    day = (pl.col("year") * 10000 + pl.col("month") * 100 + pl.col("day")).alias("ymd")
    kind, price = pl.col("event_type"), pl.col("price")
    bought = kind == "purchase"
    counts = [(kind == name).sum().alias(name) for name in ("view", "cart", "purchase")]
    revenue = price.filter(bought).sum().alias("revenue")

    def visitors() -> object:
        sessions = pl.col("session_start").sum()
        of_users = events.group_by(day, "user_id").agg(*counts, sessions, revenue)
        users = of_users.collect(engine="streaming")
        days = users.group_by("ymd").agg(
            pl.len(), pl.col("view", "cart", "purchase", "session_start", "revenue").sum()
        )
        firsts = users.group_by("user_id").agg(pl.col("ymd").min())["ymd"].value_counts()
        return days.join(firsts, on="ymd")

    def carts() -> object:
        pair = ["user_id", "product_id"]
        carted = (
            events.filter(kind == "cart")
            .group_by(day, *pair)
            .agg(price.max(), pl.col("brand", "category_code").max())
        )
        bought_on = events.filter(bought).select(*pair, day.alias("bought")).unique()
        joined = carted.join(bought_on, on=pair, how="left").collect(engine="streaming")
        marked = joined.group_by("ymd", *pair).agg(
            pl.col("price").first(),
            (pl.col("bought") == pl.col("ymd")).any().alias("same_day"),
            pl.col("bought").filter(pl.col("bought") > pl.col("ymd")).min().alias("later"),
        )
        left = marked.filter(~pl.col("same_day"))
        return left.group_by("ymd").agg(pl.len(), pl.col("price").sum(), pl.col("later").count())

    def categories() -> object:
        at, code = pl.col("event_time"), pl.col("category_code").str.split(".").list.first()
        keys = [at.dt.weekday().alias("weekday"), at.dt.hour().alias("hour"), code]
        return events.group_by(keys).agg(*counts, revenue).collect(engine="streaming")

    def brands() -> object:
        cells = (
            events.filter(kind != "cart")
            .group_by("brand", "category_id")
            .agg(*counts, revenue, price.cast(pl.Float64).mean())
            .collect(engine="streaming")
        )
        peer = [pl.col(n).sum().over("category_id") - pl.col(n) for n in ("view", "purchase")]
        expected = pl.col("view") * peer[1] / peer[0]
        found = cells.with_columns(expected.alias("expected"), peer[0].alias("peers"))
        shown = found.filter(pl.col("brand").is_not_null() & (pl.col("peers") > 0))
        return shown.group_by("brand").agg(pl.col("view", "purchase", "revenue", "expected").sum())

    return dict(zip(DUCKDB, (visitors, carts, categories, brands), strict=True))


def server_cpu(pid: int) -> float:
    """User and system seconds of the server and the children it has waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return sum(map(int, fields[11:15])) / TICKS


def chosen() -> dict[str, object]:
    """The notebooks' defaults, so that a further question brings its own."""
    defaults = {
        parameter.name: ast.literal_eval(parameter.default)
        for path in insights.notebooks()
        for parameter in params.of_notebook(path)
    }
    return defaults | CHOSEN


def measure(server: int, raw: Path, lake: str, rounds: int) -> None:
    duck = duckdb.connect()
    duck.execute("SET threads = 2")
    duck.execute(
        f"CREATE VIEW lake AS FROM read_parquet('{lake}/**/*.parquet', hive_partitioning = true,"
        " hive_types = {'year': INT, 'month': INT, 'day': INT})"
    )
    by_polars = polars_answers(lake)
    csv_bytes = raw.stat().st_size
    questions = {path.stem: statements.of_notebook(path) for path in insights.notebooks()}
    asked = {name: len(queries) for name, (_, *queries) in questions.items()}
    scanned: dict[str, int] = {}
    cpu: dict[tuple[str, str], list[float]] = {}
    values = chosen()

    def athena(sql: str) -> int:
        place = f"s3://{BUCKET}/athena-results/"
        done = wr.athena.start_query_execution(
            sql, database=DATABASE, s3_output=place, params=values, wait=True
        )
        return int(done["Statistics"].get("DataScannedInBytes", 0))

    for view, *_ in questions.values():
        athena(view)
    for turn in range(rounds + 1):
        for name, (_, *queries) in questions.items():
            before = server_cpu(server)
            scanned[name] = sum(map(athena, queries))
            used = {"athena": server_cpu(server) - before}
            if name in DUCKDB:  # a question without peers written by hand has no ratio
                by_hand, by_frame = DUCKDB[name], by_polars[name]
                before = time.process_time()
                for sql in by_hand:
                    duck.execute(sql).fetchall()
                used["duckdb"] = time.process_time() - before
                before = time.process_time()
                for _ in by_hand:
                    by_frame()
                used["polars"] = time.process_time() - before
            for who, seconds in used.items() if turn else ():  # the first turn warms all three
                cpu.setdefault((name, who), []).append(seconds)

    print("| question | local Athena, CPU s | DuckDB | polars | beyond 50 ms, against the better |")
    print("|---|---|---|---|---|")
    for name in questions:
        ours = statistics.median(cpu[name, "athena"])
        peers = [statistics.median(cpu.get((name, who), [math.nan])) for who in PEERS]
        ratio = max(ours - 0.05 * asked[name], 0) / min(peers)
        print(f"| {name} | {ours:.2f} | {peers[0]:.2f} | {peers[1]:.2f} | {ratio:.2f} |")
    print(
        "\n| question | bytes scanned | of the CSV, read once for each statement |\n|---|---|---|"
    )
    for name in questions:
        print(f"| {name} | {scanned[name]:,} | 1/{csv_bytes * asked[name] / scanned[name]:.1f} |")
    whole = csv_bytes * sum(asked.values()) / sum(scanned.values())
    print(f"| all | {sum(scanned.values()):,} | 1/{whole:.1f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the local AWS")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    raw = ROOT / "data" / f"bench_october_{given.rows}.csv"
    if not raw.exists():
        generate(raw, first=date(2019, 10, 1), last=date(2019, 10, 31), rows=given.rows)
    prepare(BUCKET, DATABASE)
    load(find(str(raw)), bucket=BUCKET, database=DATABASE, table="user_activity")
    (lake,) = given.data.resolve().glob(f"s3/*/{BUCKET}/{LAKE_PREFIX}")
    measure(os.getppid(), raw, str(lake), given.rounds)


if __name__ == "__main__":
    main()
