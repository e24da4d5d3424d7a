"""What is done by the clock: CloudWatch is told, alarms are looked at, data sets refreshed."""

from collections.abc import Iterable
from typing import Any, TypeVar

from local_aws import logs, service_metrics, sns
from local_aws.cloudwatch.service import CloudWatchService
from local_aws.cloudwatch.ticker import Ticker
from local_aws.folder import DataFolder
from local_aws.kinesis.service import KinesisService
from local_aws.protocol.service import Service
from local_aws.quicksight.operations import schedules
from local_aws.quicksight.service import QuickSightService

Found = TypeVar("Found", bound=Service[Any])


def start(folder: DataFolder, services: Iterable[Service[Any]]) -> Ticker:
    """Let log events, streams, queues and topics tell their metrics, and begin what is due.

    Parameters
    ----------
    folder : DataFolder
        Where mail goes.
    services : iterable
        Those that are ours.

    Returns
    -------
    Ticker
        Running.
    """
    every = list(services)
    watch, streams = _of(every, CloudWatchService), _of(every, KinesisService)
    dashboards = _of(every, QuickSightService)
    metrics = watch.state.metrics
    of_topics, forget_the_unconfirmed = sns.install(folder)
    watch.ticker.chores += [
        service_metrics.fetching(metrics, "AWS/Kinesis", streams.state.meters),
        service_metrics.fetching(metrics, "AWS/SNS", of_topics),
    ]
    watch.ticker.minutely += [
        logs.install(metrics).end_minutes,
        service_metrics.measuring_queues(metrics),
        forget_the_unconfirmed,
        lambda: schedules.run_due(dashboards.state),
    ]
    watch.ticker.start()
    return watch.ticker


def _of(services: list[Service[Any]], kind: type[Found]) -> Found:
    return next(each for each in services if isinstance(each, kind))
