"""Metrics of a running application, with the names that Flink 2.2 has and the service's dimensions.

An application's figures come from Flink's REST interface; ``millisBehindLatest`` is what a
connector registers for each shard.
"""

import time
from typing import Any, Final

from local_aws.cloudwatch.metrics import record
from local_aws.documents import Document
from local_aws.kinesisanalyticsv2 import configuration
from local_aws.kinesisanalyticsv2.flink.cluster import Cluster
from local_aws.kinesisanalyticsv2.flink.job import Job
from local_aws.kinesisanalyticsv2.flink.rest import RestError

NAMESPACE: Final = "AWS/KinesisAnalytics"

OF_JOB: Final = {
    "numRestarts": "Count",
    "runningTime": "Milliseconds",
    "restartingTime": "Milliseconds",
    "cancellingTime": "Milliseconds",
    "failingTime": "Milliseconds",
    "lastCheckpointDuration": "Milliseconds",
    "lastCheckpointSize": "Bytes",
    "numberOfCompletedCheckpoints": "Count",
    "numberOfFailedCheckpoints": "Count",
}
_SUMMED: Final = {
    "numRecordsIn": "Count",
    "numRecordsOut": "Count",
    "numRecordsInPerSecond": "Count/Second",
    "numRecordsOutPerSecond": "Count/Second",
    "numLateRecordsDropped": "Count",
}
_LEAST: Final = {"currentInputWatermark": "Milliseconds", "currentOutputWatermark": "Milliseconds"}
_MOST: Final = {
    "busyTimeMsPerSecond": "Milliseconds",
    "backPressuredTimeMsPerSecond": "Milliseconds",
    "idleTimeMsPerSecond": "Milliseconds",
}
_LAG: Final = "millisBehindLatest"
_BY_TASK: Final = frozenset({"TASK", "OPERATOR", "PARALLELISM"})
_HEAP: Final = ("Status.JVM.Memory.Heap.Used", "Status.JVM.Memory.Heap.Max")
_THREADS: Final = "Status.JVM.Threads.Count"
_KPU_BYTES: Final = 4 << 30
_NO_WATERMARK: Final = -(2.0**62)


class Sampler:
    """Takes one sample after the other; a rate needs the one before."""

    def __init__(self) -> None:
        self._computed: tuple[float, float] | None = None

    def record(self, application: Document, cluster: Cluster) -> None:
        """Take a sample of everything, for the tenant that acts."""
        job = cluster.job
        if job is None:
            return
        of_application = {"Application": application["Name"]}
        try:
            self._record_job(job, of_application)
            self._record_tasks(application, job, of_application)
            self._record_memory(cluster, of_application)
        except RestError:
            return  # the JobManager is being started again
        self._record_processor(cluster, of_application)
        kpus = configuration.kpus(application["Configuration"])
        record(NAMESPACE, "KPUs", kpus, "Count", of_application)
        used = sum(cluster.memory()) / _KPU_BYTES / kpus * 100
        record(NAMESPACE, "containerMemoryUtilization", used, "Percent", of_application)

    @staticmethod
    def _record_job(job: Job, dimensions: dict[str, str]) -> None:
        asked = f"/jobs/{job.id}/metrics?get={','.join(OF_JOB)}"
        for each in job.rest.get(asked):
            _put(each["id"], each["value"], OF_JOB[each["id"]], dimensions)

    @staticmethod
    def _record_tasks(application: Document, job: Job, dimensions: dict[str, str]) -> None:
        flink = application["Configuration"]["FlinkApplicationConfiguration"]
        by_task = flink["MonitoringConfiguration"]["MetricsLevel"] in _BY_TASK
        whole: dict[str, list[float]] = {}
        shards: dict[str, float] = {}
        for vertex in job.rest.get(f"/jobs/{job.id}")["vertices"]:
            found = _of_vertex(job, vertex["id"])
            for name, values in found.items():
                if name.endswith(f".{_LAG}"):
                    shard = name.split(".")[-2]
                    shards[shard] = max(shards.get(shard, 0), *values)
                elif "." not in name:
                    whole.setdefault(name, []).extend(values)
                    if by_task:
                        _put_all(name, values, {**dimensions, "Task": vertex["name"][:255]})
        for name, values in whole.items():
            _put_all(name, values, dimensions)
        if shards:
            worst = max(shards.values())
            _put(_LAG, worst, "Milliseconds", {**dimensions, "Id": "source", "Flow": "Input"})
            _put(_LAG, worst, "Milliseconds", dimensions)

    @staticmethod
    def _record_memory(cluster: Cluster, dimensions: dict[str, str]) -> None:
        for each in cluster.rest.get("/taskmanagers")["taskmanagers"]:
            asked = f"/taskmanagers/{each['id']}/metrics?get={','.join((*_HEAP, _THREADS))}"
            found = {one["id"]: float(one["value"]) for one in cluster.rest.get(asked)}
            if set(_HEAP) <= found.keys():
                share = found[_HEAP[0]] / found[_HEAP[1]] * 100
                _put("heapMemoryUtilization", share, "Percent", dimensions)
            if _THREADS in found:
                _put("threadsCount", found[_THREADS], "Count", dimensions)

    def _record_processor(self, cluster: Cluster, dimensions: dict[str, str]) -> None:
        before, now = self._computed, (time.monotonic(), cluster.cpu_seconds())
        self._computed = now
        if before and now[1] >= before[1]:
            share = (now[1] - before[1]) / (now[0] - before[0]) * 100
            for name in ("cpuUtilization", "containerCPUUtilization"):
                _put(name, min(share, 100.0), "Percent", dimensions)


def _of_vertex(job: Job, vertex: str) -> dict[str, list[float]]:
    """Return what a task measures, a value a subtask."""
    path = f"/jobs/{job.id}/vertices/{vertex}/subtasks/metrics"
    named = [each["id"] for each in job.rest.get(path)]
    wanted = [
        name
        for name in named
        if name in _SUMMED or name in _LEAST or name in _MOST or name.endswith(f".{_LAG}")
    ]
    if not wanted:
        return {}
    found = job.rest.get(f"{path}?agg=sum,min,max&get={','.join(wanted)}")
    return {each["id"]: [float(each[_aggregate(each["id"])])] for each in found}


def _aggregate(name: str) -> str:
    if name in _SUMMED:
        return "sum"
    return "min" if name in _LEAST else "max"


def _put_all(name: str, values: list[float], dimensions: dict[str, str]) -> None:
    if name in _SUMMED:
        _put(name, sum(values), _SUMMED[name], dimensions)
    elif name in _LEAST:
        _put(name, min(values), _LEAST[name], dimensions)
    else:
        _put(name, max(values), _MOST[name], dimensions)


def _put(name: str, value: Any, unit: str, dimensions: dict[str, str]) -> None:
    number = float(value)
    if number == number and number > _NO_WATERMARK:  # noqa: PLR0124 - Flink tells NaN
        record(NAMESPACE, name, number, unit, dimensions)
