"""How a cluster is configured: within 2 GiB, on the loopback, as the service configures it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from local_aws.kinesisanalyticsv2.flink.settings import OF_FLINK, SETTINGS

JOB_MANAGER: Final = (
    "-Xms128m",
    "-Xmx480m",
    "-XX:MaxDirectMemorySize=96m",
    "-XX:MaxMetaspaceSize=256m",
)
TASK_MANAGER: Final = (
    "-Xms128m",
    "-Xmx384m",
    "-XX:MaxDirectMemorySize=160m",
    "-XX:MaxMetaspaceSize=192m",
)
"""Heap, direct memory and classes: the sum of both processes, with what a JVM needs beside them
and the state's native memory, stays below 2 GiB."""

JVM: Final = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=96m")
"""One small heap a process and the quick compiler: an application is there in seconds."""

_MEMORY: Final = {
    "taskmanager.cpu.cores": 1.0,
    "taskmanager.memory.framework.heap.size": "64m",
    "taskmanager.memory.framework.off-heap.size": "64m",
    "taskmanager.memory.task.heap.size": "320m",
    "taskmanager.memory.task.off-heap.size": "32m",
    "taskmanager.memory.network.min": "64m",
    "taskmanager.memory.network.max": "64m",
    "taskmanager.memory.managed.size": "192m",
    "taskmanager.memory.jvm-metaspace.size": "192m",
    "taskmanager.memory.jvm-overhead.min": "128m",
    "taskmanager.memory.jvm-overhead.max": "128m",
}


class Ports(NamedTuple):
    """Where the JobManager listens."""

    rpc: int
    rest: int
    blobs: int


class Setup(NamedTuple):
    """What an application's configuration says to its cluster.

    `checkpoint_ms` is None where it takes none; `labels` stand in each record of its log.
    """

    parallelism: int
    checkpoint_ms: int | None
    pause_ms: int
    log_level: str
    labels: Mapping[str, str]


class Folders(NamedTuple):
    """Where a cluster keeps what: `work` goes with it, `checkpoints` stay."""

    work: Path
    checkpoints: Path


def write(setup: Setup, folders: Folders, ports: Ports, python: str) -> Path:
    """Write Flink's own configuration, and return its folder."""
    options = {
        **_MEMORY,
        **_addresses(ports),
        "parallelism.default": setup.parallelism,
        "taskmanager.numberOfTaskSlots": setup.parallelism,
        "state.backend.type": "rocksdb",
        "execution.checkpointing.dir": folders.checkpoints.as_uri(),
        "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
        "execution.program-config.enabled": False,
        "execution.program-config.wildcards": ";".join(sorted({*SETTINGS, *OF_FLINK})),
        "restart-strategy.type": "exponential-delay",
        "heartbeat.interval": "2 s",  # two that fail tell that a TaskManager is gone
        "web.refresh-interval": "200 ms",  # how old an answer on a job's state may be
        "io.tmp.dirs": str(folders.work / "tmp"),
        "web.tmpdir": str(folders.work / "tmp"),
        "python.client.executable": python,
        "python.executable": python,
    }
    if setup.checkpoint_ms is not None:
        # as Flink itself writes a duration: any other way counts as a change to its gate
        options["execution.checkpointing.interval"] = _duration(setup.checkpoint_ms)
        options["execution.checkpointing.min-pause"] = _duration(setup.pause_ms)
        options["execution.checkpointing.mode"] = "EXACTLY_ONCE"
    place = folders.work / "conf"
    place.mkdir(parents=True, exist_ok=True)
    lines = [f"{name}: {json.dumps(value)}" for name, value in options.items()]
    (place / "config.yaml").write_text("\n".join(lines) + "\n")
    (place / "template.json").write_text(json.dumps(_TEMPLATE | dict(setup.labels)))
    (place / "log4j.properties").write_text(_LOG.format(level=setup.log_level, place=place))
    return place


def _addresses(ports: Ports) -> dict[str, object]:
    names = ("jobmanager.rpc.address", "jobmanager.bind-host", "rest.address", "rest.bind-address")
    of_tasks = ("taskmanager.host", "taskmanager.bind-host")
    return {
        **dict.fromkeys((*names, *of_tasks), "127.0.0.1"),
        "jobmanager.rpc.port": ports.rpc,
        "rest.port": ports.rest,
        "rest.bind-port": str(ports.rest),
        "blob.server.port": str(ports.blobs),
    }


def _duration(milliseconds: int) -> str:
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000)):
        if milliseconds and milliseconds % size == 0:
            return f"{milliseconds // size} {unit}"
    return f"{milliseconds} ms"


_TEMPLATE: Final = {
    "timestamp": {"$resolver": "timestamp", "epoch": {"unit": "millis", "rounded": True}},
    "locationInformation": {"$resolver": "pattern", "pattern": "%C.%M(%F:%L)%ex{0}"},
    "logger": {"$resolver": "logger", "field": "name"},
    "message": {"$resolver": "message", "stringified": True},
    "throwableInformation": {
        "$resolver": "exception",
        "field": "stackTrace",
        "stackTrace": {"stringified": True},
    },
    "threadName": {"$resolver": "thread", "field": "name"},
    "messageType": {"$resolver": "level", "field": "name"},
}

_LOG: Final = """\
rootLogger.level = {level}
rootLogger.appenderRef.file.ref = Main
appender.main.name = Main
appender.main.type = RollingFile
appender.main.fileName = ${{sys:log.file}}
appender.main.filePattern = ${{sys:log.file}}.%i
appender.main.policies.type = Policies
appender.main.policies.size.type = SizeBasedTriggeringPolicy
appender.main.policies.size.size = 20MB
appender.main.strategy.type = DefaultRolloverStrategy
appender.main.strategy.max = 1
appender.main.layout.type = JsonTemplateLayout
appender.main.layout.eventTemplateUri = file:{place}/template.json
appender.main.layout.locationInfoEnabled = true
"""
