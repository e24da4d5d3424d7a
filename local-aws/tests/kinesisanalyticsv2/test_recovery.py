"""Where an application goes on after a kill, by what lies in its folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws.documents import Document
from local_aws.folder import open_folder
from local_aws.kinesisanalyticsv2 import recovery
from local_aws.kinesisanalyticsv2.flink.job import Restore
from local_aws.kinesisanalyticsv2.store import Store
from local_aws.tenant import Tenant

TENANT = Tenant("000000000000", "us-east-1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    folder, lock = open_folder(tmp_path / "data")
    made = Store(folder)
    yield made
    made.close()
    lock.close()


@pytest.fixture
def application(store: Store) -> Document:
    made: Document = {"Id": "a", "Name": "one", "Status": "RUNNING", "Version": 1}
    store.put(TENANT, made)
    return made


def begun(store: Store, application: Document, run: str, restore: Restore = Restore()) -> Path:  # noqa: B008
    return recovery.begin(store, TENANT, application, run, restore)


def state(place: Path, seconds: int) -> str:
    """Make what Flink has finished writing, so many seconds after 1970."""
    place.mkdir(parents=True)
    (place / "_metadata").touch()
    os.utime(place / "_metadata", (seconds, seconds))
    return place.as_uri()


def newest(store: Store) -> Restore:
    return recovery.newest(store, TENANT, store.application(TENANT, "one"))


def test_the_last_checkpoint_of_the_present_run_is_taken(
    store: Store, application: Document
) -> None:
    former = begun(store, application, "first")
    state(former / "job/chk-9", 900)
    run = begun(store, application, "second")
    state(run / "job/chk-1", 100)
    last = state(run / "job/chk-2", 200)
    (run / "job/chk-3").mkdir()  # not finished
    assert newest(store) == Restore(last)
    assert not former.exists()


def test_without_a_checkpoint_it_begins_where_it_began(store: Store, application: Document) -> None:
    first = begun(store, application, "first")
    kept = state(first / "job/chk-9", 900)
    began = Restore(kept, allow_non_restored=True)
    begun(store, application, "second", began)
    assert newest(store) == began
    assert first.exists()  # it is what the second run stands on


def test_an_update_that_was_under_way_goes_on_from_its_snapshot(
    store: Store, application: Document
) -> None:
    run = begun(store, application, "first")
    checkpoint = state(run / "job/chk-1", 100)
    place = state(store.kept(application) / "snapshots/savepoint-1", 200)
    snapshot = {"SnapshotName": "s", "SnapshotStatus": "READY", "Place": f"file:{place[7:]}"}
    store.put_snapshot(TENANT, "one", snapshot)
    assert newest(store).place == checkpoint
    store.change(TENANT, "one", Status="UPDATING")
    assert newest(store).place == place


def test_what_was_being_done_is_put_right(store: Store, application: Document) -> None:
    store.put_snapshot(TENANT, "one", {"SnapshotName": "s", "SnapshotStatus": "CREATING"})
    stop = store.begin(TENANT, "one", "StopApplication")
    store.change(TENANT, "one", Status="STOPPING")
    recovery.settle(store, TENANT, store.application(TENANT, "one"))
    assert store.application(TENANT, "one")["Status"] == "READY"
    found = store.documents.get(TENANT, "operation", f"one/{stop}")
    assert found is not None and found["OperationStatus"] == "SUCCESSFUL"
    failed = store.snapshot(TENANT, "one", "s")
    assert failed is not None and failed["SnapshotStatus"] == "FAILED"
