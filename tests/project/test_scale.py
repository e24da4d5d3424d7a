"""The arithmetic of `benchmarks/scale.py`."""

import importlib.util
import sys
from types import ModuleType

import pytest

from helpers.paths import PROJECT


@pytest.fixture(scope="module")
def scale() -> ModuleType:
    spec = importlib.util.spec_from_file_location("scale", PROJECT / "benchmarks/scale.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_a_shard_is_bounded_by_records_until_they_are_packed(scale: ModuleType) -> None:
    plain = scale.plan(1_000_000, event_bytes=350)
    assert (plain.shards, plain.shards_by) == (1_000, "records")
    packed = scale.plan(1_000_000, event_bytes=350, packed=20)
    assert (packed.shards, packed.shards_by) == (350, "bytes")


def test_large_events_bound_a_shard_by_bytes(scale: ModuleType) -> None:
    found = scale.plan(1_000, event_bytes=2_500)
    assert (found.shards, found.shards_by) == (3, "bytes")


def test_work_has_headroom_and_is_at_least_one_kpu(scale: ModuleType) -> None:
    assert scale.plan(10, events_a_kpu=10_000).kpu == 1
    assert scale.plan(100_000, events_a_kpu=10_000).kpu == 13


def test_state_that_no_disk_holds_asks_for_more_kpus(scale: ModuleType) -> None:
    found = scale.plan(100_000, events_a_kpu=1e9, state_bytes=10_000)
    assert found.state_gb == pytest.approx(620.0)
    assert found.kpu == 13  # 50 GB of disk each


def test_the_quota_is_named_where_it_bounds(scale: ModuleType) -> None:
    found = scale.plan(1_000_000, events_a_kpu=10_000)
    assert found.bottleneck == "the quota of 64 KPUs"
    assert found.share == pytest.approx(130 / 64)
    assert scale.plan(1_000).bottleneck == "1,000 records a second and shard"


def test_what_one_application_cannot_do_is_divided(scale: ModuleType) -> None:
    found = scale.plan(1_000_000, events_a_kpu=3_000)
    assert found.kpu == 434
    assert (found.applications, found.parallelism) == (2, 217)


def test_the_cheaper_stream_is_taken_and_paid(scale: ModuleType) -> None:
    few = scale.plan(1)
    assert few.stream == "provisioned"
    # a shard, 3,600 puts, an application and its orchestration with a disk
    dollars = 0.015 + 0.0036 * 0.014 + 2 * 0.11 + 50 * 0.10 / 730
    assert few.dollars == pytest.approx(dollars)
    large = scale.plan(10_000, event_bytes=90_000)
    assert large.stream == "provisioned"
    assert large.dollars > scale.plan(10_000).dollars


def test_key_groups_divide_evenly_at_the_highest_parallelism(scale: ModuleType) -> None:
    from flink_notes.application.main_file import MAX_PARALLELISM

    assert MAX_PARALLELISM % scale.PARALLELISM_MOST == 0
