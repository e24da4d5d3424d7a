"""Seconds from StartApplication to RUNNING and to the first alert, and what the application takes.

The deployed note on the local Managed Service for Apache Flink: a burst lies in stream 1, the
application is started, its alert is waited for in stream 2, and the application is stopped; again
and again, each time without state. Prints a Markdown table, with the processor's seconds of both
processes up to the alert and their memory (each page that they share counted once). Needs
`make connector`. Usage:

    python -m local_aws --port 0 --data DIR -- python benchmarks/application.py [--rounds N]
"""

import argparse
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from flink_notes.application import archive
from helpers.bursts import NOTE
from helpers.deploy import platform
from helpers.deploy.platform import Platform
from helpers.kinesis import peek, streams
from helpers.stream_app import health, service
from support.note_in_service import NAME, START, act
from support.streams import Stream, client

PATIENCE_S = 300
MOST_S, MOST_MIB = 30, 2048
"""What is to be held on a quiet machine."""
FLINK = ("StandaloneSessionClusterEntrypoint", "TaskManagerRunner")


def processes() -> list[psutil.Process]:
    """Both processes of the application; this one was started by the server."""
    begun = psutil.Process(os.getppid()).children(recursive=True)
    return [each for each in begun if any(main in " ".join(each.cmdline()) for main in FLINK)]


def cpu_s() -> float:
    """Of both, and of the Python that has ended in them."""
    times = [each.cpu_times() for each in processes()]
    return float(sum(t.user + t.system + t.children_user + t.children_system for t in times))


def first_alert(actions: Stream, user: int) -> tuple[float, float, float, float]:
    """Seconds to RUNNING and to the alert; the processor's seconds, and MiB."""
    began = datetime.now(UTC)
    at = START + timedelta(minutes=user)
    actions.put_events(act(user, at + timedelta(seconds=n // 3), n) for n in range(12))
    started = time.monotonic()
    operation = service.start(NAME)
    running = 0.0
    while True:
        if not running and service.describe(NAME).status == "RUNNING":
            running = time.monotonic() - started
        found = peek.since(peek.at(streams.ALERTS, began))
        if running and len(found) and user in set(found["user_id"]):
            alert = time.monotonic() - started
            break
        if time.monotonic() - started > PATIENCE_S:
            health.finished(NAME, operation, 1)
            raise SystemExit(f"no alert within {PATIENCE_S} s")
        time.sleep(0.1)
    memory = sum(each.memory_full_info().pss for each in processes()) / 2**20
    computed = cpu_s()
    health.finished(NAME, service.operation("stop_application", ApplicationName=NAME, Force=True))
    return running, alert, computed, memory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    values = {"idle_seconds": 600, "max_days_off": 10_000}
    with tempfile.TemporaryDirectory() as folder:
        path = archive.write(archive.build(NOTE, values), Path(folder))
        platform.deploy(Platform(application=path))
    actions = Stream(client(os.environ["AWS_ENDPOINT_URL"]), streams.RAW)
    found = [first_alert(actions, 1000 + number) for number in range(rounds)]
    running, alert, computed, memory = (
        statistics.median(each) for each in zip(*found, strict=True)
    )
    print("| start to | s | to hold | CPU s | MiB | to hold |")
    print("|---|---|---|---|---|---|")
    print(f"| RUNNING | {running:.1f} | | | | |")
    print(
        f"| the first alert | {alert:.1f} | {MOST_S} | {computed:.1f} | {memory:,.0f} "
        f"| {MOST_MIB:,} |"
    )
    print(f"\nMedians of {rounds} starts at a load of {os.getloadavg()[0]:.0f}.")


if __name__ == "__main__":
    main()
