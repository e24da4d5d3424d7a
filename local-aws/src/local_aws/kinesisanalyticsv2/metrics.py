"""Metrics of a running application, with the names that Flink 2.2 has and the service's dimensions.

An application's figures come from Flink's REST interface; ``millisBehindLatest`` is what a
connector registers for each shard.
"""

import re
import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple
from urllib.parse import quote

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


class _Kind(NamedTuple):
    unit: str
    together: Callable[[list[float]], float]
    """How values of subtasks and of tasks become one; Flink's aggregations have the same names."""


_OF_TASK: Final = {
    "numRecordsIn": _Kind("Count", sum),
    "numRecordsOut": _Kind("Count", sum),
    "numRecordsInPerSecond": _Kind("Count/Second", sum),
    "numRecordsOutPerSecond": _Kind("Count/Second", sum),
    "numLateRecordsDropped": _Kind("Count", sum),
    "currentInputWatermark": _Kind("Milliseconds", min),
    "currentOutputWatermark": _Kind("Milliseconds", min),
    "busyTimeMsPerSecond": _Kind("Milliseconds", max),
    "backPressuredTimeMsPerSecond": _Kind("Milliseconds", max),
    "idleTimeMsPerSecond": _Kind("Milliseconds", max),
}
_LAG: Final = "millisBehindLatest"
_BY_SUBTASK: Final = "PARALLELISM"
_BY_OPERATOR: Final = frozenset({"OPERATOR", _BY_SUBTASK})
_BY_TASK: Final = frozenset({"TASK"}) | _BY_OPERATOR
_OWN: Final = re.compile(r"(?:^|\.)kinesisanalytics\.(.+)", re.IGNORECASE)
"""The group whose metrics the service takes from an application's own code."""
_DIMENSION: Final = 255
_HEAP: Final = ("Status.JVM.Memory.Heap.Used", "Status.JVM.Memory.Heap.Max")
_THREADS: Final = "Status.JVM.Threads.Count"
_KPU_BYTES: Final = 4 << 30
_NO_WATERMARK: Final = -(2.0**62)


class Sampler:
    """Takes one sample after the other; a rate needs the one before.

    Attributes
    ----------
    untold : set of str
        Metrics of the application's own code, which CloudWatch is not told.
    """

    def __init__(self) -> None:
        self.untold: set[str] = set()
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

    def _record_tasks(self, application: Document, job: Job, dimensions: dict[str, str]) -> None:
        flink = application["Configuration"]["FlinkApplicationConfiguration"]
        level = flink["MonitoringConfiguration"]["MetricsLevel"]
        whole: dict[str, list[float]] = {}
        lags: list[float] = []
        for vertex in job.rest.get(f"/jobs/{job.id}")["vertices"]:
            of_task = {**dimensions, "Task": vertex["name"][:_DIMENSION]}
            named = _names(job, vertex["id"])
            self.untold |= {own[1] for name in named if (own := _OWN.search(name))}
            for name, value in _of_vertex(job, vertex["id"], named).items():
                operator, _, metric = name.rpartition(".")
                if metric == _LAG:
                    lags.append(value)
                    continue
                if not operator:
                    whole.setdefault(metric, []).append(value)
                if level in (_BY_OPERATOR if operator else _BY_TASK):
                    _put(metric, value, _OF_TASK[metric].unit, _of_operator(of_task, operator))
            if level == _BY_SUBTASK:
                _record_subtasks(job, vertex["id"], of_task)
        for metric, values in whole.items():
            known = _OF_TASK[metric]
            _put(metric, known.together(values), known.unit, dimensions)
        if lags:
            for more in ({}, {"Id": "source", "Flow": "Input"}):
                _put(_LAG, max(lags), "Milliseconds", {**dimensions, **more})

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


def _names(job: Job, vertex: str) -> list[str]:
    """Return the names of all that a task and its operators measure."""
    return [
        each["id"] for each in job.rest.get(f"/jobs/{job.id}/vertices/{vertex}/subtasks/metrics")
    ]


def _of_vertex(job: Job, vertex: str, named: list[str]) -> dict[str, float]:
    """Return what a task and its operators measure, over all subtasks."""
    wanted = [name for name in named if name.rpartition(".")[2] in {*_OF_TASK, _LAG}]
    if not wanted:
        return {}
    asked = quote(",".join(wanted), safe=",")
    path = f"/jobs/{job.id}/vertices/{vertex}/subtasks/metrics"
    found = job.rest.get(f"{path}?agg=sum,min,max&get={asked}")
    return {each["id"]: float(each[_aggregate(each["id"])]) for each in found}


def _record_subtasks(job: Job, vertex: str, of_task: dict[str, str]) -> None:
    """Tell what each subtask of a task measures, and each operator in it."""
    path = f"/jobs/{job.id}/vertices/{vertex}/metrics"
    named = [each["id"] for each in job.rest.get(path)]
    wanted = [name for name in named if name.rpartition(".")[2] in _OF_TASK]
    asked = quote(",".join(wanted), safe=",")
    for each in job.rest.get(f"{path}?get={asked}") if wanted else ():
        subtask, _, name = each["id"].partition(".")
        operator, _, metric = name.rpartition(".")
        dimensions = _of_operator(of_task, operator) | {"Parallelism": subtask}
        _put(metric, each["value"], _OF_TASK[metric].unit, dimensions)


def _of_operator(of_task: dict[str, str], operator: str) -> dict[str, str]:
    return {**of_task, "Operator": operator[:_DIMENSION]} if operator else of_task


def _aggregate(name: str) -> str:
    known = _OF_TASK.get(name.rpartition(".")[2])
    return known.together.__name__ if known else "max"


def _put(name: str, value: Any, unit: str, dimensions: dict[str, str]) -> None:
    number = float(value)
    if number == number and number > _NO_WATERMARK:  # noqa: PLR0124 - Flink tells NaN
        record(NAMESPACE, name, number, unit, dimensions)
