"""The figures of a job, as Flink tells them and as CloudWatch is told."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest

from local_aws.cloudwatch.metrics import Metric, metric_of
from local_aws.kinesisanalyticsv2 import metrics
from local_aws.kinesisanalyticsv2.flink.rest import RestError

SUBTASKS = {
    "source": {
        "numRecordsIn": (0, 0, 0),
        "numRecordsOut": (30, 10, 20),
        "Source__a.kinesis.shardId.shard-0.millisBehindLatest": (900, 900, 900),
        "Source__a.kinesis.shardId.shard-1.millisBehindLatest": (50, 50, 50),
        "Source__a.numRecordsOut": (30, 10, 20),
        "Source__a.KinesisAnalytics.Program.Shop.Carts": (4, 4, 4),
        "ignored": (1, 1, 1),
    },
    "sink": {
        "numRecordsIn": (28, 8, 20),
        "currentInputWatermark": (7, 2, 5),
        "currentOutputWatermark": (-(2.0**63),) * 3,
        "busyTimeMsPerSecond": ("NaN",) * 3,
    },
}


class Flink:
    """Answers as Flink's REST interface does."""

    def get(self, path: str) -> Any:
        place, _, query = path.partition("?")
        wanted = [name for part in parse_qs(query).get("get", []) for name in part.split(",")]
        if place == "/jobs/j":
            return {"vertices": [{"id": each, "name": f"the {each}"} for each in SUBTASKS]}
        if place == "/jobs/j/metrics":
            return [{"id": each, "value": "3"} for each in metrics.OF_JOB]
        if place.endswith("/subtasks/metrics"):
            known = SUBTASKS[unquote(place.split("/")[4])]
            return [
                {"id": name, "sum": known[name][0], "min": known[name][1], "max": known[name][2]}
                for name in wanted or known
            ]
        if place.startswith("/jobs/j/vertices/"):
            known = SUBTASKS[place.split("/")[4]]
            each = {f"{n}.{name}": known[name][1 + n] for name in known for n in (0, 1)}
            return [{"id": name, "value": each[name]} for name in wanted or each]
        if place == "/taskmanagers":
            return {"taskmanagers": [{"id": "t"}]}
        heap = {"Status.JVM.Memory.Heap.Used": "50", "Status.JVM.Memory.Heap.Max": "200"}
        return [{"id": name, "value": value} for name, value in heap.items()]


Told = dict[Metric, float]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Take the place of CloudWatch."""
    found: Told = {}

    def record(namespace: str, name: str, value: float, _unit: str, dimensions: Any) -> None:
        found[metric_of(namespace, name, dimensions)] = value

    monkeypatch.setattr(metrics, "record", record)
    return found


def sample(level: str, rest: Any) -> metrics.Sampler:
    monitoring = {"MetricsLevel": level}
    parallelism = {"Parallelism": 5, "ParallelismPerKPU": 2}
    flink = {"MonitoringConfiguration": monitoring, "ParallelismConfiguration": parallelism}
    application = {"Name": "one", "Configuration": {"FlinkApplicationConfiguration": flink}}
    cluster: Any = SimpleNamespace(
        rest=rest,
        job=SimpleNamespace(rest=rest, id="j"),
        memory=lambda: [1 << 30, 1 << 30],
        cpu_seconds=lambda: 1.0,
    )
    sampler = metrics.Sampler()
    sampler.record(application, cluster)
    return sampler


def of(name: str, **more: str) -> Metric:
    return metric_of(metrics.NAMESPACE, name, {"Application": "one", **more})


def test_tasks_become_one_figure_of_the_application(told: Told) -> None:
    sample("APPLICATION", Flink())
    assert told[of("numRecordsIn")] == 28
    assert told[of("numRecordsOut")] == 30
    assert told[of("currentInputWatermark")] == 2
    assert told[of("millisBehindLatest")] == 900
    assert told[of("millisBehindLatest", Id="source", Flow="Input")] == 900
    assert told[of("numRestarts")] == 3
    assert told[of("KPUs")] == 4  # three for five subtasks, and the one that manages them
    assert told[of("heapMemoryUtilization")] == 25
    assert of("currentOutputWatermark") not in told  # there was none yet
    assert of("busyTimeMsPerSecond") not in told
    assert not [metric for metric in told if "Task" in dict(metric.dimensions)]


LEVELS = {
    "APPLICATION": set(),
    "TASK": {"Task"},
    "OPERATOR": {"Task", "Operator"},
    "PARALLELISM": {"Task", "Operator", "Parallelism"},
}


@pytest.mark.parametrize("level", LEVELS)
def test_each_level_tells_with_its_dimensions_and_those_above(told: Told, level: str) -> None:
    sample(level, Flink())
    named = {name for metric in told for name in dict(metric.dimensions)}
    assert named == {"Application", "Id", "Flow", *LEVELS[level]}
    of_operator = {"Task": "the source", "Operator": "Source__a"}
    expected = {
        of("numRecordsIn"): 28,
        of("numRecordsIn", Task="the sink"): 28,
        of("numRecordsOut", **of_operator): 30,
        of("numRecordsIn", Task="the sink", Parallelism="0"): 8,
        of("numRecordsIn", Task="the sink", Parallelism="1"): 20,
        of("numRecordsOut", **of_operator, Parallelism="1"): 20,
    }
    for metric, value in expected.items():
        below = {"Application", *LEVELS[level]}.issuperset(dict(metric.dimensions))
        assert told.get(metric) == (value if below else None), metric


def test_a_metric_of_the_application_s_own_is_named_as_one_that_is_not_told(told: Told) -> None:
    assert sample("APPLICATION", Flink()).untold == {"Program.Shop.Carts"}
    assert not [metric for metric in told if "Carts" in str(metric)]


def test_without_a_job_manager_nothing_is_told(told: Told) -> None:
    def refuse(_path: str) -> None:
        raise RestError("nobody")

    sample("APPLICATION", SimpleNamespace(get=refuse))
    assert told == {}
