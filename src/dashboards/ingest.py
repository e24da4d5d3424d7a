"""What the views say now, taken into SPICE."""

import time
from collections.abc import Callable
from typing import Any

from dashboards import quicksight
from dashboards.datasets import DATASETS
from helpers.errors import InputError


def ingest(stage: str, say: Callable[[str], None] = lambda _line: None) -> dict[str, Any]:
    """Let SPICE hold what the views say now, of every dataset at once, and wait.

    Parameters
    ----------
    stage : str
        Its stack ``dashboards`` is there.
    say : callable
        Takes a line about how far it is, again and again.

    Returns
    -------
    dict of str to dict
        Each dataset's ingestion, as QuickSight tells it.

    Raises
    ------
    InputError
        Where an ingestion fails, with the error that the service gives, dataset by dataset.
    MissingError, ServiceError
        As for `dashboards.publish.publish`.
    """
    names = [dataset.name for dataset in DATASETS]
    asked = f"by-hand-{time.time_ns()}"
    for name in names:
        quicksight.found(
            "The dataset", "create_ingestion", **quicksight.of(stage, name), IngestionId=asked
        )
    ended: dict[str, Any] = {}
    for pause in quicksight.pauses():
        for name in (name for name in names if name not in ended):
            found = quicksight.call(
                "describe_ingestion", **quicksight.of(stage, name), IngestionId=asked
            )["Ingestion"]
            if found["IngestionStatus"] in {"COMPLETED", "FAILED", "CANCELLED"}:
                ended[name] = found
        say(f"{len(ended)} of {len(names)} datasets are in SPICE")
        if len(ended) == len(names):
            break
        time.sleep(pause)
    failed = [
        f"{name}: {found['ErrorInfo']['Type']}: {found['ErrorInfo']['Message']}"
        for name, found in ended.items()
        if found["IngestionStatus"] != "COMPLETED"
    ]
    if failed:
        raise InputError("SPICE holds what it held before:\n" + "\n".join(failed))
    return {name: ended[name] for name in names}
