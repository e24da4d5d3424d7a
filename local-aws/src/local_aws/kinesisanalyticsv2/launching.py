"""One run of an application: its cluster made from its configuration, and its job submitted."""

import json
from typing import Final

from local_aws.documents import Document
from local_aws.functions import credentials
from local_aws.kinesisanalyticsv2 import code, recovery
from local_aws.kinesisanalyticsv2.flink.cluster import Cluster
from local_aws.kinesisanalyticsv2.flink.job import Restore
from local_aws.kinesisanalyticsv2.flink.processes import Known
from local_aws.kinesisanalyticsv2.flink.rest import RestError
from local_aws.kinesisanalyticsv2.flink.setup import Folders, Setup
from local_aws.kinesisanalyticsv2.keeper import Keeper
from local_aws.kinesisanalyticsv2.store import Store
from local_aws.kinesisanalyticsv2.telling import Teller
from local_aws.tenant import Tenant

_FOREVER_S: Final = 10 * 365 * 86_400
"""The service gives a running application new credentials before the old ones expire."""


def bring_up(  # noqa: PLR0917 - what a run is made of
    store: Store,
    endpoint: str,
    tenant: Tenant,
    application: Document,
    restore: Restore,
    keeper: Keeper,
) -> None:
    """Start a cluster of an application's present version, and its job.

    Raises
    ------
    ClusterError, CancelledError, FlinkMissingError, OSError
    """
    name = application["Name"]
    work, kept = store.scratch(application), store.kept(application)
    checkpoints = recovery.begin(store, tenant, application, work.name, restore)
    if keeper.teller:
        keeper.teller.end()
    keeper.teller = Teller(store, tenant, name)
    keeper.cluster = None
    archive = kept / "code" / f"{application['CodeVersion']}.zip"
    program, properties = code.lay_out(application, archive, work)

    def note(running: list[Known]) -> None:
        store.change(tenant, name, Processes=running)

    cluster = Cluster(
        _setup(application),
        Folders(work, checkpoints),
        _variables(tenant, application, endpoint),
        properties,
        note,
    )
    keeper.cluster = cluster
    keeper.teller.start(cluster)
    cluster.start(keeper.cancelled)
    cluster.run(program, restore, keeper.cancelled)


def plan(keeper: Keeper) -> str | None:
    """Return the plan of the job that runs, as text."""
    try:
        job = keeper.cluster.job if keeper.cluster else None
        return json.dumps(job.plan()) if job else None
    except RestError:
        return None


def _variables(tenant: Tenant, application: Document, endpoint: str) -> dict[str, str]:
    return {
        **credentials.of_role(application["Role"], application["Name"], _FOREVER_S),
        "AWS_REGION": tenant.region,
        "AWS_DEFAULT_REGION": tenant.region,
        "AWS_ENDPOINT_URL": endpoint,
    }


def _setup(application: Document) -> Setup:
    given = application["Configuration"]["FlinkApplicationConfiguration"]
    checkpoints = given["CheckpointConfiguration"]
    return Setup(
        int(given["ParallelismConfiguration"]["Parallelism"]),
        int(checkpoints["CheckpointInterval"]) if checkpoints["CheckpointingEnabled"] else None,
        int(checkpoints["MinPauseBetweenCheckpoints"]),
        str(given["MonitoringConfiguration"]["LogLevel"]),
        {
            "applicationARN": application["ARN"],
            "applicationVersionId": str(application["Version"]),
            "messageSchemaVersion": "1",
        },
    )
