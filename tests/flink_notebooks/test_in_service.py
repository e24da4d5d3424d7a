"""The note in service: the same alerts whatever happens to the application on the way.

One application runs for all of them; each test looks at what comes since it began.
"""

import os
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from flink_notes.application import archive, upload
from helpers import aws
from helpers.bursts import NOTE
from helpers.deploy import platform
from helpers.deploy.platform import Platform
from helpers.kinesis import streams
from helpers.stream_app import health, properties, release, service
from helpers.stream_app.health import UnhealthyError
from store_simulator.generate import generate
from support import lake
from support.killable import Killable
from support.note_in_service import NAME, PATIENCE_S, VALUES, Shop
from support.streams import Stream, client

REAL_ROWS = platform.PROJECT.parent / "shared/data/rees46_multi_2019-10-01_0000-0250.csv"
ROWS = 3000
CHECKPOINTS_MS = 1000
"""Oftener than the stack has them: much is waited for that comes with a checkpoint."""


class Service(NamedTuple):
    """A local AWS on a folder of its own, and the shop whose application runs in it."""

    server: Killable
    folder: Path
    shop: Shop
    archive: Path


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    with Killable(folder) as server, lake.at(server.endpoint):
        aws.client.cache_clear()
        path = archive.write(archive.build(NOTE, VALUES), tmp_path_factory.mktemp("archive"))
        outputs = platform.deploy(Platform(application=path))
        actions = Stream(client(server.endpoint), streams.RAW)
        shop = Shop(actions, outputs["CodeBucketName"], outputs["AlertTableName"])
        checkpoints = {
            "CheckpointIntervalUpdate": CHECKPOINTS_MS,
            "MinPauseBetweenCheckpointsUpdate": CHECKPOINTS_MS,
        }
        service.call(
            "update_application",
            ApplicationName=NAME,
            CurrentApplicationVersionId=service.describe(NAME).version,
            ApplicationConfigurationUpdate={
                "FlinkApplicationConfigurationUpdate": {
                    "CheckpointConfigurationUpdate": checkpoints
                }
            },
        )
        found = service.describe(NAME)
        release.start(NAME, found.code_key, found.groups)
        yield Service(server, folder, shop, path)
        aws.client.cache_clear()


@pytest.fixture
def shop(running: Service) -> Shop:
    """The shop, of which only what comes from now on is looked at."""
    running.shop.begin()
    return running.shop


def kill(main_class: str, folder: Path) -> None:
    """End a process of the application's Flink at once."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue  # it ended meanwhile
        if main_class in command and str(folder) in command:
            os.kill(int(process.name), signal.SIGKILL)
            return
    pytest.fail(f"no process of {main_class} works in {folder}")


def generated(folder: Path) -> Path:
    """A file of made-up rows."""
    path = folder / "generated.csv"
    day = date(2019, 10, 1)
    generate(path, first=day, last=day, rows=ROWS)
    return path


def real(folder: Path) -> Path:
    """A file of real rows."""
    if not REAL_ROWS.exists():
        pytest.skip(f"the real rows are not there: {REAL_ROWS}")
    path = folder / "real.csv"
    pl.read_csv(REAL_ROWS, n_rows=ROWS).write_csv(path)
    return path


@pytest.mark.parametrize("rows", [generated, real])
def test_its_alerts_are_the_oracle_s(shop: Shop, tmp_path: Path, rows: object) -> None:
    assert callable(rows)
    shop.play(rows(tmp_path), 8, tmp_path)
    shop.wait()
    shop.check()


def test_nothing_is_lost_or_doubled_over_stop_and_start(shop: Shop) -> None:
    shop.phase()
    release.stop(NAME)
    assert service.has_state(NAME)
    shop.phase()
    found = service.describe(NAME)
    release.start(NAME, found.code_key, found.groups)
    with shop.flowing():
        health.wait(NAME, PATIENCE_S)
    shop.wait()
    shop.check()


def test_nothing_is_lost_or_doubled_over_kills(running: Service, shop: Shop) -> None:
    shop.phase()
    shop.wait()
    for killed in ("TaskManagerRunner", "ClusterEntrypoint"):
        shop.phase()
        kill(killed, running.folder)
        shop.wait()
    shop.phase()
    # what it ran lives on, as after a kill by the kernel
    running.server.kill_and_start_again(alone=True)
    shop.phase()
    shop.wait()
    assert service.describe(NAME).status == "RUNNING"
    shop.check()


def test_an_update_has_the_new_threshold_and_keeps_what_was_counted(
    running: Service, shop: Shop, tmp_path: Path
) -> None:
    before, limit = service.describe(NAME), shop.rule.max_actions + 10
    built = archive.build(NOTE, {**VALUES, "max_actions": limit})
    key, _ = upload.upload(archive.write(built, tmp_path), NOTE, shop.code_bucket)
    groups = {**built.groups, properties.COMPUTED: before.groups[properties.COMPUTED]}
    over_it = 7
    shop.act(over_it, limit - 12)
    with shop.flowing():
        now = release.update(NAME, key, groups)
    assert now.running == now.tasks > 0
    after = service.describe(NAME)
    assert (after.code_key, after.groups, after.status) == (key, groups, "RUNNING")
    assert after.version > before.version
    shop.act(over_it, 14)
    shop.bots.add(over_it)
    shop.phase()
    # the stack follows the version; what runs is begun anew, and not taken back (decision 0026)
    platform.deploy(Platform(application=running.archive))
    deployed = service.describe(NAME)
    assert (deployed.code_key, deployed.groups, deployed.status) == (key, groups, "RUNNING")
    shop.phase()
    shop.wait()
    shop.check()


def test_a_version_that_does_not_work_is_taken_back_with_the_reason(shop: Shop) -> None:
    before = service.describe(NAME)
    broken = {name: dict(values) for name, values in before.groups.items()}
    del broken[properties.PARAMETERS]["max_actions"]
    shop.phase()
    with shop.flowing(), pytest.raises(UnhealthyError) as raised:
        release.update(NAME, before.code_key, broken)
    assert "max_actions" in str(raised.value)
    assert "Rolled back" in str(raised.value)
    after = service.describe(NAME)
    assert (after.status, after.groups) == ("RUNNING", before.groups)
    shop.phase()
    shop.wait()
    shop.check()
