"""What a rate of events asks of stream and application: the plan, its bottleneck, its price.

Prints a plan a rate. `--measure` measures the rates behind it anew, in a minute: the CPU that the
note's three rules take for an event, and the bytes of state that they keep of one. Usage:

    python benchmarks/scale.py [--events N …] [--event-bytes N] [--packed N]
    python -m local_aws --port 0 --data DIR -- python benchmarks/scale.py --measure
"""

import argparse
import ast
import math
import shutil
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

RATES: Final = (1_000, 10_000, 100_000, 1_000_000)
EVENT_BYTES: Final = 350

# Measured here (docs/scale.md says when); a KPU has one vCPU.
EVENTS_A_CPU_SECOND: Final = 8_000
STATE_BYTES_AN_EVENT: Final = 700
KEPT_S: Final = 620
"""So long the note keeps what it knows of an action (table.exec.state.ttl)."""
HEADROOM: Final = 1.3
"""For checkpoints, restarts that catch up, and shards of unequal load."""

# The services' limits, as documented in November 2026.
SHARD_RECORDS: Final = 1_000
SHARD_BYTES: Final = 1_000_000
KPU_QUOTA: Final = 64
KPU_MOST: Final = 250
PARALLELISM_MOST: Final = 256
DISK_GB_A_KPU: Final = 50

# List prices of us-east-1 in dollars, written down by hand in November 2026.
KPU_HOUR: Final = 0.11
DISK_GB_HOUR: Final = 0.10 / 730
SHARD_HOUR: Final = 0.015
MILLION_PUTS: Final = 0.014
PUT_BYTES: Final = 25_000
ON_DEMAND_HOUR: Final = 0.04
ON_DEMAND_GB: Final = 0.08 + 0.04
"""In and out; a record counts as 1 KiB at least."""


@dataclass(frozen=True)
class Plan:
    """What a rate of events needs.

    Attributes
    ----------
    events : int
        A second.
    shards : int
    shards_by : str
        ``records`` or ``bytes``: what bounds a shard.
    kpu : int
        Of the application, without that of its orchestration.
    applications : int
        So many divide the users among them.
    parallelism : int
        Of each application.
    state_gb : float
        That all applications keep.
    bottleneck : str
        What is nearest to its limit, or furthest beyond.
    share : float
        Of that limit.
    stream : str
        The cheaper kind: ``on-demand`` or ``provisioned``.
    dollars : float
        An hour.
    """

    events: int
    shards: int
    shards_by: str
    kpu: int
    applications: int
    parallelism: int
    state_gb: float
    bottleneck: str
    share: float
    stream: str
    dollars: float


def plan(
    events: int,
    event_bytes: int = EVENT_BYTES,
    packed: int = 1,
    events_a_kpu: float = EVENTS_A_CPU_SECOND,
    state_bytes: float = STATE_BYTES_AN_EVENT,
) -> Plan:
    """Compute what a rate of events needs.

    Parameters
    ----------
    events : int
        A second.
    event_bytes : int
        Of one event's JSON.
    packed : int
        Events in a record; the connector reads one, so more are a plan for another sender.
    events_a_kpu : float
        That one vCPU takes a second through the three rules.
    state_bytes : float
        That the rules keep of one event.

    Returns
    -------
    Plan
    """
    total = events * event_bytes
    records = events / packed
    by_records, by_bytes = math.ceil(records / SHARD_RECORDS), math.ceil(total / SHARD_BYTES)
    shards = max(by_records, by_bytes)
    state_gb = events * KEPT_S * state_bytes / 1e9
    kpu = max(math.ceil(events / events_a_kpu * HEADROOM), math.ceil(state_gb / DISK_GB_A_KPU))
    applications = math.ceil(kpu / KPU_MOST)
    parallelism = math.ceil(kpu / applications)
    shares = {
        f"{SHARD_RECORDS:,} records a second and shard": records / (shards * SHARD_RECORDS),
        f"{SHARD_BYTES:,} bytes a second and shard": total / (shards * SHARD_BYTES),
        f"the quota of {KPU_QUOTA} KPUs": kpu / applications / KPU_QUOTA,
        f"parallelism {PARALLELISM_MOST}": parallelism / PARALLELISM_MOST,
        f"{DISK_GB_A_KPU} GB of disk a KPU": state_gb / (kpu * DISK_GB_A_KPU),
    }
    # shards are bought as needed: they bound only where nothing else comes near its limit
    fixed = {name: share for name, share in shares.items() if "shard" not in name}
    near = max(fixed, key=fixed.__getitem__)
    bottleneck = near if fixed[near] > 0.5 else max(shares, key=shares.__getitem__)
    stream, stream_dollars = _stream(records, event_bytes * packed, shards)
    flink = (kpu + applications) * KPU_HOUR + kpu * DISK_GB_A_KPU * DISK_GB_HOUR
    return Plan(
        events,
        shards,
        "records" if by_records >= by_bytes else "bytes",
        kpu,
        applications,
        parallelism,
        state_gb,
        bottleneck,
        shares[bottleneck],
        stream,
        stream_dollars + flink,
    )


