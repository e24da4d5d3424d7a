"""Metrics that services send of themselves: those of streams, and of queues every minute."""

from collections.abc import Callable

from local_aws.clock import clock
from local_aws.cloudwatch.metrics import MINUTE, Metric, Metrics
from local_aws.cloudwatch.samples import Sample
from local_aws.meters import Meters
from local_aws.ministack import queues
from local_aws.tenant import Tenant


def fetching(metrics: Metrics, namespace: str, meters: Meters) -> Callable[[], None]:
    """Make the chore that brings what a service has counted into its metrics."""

    def fetch() -> None:
        by_tenant: dict[Tenant, list[tuple[Metric, Sample]]] = {}
        for meter, reading in meters.fetch().items():
            metric = Metric(namespace, meter.name, meter.dimensions)
            sample = Sample(
                meter.minute, meter.unit, reading.size, reading.total, reading.low, reading.high
            )
            by_tenant.setdefault(meter.tenant, []).append((metric, sample))
        for tenant, samples in by_tenant.items():
            metrics.put(tenant, samples)

    return fetch


def measuring_queues(metrics: Metrics) -> Callable[[], None]:
    """Make the chore that measures every queue at the end of a minute."""

    def measure() -> None:
        now = clock()
        minute = int(now // MINUTE * MINUTE) - MINUTE  # the one that is over
        by_tenant: dict[Tenant, list[tuple[Metric, Sample]]] = {}
        for queue in queues.measured(now):
            for name, unit, value in (
                ("ApproximateNumberOfMessagesVisible", "Count", queue.visible),
                ("ApproximateNumberOfMessagesNotVisible", "Count", queue.not_visible),
                ("ApproximateNumberOfMessagesDelayed", "Count", queue.delayed),
                ("ApproximateAgeOfOldestMessage", "Seconds", queue.oldest_s),
            ):
                metric = Metric("AWS/SQS", name, (("QueueName", queue.name),))
                sample = Sample(minute, unit, 1.0, value, value, value)
                by_tenant.setdefault(queue.tenant, []).append((metric, sample))
        for tenant, samples in by_tenant.items():
            metrics.put(tenant, samples)

    return measure