def _stream(records: float, record_bytes: int, shards: int) -> tuple[str, float]:
    """Give the cheaper kind of stream 1, and its dollars an hour; it is read once."""
    puts = records * 3600 * math.ceil(record_bytes / PUT_BYTES) / 1e6
    gb = records * 3600 * max(record_bytes, 1024) / 2**30
    dollars = {
        "provisioned": shards * SHARD_HOUR + puts * MILLION_PUTS,
        "on-demand": ON_DEMAND_HOUR + gb * ON_DEMAND_GB,
    }
    kind = min(dollars, key=dollars.__getitem__)
    return kind, dollars[kind]


def measure(records: int) -> tuple[float, float]:
    """Measure events a CPU second of the note's rules, warm, and bytes of state an event.

    Returns
    -------
    tuple of float
    """
    import boto3  # noqa: PLC0415
    from pyflink.java_gateway import get_gateway  # noqa: PLC0415

    import connector  # noqa: PLC0415
    from flink_notes.environment import environments  # noqa: PLC0415
    from flink_notes.job import Job  # noqa: PLC0415
    from flink_notes.note import run  # noqa: PLC0415
    from helpers import params  # noqa: PLC0415
    from helpers.bursts import NOTE  # noqa: PLC0415

    arn = connector.ARN.removesuffix(connector.STREAM)
    kinesis = boto3.client("kinesis")
    for name in ("alerts", "letters"):
        kinesis.create_stream(StreamName=name, ShardCount=1)
        kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1})
    start = datetime.now(UTC)
    lines = [(shard, line.replace(b" 0", b"T0")) for shard, line in connector.events(records)]
    connector.fill(lines)
    values = {known.name: ast.literal_eval(known.default) for known in params.of_notebook(NOTE)}
    values |= {
        "stream_1_arn": f"{arn}{connector.STREAM}",
        "stream_2_arn": f"{arn}alerts",
        "dead_letter_arn": f"{arn}letters",
        "region": "us-east-1",
        "start_s": f"{start.timestamp():.3f}",
        "max_days_off": 36_500,
    }
    st_env = environments().st_env
    checkpoints = tempfile.mkdtemp()  # in memory a state may have 5 MiB
    st_env.get_config().set("execution.checkpointing.storage", "filesystem")
    st_env.get_config().set("execution.checkpointing.dir", Path(checkpoints).as_uri())
    spent, kept = [0.0], 0.0
    for _ in range(3):
        client = run(st_env, NOTE, values).get_job_client()
        job = Job("scale", client)
        while job.counters()["read"] + job.counters()["not decoded"] < len(lines):
            job.check()
            time.sleep(0.2)
        with tempfile.TemporaryDirectory() as folder:
            # PyFlink's own trigger_savepoint calls what Flink 2 has no more
            form = get_gateway().jvm.org.apache.flink.core.execution.SavepointFormatType.DEFAULT
            client._j_job_client.triggerSavepoint(Path(folder).as_uri(), form).get()
            kept = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        spent.append(connector.cpu_s(connector.jvm() / "stat"))
        client.cancel().result()
    shutil.rmtree(checkpoints)
    return len(lines) / (spent[-1] - spent[-2]), kept / len(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=RATES, help="a second")
    parser.add_argument("--event-bytes", type=int, default=EVENT_BYTES)
    parser.add_argument("--packed", type=int, default=1, help="events in a record")
    parser.add_argument("--measure", action="store_true", help="with rates measured now")
    parser.add_argument("--records", type=int, default=100_000, help="to measure with")
    given = parser.parse_args()
    rate, state = (
        measure(given.records) if given.measure else (EVENTS_A_CPU_SECOND, STATE_BYTES_AN_EVENT)
    )
    print(
        f"{rate:,.0f} events a CPU second through three rules, {state:,.0f} bytes of state each\n"
    )
    print(
        "| events/s | MB/s | shards | by | KPUs | applications | parallelism | state GB |", end=""
    )
    print(" bottleneck | of it | stream 1 | $/h |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for events in given.events:
        found = plan(events, given.event_bytes, given.packed, rate, state)
        print(
            f"| {events:,} | {events * given.event_bytes / 1e6:,.1f} | {found.shards:,} "
            f"| {found.shards_by} | {found.kpu} | {found.applications} | {found.parallelism} "
            f"| {found.state_gb:,.1f} | {found.bottleneck} | {found.share:.0%} | {found.stream} "
            f"| {found.dollars:,.2f} |"
        )


if __name__ == "__main__":
    main()
